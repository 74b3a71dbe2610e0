"""Naming on the page who stands in for somebody on leave: who may, for whom, and what cannot be meant. Pure.

It lets somebody read what is about children, so nobody names themselves, and of somebody with several parts every part
counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.concerns.chronology import Actor, Detail, Event
from bot.concerns.model import Reader
from bot.concerns.routing import READING_PARTS
from bot.concerns.typed import NOT_PICKED, IncompleteError
from bot.concerns.words import day
from bot.knowledge import SERVICES, Cover, Person, Role, School

LONGEST = dt.timedelta(days=400)
# Who may say who stands in for somebody of this part, beside that one themselves: never somebody under them alone.
_WHO_MAY: Mapping[Role, frozenset[str]] = {
    "dsl": frozenset({"dsl", "deputy-dsl", "head"}),
    "deputy-dsl": frozenset({"dsl", "deputy-dsl", "head"}),
    "head": frozenset({"head", "chair"}),
    "adult-concerns": frozenset({"head", "chair"}),
    "chair": frozenset({"chair"}),
}
PAST = "This day is over. Pick today or a later one."
BACKWARDS = "The last day is before the first."
TOO_LONG = "This is more than 13 months. See whether the year is right."
THEMSELVES = "Nobody stands in for themselves."
HEAD_FOR_CHAIR = (
    "A concern about the head goes to the chair of governors: whoever is or acts as the head cannot stand in for the "
    "chair. Pick somebody else."
)
NOT_YOURSELF = (
    "You cannot name yourself. Ask the head or another deputy to do it; for the head, ask the chair of governors."
)
NOT_YOURS = "Who stands in for them is for somebody else to say: for the head, the head or the chair of governors."


@dataclass(frozen=True)
class NamedCover:
    """A cover that was named on the page, by whom, with the number of its line in the log."""

    number: int
    cover: Cover
    by: Actor


def named_covers(lines: Iterable[Event]) -> tuple[NamedCover, ...]:
    """The lines of the log -> every cover that was named and not ended, in order."""
    found: dict[int, NamedCover] = {}
    for line in lines:
        if line.kind == "cover-ended" and line.detail.about is not None:
            found.pop(line.detail.about, None)
        elif line.kind == "cover-set" and (cover := _cover_in(line.detail)):
            found[line.number] = NamedCover(line.number, cover, line.by)
    return tuple(found.values())


def detail_of(cover: Cover, ended: int | None = None) -> Detail:
    """What the log says of a cover that is named, or of the end of the one in line `ended`."""
    return Detail(who=cover.person, reference=cover.by, text=cover.first.isoformat(), due=cover.last, about=ended)


def may_see(roles: Collection[str]) -> bool:
    """Whether somebody with these parts sees who stands in for whom."""
    return bool(set(READING_PARTS) & set(roles))


def may_cover(school: School, reader: Reader, person: str) -> bool:
    """Whether `reader` may say who stands in for this person: by parts of their own, since whoever stands in must not
    hand on what they were lent."""
    parts, own = _parts(school, person), set(_parts(school, reader.person))
    return bool(parts) and (reader.person == person or all(_WHO_MAY[part] & own for part in parts))


def on_leave_from(school: School, reader: Reader) -> tuple[Person, ...]:
    """For whom `reader` may name a stand-in."""
    return tuple(each for each in school.people.values() if may_cover(school, reader, each.id))


def stand_ins(school: School, without: str) -> tuple[Person, ...]:
    """Who can stand in: whoever works at the school and can sign in, which takes an address; never whoever names
    them."""
    outside = {person for role in SERVICES for person in school.roles.get(role, ())}
    return tuple(each for each in school.people.values() if each.email and each.id not in {*outside, without})


def checked(school: School, reader: Reader, cover: Cover, today: dt.date) -> Cover:
    """The cover, where it can be meant and `reader` may name it. Raises IncompleteError by field."""
    problems = {
        "person": _of_person(school, reader, cover.person),
        "by": _of_stand_in(school, reader.person, cover),
        "first": PAST if cover.first < today else TOO_LONG if cover.first - today > LONGEST else "",
        "last": BACKWARDS if cover.last < cover.first else TOO_LONG if cover.last - cover.first > LONGEST else "",
    }
    found = {field: problem for field, problem in problems.items() if problem}
    if not found:
        found = _taken(school, cover)
    if found:
        raise IncompleteError(found)
    return cover


def letters(school: School, cover: Cover, by: Actor, ended: bool = False) -> Mapping[str, str]:
    """What both are told: person -> text."""
    away, there = school.people[cover.person], school.people[cover.by]
    days = f"from {day(cover.first)} to {day(cover.last)}, both days included"
    if ended:
        said = f"{there.name} does not stand in for {away.name} ({away.role}) any more. {by.name} ended it in AskFirst."
        return dict.fromkeys((cover.person, cover.by), said)
    named = f"{by.name} has named who stands in for {away.name} ({away.role}) in AskFirst: {there.name}, {days}."
    return {
        cover.by: f"{named}\n\nOn these days you are alerted in their place, and can read what they can read. If you "
        "cannot do this, tell them now.",
        cover.person: f"{named}\n\nOn these days you are not alerted. If this is not right, end it in the inbox, under "
        "Leave, or ask somebody who can.",
    }


def _of_person(school: School, reader: Reader, person: str) -> str:
    if person not in school.people:
        return NOT_PICKED
    return "" if may_cover(school, reader, person) else NOT_YOURS


def _of_stand_in(school: School, own: str, cover: Cover) -> str:
    if cover.by == cover.person:
        return THEMSELVES if cover.by else NOT_PICKED
    if cover.by == own:
        return NOT_YOURSELF
    return "" if cover.by in {each.id for each in stand_ins(school, own)} else NOT_PICKED


def _taken(school: School, cover: Cover) -> dict[str, str]:
    """Why not on these days, by field: two stand-ins for one person, one who is on leave, or one whose place was given
    on to them; and never the head in the place of those who hear what is about the head."""
    others = tuple(_overlapping(school.cover, cover))
    for each in others:
        days = f"from {day(each.first)} to {day(each.last)}"
        if each.person == cover.person:
            return {"person": f"{school.people[each.by].name} stands in {days} already. End that first."}
        if each.person == cover.by:
            return {"person": f"{school.people[cover.by].name} is on leave {days}. Pick somebody else, or other days."}
        # Else whoever may name somebody for a deputy would give away what this deputy was lent by the head.
        if each.by == cover.person:
            away, there = school.people[each.person], school.people[each.by]
            return {"person": f"{there.name} stands in for {away.name} on these days. End that first."}
    heads = {person for person in school.people if "head" in _parts(school, person)}
    heads |= {each.by for each in others if each.person in heads}
    return {"by": HEAD_FOR_CHAIR} if "chair" in _parts(school, cover.person) and cover.by in heads else {}


def _overlapping(covers: Sequence[Cover], cover: Cover) -> Iterable[Cover]:
    return (each for each in covers if each.first <= cover.last and cover.first <= each.last)


def _parts(school: School, person: str) -> tuple[Role, ...]:
    """The parts that somebody holds themselves, whoever stands in today."""
    own = {**school.roles, **school.regular}
    return tuple(part for part in READING_PARTS if person in own.get(part, ()))


def _cover_in(detail: Detail) -> Cover | None:
    """None for a line that cannot be read: the proof of the log tells of it."""
    try:
        first = dt.date.fromisoformat(detail.text)
    except ValueError:
        return None
    return Cover(detail.who, detail.reference, first, detail.due) if detail.due else None
