"""What an answer of the questionnaire would change, word by word, before anybody gives it. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.knowledge import Knowledge
from bot.knowledge.authoring import EntryText, FieldDifference, Piece, difference
from bot.knowledge.authoring.difference import pieces
from bot.knowledge.school_policy.editions import ChangeKind, changes
from bot.knowledge.school_policy.model import Outline
from bot.service.policy_writing.answering import Answered
from bot.service.policy_writing.composing import compose
from bot.service.policy_writing.filling_in import paragraphs_of, questions_in
from bot.service.policy_writing.outstanding import answers_waiting

_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class ClauseDifference:
    """One clause that would say something else, come, go, or get another number (`words` then says which)."""

    kind: ChangeKind
    number: str
    words: tuple[Piece, ...]


@dataclass(frozen=True)
class DocumentDifference:
    """What would change in one document."""

    id: str
    title: str
    clauses: tuple[ClauseDifference, ...]


@dataclass(frozen=True)
class EntryDifference:
    """What would change in one answer to staff; `waits` says that it is to be approved again before staff get it."""

    entry: str
    title: str
    fields: tuple[FieldDifference, ...]
    waits: bool


@dataclass(frozen=True)
class Foreseen:
    """All that an answer would change; `tips` with the words of each. `settled` are answers to staff that would wait no
    more, because their words would be those that were approved. `after` is the base as it would be."""

    documents: tuple[DocumentDifference, ...]
    entries: tuple[EntryDifference, ...]
    tips: tuple[tuple[Piece, ...], ...]
    clauses: tuple[str, ...]
    waiting: tuple[str, ...]
    settled: tuple[str, ...]
    after: Knowledge

    @property
    def nothing(self) -> bool:
        """Whether no word would change anywhere."""
        return not (self.documents or self.entries or self.tips)


@dataclass(frozen=True)
class Hanging:
    """What hangs on a question: clauses as (title of the document, number, words) and entries by id."""

    clauses: tuple[tuple[str, str, str], ...]
    entries: tuple[str, ...]


def hanging_on(knowledge: Knowledge, on: dt.date) -> dict[str, Hanging]:
    """For each question the clauses of this school's documents, and the answers to staff, that turn on it."""
    clauses: dict[str, list[tuple[str, str, str]]] = {name: [] for name in knowledge.policy.questions}
    for outline, document in zip(knowledge.policy.outlines, compose(knowledge, on), strict=True):
        for question, name in _turning(knowledge, outline):
            if name in document.edition.clauses:
                clause = document.edition.clauses[name]
                clauses[question].append((document.title, clause.number, clause.text))
    return {name: Hanging(tuple(found), tuple(_entries_on(knowledge, name))) for name, found in clauses.items()}


def _turning(knowledge: Knowledge, outline: Outline) -> Iterator[tuple[str, str]]:
    """(question, clause or table that turns on it) of a document."""
    for paragraph in paragraphs_of(knowledge, outline):
        yield from ((question, paragraph.id) for question in dict.fromkeys(questions_in(knowledge, paragraph)))
    yield from (("sites", f"table-{section.part}") for section in outline.sections if section.part == "sites")


def _entries_on(knowledge: Knowledge, question: str) -> Iterator[str]:
    for name, followed in knowledge.policy.followed.items():
        entry = knowledge.entries.get(name)
        if entry and question in followed and entry.holds_in(knowledge.school.nation):
            yield name


def foreseen(answered: Answered, question: str, on: dt.date) -> Foreseen:
    """What is different once this is the answer."""
    before, after, follows = answered.before, answered.after, answered.follows(question)
    settled = set(answers_waiting(before, question)) - set(answers_waiting(after, question))
    return Foreseen(
        documents=tuple(_documents(before, after, on)),
        entries=tuple(_entries(before, after, question)),
        tips=tuple(_tips(before, after)),
        clauses=follows.paragraphs,
        waiting=follows.entries,
        settled=tuple(sorted(settled)),
        after=after,
    )


def said_differently(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts, word by word."""
    return pieces(_WORD.findall(before), _WORD.findall(after))


def _documents(before: Knowledge, after: Knowledge, on: dt.date) -> Iterator[DocumentDifference]:
    for was, now in zip(compose(before, on), compose(after, on), strict=True):
        found = tuple(
            ClauseDifference(each.kind, each.number, said_differently(each.before, each.now))
            for each in changes(was.edition, now.edition)
        )
        if found:
            yield DocumentDifference(now.id, now.title, found)


def _entries(before: Knowledge, after: Knowledge, question: str) -> Iterator[EntryDifference]:
    waiting = set(answers_waiting(after, question))
    for name, followed in after.policy.followed.items():
        if question not in followed or name not in after.entries or name not in before.entries:
            continue
        was, now = (EntryText.of_entry(each.waiting.get(name, each.entries[name])) for each in (before, after))
        found = difference(_side_by_side(was, now), now)
        if found and after.entries[name].holds_in(after.school.nation):
            yield EntryDifference(name, now.title, found, name in waiting)


def _side_by_side(was: EntryText, now: EntryText) -> EntryText:
    """With its cases under the names that they have now: under 19 is compared with under 21."""
    if len(was.cases) != len(now.cases):
        return was
    return replace(was, cases=tuple(replace(a, value=b.value) for a, b in zip(was.cases, now.cases, strict=True)))


def _tips(before: Knowledge, after: Knowledge) -> Iterator[tuple[Piece, ...]]:
    was = {each.id: each.text for each in before.tips}
    for tip in after.tips:
        if tip.id in was and was[tip.id] != tip.text:
            yield said_differently(was[tip.id], tip.text)
