"""Who hears of what is done with an answer, and in which words. Pure; a letter goes the ordinary way of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.concerns.ladder.escalation import Recipient, Step
from bot.knowledge import Entry
from bot.knowledge.approvals.rules import GRAVE_BY
from bot.service.authoring.shelf import Shelf, holders
from bot.store import Draft

_EITHER = ("approver", *GRAVE_BY)


def it_waits(shelf: Shelf, draft: Draft, entry: Entry, now: dt.datetime) -> Sequence[Step]:
    """To whoever may approve it: of safeguarding and conduct the DSL, of the rest the approvers."""
    by = shelf.person(draft.author).name
    people = holders(shelf, GRAVE_BY if shelf.approvers_of(entry) == GRAVE_BY else _EITHER, draft.author)
    said = f"{by} has sent an answer for approval: “{draft.text.title}”."
    lines = ("an answer waits for you", said, "Read it, and approve it or send it back. Nothing changes before that.")
    return [_letter(person.id, lines, now) for person in people]


def it_is_out(draft: Draft, by: str, now: dt.datetime) -> Sequence[Step]:
    """To its author, that it was approved and is live."""
    if draft.decided_by == draft.author:
        return []
    said = f"{by} has approved “{draft.text.title}”. Staff are answered with it from now on."
    return [_letter(draft.author, ("your answer was approved", said), now)]


def it_came_back(draft: Draft, by: str, now: dt.datetime) -> Sequence[Step]:
    """To its author, that it was sent back. What is to be done stands with the draft."""
    said = f"{by} has sent back “{draft.text.title}”. Open your draft to see why. Nothing of it is lost."
    return [_letter(draft.author, ("your answer was sent back", said), now)]


def it_is_withheld(shelf: Shelf, entry: Entry, who: str, reason: str, now: dt.datetime) -> Sequence[Step]:
    """To the others who answer for it, that staff are sent to a person instead."""
    by = shelf.person(who).name
    said = f"{by} has taken “{entry.title}” out of use. Staff who ask are sent to a person until it is approved again."
    people = holders(shelf, GRAVE_BY, who)
    return [_letter(person.id, ("an answer was taken out of use", said, f"Why: {reason}"), now) for person in people]


def _letter(person: str, lines: Sequence[str], now: dt.datetime) -> Step:
    return Step("answer", now, Recipient(person), text="\n\n".join(lines))
