"""Reading school.yaml: who is who, when it is open, who hears by when. What must be filled is a fault if it is not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.hours import Opening, Term
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.folder import BaseFiles
from bot.knowledge.files.lines import read_line_hours
from bot.knowledge.schools.contacts import wrong_email, wrong_phone
from bot.knowledge.schools.cover import read_cover
from bot.knowledge.schools.model import (
    KEEP_LETTERS,
    KEEP_REQUIRED,
    MAY_HEAR,
    NATIONS,
    ROLES,
    ROUTES,
    Ladders,
    Person,
    Role,
    Route,
    Rung,
    School,
    has_lado,
)
from bot.knowledge.schools.pilot import read_pilot
from bot.knowledge.schools.spans import check_days, check_terms
from bot.knowledge.schools.webhooks import read_webhook
from bot.knowledge.tip_files import read_tip_rules
from bot.messages import Contact, Elsewhere

NEEDED: tuple[Role, ...] = ("dsl", "head", "chair", "lado", "office")
CHATS = ("slack", "teams")  # where somebody may have an id of their own
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Who hears of a concern (practice-02, -12, -13, -14) where school.yaml says nothing else: (role, minutes).
_RUNGS: dict[Route, tuple[tuple[Role, int], ...]] = {
    "pupil": (("dsl", 0), ("dsl", 15), ("deputy-dsl", 30), ("head", 60)),
    "staff": (("head", 0), ("head", 15), ("adult-concerns", 30)),
    "dsl": (("head", 0), ("head", 15), ("head", 30)),
    "head": (("chair", 0), ("chair", 15), ("chair", 30)),
}
_CATEGORIES = (
    "Physical harm", "Emotional harm", "Sexual harm", "Neglect", "Online safety", "Bullying or harm by another child",
    "Self-harm or mental health", "Missing or out of school", "Radicalisation", "Conduct of an adult", "Not sure",
)  # fmt: skip
_HOURS = re.compile(r"(\d{1,2}:\d\d) ?- ?(\d{1,2}:\d\d)")


def read_school(fields: YamlFields, faults: Faults, files: BaseFiles | None = None) -> School:
    """fields -> School. A role that nobody holds, or a person without a telephone number, is a fault. `files` are
    those among which the ones lie that school.yaml names."""
    fields.only({
        "id", "name", "nation", "time_zone", "people", "roles", "hours", "terms", "inset_days", "closed_days",
        "ladders", "categories", "channels", "tips", "concerns", "cover", "test_alerts", "pilot",
        "keep_letters", "approve_alone", "summaries", "keep_required",
    })  # fmt: skip
    people = _read_people(fields, faults)
    nation = fields.choice("nation", NATIONS)
    channels = _read_channels(_part(fields, faults, "channels", {}))
    return School(
        id=_read_id(fields),
        name=fields.text("name"),
        nation=nation,
        people=people,
        roles=_read_roles(_part(fields, faults, "roles"), people, nation),
        opening=_read_opening(fields, faults),
        ladders=_read_ladders(_part(fields, faults, "ladders", {})),
        categories=fields.texts("categories", required=False) or _CATEGORIES,
        channels=channels,
        tips=read_tip_rules(_part(fields, faults, "tips", {}), channels["tips"], files),
        elsewhere=_read_elsewhere(_part(fields, faults, "concerns", {})) if fields.has("concerns") else None,
        cover=read_cover(fields, faults, people),
        pilot=read_pilot(_part(fields, faults, "pilot", {})),
        test_alerts=not fields.has("test_alerts") or fields.choice("test_alerts", ("monthly", "never")) == "monthly",
        summaries=not fields.has("summaries") or fields.choice("summaries", ("daily", "never")) == "daily",
        keep_letters=_number(fields, "keep_letters", KEEP_LETTERS),
        approve_alone=fields.flag("approve_alone", missing=False),
        keep_required=_number(fields, "keep_required", KEEP_REQUIRED),
    )


def _part(fields: YamlFields, faults: Faults, name: str, missing: object = None) -> YamlFields:
    data = fields.raw(name)
    return YamlFields(faults, "school.yaml", name, missing if data is None else data)


def _read_id(fields: YamlFields) -> str:
    """The school's id marks each of its rows in the database, so it must not change with the name."""
    value = fields.text("id")
    if value and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", value):
        fields.fault("id", f"'{value}' cannot be used", "Use small letters, digits and hyphens, and never change it")
    return value


def _read_people(fields: YamlFields, faults: Faults) -> dict[str, Person]:
    people = {}
    for name, item in fields.mapping("people").items():
        person = YamlFields(faults, "school.yaml", f"people > {name}", item)
        person.only({"name", "role", "phone", "email", "webhook", "hours", "nations", "checked", "leaving", *CHATS})
        people[name] = Person(
            name,
            person.text("name"),
            person.text("role"),
            _checked(person, "phone", person.text("phone"), wrong_phone, "Write it with the area code: 01632 960101"),
            _checked(
                person, "email", person.text("email", required=False), wrong_email, "Write one: office@school.example"
            ),
            {chat: person.text(chat) for chat in CHATS if person.has(chat)},
            read_line_hours(person, "hours"),
            _read_nations(person),
            person.date("checked") if person.has("checked") else None,
            read_webhook(person),
            person.date("leaving") if person.has("leaving") else None,
        )
    return people


def _checked(person: YamlFields, key: str, typed: str, wrong: Callable[[str], str], remedy: str) -> str:
    if typed and (problem := wrong(typed)):
        person.fault(key, problem, remedy)
    return typed


def _read_nations(person: YamlFields) -> tuple[str, ...]:
    nations = person.texts("nations", required=False)
    for nation in set(nations) - set(NATIONS):
        person.fault("nations", f"'{nation}' is not known", f"Use: {', '.join(NATIONS)}")
    return nations


def _read_elsewhere(fields: YamlFields) -> Elsewhere:
    """Where the school keeps its concerns, if not here."""
    fields.only({"elsewhere", "link", "numbers"})
    numbers = fields.mapping("numbers", required=False)
    name, link = fields.text("elsewhere"), fields.text("link", required=False)
    if link and not link.lower().startswith("https://"):
        fields.fault("link", f"'{link}' is not an https address", "Copy it from the browser")
        link = ""
    if not link and not numbers:
        fields.fault("link", "is missing", "Say where staff log a concern: a link, or numbers to ring")
    return Elsewhere(name, link, tuple(Contact(whose, name, str(number)) for whose, number in numbers.items()))


def _read_roles(fields: YamlFields, people: dict[str, Person], nation: str) -> dict[str, tuple[str, ...]]:
    fields.only(ROLES)
    needed = {"social-care" if role == "lado" and not has_lado(nation) else role for role in NEEDED}
    roles: dict[str, tuple[str, ...]] = {role: fields.texts(role, required=role in needed) for role in ROLES}
    for role, holders in roles.items():
        for person in holders:
            if person not in people:
                fields.fault(role, f"there is no person '{person}'", "Name somebody who is listed under people")
    return {role: tuple(person for person in holders if person in people) for role, holders in roles.items()}


def _read_opening(fields: YamlFields, faults: Faults) -> Opening:
    read = [_read_term(YamlFields(faults, "school.yaml", "terms", item)) for item in fields.items("terms")]
    check_terms(read)
    terms = tuple(term for term, _ in read)
    return Opening(
        zone=_read_zone(fields),
        hours=_read_hours(_part(fields, faults, "hours")),
        terms=terms,
        inset_days=_read_days(fields, "inset_days", terms),
        closed=_read_days(fields, "closed_days", terms),
    )


def _read_zone(fields: YamlFields) -> ZoneInfo:
    name = fields.text("time_zone")
    try:
        return ZoneInfo(name or "Europe/London")
    except (KeyError, ValueError, OSError):
        fields.fault("time_zone", f"'{name}' is not a time zone", "Write Europe/London")
        return ZoneInfo("Europe/London")


def _read_hours(fields: YamlFields) -> dict[int, tuple[dt.time, dt.time]]:
    fields.only(DAYS)
    hours = {}
    for number, day in enumerate(DAYS):
        if not fields.has(day):
            continue
        found = _HOURS.fullmatch(fields.text(day))
        try:
            opens, closes = (dt.time.fromisoformat(part.zfill(5)) for part in found.groups()) if found else (None, None)
        except ValueError:
            opens = closes = None
        if opens is None or closes is None or opens >= closes:
            fields.fault(day, f"'{fields.text(day)}' is not a span of hours", "Write it as 08:00-17:00")
            continue
        hours[number] = (opens, closes)
    if not hours:
        fields.fault("", "names no day on which the school is open", "Add a line such as monday: 08:00-17:00")
    return hours


def _read_term(fields: YamlFields) -> tuple[Term, YamlFields]:
    fields.only({"name", "first", "last"})
    return Term(fields.text("name"), fields.date("first"), fields.date("last")), fields


def _read_days(fields: YamlFields, key: str, terms: tuple[Term, ...]) -> frozenset[dt.date]:
    days = fields.dates(key)
    check_days(fields, key, days, terms)
    return days


def _read_ladders(fields: YamlFields) -> Ladders:
    fields.only({*ROUTES, "last_wait", "again", "joined", "idle_days"})
    return Ladders(
        rungs={route: _read_rungs(fields, route) for route in ROUTES},
        last_wait=_number(fields, "last_wait", 30),
        again=_number(fields, "again", 2),
        joined=_number(fields, "joined", 10),
        idle_days=_number(fields, "idle_days", 1),
    )


def _read_rungs(fields: YamlFields, route: Route) -> tuple[Rung, ...]:
    if not fields.has(route):
        return tuple(Rung(role, after) for role, after in _RUNGS[route])
    rungs = []
    for text in fields.texts(route):
        written, _, minutes = text.rpartition(" after ")
        role = next((each for each in MAY_HEAR[route] if each == written), None)
        if role is None or not minutes.isdecimal():
            known = ", ".join(MAY_HEAR[route])
            remedy = f"Write a role and minutes, such as '{MAY_HEAR[route][0]} after 15'. The role is one of: {known}"
            fields.fault(route, f"'{text}' is not a rung of this ladder", remedy)
        else:
            rungs.append(Rung(role, int(minutes)))
    if any(later.after < earlier.after for earlier, later in pairwise(rungs)):
        fields.fault(route, "the minutes go backwards", "Put the rungs in the order in which people hear")
    return tuple(rungs)


def _number(fields: YamlFields, key: str, missing: int) -> int:
    value = fields.text(key, required=False) or str(missing)
    if not value.isdecimal() or not 0 < int(value) <= 1440:
        fields.fault(key, f"'{value}' is not a whole number from 1 to 1440", f"Leave it out for {missing}")
        return missing
    return int(value)


def _read_channels(fields: YamlFields) -> dict[str, tuple[str, ...]]:
    """`tips`: where the channels of tips stood in former versions. `outsiders`: what guests and people of
    other organisations may do on a chat channel beside asking (only "log" is known). `slack`: the ids of the school's
    workspaces, where several may install the app. `teams`: the ids of the school's tenants in Entra, beside the one in
    which the app is registered."""
    fields.only({"tips", "outsiders", "slack", "teams"})
    outsiders = fields.texts("outsiders", required=False)
    for may in set(outsiders) - {"log"}:
        fields.fault("outsiders", f"'{may}' is not known", "Leave it empty, or write: log")
    return {
        "tips": fields.texts("tips", required=False),
        "outsiders": outsiders,
        "slack": fields.texts("slack", required=False),
        "teams": fields.texts("teams", required=False),
    }
