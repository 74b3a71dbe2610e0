"""School time: when the school is open, and when so many of its minutes or days have passed. Pure.

A day counts when it is a weekday with hours, in a term or an INSET day, and neither a bank holiday of the school's
nation nor a day on which it is closed (practice-04: a DSL is there in school hours during term).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

_SUBDIVISIONS = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT", "Northern Ireland": "NIR"}
_FAR = 120  # days without any school time after which the dates in school.yaml must be out of date
_MINUTE = dt.timedelta(minutes=1)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """First and last day for pupils, both included."""

    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Opening:
    """When the school is open: hours by weekday (0 is Monday), terms, INSET days, days closed beside them."""

    zone: ZoneInfo
    hours: Mapping[int, tuple[dt.time, dt.time]]
    terms: tuple[Term, ...]
    inset_days: frozenset[dt.date]
    closed: frozenset[dt.date]


@dataclass(frozen=True)
class LineHours:
    """When a telephone line outside the school is open: hours by weekday, or (`outside`) all the time but these.
    `words` is how it was written. On bank holidays a line that does not work seven days a week has no hours."""

    spans: Mapping[int, tuple[dt.time, dt.time]]
    outside: bool
    words: str


class KeepsHours(Protocol):
    """Whatever keeps school hours: a School of the knowledge base."""

    @property
    def nation(self) -> str: ...
    @property
    def opening(self) -> Opening: ...


def is_school_day(school: KeepsHours, day: dt.date) -> bool:
    """Whether staff are in school on this day."""
    opening = school.opening
    in_term = any(term.first <= day <= term.last for term in opening.terms) or day in opening.inset_days
    return in_term and day.weekday() in opening.hours and day not in opening.closed and not is_holiday(school, day)


def is_holiday(school: KeepsHours, day: dt.date) -> bool:
    """Whether this day is a bank holiday in the school's nation."""
    return day in _bank_holidays(school.nation, day.year)


def is_open(school: KeepsHours, at: dt.datetime) -> bool:
    """Whether the school is open at this moment."""
    span = _span(school, at.astimezone(school.opening.zone).date())
    return span is not None and span[0] <= at < span[1]


def line_open(school: KeepsHours, line: LineHours, at: dt.datetime) -> bool:
    """Whether somebody answers this line at this moment."""
    local = at.astimezone(school.opening.zone)
    at_work = len(line.spans) == 7 or not is_holiday(school, local.date())
    span = line.spans.get(local.weekday()) if at_work else None
    return (span is not None and span[0] <= local.time() < span[1]) != line.outside


def next_opening(school: KeepsHours, at: dt.datetime) -> dt.datetime | None:
    """When it opens next after `at` (now, where it is open); None where no term is known to come."""
    if is_open(school, at):
        return at
    day = at.astimezone(school.opening.zone).date()
    for _ in range(_FAR):
        span = _span(school, day)
        if span and span[0] > at:
            return span[0]
        day += dt.timedelta(days=1)
    return None


def after_minutes(school: KeepsHours, at: dt.datetime, minutes: int) -> dt.datetime:
    """The moment at which so many minutes of school time have passed since `at`; `at` itself for none.

    Where no term is known to come, the minutes are counted by the clock: a ladder must never wait for ever.
    """
    left = minutes * _MINUTE
    moment = at.astimezone(dt.UTC)
    while left:
        opens = next_opening(school, moment)
        span = _span(school, opens.astimezone(school.opening.zone).date()) if opens else None
        if opens is None or span is None:
            return moment + left
        passed = min(left, span[1] - opens)
        moment, left = (opens + passed).astimezone(dt.UTC), left - passed
    return moment


def after_days(school: KeepsHours, at: dt.datetime, days: int) -> dt.datetime:
    """A moment -> that time of day, so many school days later, within the hours of that day. Where no term is
    known to come, days are counted by the calendar."""
    local = at.astimezone(school.opening.zone)
    day, left = local.date(), days
    while left and (following := _school_day_after(school, day)):
        day, left = following, left - 1
    wanted = dt.datetime.combine(day + left * _DAY, local.time(), school.opening.zone).astimezone(dt.UTC)
    span = None if left else _span(school, day)
    return min(max(wanted, span[0]), span[1]) if span else wanted


def _school_day_after(school: KeepsHours, day: dt.date) -> dt.date | None:
    later = (day + number * _DAY for number in range(1, _FAR))
    return next((each for each in later if is_school_day(school, each)), None)


def start_of(school: KeepsHours, day: dt.date) -> dt.datetime:
    """When the first school day from `day` on begins; 8 o'clock of that day where no term is known to come."""
    morning = dt.datetime.combine(day, dt.time(0, 0), school.opening.zone).astimezone(dt.UTC)
    return next_opening(school, morning) or morning + dt.timedelta(hours=8)


def _span(school: KeepsHours, day: dt.date) -> tuple[dt.datetime, dt.datetime] | None:
    if not is_school_day(school, day):
        return None
    opens, closes = school.opening.hours[day.weekday()]
    return _utc(school.opening, day, opens), _utc(school.opening, day, closes)


def _utc(opening: Opening, day: dt.date, time: dt.time) -> dt.datetime:
    """A time on the wall -> UTC, so that minutes are counted as they pass, over both changes of the clock."""
    return dt.datetime.combine(day, time, opening.zone).astimezone(dt.UTC)


@lru_cache(maxsize=64)
def _bank_holidays(nation: str, year: int) -> frozenset[dt.date]:
    import holidays  # a second of somebody's start, and only ladders and tips need it

    return frozenset(holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[nation], years=[year]))
