"""Who hears of a concern, and who never does. Pure.

The kind of concern decides (practice-02, -12, -13, -14); the strictest wins where it is about several people. The
person it is about is neither alerted nor let in; whoever is known to have reported it is not alerted. A name that was
only typed is a claim: it takes nobody off the ladder. Where nobody is left, the last resort is: the chair of governors
if they may hear it, and always the LADO's number (practice-13).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.concerns.model import Report
from bot.knowledge import Person, Role, Route, School
from bot.knowledge.schools.model import MAY_HEAR

# Which parts may read a concern of each kind, whoever is on its ladder at the moment.
_READERS: Mapping[Route, tuple[Role, ...]] = {
    "pupil": ("dsl", "deputy-dsl", "head"),
    "staff": ("head",),
    "dsl": ("head",),
    "head": ("chair",),
}
# Every part whose holders read concerns of some kind: whoever may be on a ladder.
READING_PARTS: frozenset[Role] = frozenset(part for parts in MAY_HEAR.values() for part in parts)
# Who is asked where nobody holds a part, or they must not hear. They are let in only once they are called
# (`called_in`): a chair may have to sit in judgement later, and reads no concern before it comes to that.
_INSTEAD: Mapping[Role, Role] = {"adult-concerns": "chair"}
_REMINDED_AFTER = 15  # minutes that somebody to whom a concern is passed has before a reminder, and again after it


@dataclass(frozen=True)
class Call:
    """People who hear at the same time, with the minutes after which they do; `role` is why they hear it."""

    role: str
    people: tuple[str, ...]
    after: int


@dataclass(frozen=True)
class Routing:
    """Who reads a concern and who is called by when.

    `readers` are parts (and never the people in `excluded`); `calls` is the ladder with empty rungs left out;
    `last_resort` are the people whose numbers the reporter is shown because nobody else is left; `silent` are those
    who are never called: whoever is in `excluded`, and whoever is known to have logged it. `claimed` is somebody in
    whose name it was logged, unchecked: they are called as they would be, and told that their name was given.
    """

    kind: Route
    readers: tuple[str, ...]
    excluded: frozenset[str]
    calls: tuple[Call, ...]
    last_resort: tuple[Person, ...]
    silent: frozenset[str] = frozenset()
    claimed: str = ""


def kind_of(school: School, report: Report) -> Route:
    """About whom it is: head before DSL before any other adult before pupils."""
    person = report.adult.person if report.adult else None
    if report.head or person in school.whoever("head"):
        return "head"
    if person in school.whoever("dsl"):
        return "dsl"
    return "staff" if report.adult else "pupil"


def route(school: School, report: Report) -> Routing:
    """Report -> who hears, by identity and not by role alone. `school` is the school as it is at the time
    (`standing_in.as_of`)."""
    kind = kind_of(school, report)
    excluded = _subjects(school, report)
    checked, claimed = report.reporter.checked, report.reporter.claimed or ""
    silent = excluded | ({checked} if checked else frozenset())
    readers = tuple(dict.fromkeys([*_READERS[kind], *(rung.role for rung in school.ladders.rungs[kind])]))
    calls = tuple(_calls(school, kind, silent))
    # Only as the last of others: where nobody else is left, the last resort is shown and let in at once.
    if calls:
        return Routing(kind, readers, excluded, tuple(_calls(school, kind, silent, _INSTEAD)), (), silent, claimed)
    chair = tuple(person for person in school.holders("chair") if person.id not in silent)
    if chair:
        readers = tuple(dict.fromkeys([*readers, "chair"]))
        calls = (Call("chair", tuple(person.id for person in chair), 0),)
    return Routing(kind, readers, excluded, calls, (*chair, *school.holders("lado")), silent, claimed)


def ring_route(school: School, report: Report) -> Routing:
    """The way of a concern as far as whoever writes it is told whom to ring. They are taken at their word, which costs
    nobody an alert: nobody is sent to themselves."""
    return route(school, replace(report, reporter=replace(report.reporter, known_by="signed-in")))


def pass_on(routing: Routing, person: str) -> Routing:
    """The routing once the concern is passed on to `person`: they are called first, then the ladder as it was."""
    first = (Call("", (person,), 0), Call("", (person,), _REMINDED_AFTER))
    later = tuple(Call(call.role, call.people, call.after + 2 * _REMINDED_AFTER) for call in routing.calls)
    return replace(routing, calls=(*first, *later))


def _subjects(school: School, report: Report) -> frozenset[str]:
    adult = {report.adult.person} if report.adult and report.adult.person else set()
    return frozenset(adult | (school.whoever("head") if report.head else frozenset()))


def called_in(routing: Routing, person: str) -> tuple[str, ...]:
    """The parts by which somebody is called who may not read by them yet."""
    calls = (call for call in routing.calls if person in call.people and call.role)
    return tuple(dict.fromkeys(call.role for call in calls if call.role not in routing.readers))


def _calls(
    school: School, kind: Route, silent: Iterable[str], instead: Mapping[Role, Role] = MappingProxyType({})
) -> Iterable[Call]:
    """The rungs with somebody on them. An empty one is skipped and its wait with it, so that the next moves up."""
    rungs = school.ladders.rungs[kind]
    clock = 0
    for rung, following in zip(rungs, [*rungs[1:], None], strict=True):
        role, people = rung.role, _left(school, rung.role, silent)
        if not people and rung.role in instead:
            role, people = instead[rung.role], _left(school, instead[rung.role], silent)
        if people:
            yield Call(role, people, clock)
            clock += following.after - rung.after if following else 0


def _left(school: School, role: Role, silent: Iterable[str]) -> tuple[str, ...]:
    return tuple(person.id for person in school.holders(role) if person.id not in set(silent))
