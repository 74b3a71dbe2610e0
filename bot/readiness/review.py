"""Files, judgements and facts -> the review as it stands; what keeps it from being closed; what is still to be done.
Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.knowledge import Knowledge
from bot.knowledge.readiness import KnownKind, ReadinessPart, Statement
from bot.readiness.model import (
    Judgement,
    KnownFact,
    PlanLine,
    RestsOn,
    ReviewedPart,
    ReviewedStatement,
    SelfReview,
    first_due,
)

_PLACE = re.compile(r"\{([^{}]*)\}")


def review_of(
    review: SelfReview, knowledge: Knowledge, judgements: Mapping[str, Judgement], facts: Iterable[KnownFact]
) -> SelfReview:
    """An open review with its parts as they stand now."""
    known = {each.kind: each for each in facts}
    parts = (_part(knowledge, part, judgements, known) for part in knowledge.readiness.parts)
    return replace(review, parts=tuple(part for part in parts if part.statements))


def missing(review: SelfReview) -> Iterator[tuple[str, str]]:
    """What keeps a review from being closed: the id of a statement, and what is to be done about it."""
    for each in review.statements():
        if each.rating is None:
            yield each.id, "Nobody has answered this yet."
        elif each.rating != "yes" and not (each.judged.owner and each.judged.due):
            yield each.id, "Say who does something about it, and by which day."


def current_plan(open_: SelfReview | None, last: SelfReview | None) -> tuple[PlanLine, ...]:
    """What is to be done as of now: the plan of the last review, but for what holds by now or was judged anew, and
    what the open one adds."""
    found = {each.id: each for each in open_.statements()} if open_ else {}
    judged = {name for name, each in found.items() if each.judgement}
    over = judged | {name for name, each in found.items() if each.rating == "yes"}
    before = [line for line in (last.plan() if last else ()) if line.statement.id not in over]
    there = {line.statement.id for line in before}
    now = [line for line in (open_.plan() if open_ else ()) if line.statement.id not in there]
    return tuple(sorted((*before, *now), key=first_due))


def _part(
    knowledge: Knowledge, part: ReadinessPart, judgements: Mapping[str, Judgement],
    known: Mapping[KnownKind, KnownFact],
) -> ReviewedPart:  # fmt: skip
    nation = knowledge.school.nation
    asked = [each for each in part.statements if each.asked_in(nation)]
    return ReviewedPart(
        part.id,
        part.title,
        tuple(
            ReviewedStatement(
                each.id,
                _said(knowledge, each.says),
                _said(knowledge, each.evidence),
                _said(knowledge, each.not_yet),
                tuple(_rests_on(knowledge, each)),
                known.get(each.known) if each.known else None,
                judgements.get(each.id),
            )
            for each in asked
        ),
    )


def _rests_on(knowledge: Knowledge, statement: Statement) -> Iterator[RestsOn]:
    for name in statement.clauses_in(knowledge.school.nation):
        clause = knowledge.clauses[name]
        yield RestsOn(clause.id, clause.text, ", ".join(filter(None, (clause.document.title, clause.where))))


def _said(knowledge: Knowledge, text: str) -> str:
    """A wording with the terms of the nation in the place of {dsl} and its like."""
    terms, nation = knowledge.handovers.terms, knowledge.school.nation
    return _PLACE.sub(lambda found: terms[found[1]][nation], text)
