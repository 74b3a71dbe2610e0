"""An entry -> the reply that shows it: approved text word for word, with the clauses it rests on. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.accounts.questions import LEADS_TO_REQUEST
from bot.answering.topics import whom_to_ask
from bot.answering.wordings import in_the_role, in_words
from bot.knowledge import OF_SCHOOL, Clause, Entry, Knowledge
from bot.knowledge.model import FactCase
from bot.messages import Answer, Button, Choice, FactQuestion, Reply, Source
from bot.presses import GiveFact

DID_YOU_MEAN = "Did you mean this?"
POLICY_CHANGED = "The policy has changed. This answer is being read again."
CHOOSE = "I want to be sure that I answer the right question. Which of these do you mean?"


def answer_with(knowledge: Knowledge, entry: Entry, facts: Mapping[str, str], now: dt.datetime) -> Answer:
    """The entry's answer for the facts that are known, or its general one, with the people of the school in it."""
    spoken = spoken_of(knowledge, entry, facts)
    asked = whom_to_ask(knowledge, entry, now)
    return Answer(
        entry=entry.id,
        title=entry.title,
        ruling=spoken.ruling,
        badge=spoken.badge,
        answer=in_words(knowledge, spoken.answer),
        why=in_words(knowledge, spoken.why),
        instead=in_words(knowledge, spoken.instead),
        note=in_words(knowledge, entry.note) if entry.note else None,
        sources=tuple(source_of(knowledge.clauses[clause], knowledge.school.nation) for clause in entry.cites),
        approved_by=entry.approved_by,
        reviewed=entry.reviewed.isoformat() if entry.reviewed else "",
        review_by=entry.review_by.isoformat() if entry.review_by else "",
        due_for_review=entry.is_due(now.date()),
        ask=asked.role,
        contact=asked.contact,
        approved_role=in_the_role(knowledge, entry.approved_by, entry.approved_role),
        made_up=entry.made_up,
        read_again=POLICY_CHANGED if entry.policy_changed else "",
    )


def spoken_of(knowledge: Knowledge, entry: Entry, facts: Mapping[str, str]) -> Entry | FactCase:
    """Whose words are shown for the facts that are known: those of their case, or the entry's own."""
    known = {**facts, OF_SCHOOL: knowledge.school.nation}
    return (entry.facts.case(known.get(entry.facts.fact)) if entry.facts else None) or entry


def fact_question(knowledge: Knowledge, entry: Entry, facts: Mapping[str, str]) -> FactQuestion | None:
    """What the bot asks back: only where the entry says so and the fact is not known yet."""
    cases = entry.facts
    if cases is None or cases.ask is None or cases.fact in facts:
        return None
    labels = knowledge.lexicon.facts[cases.fact].labels
    options = (Button(labels[case.value], GiveFact(entry.id, cases.fact, case.value)) for case in cases.cases)
    return FactQuestion(cases.ask, tuple(options))


def choices_among(entries: Sequence[Entry], confidence: float) -> Reply:
    """At most three entries to choose from, in buttons that carry their ids."""
    choices = tuple(Choice(entry.id, entry.title, entry.cites) for entry in entries)
    return Reply(
        "choices",
        text=CHOOSE if len(choices) > 1 else DID_YOU_MEAN,
        choices=choices,
        account_form=any(entry.id in LEADS_TO_REQUEST for entry in entries),
        feedback=True,
        confidence=confidence,
    )


def source_of(clause: Clause, nation: str) -> Source:
    """A clause with what a reader needs to check it. Where it is another nation's, that is said."""
    document = clause.document
    title = document.title if clause.of(nation) else f"{document.title} ({clause.nation}; good practice here)"
    return Source(clause.id, clause.text, clause.where, title, document.publisher, document.date)
