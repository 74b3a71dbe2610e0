"""The calendar that a school publishes (iCalendar, RFC 5545) -> terms, INSET days and closed days.

What an event means is told by its title (bot/knowledge/calendars/words.py). What is about school days and not
understood, or cannot be meant, is named in the remarks; it never spoils the rest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.knowledge.calendars.events import CalendarError, CalendarEvent, read_events
from bot.knowledge.calendars.terms import holidays, terms
from bot.knowledge.calendars.words import Meaning, is_half_term, meaning
from bot.knowledge.schools.spans import longest_holiday

__all__ = ["CalendarError", "Dates", "read_calendar"]

_DAY = dt.timedelta(days=1)
_FEWEST, _MOST = 14, 140  # days of a whole term
_LONGEST_INSET = 10  # days
_ONE_DAY = 4  # days: what lasts longer is not the one day on which something starts or ends
_A_DAYS_WORK = 5.0  # hours: training that lasts as long is a training day
_TAKEN = {6: 44, 7: 44, 8: 31}  # days that a holiday of this month is taken to last where its own end cannot be meant
_USUALLY_TAKEN = 16
_REMARKS = 20


@dataclass(frozen=True)
class Dates:
    """What a calendar says. `terms` are (first, last), both included; `remarks` say what was left out or is not sure,
    in words for whoever keeps the calendar."""

    terms: tuple[tuple[dt.date, dt.date], ...] = ()
    inset_days: frozenset[dt.date] = frozenset()
    closed: frozenset[dt.date] = frozenset()
    residentials: frozenset[dt.date] = frozenset()
    remarks: tuple[str, ...] = ()


@dataclass
class _SortedEvents:
    """The spans of days by what they mean, and what there is to remark."""

    spans: dict[Meaning, list[tuple[dt.date, dt.date]]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    halves: set[dt.date] = field(default_factory=set)  # days within half terms

    def firsts(self, kind: Meaning) -> list[dt.date]:
        return [first for first, _ in self.spans.get(kind, ())]

    def days(self, kind: Meaning) -> frozenset[dt.date]:
        return _days(self.spans.get(kind, ()))


def read_calendar(text: str | bytes) -> Dates:
    """The text of an .ics file -> Dates. Raises CalendarError for what is no calendar at all."""
    events, lost = read_events(text)
    found = _SortedEvents()
    if lost:
        found.remarks.append(f"{lost} events could not be read: see whether each has a start that is a day")
    for event in events:
        _sort(event, found)
    if not found.spans and not found.remarks:
        found.remarks.append(f"none of its {len(events)} events says when the school is open or closed")
    firsts, lasts = found.firsts("first"), found.firsts("last")
    apart = holidays(found.firsts("begins"), found.firsts("ends"), firsts, lasts, found.remarks.append)
    inset = found.days("inset")
    closed = (found.days("closed") | _days(apart)) - inset
    whole = found.spans.get("term", [])
    once = [event.first for event in events if not event.time]  # what comes every year is written from long ago on
    horizon = min(once or [event.first for event in events], default=dt.date.max)
    paired = list(terms((firsts, lasts), closed, found.halves, horizon, found.remarks.append))
    return Dates(
        terms=tuple(dict.fromkeys((*whole, *paired))),
        inset_days=inset,
        closed=closed,
        residentials=frozenset(found.firsts("residential")),
        remarks=tuple(_few(found.remarks)),
    )


def _sort(event: CalendarEvent, found: _SortedEvents) -> None:
    for told in meaning(event.title):
        kind = _kind(told, event)
        span, remark = _span(kind, event)
        if remark and event.time <= 1:
            found.remarks.append(f"'{event.title[:60]}' on {event.first}: {remark}")
        if span:
            found.spans.setdefault(kind, []).append(span)
            found.halves.update([span[0]] if kind == "closed" and is_half_term(event.title) else ())


def _kind(told: Meaning, event: CalendarEvent) -> Meaning:
    """What a title means for an event of this length: a half term of a week is a holiday, whatever number it has; a
    day on which school breaks up is one day, and a week of it are the days after."""
    length = (event.last - event.first).days + 1
    is_week = told == "term" and length < _FEWEST and is_half_term(event.title)
    return "closed" if is_week or (told in ("last", "begins", "ends") and length > _ONE_DAY) else told


def _span(kind: Meaning, event: CalendarEvent) -> tuple[tuple[dt.date, dt.date] | None, str]:
    """(the days that an event stands for, or None; what there is to remark about it)."""
    span = (event.first, event.last)
    length = (event.last - event.first).days + 1
    if kind == "unclear":
        return None, "it is not understood. Call it INSET day, Half term, Term starts or Term ends, where it is one"
    if event.odd:
        return (span if kind == "closed" else None), f"it {event.odd}. See whether the year is right"
    if event.hours is not None and kind in ("closed", "inset", "term", "residential"):
        if kind == "inset" and event.hours >= _A_DAYS_WORK:
            return span, ""
        return None, "it has an hour, and counts only as a whole day" if kind == "closed" else ""
    span_, wrong = _meant(kind, span, length)
    return span_, wrong or event.unsure


def _meant(
    kind: Meaning, span: tuple[dt.date, dt.date], length: int
) -> tuple[tuple[dt.date, dt.date] | None, str]:  # fmt: skip
    """The same span where it can be meant, or what is sure of it, with what is wrong."""
    first = span[0]
    if kind == "closed" and length > longest_holiday(first):
        taken = first + (_TAKEN.get(first.month, _USUALLY_TAKEN) - 1) * _DAY
        return (first, taken), f"it lasts {length} days, and is taken to end on {taken}. See whether the year is right"
    if kind == "term" and not _FEWEST <= length <= _MOST:
        return None, f"a term of {length} days is not taken. Let it last from its first day to its last"
    if kind == "first" and length > _ONE_DAY:
        return None, f"it lasts {length} days. Give the first day of the term alone"
    if kind == "inset" and length > _LONGEST_INSET:
        return None, f"training of {length} days is not taken. See whether its end is right"
    return span, ""


def _days(spans: Iterable[tuple[dt.date, dt.date]]) -> frozenset[dt.date]:
    return frozenset(first + number * _DAY for first, last in spans for number in range((last - first).days + 1))


def _few(remarks: list[str]) -> Iterator[str]:
    once = list(dict.fromkeys(remarks))
    yield from once[:_REMARKS]
    if len(once) > _REMARKS:
        yield f"and {len(once) - _REMARKS} more like these"
