"""The monthly test alert: when it goes out, to whom, and who has not answered since when. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.concerns.standing_in import as_of
from bot.hours import start_of
from bot.knowledge import School

_STILL = dt.timedelta(days=3)  # after that it waits for the next month: a server may have been away for weeks


@dataclass(frozen=True)
class Drill:
    """One test alert to one person."""

    notice: str
    person: str
    at: dt.datetime
    answered: bool


def drill_due(school: School, now: dt.datetime) -> str:
    """The month whose test alert is to go out now, such as "2026-12"; empty where there is none. It goes out as the
    first school day of a month begins; a month without one has none. Where no term is known to come it goes out
    at 8 o'clock of the first."""
    if not school.test_alerts:
        return ""
    first = now.astimezone(school.opening.zone).date().replace(day=1)
    begins = start_of(school, first)
    in_month = begins.astimezone(school.opening.zone).date().month == first.month
    return f"{first:%Y-%m}" if in_month and begins <= now < begins + _STILL else ""


def on_a_ladder(school: School, now: dt.datetime) -> tuple[str, ...]:
    """Everybody who may be called about a concern at this moment."""
    present = as_of(school, now)
    roles = dict.fromkeys(rung.role for rungs in school.ladders.rungs.values() for rung in rungs)
    return tuple(dict.fromkeys(person.id for role in roles for person in present.holders(role)))


def unanswered(drills: Iterable[Drill]) -> Mapping[str, Drill]:
    """Whoever has not answered -> the first test alert since their last answer."""
    found: dict[str, Drill] = {}
    for drill in sorted(drills, key=lambda each: each.at):
        if drill.answered:
            found.pop(drill.person, None)
        else:
            found.setdefault(drill.person, drill)
    return found
