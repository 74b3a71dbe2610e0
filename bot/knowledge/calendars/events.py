"""The events of a calendar file (iCalendar, RFC 5545) -> their titles and days. One odd event spoils no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import AskFirstError
from bot.knowledge.calendars.repeats import Repeats, moved, repeats
from bot.knowledge.calendars.words import meaning

_DAY = dt.timedelta(days=1)
_HOME = ZoneInfo("Europe/London")  # what a time in UTC means in a calendar of the United Kingdom
_NEARLY_A_DAY = dt.timedelta(hours=23, minutes=30)


class CalendarError(AskFirstError):
    """The calendar cannot be used; the text says why, without what is in it."""


@dataclass(frozen=True)
class CalendarEvent:
    """One event: `first` and `last` are days, both included; `hours` is how long it lasts where it is no whole day.
    `odd` says what is wrong with its days, `unsure` what is to be remarked about how it repeats; `time` which time of a
    repeated event it is, from 1 on, and 0 for one that comes once."""

    title: str
    first: dt.date
    last: dt.date
    hours: float | None = None
    odd: str = ""
    unsure: str = ""
    time: int = 0


def read_events(text: str | bytes) -> tuple[list[CalendarEvent], int]:
    """(the events in order, how many could not be read at all). Raises CalendarError for what is no calendar."""
    from icalendar import Calendar  # a tenth of a second, and only schools with a calendar need it

    try:
        calendar: Any = Calendar.from_ical(text)
        components = list(calendar.walk("VEVENT")) if calendar.name == "VCALENDAR" else None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as fault:
        raise CalendarError(f"it is not a calendar that can be read ({type(fault).__name__})") from None
    if components is None:
        raise CalendarError("it is not a calendar that can be read (something else is in it)")
    gone, rules = moved(components, _wall), Repeats(_newest(components), _wall)
    events = [event for component in components for event in _read(component, gone, rules)]
    known = [event for event in events if event]
    return sorted(known, key=lambda event: (event.first, event.last, event.title)), len(events) - len(known)


def _newest(components: Iterable[Any]) -> dt.date:
    """When the newest event was made or begins: the calendar is of that time, or a later one."""
    found = [dt.date(1970, 1, 1)]
    for component in components:
        for name in ("DTSTAMP", "DTSTART"):
            with suppress(ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
                value = component.decoded(name)
                found += [_day(value)] if isinstance(value, dt.date) else []
    return max(found)


def _read(
    component: Any, gone: Mapping[str, frozenset[dt.date]], rules: Repeats
) -> Iterator[CalendarEvent | None]:  # fmt: skip
    """The events of a component; None for one that cannot be read, nothing for one that was cancelled."""
    try:
        if str(component.get("STATUS", "")).upper() != "CANCELLED":
            event = _event(component)
            yield from _repeated(component, event, gone, rules) if _counts_again(component, event) else (event,)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        yield None


def _counts_again(component: Any, event: CalendarEvent) -> bool:
    """Whether its other times are wanted: not of the many clubs of a school, nor where its own days are wrong."""
    return repeats(component) and "RECURRENCE-ID" not in component and not event.odd and bool(meaning(event.title))


def _repeated(
    component: Any, event: CalendarEvent, gone: Mapping[str, frozenset[dt.date]], rules: Repeats
) -> Iterator[CalendarEvent]:
    """Every time of an event that repeats."""
    moved_away = gone.get(str(component.get("UID", "")), frozenset())
    days, unsure = rules.days_of(component, component.decoded("DTSTART"), moved_away)
    length = event.last - event.first
    for time, day in enumerate(days, 1):
        yield replace(event, first=day, last=day + length, unsure=unsure, time=time)


def _event(component: Any) -> CalendarEvent:
    start, end = component.decoded("DTSTART"), component.decoded("DTEND", None)
    length = component.decoded("DURATION", None)
    if end is None and length is not None:
        end = start + length
    title = " ".join(str(component.get("SUMMARY", "")).split())
    first, after, hours = _days(start, end)
    if after < first:
        return CalendarEvent(title, first, first, hours, "ends before it starts")
    return CalendarEvent(title, first, max(after - _DAY, first), hours)


def _days(start: dt.date, end: dt.date | None) -> tuple[dt.date, dt.date, float | None]:
    """(the first day, the day after the last one, hours where it is no whole day). Outlook writes a whole day from
    midnight to midnight."""
    if not isinstance(start, dt.datetime):
        return start, _day(end) if end else start + _DAY, None
    begins = _wall(start)
    ends = _wall(end) if isinstance(end, dt.datetime) else begins
    whole = not begins.time() > dt.time(0, 0) and (ends == begins or ends - begins >= _NEARLY_A_DAY)
    if whole:
        return begins.date(), max((ends - dt.timedelta(seconds=1)).date(), begins.date()) + _DAY, None
    after = ends.date() + _DAY if ends >= begins else ends.date()
    return begins.date(), after, (ends - begins) / dt.timedelta(hours=1)


def _day(moment: dt.date) -> dt.date:
    return _wall(moment).date() if isinstance(moment, dt.datetime) else moment


def _wall(moment: dt.datetime) -> dt.datetime:
    """What the clock on the wall shows."""
    if moment.tzinfo is not None and moment.tzname() in ("UTC", "Z"):
        moment = moment.astimezone(_HOME)
    return moment.replace(tzinfo=None)
