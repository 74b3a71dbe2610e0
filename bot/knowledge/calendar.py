"""The calendar that a school publishes (iCalendar, RFC 5545) -> terms, INSET days and closed days.

Whole-day events count by what their title says: "INSET", "Half term", "Christmas holiday", "Autumn term", "Term
starts", "Term ends", "Residential". Everything else in the calendar is left alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.errors import AskFirstError

_DAY = dt.timedelta(days=1)
_LONGEST = 400  # days: what lasts longer is no term and no holiday, but a slip of the pen
# The first that fits says what an event is: "Half term" is no term, and "Term ends for the holiday" no holiday.
_KINDS = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        ("inset", r"\binset\b|\bstaff (training|development) day\b|\bcpd day\b|\bin-?service day\b"),
        ("last", r"\bterm (ends|finishes)\b|\b(end|last day) of (the )?(\w+ )?term\b"),
        ("first", r"\bterm (starts|begins)\b|\b(start|beginning|first day) of (the )?(\w+ )?term\b"),
        ("closed", r"\bhalf[ -]term\b|\bholidays?\b|\bschool (is )?closed\b|\bclosure\b"),
        ("residential", r"\bresidential\b"),
        ("term", r"\bterm( \d)?$"),
    )
)


class CalendarError(AskFirstError):
    """The calendar cannot be used; the text says why, without what is in it."""


@dataclass(frozen=True)
class Dates:
    """What a calendar says. `terms` are (first, last), both included; `remarks` are events that were left out."""

    terms: tuple[tuple[dt.date, dt.date], ...] = ()
    inset_days: frozenset[dt.date] = frozenset()
    closed: frozenset[dt.date] = frozenset()
    residentials: frozenset[dt.date] = frozenset()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Event:
    kind: str
    first: dt.date
    last: dt.date


def read_calendar(text: str | bytes) -> Dates:
    """The text of an .ics file -> Dates. Raises CalendarError where it is broken or ends before it starts."""
    from icalendar import Calendar  # a tenth of a second, and only schools with a calendar need it

    remarks: list[str] = []
    try:
        calendar: Any = Calendar.from_ical(text)
        events = list(_events(calendar, remarks))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as fault:
        raise CalendarError(f"it is not a calendar that can be read ({type(fault).__name__})") from None
    inset = _days(events, "inset")
    return Dates(
        terms=(*((event.first, event.last) for event in events if event.kind == "term"), *_paired(events)),
        inset_days=inset,
        closed=_days(events, "closed") - inset,
        residentials=frozenset(event.first for event in events if event.kind == "residential"),
        remarks=tuple(remarks),
    )


def _events(calendar: Any, remarks: list[str]) -> Iterator[_Event]:
    if calendar.name != "VCALENDAR":
        raise ValueError("no calendar")
    for component in calendar.walk("VEVENT"):
        kind = _kind(str(component.get("SUMMARY", "")))
        start = component.decoded("DTSTART", None)
        if kind is None or str(component.get("STATUS", "")).upper() == "CANCELLED":
            continue
        if start is None:
            raise ValueError("an event without a start")
        if isinstance(start, dt.datetime):
            continue  # an hour of a day: no day on which the school is closed
        if "RRULE" in component or "RDATE" in component:
            remarks.append(f"the event of {start} repeats, and only its first time counts: write each one on its own")
        yield _event(kind, start, component)


def _event(kind: str, start: dt.date, component: Any) -> _Event:
    """A whole-day event; its end is the day after its last one."""
    length = component.decoded("DURATION", None)
    end = component.decoded("DTEND", None) or (start + length if length else start + _DAY)
    last = max(end - _DAY, start) if end >= start else end
    if last < start:
        raise CalendarError(f"the event of {start} ends before it starts")
    if (last - start).days > _LONGEST:
        raise CalendarError(f"the event of {start} lasts more than {_LONGEST} days")
    return _Event(kind, start, last)


def _kind(title: str) -> str | None:
    words = " ".join(title.split())
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), None)


def _days(events: list[_Event], kind: str) -> frozenset[dt.date]:
    spans = (event for event in events if event.kind == kind)
    return frozenset(
        event.first + number * _DAY for event in spans for number in range((event.last - event.first).days + 1)
    )


def _paired(events: list[_Event]) -> Iterator[tuple[dt.date, dt.date]]:
    """Each "Term starts" with the "Term ends" that follows it. Raises CalendarError where one of the two is missing."""
    marks = sorted((event.first, event.kind != "first") for event in events if event.kind in ("first", "last"))
    begun: dt.date | None = None
    for day, ends in marks:
        if ends == (begun is None):
            what = "ends without having started" if ends else "starts while another one is still on"
            raise CalendarError(f"the term of {day} {what}")
        if ends and begun is not None:
            yield begun, day
        begun = None if ends else day
    if begun is not None:
        raise CalendarError(f"the term that starts on {begun} never ends")
