"""When somebody is reminded of what they have not read: seldom, on school days, and never once it is done. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from bot.required.model import Progress, RequiredText

_DAY, _WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
WEEKS_AFTER = 6  # that somebody is reminded once it is overdue; then it is for those who see the results
_LOOK_BACK = 60  # days, for the last school day before a day


def is_letter_due(
    text: RequiredText, progress: Progress, today: dt.date, is_school_day: Callable[[dt.date], bool]
) -> bool:
    """Whether somebody who is to read this gets a letter about it today: when it is set, a week and a school day before
    it is due, on the day, and then each week for six weeks. What falls on no school day waits for the next one."""
    if text.ended_on or progress.done_at or not is_school_day(today):
        return False
    last = progress.reminded or dt.date.min
    return any(last < day <= today for day in _days(text, is_school_day))


def _days(text: RequiredText, is_school_day: Callable[[dt.date], bool]) -> Iterator[dt.date]:
    yield text.set_on
    before = (text.due - number * _DAY for number in range(1, _LOOK_BACK))
    for day in (text.due - _WEEK, next(filter(is_school_day, before), text.due - _DAY), text.due):
        if day > text.set_on:
            yield day
    yield from (text.due + number * _WEEK for number in range(1, WEEKS_AFTER + 1))
