"""Clauses of the school's policy that are to be read again, by whoever approved them. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from bot.concerns.words import day
from bot.knowledge import Knowledge, Person, Role
from bot.knowledge.approvals.standing import told_on
from bot.knowledge.school_policy.model import ParagraphApproval
from bot.service.policy_writing.filling_in import paragraphs_of
from bot.service.policy_writing.outstanding import is_approved


@dataclass(frozen=True)
class ClauseReview:
    """How many clauses one person is to read again by one day, or should have; `told` is the day on which they are
    reminded, the latest that has come."""

    person: Person
    by: dt.date
    told: dt.date
    number: int
    overdue: bool

    @property
    def said(self) -> str:
        """A sentence without a full stop."""
        clauses = "1 clause" if self.number == 1 else f"{self.number} clauses"
        tense = {(True, 1): "was", (False, 1): "is"}.get((self.overdue, self.number), "were" if self.overdue else "are")
        return (
            f"{clauses} of the school's own policy {tense} to be read again by {day(self.by)}: askfirst policy approve"
        )


def clause_reviews(knowledge: Knowledge, today: dt.date) -> tuple[ClauseReview, ...]:
    """Those that are overdue or due within a month, by person and day, the first due first."""
    counted: dict[tuple[dt.date, Person], int] = {}
    for approval in _counting(knowledge):
        if told_on(approval.review_by, today) and (who := _answers_for(knowledge, approval)):
            counted[approval.review_by, who] = counted.get((approval.review_by, who), 0) + 1
    found = (
        ClauseReview(who, by, told, number, by < today)
        for (by, who), number in counted.items()
        if (told := told_on(by, today))
    )
    return tuple(sorted(found, key=lambda each: (each.by, each.person.id)))


def _counting(knowledge: Knowledge) -> Iterator[ParagraphApproval]:
    """The approvals of what stands in this school's documents."""
    used = {each.id for outline in knowledge.policy.outlines for each in paragraphs_of(knowledge, outline)}
    yield from (
        each for name, each in knowledge.policy.approved.items() if name in used and is_approved(knowledge, name)
    )


def _answers_for(knowledge: Knowledge, approval: ParagraphApproval) -> Person | None:
    """Who approved it, or who holds that role now, or the head."""
    school = knowledge.school
    named = (each for each in school.people.values() if each.name == approval.by)
    return next(iter((*named, *school.holders(cast(Role, approval.role)), *school.holders("head"))), None)
