"""What `askfirst doctor` says of approvals: how many there are, what waits, and what is to be read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from bot.concerns.words import day
from bot.errors import AskFirstError
from bot.knowledge import Knowledge
from bot.service.approving.reviewing import review_lines, waiting_line

_NONE = "none are kept: every answer says that nobody here has approved it (askfirst approve)"
_MADE_UP = "they are made up for the demo school: begin your own with askfirst adopt"


def approval_lines(read: Callable[[], Knowledge], today: dt.date) -> Iterator[str]:
    """A line for the approvals, and for each answer that is overdue or due within a month."""
    try:
        knowledge = read()
    except AskFirstError:
        return  # said already
    approvals = knowledge.approvals
    if approvals is None:
        yield f"WARN   approvals: {_NONE}"
    elif not approvals.given:
        yield "WARN   approvals: nothing is approved yet, and no answer is served. Begin with: askfirst approve"
    else:
        made_up, waiting = f"; {_MADE_UP}" if approvals.made_up else "", waiting_line(knowledge)
        if made_up or not waiting:
            yield f"{'WARN ' if made_up else 'ok   '}  approvals: {len(approvals.given)} answers are approved{made_up}"
        if waiting:
            yield f"WARN   approvals: {waiting}. askfirst approve says which"
    if (pilot := knowledge.school.pilot) and today <= pilot.until:
        yield f"WARN   pilot: until {day(pilot.until)} only {len(pilot.people)} people get answers (school.yaml)"
    yield from (f"WARN   review: {said}" for said in review_lines(knowledge, today))
