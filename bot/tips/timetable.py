"""On which days a school may have a tip, which themes are on, and at what moment it is posted."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.hours import is_school_day
from bot.knowledge import Dates, School, Term, Theme

_AUGUST, _SEPTEMBER = 8, 9  # a school year begins in one of them: in Scotland in August, elsewhere in September
_SATURDAY = 5
_DAY = dt.timedelta(days=1)


class Timetable:
    """The days on which this school may have a tip, as its calendar says, with the themes of each. `dates` are those of
    a calendar at an address; those of a file come with the school."""

    def __init__(self, school: School, themes: Mapping[str, Theme], dates: Dates | None = None) -> None:
        dates = dates or school.tips.dates
        self.school = with_dates(school, dates)
        self._trips = school.tips.residentials | (dates.residentials if dates else frozenset())
        self.days = tuple(_tip_days(self.school))
        self._on = {
            day: tuple(theme.name for theme in themes.values() if self._is_on(theme, index, day))
            for index, day in enumerate(self.days)
        }

    def has(self, day: dt.date) -> bool:
        """Whether a tip may be posted on this day, pauses aside."""
        return day in self._on

    def themes(self, day: dt.date) -> tuple[str, ...]:
        """The themes that are on, in the order of tips.yaml: the first one comes first."""
        return self._on.get(day, ())

    def until(self, day: dt.date) -> tuple[dt.date, ...]:
        """Every day up to this one, which is the last."""
        return self.days[: bisect_right(self.days, day)]

    def _is_on(self, theme: Theme, index: int, day: dt.date) -> bool:
        return (
            day in theme.dates
            or (theme.week_of is not None and _is_week_of(theme.week_of, day))
            or (theme.in_month is not None and _is_in_month(theme.in_month, day))
            or self._begins_a_year(index, day, theme.first_school_days)
            or self._ends_a_term(index, day, theme.last_school_days)
            or any(0 < bisect_left(self.days, trip) - index <= theme.days_before_residential for trip in self._trips)
        )

    def _begins_a_year(self, index: int, day: dt.date, days: int) -> bool:
        year = day.year if day.month >= _AUGUST else day.year - 1
        first = bisect_left(self.days, dt.date(year, _AUGUST, 1))
        return index - first < days and self.days[first].month in (_AUGUST, _SEPTEMBER)

    def _ends_a_term(self, index: int, day: dt.date, days: int) -> bool:
        terms = (term for term in self.school.opening.terms if term.first <= day <= term.last)
        return any(bisect_right(self.days, term.last) - index <= days for term in terms)


def window(school: School, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From when until when (UTC, the end excluded) the tip of this day may be posted."""
    opens = _moment(school, day, school.tips.time)
    closes = _moment(school, day, school.tips.until)
    if closes <= opens:  # the clocks go forward in between
        closes = opens + (_on_paper(school.tips.until) - _on_paper(school.tips.time))
    return opens, closes


def local_day(school: School, now: dt.datetime) -> dt.date:
    """Which day it is at the school."""
    return now.astimezone(school.opening.zone).date()


def with_dates(school: School, dates: Dates | None) -> School:
    """The school with what its calendar says beside school.yaml: more terms, INSET days and closed days."""
    if dates is None:
        return school
    opening = school.opening
    terms = (*opening.terms, *(Term("calendar", first, last) for first, last in dates.terms))
    inset, closed = opening.inset_days | dates.inset_days, opening.closed | dates.closed
    return replace(school, opening=replace(opening, terms=terms, inset_days=inset, closed=closed))


def _moment(school: School, day: dt.date, time: dt.time) -> dt.datetime:
    """A time on the wall -> exactly one moment. Where the clocks go back it is the first of the two; a time that the
    clocks leave out becomes the one that they show instead (02:30 becomes 03:30)."""
    return dt.datetime.combine(day, time, school.opening.zone).astimezone(dt.UTC)


def _on_paper(time: dt.time) -> dt.timedelta:
    return dt.timedelta(hours=time.hour, minutes=time.minute)


def _tip_days(school: School) -> Iterator[dt.date]:
    """Every school day of Monday to Friday in a term. An INSET day outside the terms is none: the holidays are on, or
    staff are busy with something else."""
    for day in sorted({day for term in school.opening.terms for day in _days_of(term)}):
        if day.weekday() < _SATURDAY and is_school_day(school, day):
            yield day


def _days_of(term: Term) -> Iterator[dt.date]:
    return (term.first + number * _DAY for number in range((term.last - term.first).days + 1))


def _is_week_of(week_of: tuple[int, int], day: dt.date) -> bool:
    """Whether this day is in the week, Monday to Sunday, that holds (month, day)."""
    month, number = week_of
    held = dt.date(day.year, month, 28 if (month, number) == (2, 29) else number)
    return _monday(held) == _monday(day)


def _is_in_month(rule: tuple[int, int, int | None], day: dt.date) -> bool:
    """Weeks are counted from the one that holds the month's first working day."""
    month, week, weekday = rule
    first = dt.date(day.year, month, 1)
    while first.weekday() >= _SATURDAY:
        first += _DAY
    return _monday(day) == _monday(first) + (week - 1) * 7 * _DAY and weekday in (None, day.weekday())


def _monday(day: dt.date) -> dt.date:
    return day - day.weekday() * _DAY
