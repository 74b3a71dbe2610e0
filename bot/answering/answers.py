"""An entry -> the reply that shows it: approved text word for word, with the clauses it rests on. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.knowledge import Clause, Entry, Knowledge
from bot.messages import Answer, Button, Choice, FactQuestion, GiveFact, Reply, Source

CHOOSE = "I want to be sure that I answer the right question. Which of these do you mean?"


def answer_with(knowledge: Knowledge, entry: Entry, facts: Mapping[str, str], today: dt.date) -> Answer:
    """The entry's answer for the facts that are known, or its general one."""
    case = entry.facts.case(facts.get(entry.facts.fact)) if entry.facts else None
    spoken = case or entry
    return Answer(
        entry=entry.id,
        title=entry.title,
        verdict=spoken.verdict,
        answer=spoken.answer,
        why=spoken.why,
        instead=spoken.instead,
        note=entry.note,
        sources=tuple(_source(knowledge.clauses[clause]) for clause in entry.cites),
        approved_by=entry.approved_by,
        reviewed=entry.reviewed.isoformat(),
        review_by=entry.review_by.isoformat(),
        due_for_review=entry.review_by < today,
    )


def fact_question(knowledge: Knowledge, entry: Entry, facts: Mapping[str, str]) -> FactQuestion | None:
    """What the bot asks back: only where the entry says so and the fact is not known yet."""
    cases = entry.facts
    if cases is None or cases.ask is None or cases.fact in facts:
        return None
    labels = knowledge.lexicon.facts[cases.fact].labels
    options = (Button(labels[case.value], GiveFact(entry.id, cases.fact, case.value)) for case in cases.cases)
    return FactQuestion(cases.ask, tuple(options))


def choices_among(entries: Sequence[Entry], confidence: float) -> Reply:
    """Two or three entries to choose from, in buttons that carry their ids."""
    choices = tuple(Choice(entry.id, entry.title, entry.cites) for entry in entries)
    return Reply("choices", text=CHOOSE, choices=choices, feedback=True, confidence=confidence)


def _source(clause: Clause) -> Source:
    document = clause.document
    return Source(clause.id, clause.text, clause.where, document.title, document.publisher, document.date)
