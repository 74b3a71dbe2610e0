"""Who may approve what, and for how long. Pure."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePath

from bot.knowledge.model import Entry
from bot.knowledge.schools.model import Role

# Files of entries whose answers a child's safety hangs on: the safeguarding lead or the head answers for them.
_GRAVE = ("safeguarding", "danger", "adults")
# What staff may be dismissed for: the same two approve it, and it is read again in a year like the rest.
_CONDUCT = ("conduct",)
GRAVE_BY: tuple[Role, ...] = ("dsl", "head")
APPROVERS: tuple[Role, ...] = (
    "dsl", "head", "deputy-dsl", "online-safety-lead", "data-protection-lead", "business-manager", "approver",
)  # fmt: skip
_NEW_YEAR = (8, 31)  # guidance on safeguarding changes each September: nothing is approved across that day


def is_grave(entry: Entry) -> bool:
    """Whether this is about safeguarding."""
    return _is_in(entry, _GRAVE)


def may_approve(entry: Entry) -> tuple[Role, ...]:
    """The roles that may approve this entry."""
    return GRAVE_BY if is_grave(entry) or _is_in(entry, _CONDUCT) else APPROVERS


def may_have_approved(entry: Entry) -> tuple[Role, ...]:
    """The roles whose approval counts: those of conduct that others gave before it was for these two stay in use until
    they are due."""
    return GRAVE_BY if is_grave(entry) else APPROVERS


def latest_review(entry: Entry, on: dt.date) -> dt.date:
    """The last day by which it must be read again, if it is approved on this day."""
    return by_new_year(on) if is_grave(entry) else _year_after(on)


def by_new_year(on: dt.date) -> dt.date:
    """The last day by which what is approved on this day is read again, where it is about safeguarding."""
    this = dt.date(on.year, *_NEW_YEAR)
    return this if on < this else dt.date(_next(on.year), *_NEW_YEAR)


def _is_in(entry: Entry, names: tuple[str, ...]) -> bool:
    return any(PurePath(entry.file).stem.startswith(name) for name in names)


def _year_after(day: dt.date) -> dt.date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=_next(day.year), day=28 if leap else day.day)


def _next(year: int) -> int:
    return min(year + 1, dt.MAXYEAR)  # a day that cannot be read is the last one there is
