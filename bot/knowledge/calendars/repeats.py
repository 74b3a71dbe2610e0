"""An event of a calendar that repeats (RFC 5545: RRULE, RDATE, EXDATE, RECURRENCE-ID) -> the days on which it begins.

Programs write "half term" as one day that comes five times, "bank holiday" as a day that comes every year. Occurrences
are counted by the clock on the wall. A rule without an end is followed for some decades: nothing here asks what day it
is.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import Any

NOT_UNDERSTOOD = "it repeats in a way that is not understood, and only its first time counts. Write each one on its own"
_LONGEST = dt.timedelta(days=366 * 40)
_MOST = 5000  # times: every day of a dozen years
_FREQUENCIES = frozenset({"YEARLY", "MONTHLY", "WEEKLY", "DAILY"})
# Days are filtered out of these by dateutil itself: to look for a 30th of February day by day takes it minutes.
_NARROW = frozenset({"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"})
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


def days_of(component: Any, start: dt.date, gone: Collection[dt.date], wall: Wall) -> tuple[tuple[dt.date, ...], str]:
    """(the days on which an event begins, in order; what is to be remarked). `start` is when it first does, `gone` the
    days that have an event of their own."""
    first = _moment(start, wall)
    try:
        ruled = {first.date()}.union(*(_ruled(rule, start, first, wall) for rule in _each(component, "RRULE")))
        added = {_day(each, wall) for each in _listed(component, "RDATE")}
        without = {_day(each, wall) for each in _listed(component, "EXDATE")}
    except _FAULTS:
        return (first.date(),), NOT_UNDERSTOOD
    return tuple(sorted((ruled | added) - without - set(gone))), ""


def repeats(component: Any) -> bool:
    """Whether it comes more than once."""
    return "RRULE" in component or "RDATE" in component


def _ruled(rule: Any, start: dt.date, first: dt.datetime, wall: Wall) -> set[dt.date]:
    """The days of one rule, up to its own end or some decades on. Raises ValueError for one that cannot be meant."""
    from dateutil.rrule import rrulestr  # only schools whose calendar repeats something need it

    frequency = str(rule.get("FREQ", [""])[0]).upper()
    if frequency not in _FREQUENCIES or (frequency == "DAILY" and _NARROW & {name.upper() for name in rule}):
        raise ValueError(frequency)
    ends = [_end(each, start, wall) for each in _several(rule.get("UNTIL"))]
    end = min([*ends, first + _LONGEST])
    text = ";".join(part for part in rule.to_ical().decode().split(";") if not part.upper().startswith("UNTIL="))
    found = takewhile(lambda each: each <= end, rrulestr(text, dtstart=first))
    return {each.date() for each in islice(found, _MOST)}


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
