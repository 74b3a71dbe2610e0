"""What `askfirst doctor` says of approvals: how many there are, what waits, and what is to be read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from bot.answering.checking.files import damaged_files
from bot.concerns.words import day
from bot.errors import AskFirstError
from bot.knowledge import Knowledge
from bot.knowledge.approvals.standing import dated_ahead, nothing_approved
from bot.service.approving.reviewing import review_lines, waiting_line

_AHEAD = "{number} are dated in the future, as that of '{first}'. See whether the year is right"
_MADE_UP = "they are made up for the demo school: begin your own with askfirst adopt"


def approval_lines(read: Callable[[], Knowledge], today: dt.date) -> Iterator[str]:
    """A line for the approvals, and for each answer that is overdue or due within a month."""
    try:
        knowledge = read()
    except AskFirstError:
        return  # said already
    approvals = knowledge.approvals
    if approvals is None:
        return
    if said := nothing_approved(knowledge):
        yield f"{'FAULT' if approvals.missing else 'WARN '}  approvals: {said}"
    else:
        made_up, waiting = f"; {_MADE_UP}" if approvals.made_up else "", waiting_line(knowledge)
        if made_up or not waiting:
            yield f"{'WARN ' if made_up else 'ok   '}  approvals: {len(approvals.given)} answers are approved{made_up}"
        if waiting:
            yield f"WARN   approvals: {waiting}. askfirst approve says which"
    if ahead := dated_ahead(knowledge, today):
        yield f"WARN   approvals: {_AHEAD.format(number=len(ahead), first=ahead[0].entry)}"
    if (pilot := knowledge.school.pilot) and today <= pilot.until:
        yield f"WARN   pilot: until {day(pilot.until)} only {len(pilot.people)} people get answers (school.yaml)"
    yield from (f"WARN   review: {said}" for said in review_lines(knowledge, today))


def damaged_lines(read: Callable[[], Knowledge]) -> Iterator[str]:
    """A line for each file that is damaged and on which no answer rests."""
    try:
        knowledge = read()
    except AskFirstError:
        return  # said already
    yield from (f"WARN   {each.file}: {each.problem}. {each.remedy}" for each in damaged_files(knowledge))
