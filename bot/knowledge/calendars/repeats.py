"""An event of a calendar that repeats (RFC 5545: RRULE, RDATE, EXDATE, RECURRENCE-ID) -> the days on which it begins.

Programs write "half term" as one day that comes five times, "bank holiday" as a day that comes every year. Occurrences
are counted by the clock on the wall. A rule without an end is followed for some decades after the newest event of the
calendar: nothing here asks what day it is. What a calendar may cost is bounded: whoever publishes it may be anybody.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import Any

NOT_UNDERSTOOD = "it repeats in a way that is not understood, and only its first time counts. Write each one on its own"
CUT = "it repeats more often than is followed, and its times after {day} are left out. Let it begin later, or end"
_LONGEST = dt.timedelta(days=366 * 40)
_MOST = 5000  # times: every day of a dozen years
_IN_ALL = 20_000  # times of one calendar
_BARREN = 20  # rules of one calendar that come to nothing, and are looked through to the end of time for it
_SOON = dt.timedelta(days=366 * 5)  # whoever keeps a calendar looks no further ahead
_CYCLE = 400  # years after which every date falls on the same day of the week
_FREQUENCIES = frozenset({"YEARLY", "MONTHLY", "WEEKLY", "DAILY"})
# Days are filtered out of these by dateutil itself: to look for a 30th of February day by day takes it minutes.
_NARROW = frozenset({"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"})
# Of a day or a week there are few; of a month or a year "the last weekday" is written with it.
_CHOOSING = frozenset({"BYSETPOS"})
_NEVER = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND", "BYEASTER"})
_FAULTS = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)

Wall = Callable[[dt.datetime], dt.datetime]  # a moment -> what the clock on the wall shows


def moved(components: Iterable[Any], wall: Wall) -> Mapping[str, frozenset[dt.date]]:
    """UID -> the days of a series that have an event of their own instead, or were called off alone."""
    found: dict[str, set[dt.date]] = defaultdict(set)
    for component in components:
        try:
            if "RECURRENCE-ID" in component:
                found[str(component.get("UID", ""))].add(_day(component.decoded("RECURRENCE-ID"), wall))
        except _FAULTS:
            continue  # the event itself is read, or told of as one that cannot be
    return {uid: frozenset(days) for uid, days in found.items()}


class Repeats:
    """The rules of one calendar, which share what they may cost. `present` is when its newest event begins."""

    def __init__(self, present: dt.date, wall: Wall) -> None:
        self._present, self._wall = dt.datetime.combine(present, dt.time.min), wall
        self._left, self._barren = _IN_ALL, 0

    def days_of(self, component: Any, start: dt.date, gone: Collection[dt.date]) -> tuple[tuple[dt.date, ...], str]:
        """(the days on which an event begins, in order; what is to be remarked). `start` is when it first does, `gone`
        the days that have an event of their own."""
        first, wall = _moment(start, self._wall), self._wall
        try:
            rules = [self._ruled(rule, start, first) for rule in _each(component, "RRULE")]
            ruled = {first.date()}.union(*(days for days, _ in rules))
            added = {_day(each, wall) for each in _listed(component, "RDATE")}
            without = {_day(each, wall) for each in _listed(component, "EXDATE")}
        except _FAULTS:
            return (first.date(),), NOT_UNDERSTOOD
        remark = next((remark for _, remark in rules if remark), "")
        return tuple(sorted((ruled | added) - without - set(gone))), remark

    def _ruled(self, rule: Any, start: dt.date, first: dt.datetime) -> tuple[set[dt.date], str]:
        """(the days of one rule, up to its own end or some decades on; what is to be remarked). Raises ValueError for
        one that cannot be meant, or is too much for one calendar."""
        if self._left <= 0 or self._barren >= _BARREN:
            raise ValueError(rule)
        _understood(rule)
        ends = [_end(each, start, self._wall) for each in _several(rule.get("UNTIL"))]
        end = min([*ends, max(first, self._present) + _LONGEST])
        days = list(islice(_times(rule, first, end), _MOST))
        self._left -= len(days)
        self._barren += not days
        cut = len(days) == _MOST and days[-1] < min(end, self._present + _SOON).date()
        return set(days), CUT.format(day=days[-1]) if cut else ""


def repeats(component: Any) -> bool:
    """Whether it comes more than once."""
    return "RRULE" in component or "RDATE" in component


def _understood(rule: Any) -> None:
    """Raises ValueError for a rule that is not."""
    frequency, parts = str(rule.get("FREQ", [""])[0]).upper(), {name.upper() for name in rule}
    often = frequency in ("DAILY", "WEEKLY")
    refused = _NEVER | (_CHOOSING if often else set()) | (_NARROW if frequency == "DAILY" else set())
    # Every seventh day on a Monday: all of them, or for ever none.
    weekly = frequency == "DAILY" and "BYDAY" in parts and not int(_several(rule.get("INTERVAL", 1))[0]) % 7
    if frequency not in _FREQUENCIES or refused & parts or weekly:
        raise ValueError(frequency)


def _times(rule: Any, first: dt.datetime, end: dt.datetime) -> Iterator[dt.date]:
    """The days of a rule up to `end`. dateutil looks for the next one until the year 9999: that is near where the rule
    is moved by whole cycles of the calendar, in which nothing changes."""
    from dateutil.rrule import rrulestr  # only schools whose calendar repeats something need it

    text = ";".join(part for part in rule.to_ical().decode().split(";") if not part.upper().startswith("UNTIL="))
    moved_by = (dt.MAXYEAR - 1 - end.year) // _CYCLE * _CYCLE
    late = first.replace(year=first.year + moved_by)
    over = end.replace(year=end.year + moved_by)
    for each in takewhile(lambda each: each <= over, rrulestr(text, dtstart=late)):
        yield each.replace(year=each.year - moved_by).date()


def _end(until: dt.date, start: dt.date, wall: Wall) -> dt.datetime:
    """The end of a rule by the clock on the wall: a day is over at its end."""
    if not isinstance(until, dt.datetime):
        return dt.datetime.combine(until, dt.time.max)
    # In UTC, while the event itself is written in the time of some place: the end is that of this place.
    if until.tzinfo is not None and isinstance(start, dt.datetime) and start.tzinfo is not None:
        until = until.astimezone(start.tzinfo)
    return wall(until)


def _listed(component: Any, name: str) -> Iterator[Any]:
    for each in _each(component, name):
        for value in each.dts:
            yield value.dt


def _each(component: Any, name: str) -> Sequence[Any]:
    """The lines of a name: none, one, or several."""
    return _several(component.get(name))


def _several(found: Any) -> Sequence[Any]:
    if found is None:
        return ()
    return found if isinstance(found, list) else (found,)


def _day(value: Any, wall: Wall) -> dt.date:
    """The day of a date, a moment, or a period."""
    return _moment(value[0] if isinstance(value, tuple) else value, wall).date()


def _moment(value: dt.date, wall: Wall) -> dt.datetime:
    return wall(value) if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time.min)
