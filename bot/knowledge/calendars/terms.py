"""Single days of a calendar ("Term starts", "Half term ends", "Breaks up") -> whole terms and holidays. Pure.

Calendars leave out one end of a stretch or the other, or the past. What is sure is taken, of the rest is said that it
is not known: a tip too few is no harm, one in a holiday is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

Span = tuple[dt.date, dt.date]  # (first, last), both included
Remark = Callable[[str], None]

_DAY = dt.timedelta(days=1)
_STAGGERED = 14 * _DAY  # within so many days, two starts or two ends are those of other years of pupils
_LONGEST_TERM = 140 * _DAY
_LONGEST_HOLIDAY = 75 * _DAY
_A_BREAK, _LONG_BREAK = 5, 12  # days: a half term has 5 to 9, a holiday between two terms more
_UNTOLD = 16 * _DAY  # a holiday of which only one end is told is taken to last so long
_SOON = 5 * _DAY  # a weekend and a training day or two may lie between a holiday and the term
_SATURDAY = 5
# Before this day of the year a term that ends in this third of a year has surely not begun: (months, month, day).
_EARLIEST = ((range(1, 5), 1, 7), (range(5, 9), 4, 24), (range(9, 13), 9, 7))


def holidays(begins: Sequence[dt.date], ends: Sequence[dt.date], firsts: Sequence[dt.date], lasts: Sequence[dt.date],
             remark: Remark) -> Iterator[Span]:  # fmt: skip
    """Each "Half term begins" with the end that follows it, or the return to school, and the other way round."""
    ended = set()
    for day in sorted(set(begins)):
        end = next((each for each in sorted(ends) if day <= each <= day + _LONGEST_HOLIDAY), None)
        back = next((each - _DAY for each in sorted(firsts) if day < each <= day + _LONGEST_HOLIDAY), None)
        found = min((each for each in (end, back) if each), default=None)
        if end and found == end:
            ended.add(end)
        if found is None:
            remark(f"a holiday begins on {day}, and the calendar does not say when it ends: no tips for two weeks")
        yield day, found or day + _UNTOLD
    for day in sorted(set(ends) - ended):
        broke = max((each + _DAY for each in lasts if day - _LONGEST_HOLIDAY <= each < day), default=None)
        if broke is None:
            remark(
                f"a holiday ends on {day}, and the calendar does not say when it began: no tips in the two weeks before"
            )
        last = day - _DAY if day in firsts else day
        yield min(broke or day - _UNTOLD, last), last


def terms(marks: tuple[Iterable[dt.date], Iterable[dt.date]], closed: frozenset[dt.date], halves: Collection[dt.date],
          horizon: dt.date, remark: Remark) -> Iterator[Span]:  # fmt: skip
    """Each start of a term with its end; `marks` are the starts and the ends. `halves` are days in half terms,
    `horizon` is the first day of which the calendar says anything at all."""
    breaks = [_Break(first, last, _is_long((first, last), halves)) for first, last in _runs(closed)]
    begun: dt.date | None = None
    over: dt.date | None = None
    for day, is_end in [*_marks(*marks), (dt.date.max, False)]:
        together = begun is not None and is_end and day - begun <= _LONGEST_TERM
        if begun is not None and together:
            yield begun, day
        elif begun is not None:
            yield from _without_end(begun, day, breaks, remark)
        if is_end and not together:
            yield from _without_start(day, over, breaks, horizon, remark)
        begun, over = (None, day) if is_end else (day, over)


class _Break(NamedTuple):
    """A holiday: `long` where it lies between two terms, and not within one."""

    first: dt.date
    last: dt.date
    long: bool


def _is_long(span: Span, halves: Collection[dt.date]) -> bool:
    return _length(span) >= _LONG_BREAK and not any(span[0] <= day <= span[1] for day in halves)


def _marks(firsts: Iterable[dt.date], lasts: Iterable[dt.date]) -> list[tuple[dt.date, bool]]:
    """(day, whether it is an end) in order: of several starts the first, of several ends the last."""
    marks: list[tuple[dt.date, bool]] = []
    for day, is_end in sorted({*((day, False) for day in firsts), *((day, True) for day in lasts)}):
        near = bool(marks) and marks[-1][1] == is_end and day - marks[-1][0] <= _STAGGERED
        if near and is_end:
            marks[-1] = (day, True)
        elif not near:
            marks.append((day, is_end))
    return marks


def _without_end(begun: dt.date, following: dt.date, breaks: Sequence[_Break], remark: Remark) -> Iterator[Span]:
    """A term whose end is not told ends before the next long holiday, or else before the last half term."""
    limit = min(following, begun + _LONGEST_TERM) if following < dt.date.max else begun + _LONGEST_TERM
    within = [each for each in breaks if begun < each.first <= limit]
    long = [each for each in within if each.long]
    if not within:
        remark(f"the term that starts on {begun} has no end in the calendar: no tips by it until the calendar has one")
        return
    end = long[0] if long else within[-1]
    last = end.first - _DAY
    if following == dt.date.max or following - end.last > _SOON:
        remark(f"the term that starts on {begun} has no end in the calendar: it is taken to go on until {last}")
    yield begun, last


def _without_start(day: dt.date, over: dt.date | None, breaks: Sequence[_Break], horizon: dt.date,
                   remark: Remark) -> Iterator[Span]:  # fmt: skip
    """A term whose start is not told is known back to the holiday before it, or, where the calendar holds no past, as
    far as that goes."""
    floor = max(horizon, day - _LONGEST_TERM, _earliest(day))
    before = [each for each in breaks if floor - _UNTOLD <= each.first and each.last < day]
    long = [each for each in before if each.long]
    if long:
        floor = long[-1].last + _DAY
    elif over is not None and over >= floor:
        told = any(_DAY <= each.first - over <= _SOON for each in before)
        floor = over + (_DAY if told else _UNTOLD)
    elif horizon < _earliest(day):  # no past is missing here: the start was never written
        floor = day
    if floor >= day:
        remark(f"the term that ends on {day} has no start in the calendar: no tips by it before that day")
        return
    if not long:
        remark(f"the term that ends on {day} has no start in the calendar: it is taken to be on since {floor}")
    yield floor, day


def _earliest(day: dt.date) -> dt.date:
    return next(dt.date(day.year, month, number) for months, month, number in _EARLIEST if day.month in months)


def _runs(closed: frozenset[dt.date]) -> list[Span]:
    """The runs of closed days of a week and more; weekends between them belong to them."""
    runs: list[Span] = []
    for day in sorted(closed):
        if runs and all(each.weekday() >= _SATURDAY for each in _between(runs[-1][1], day)):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return [run for run in runs if _length(run) >= _A_BREAK]


def _between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The days after the one and before the other; of a long time only the first week, which is enough."""
    return (first + number * _DAY for number in range(1, min((last - first).days, 8)))


def _length(span: Span) -> int:
    return (span[1] - span[0]).days + 1
