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
from bot.service.policy_writing.reviewing import ClauseReview, clause_reviews

MOST = 10  # answers that are named one by one
_SUBJECT = "AskFirst: answers to read again"
_OF_CLAUSES = "AskFirst: clauses of the policy to read again"


@dataclass(frozen=True)
class AnswerLetter:
    """What one person is sent about answers. `told` is what to keep once they have it, by name: so they have it
    once."""

    person: Person
    told: Mapping[str, str]
    letter: Letter


def review_lines(knowledge: Knowledge, today: dt.date, *, with_ids: bool = True) -> Iterator[str]:
    """A sentence without a full stop for each answer that is overdue or due within a month, the first due first; of
    many, how many more there are."""
    found = reviews(knowledge, today)
    yield from (each.said for each in clause_reviews(knowledge, today))
    yield from (_said(each, with_ids) for each in found[:MOST])
    if len(found) > MOST:
        yield f"and {len(found) - MOST} more: askfirst check --notices names each that is overdue"


def waiting_line(knowledge: Knowledge) -> str:
    """How many answers wait for somebody to approve them; empty for none, or where no approvals are kept."""
    there = {name for name, each in knowledge.entries.items() if each.holds_in(knowledge.school.nation)}
    waiting = [each for each in approval_notices(knowledge) if each.entry in there]
    changed = sum(each.entry in knowledge.waiting for each in waiting)
    new = len(waiting) - changed
    parts = [f"{new} not approved and not served"] if new else []
    parts += [f"{changed} with new words that nobody has approved: staff get the former words"] if changed else []
    return "; ".join(parts)


def review_letters(knowledge: Knowledge, told: Mapping[str, str], today: dt.date) -> tuple[AnswerLetter, ...]:
    """One letter for everybody who approved answers, or clauses of the school's policy, that are overdue or due within
    a month, a month, a week and a day before, and weekly after; `told` is what was kept of earlier letters. Nobody is
    written to about what was only made up."""
    approvals = knowledge.approvals
    found: dict[Person, list[Review]] = {}
    for review in reviews(knowledge, today) if approvals and not approvals.made_up else ():
        if who := answers_for(knowledge.school, review.entry):
            found.setdefault(who, []).append(review)
    clauses: dict[Person, list[ClauseReview]] = {}
    for each in clause_reviews(knowledge, today) if not _is_made_up(knowledge) else ():
        clauses.setdefault(each.person, []).append(each)
    people = dict.fromkeys((*found, *clauses))
    letters = (_letter(who, found.get(who, []), clauses.get(who, [])) for who in people)
    return tuple(each for each in letters if told.get(each.person.id, "") < each.told[each.person.id])


def _is_made_up(knowledge: Knowledge) -> bool:
    return any(each.made_up for each in knowledge.policy.approved.values())


def answers_for(school: School, entry: Entry) -> Person | None:
    """Who approved it, or who holds that role now, or the head."""
    named = [each for each in school.people.values() if each.name == entry.approved_by]
    holders = school.holders(cast(Role, entry.approved_role)) if entry.approved_role else ()
    return next(iter((*named, *holders, *school.holders("head"))), None)


def _letter(person: Person, its: list[Review], clauses: list[ClauseReview]) -> AnswerLetter:
    told = max(*(each.told for each in its), *(each.told for each in clauses), dt.date.min)
    lines = (*(_about_answers(its) if its else ()), *(_about_clauses(clauses) if clauses else ()))
    subject = _SUBJECT if its else _OF_CLAUSES
    letter = Letter(f"review-{person.id}-{told}", "news", "", False, subject, lines, "")
    return AnswerLetter(person, {person.id: told.isoformat()}, letter)


def _about_clauses(clauses: list[ClauseReview]) -> tuple[str, ...]:
    return (
        "Clauses of the school's own policy that you approved, or that are yours to approve now, are to be read again. "
        "The documents stay in force meanwhile, and say so where it is overdue.",
        "\n".join(f"- {each.said}" for each in clauses),
        "On the page they stand under “Documents” in the inbox.",
    )


def _about_answers(its: list[Review]) -> tuple[str, ...]:
    return (
        "Answers of AskFirst that you approved, or that are yours to approve now, are to be read again. They stay in "
        "use meanwhile, and those that are overdue say so.",
        "\n".join(f"- {_said(each)}" for each in its[:MOST])
        + (f"\n- and {len(its) - MOST} more" if len(its) > MOST else ""),
        "Read each and approve it again: askfirst approve, on the server. Whoever looks after AskFirst can help.",
    )


def _said(review: Review, with_id: bool = True) -> str:
    tense = "was" if review.overdue else "is"
    named = f"“{review.entry.title}”" + (f" ({review.entry.id})" if with_id else "")
    return f"{named} {tense} to be read again by {day(review.by)}"
