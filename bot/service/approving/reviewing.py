"""Answers that are to be read again: what is said of each, and what whoever approved them is sent. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from bot.concerns.words import day
from bot.knowledge import Entry, Knowledge, Person, Role, School
from bot.knowledge.approvals.standing import Review, approval_notices, reviews
from bot.service.letters import Letter

MOST = 10  # answers that are named one by one
_SUBJECT = "AskFirst: answers to read again"


@dataclass(frozen=True)
class AnswerLetter:
    """What one person is sent about answers. `told` is what to keep once they have it, by name: so they have it
    once."""

    person: Person
    told: Mapping[str, str]
    letter: Letter


def review_lines(knowledge: Knowledge, today: dt.date) -> Iterator[str]:
    """A sentence without a full stop for each answer that is overdue or due within a month, the first due first; of
    many, how many more there are."""
    found = reviews(knowledge, today)
    yield from map(_said, found[:MOST])
    if len(found) > MOST:
        yield f"and {len(found) - MOST} more: askfirst check --notices names each that is overdue"


def waiting_line(knowledge: Knowledge) -> str:
    """How many answers wait for somebody to approve them; empty for none, or where no approvals are kept."""
    there = {name for name, each in knowledge.entries.items() if each.holds_in(knowledge.school.nation)}
    waiting = [each for each in approval_notices(knowledge) if each.entry in there]
    changed = sum(each.entry in knowledge.waiting for each in waiting)
    new = len(waiting) - changed
    parts = [f"{new} not approved and not served"] if new else []
    parts += [f"{changed} changed since, and served as they were approved"] if changed else []
    return "; ".join(parts)


def review_letters(knowledge: Knowledge, told: Mapping[str, str], today: dt.date) -> tuple[AnswerLetter, ...]:
    """One letter for everybody who approved answers that are overdue or due within a month, a month, a week and a day
    before, and weekly after; `told` is what was kept of earlier letters. Nobody is written to about what was only made
    up."""
    approvals = knowledge.approvals
    if approvals is None or approvals.made_up:
        return ()
    found: dict[Person, list[Review]] = {}
    for review in reviews(knowledge, today):
        if who := answers_for(knowledge.school, review.entry):
            found.setdefault(who, []).append(review)
    letters = (_letter(who, its) for who, its in found.items())
    return tuple(each for each in letters if told.get(each.person.id, "") < each.told[each.person.id])


def answers_for(school: School, entry: Entry) -> Person | None:
    """Who approved it, or who holds that role now, or the head."""
    named = [each for each in school.people.values() if each.name == entry.approved_by]
    holders = school.holders(cast(Role, entry.approved_role)) if entry.approved_role else ()
    return next(iter((*named, *holders, *school.holders("head"))), None)


def _letter(person: Person, its: list[Review]) -> AnswerLetter:
    told = max(each.told for each in its)
    lines = (
        "Answers of AskFirst that you approved, or that are yours to approve now, are to be read again. They stay in "
        "use meanwhile, and those that are overdue say so.",
        "\n".join(f"- {_said(each)}" for each in its[:MOST])
        + (f"\n- and {len(its) - MOST} more" if len(its) > MOST else ""),
        "Read each and approve it again: askfirst approve, on the server. Whoever looks after AskFirst can help.",
    )
    letter = Letter(f"review-{person.id}-{told}", "news", "", False, _SUBJECT, lines, "")
    return AnswerLetter(person, {person.id: told.isoformat()}, letter)


def _said(review: Review) -> str:
    tense = "was" if review.overdue else "is"
    return f"“{review.entry.title}” ({review.entry.id}) {tense} to be read again by {day(review.by)}"
