"""Who hears of what is done with an answer, and in which words. Pure; a letter goes the ordinary way of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.concerns.ladder.escalation import Recipient, Step
from bot.knowledge import Entry, Person
from bot.knowledge.approvals.rules import GRAVE_BY
from bot.service.authoring.shelf import Shelf, holders
from bot.store import Draft

_EITHER = ("approver", *GRAVE_BY)


def it_waits(shelf: Shelf, draft: Draft, entry: Entry, now: dt.datetime) -> Sequence[Step]:
    """To whoever may approve it: of safeguarding and conduct the DSL, of the rest the approvers."""
    by = shelf.person(draft.author).name
    people = written_to(shelf, entry, draft.author)
    said = f"{by} has sent an answer for approval: “{draft.text.title}”."
    lines = ("an answer waits for you", said, "Read it, and approve it or send it back. Nothing changes before that.")
    return [_letter(person.id, lines, now) for person in people]


def written_to(shelf: Shelf, entry: Entry, author: str) -> tuple[Person, ...]:
    """Who hears that an answer waits: one part of those who may approve it, so that not everybody is written to."""
    return holders(shelf, GRAVE_BY if shelf.approvers_of(entry) == GRAVE_BY else _EITHER, author)


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


def it_is_doubted(title: str, decided_by: str, by: str, why: str, now: dt.datetime) -> Sequence[Step]:
    """To whoever decided what an answer follows, that whoever is to approve its new words would have it as it was."""
    said = f"{by} has read the new words of “{title}”, which follow your decision, and thinks it should stay as it was."
    do = "Speak to them. What you decided stands under Documents, and you can change it there. Nothing has changed yet."
    return [_letter(decided_by, ("somebody doubts what you decided", said, f"Why: {why}", do), now)]


def it_is_back(shelf: Shelf, entry: Entry, who: str, took_out: str, now: dt.datetime) -> Sequence[Step]:
    """To the others who answer for it, and whoever took it out of use, that staff are given it again."""
    said = (
        f"{shelf.person(who).name} has approved “{entry.title}”, which was out of use. Staff get it again from now on."
    )
    theirs = {person.id for person in holders(shelf, GRAVE_BY, who)} | {took_out} & shelf.knowledge.school.people.keys()
    return [_letter(each, ("an answer is back in use", said), now) for each in sorted(theirs - {who})]


def _letter(person: str, lines: Sequence[str], now: dt.datetime) -> Step:
    return Step("answer", now, Recipient(person), text="\n\n".join(lines))
