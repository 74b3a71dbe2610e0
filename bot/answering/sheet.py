"""The sheet that hangs in the staff room: whom to ring, for when no screen is at hand or the server is down. Pure.

Whom to ring about what is the guidance's to say, asked for a moment at which the school is open and one at which it is
closed. Leave is left out: the sheet hangs for longer than that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace

from bot.concerns.form import IN_DANGER, NO_PICTURES, TELL_FIRST
from bot.concerns.guidance import CALL_999, kept_elsewhere, whom_to_ring
from bot.concerns.ladder.reaching import offered
from bot.concerns.words import day
from bot.hours import Term, is_open, is_school_day, next_opening
from bot.knowledge import Person, Role, School

_ABOUT = (
    ("About a child", "pupil"),
    ("About an adult who works here", "adult"),
    ("About the headteacher", "head"),
)
_ORDER = "Ring the first who answers. Never the person it is about: then ring the next."
_CLOSED = "Evenings, weekends and holidays: these first, then the people named for it."
_NOBODY = "Nobody is named for these hours. If it cannot wait, ring 999."
_HERE: tuple[Role, ...] = ("emergency-contact", "first-aid", "office")
_OUTSIDE: tuple[Role, ...] = (
    "social-care", "out-of-hours", "lado", "police", "whistleblowing", "staff-support"
)  # fmt: skip
_DAY, _NIGHT = dt.time(11, 0), dt.time(23, 30)  # at night no school is open
_SATURDAY = 5
_FAR = 120  # days in which some weekday is no school day


@dataclass(frozen=True)
class SheetPart:
    """A heading, what to know, and whom to ring, the first first."""

    heading: str
    text: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class StaffSheet:
    """Everything that stands on it, in this order; `log` is how a concern is logged, a paragraph each."""

    school: str
    danger: str
    order: str
    about: tuple[SheetPart, ...]
    others: tuple[SheetPart, ...]
    log: tuple[str, ...]
    printed: str


def staff_sheet(school: School, address: str, chats: Iterable[str], now: dt.datetime) -> StaffSheet:
    """`address` is where the page is reached, empty where it is only known on the server; `chats` are the ones in which
    a concern can be logged."""
    school = _that_opens(replace(school, cover=()), now)
    at_school, *away = _moments(school, now)
    about = tuple(SheetPart(heading, "", _ring(school, kind, at_school)) for heading, kind in _ABOUT)
    by_day = {person for part in about for person in part.people}
    others = dict.fromkeys(person for at in away for _, kind in _ABOUT for person in _ring(school, kind, at))
    covering = tuple(person for person in others if person not in by_day)
    # Whoever is rung by day as well stands again where they are looked for by day.
    closed_only = {person for person in covering if not offered(school, person, at_school)}
    return StaffSheet(
        school.name,
        f"{CALL_999} {IN_DANGER.partition('. Then')[0].removeprefix('Call 999 now. ')}.",
        _ORDER,
        about,
        (
            SheetPart("When the school is closed", _CLOSED if covering else _NOBODY, covering),
            SheetPart("At the school", "", _holders(school, _HERE, closed_only)),
            SheetPart("Others outside the school", "", _holders(school, _OUTSIDE, by_day | closed_only)),
        ),
        tuple(_how_to_log(school, address, chats, now)),
        day(now.astimezone(school.opening.zone).date()),
    )


def _that_opens(school: School, now: dt.datetime) -> School:
    """The school itself; with a term that begins now, where school.yaml names none that is still to come."""
    if next_opening(school, now):
        return school
    today = now.astimezone(school.opening.zone).date()
    term = Term("", today, today + dt.timedelta(days=_FAR))
    return replace(school, opening=replace(school.opening, terms=(*school.opening.terms, term)))


def _moments(school: School, now: dt.datetime) -> Iterator[dt.datetime]:
    """Late in the morning of a school day (as it opens, where it is open at other hours alone), the night after it, and
    late in the morning of a weekday in the holidays, where one is near."""
    opens = next_opening(school, now) or now
    zone, first = school.opening.zone, opens.astimezone(school.opening.zone).date()
    morning = dt.datetime.combine(first, _DAY, zone)
    yield morning if is_open(school, morning) else opens
    yield dt.datetime.combine(first, _NIGHT, zone)
    days = (first + dt.timedelta(days=number) for number in range(_FAR))
    off = next((each for each in days if each.weekday() < _SATURDAY and not is_school_day(school, each)), None)
    if off:
        yield dt.datetime.combine(off, _DAY, zone)


def _ring(school: School, kind: str, at: dt.datetime) -> tuple[Person, ...]:
    return tuple(person for person in whom_to_ring(school, {"about": (kind,)}, None, at) if person.phone)


def _holders(school: School, roles: Iterable[Role], above: Container[Person]) -> tuple[Person, ...]:
    """Who holds these roles and does not stand `above`."""
    found = dict.fromkeys(person for role in roles for person in school.holders(role))
    return tuple(person for person in found if person.phone and person not in above)


def _how_to_log(school: School, address: str, chats: Iterable[str], now: dt.datetime) -> Iterator[str]:
    if away := kept_elsewhere(school, now):
        yield f"{away[0].text} {away[0].link}".strip()
        return
    yield TELL_FIRST.replace("Then fill this in", "Then log it in AskFirst the same day")
    if address:
        yield f"On the page: {address}/concern"
    for chat in chats:
        yield f"In {chat}: {'type /concern' if chat == 'Slack' else 'write “log a concern” to AskFirst'}"
    yield "AskFirst cannot be reached? Ring, and write down on paper who, when, and what you saw and heard."
    yield NO_PICTURES.partition(". ")[2]
