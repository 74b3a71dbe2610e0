"""What whoever logged a concern is told: at once, and whenever they look it up. Never more than the steps. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.concerns.chronology import ON_SCREEN, Event, EventKind, Status, state_of
from bot.concerns.guidance import Advice, cover, ring_along, ring_instead, whom_to_ring
from bot.concerns.model import Receipt, Report
from bot.concerns.routing import Routing, ring_route
from bot.concerns.words import day_and_time
from bot.hours import is_open, next_opening
from bot.knowledge import Person, School
from bot.settings import Alerting

LOGGED = "Logged."
UNTOLD = "Nobody has been told. It is only stored."
_SILENCE: tuple[EventKind, ...] = ("not-reached", "ran-out", "nobody-to-tell")


@dataclass(frozen=True)
class Told:
    """One step that the reporter hears of."""

    at: dt.datetime
    text: str


@dataclass(frozen=True)
class Followed:
    """What has become of a concern, for its reporter. `ring` is whom to ring, because nobody has answered."""

    number: str
    status: Status
    steps: tuple[Told, ...]
    ring: tuple[Person, ...]


def once_stored(receipt: Receipt) -> str:
    """What stands above the number. "Logged" is said only where somebody hears of it: beside that word it is overlooked
    that nobody does."""
    return LOGGED if receipt.passed_on else UNTOLD


def receipt_for(
    school: School,
    routing: Routing,
    report: Report,
    number: str,
    receipt: str,
    told: Iterable[str],
    now: dt.datetime,
    alerting: Alerting = "sent",
) -> Receipt:
    """What is shown once it is stored; `told` are the ids of those who hear at once, `alerting` whether they do."""
    shut, told = not is_open(school, now), tuple(told)
    advised, claimed = ring_route(school, report), report.reporter.claimed or ""
    return Receipt(
        number=number,
        receipt=receipt,
        danger=report.danger,
        told=_people(school, told),
        nobody_left=bool(routing.last_resort),
        ring=ring_along(school, advised, report.reporter.person, now),
        out_of_hours=cover(school, advised, report.reporter.person, now),
        closed_until=next_opening(school, now) if shut else None,
        about_adult=routing.kind != "pupil",
        alerting=alerting,
        claimed=school.people.get(claimed) if claimed in _called(routing) else None,
    )


def followed(school: School, number: str, events: Sequence[Event], now: dt.datetime) -> Followed:
    """A chronology -> the steps that its reporter may know of."""
    state = state_of(events)
    report = events[0].detail.report
    silent = state.status == "open" and any(_nobody_heard(event) for event in events)
    ring = whom_to_ring(school, report, None, now) if report and silent else ()
    steps = tuple(Told(event.at, text) for event in events if (text := _told(event)))
    return Followed(number, state.status, steps, ring)


def not_here(school: School, lost: Sequence[tuple[dt.datetime, dt.datetime]], now: dt.datetime) -> tuple[Advice, ...]:
    """What is said of a receipt that is not there, where the log was restored from a backup: `lost` are the times
    between which whatever was logged is gone. Nothing where it never was."""
    if not lost:
        return ()
    zone = school.opening.zone
    times = " or ".join(f"between {day_and_time(first, zone)} and {day_and_time(last, zone)}" for first, last in lost)
    text = (
        f"The log was restored from a backup. If you logged it {times}, it is lost here, and your receipt was right: "
        "ring one of the people below now, and log it again. If you logged it at another time, check each letter and "
        "digit."
    )
    return (Advice("not-logged", "It is not here", text), *ring_instead(school, {}, None, now))


def _called(routing: Routing) -> frozenset[str]:
    return frozenset(person for call in routing.calls for person in call.people)


def _people(school: School, people: Iterable[str]) -> tuple[Person, ...]:
    return tuple(school.people[person] for person in people if person in school.people)


def _nobody_heard(event: Event) -> bool:
    on_screen = event.kind == "alert-sent" and event.detail.way == ON_SCREEN
    return on_screen or event.kind in _SILENCE


def _told(event: Event) -> str:
    match event.kind:
        case "alert-sent" if event.detail.way == ON_SCREEN:
            return f"An alert for {event.detail.who} was printed on the server's screen. Nobody has been told by it."
        case "logged":
            return "You logged it."
        case "added":
            return "You added more."
        case "alert-sent":
            return f"{event.detail.who} was told."
        case "nobody-to-tell":
            return f"Nobody at school was left to be told. You were shown whom to ring: {event.detail.text}."
        case "not-reached":
            return (
                "Nobody could be reached by then: the alerts could not be delivered. They were tried again and again."
            )
        case "ran-out":
            return "Nobody had answered by then."
        case "acknowledged":
            return f"{event.by.name} acknowledged it."
        case "reassigned":
            return f"It was passed on to {event.detail.who}."
        case "closed":
            return "It was followed up and closed."
        case "reopened":
            return "It was taken up again."
        case _:
            return ""
