"""A turn of a conversation: what is said, what is remembered, what is to be noted; and how an answer becomes one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.answering.answers import answer_with, fact_question
from bot.answering.handover import contact
from bot.answering.topics import whom_to_ask
from bot.knowledge import Entry, Knowledge
from bot.messages import Contact, Focus, Reply
from bot.understanding.fitting import Understanding

REMEMBERED_FOR = dt.timedelta(minutes=30)
UNKNOWN = (
    "I don't know. No approved answer fits your question, and I won't guess. Please ask this person before you act:"
)


@dataclass(frozen=True)
class Conversation:
    """What one conversation remembers. `asked` is the fact that the bot has just asked for, if any; `question` is what
    was last asked, kept only so that "this didn't help" says which answer is missing."""

    entry: str | None = None
    asked: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    question: str | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True)
class NoteGap:
    """A question that got no answer, or one that did not help, to be kept without a name."""

    question: str
    entry: str | None
    reason: str  # "no-answer" | "not-helpful"


@dataclass(frozen=True)
class Turn:
    """One step of a conversation."""

    reply: Reply
    state: Conversation
    gaps: tuple[NoteGap, ...] = ()


@dataclass(frozen=True)
class Base:
    """A knowledge base with what was learned from it; replaced as one when the files change."""

    knowledge: Knowledge
    understanding: Understanding


def answered(
    base: Base, entry: Entry, facts: Mapping[str, str], now: dt.datetime, confidence: float, focus: Focus = "wording"
) -> Turn:
    answer = answer_with(base.knowledge, entry, facts, now.date())
    question = fact_question(base.knowledge, entry, facts)
    reply = Reply("answer", answer=answer, question=question, focus=focus, feedback=True, confidence=confidence)
    asked = entry.facts.fact if question and entry.facts else None
    return Turn(reply, Conversation(entry.id, asked, dict(facts), None, now + REMEMBERED_FOR))


def no_answer(base: Base, confidence: float) -> Reply:
    return Reply("no-answer", text=UNKNOWN, contact=somebody(base), feedback=False, confidence=confidence)


def somebody(base: Base) -> Contact:
    return contact(whom_to_ask(base.knowledge, None))
