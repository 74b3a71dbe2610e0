"""What whoever has written a concern is told before it is sent: how urgent it is, and for whom it is. Pure.

It is worked out as it will be once it is logged, from the same routing and the same ladder, and holds nothing that was
written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from bot.concerns.guidance import NOT_TOLD, Advice
from bot.concerns.ladder.escalation import Step
from bot.concerns.model import Report
from bot.concerns.routing import Routing
from bot.concerns.words import day_and_time
from bot.hours import is_open, next_opening
from bot.knowledge import Person, School
from bot.settings import Alerting

_IMMEDIATE, _ORDINARY = "Marked as immediate", "Not marked as immediate"
_BROUGHT = "As soon as you send it, it is brought to:"
_CLOSED = "The school is closed now{until}. It may not be read before it opens. If it cannot wait, ring instead."
_NOBODY_LEFT = "Everybody at school who would hear of it is the person it is about, or is you. Ring as well:"
_UNHEARD = "AskFirst can alert nobody here. Your concern is kept for these people, but ring one of them as well:"


def before_sending(
    school: School, routing: Routing, report: Report, steps: Sequence[Step], now: dt.datetime, alerting: Alerting
) -> tuple[Advice, ...]:
    """What is said of a report that nobody has sent yet; `steps` are the ladder that it would begin."""
    return tuple(_before(school, routing, report, steps, now, alerting))


def _before(
    school: School, routing: Routing, report: Report, steps: Sequence[Step], now: dt.datetime, alerting: Alerting
) -> Iterator[Advice]:
    heading = _IMMEDIATE if report.danger else _ORDINARY
    if routing.last_resort:
        yield Advice("goes-to", heading, _NOBODY_LEFT, routing.last_resort)
    elif alerting != "sent":
        yield Advice("goes-to", heading, _UNHEARD, _first(school, steps))
    else:
        yield Advice("goes-to", heading, _BROUGHT, _first(school, steps))
    if not is_open(school, now):
        yield Advice("closed", text=_closed(school, now))
    if routing.kind != "pupil":
        yield Advice("not-told", text=NOT_TOLD)


def _closed(school: School, now: dt.datetime) -> str:
    opens = next_opening(school, now)
    return _CLOSED.format(until=f", until {day_and_time(opens, school.opening.zone)}" if opens else "")


def _first(school: School, steps: Sequence[Step]) -> tuple[Person, ...]:
    """Whoever is alerted before anybody else."""
    begins = min(step.due for step in steps)
    first = dict.fromkeys(step.recipient.person for step in steps if step.kind == "alert" and step.due == begins)
    return tuple(school.people[person] for person in first if person in school.people)
