"""Dates of a school that cannot be meant: a term that ends before it starts, a wrong year, a holiday without end.

Nothing here asks what day it is: the dates of a file are held against each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median_low

from bot.hours import Term
from bot.knowledge.files.fields import YamlFields

LONGEST_HOLIDAY = 60  # days
LONGEST_SUMMER = 75  # days: in Northern Ireland July and August, in some independent schools nine weeks
_LONGEST_TERM = 364  # days: a school year has fewer, a year that slipped makes more
_APART = 3  # years between a term and most of the others
_YEAR = 366  # days
_YEAR_RIGHT = "See whether the year is right"


def check_terms(terms: Sequence[tuple[Term, YamlFields]]) -> None:
    """Note a fault for each term that cannot be meant; `terms` come with the fields that they were read from."""
    read = [(term, fields) for term, fields in terms if dt.date.max not in (term.first, term.last)]
    usual = median_low([term.first.year for term, _ in read]) if read else 0
    for term, fields in read:
        if term.last < term.first:
            fields.fault("last", f"{term.name} ends before it starts, on {term.last}", f"{_YEAR_RIGHT}, and the month")
        elif (term.last - term.first).days > _LONGEST_TERM:
            fields.fault("last", f"{term.name} lasts {(term.last - term.first).days + 1} days", _YEAR_RIGHT)
        elif abs(term.first.year - usual) > _APART:
            fields.fault("first", f"{term.name} starts in {term.first.year}, most terms in {usual}", _YEAR_RIGHT)
    _check_between(sorted((each for each in read if _is_sound(each[0], usual)), key=lambda each: each[0].first))


def _is_sound(term: Term, usual: int) -> bool:
    days = (term.last - term.first).days
    return 0 <= days <= _LONGEST_TERM and abs(term.first.year - usual) <= _APART


def _check_between(terms: Sequence[tuple[Term, YamlFields]]) -> None:
    """The holidays between the terms, in order."""
    for (before, _), (after, fields) in pairwise(terms):
        days = (after.first - before.last).days - 1
        if days > longest_holiday(before.last):
            problem = f"the holiday between {before.name} and {after.name} lasts {days} days"
            fields.fault("first", problem, f"{_YEAR_RIGHT}, and add a term that is missing")


def longest_holiday(first: dt.date) -> int:
    """How many days a holiday that begins about this day may last."""
    return LONGEST_SUMMER if first.month in (6, 7) else LONGEST_HOLIDAY


def check_days(fields: YamlFields, key: str, days: Iterable[dt.date], terms: Sequence[Term]) -> None:
    """Note a fault for each single day that is far from every term."""
    for day in sorted(days):
        apart = min((max((term.first - day).days, (day - term.last).days) for term in terms), default=0)
        if apart > _YEAR:
            fields.fault(key, f"{day} is more than a year away from every term", _YEAR_RIGHT)
