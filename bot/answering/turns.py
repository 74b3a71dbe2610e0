"""A turn of a conversation: what is said, what is remembered, what is to be noted; and how an answer becomes one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.accounts.model import Registered
from bot.accounts.questions import LEADS_TO_REQUEST
from bot.answering.answers import answer_with, fact_question
from bot.answering.remarks import tell_author
from bot.answering.topics import holder_of, whom_to_ask
from bot.concerns.ladder.reaching import offered
from bot.hours import is_open
from bot.knowledge import SERVICES, Entry, Knowledge
from bot.knowledge.schools.model import ROLES
from bot.messages import Contact, Focus, Reply
from bot.presses import RemarkKind

if TYPE_CHECKING:  # the store keeps a conversation, and needs nothing of what learns
    from bot.understanding.fitting import Understanding

REMEMBERED_FOR = dt.timedelta(minutes=30)
UNKNOWN = (
    "I don't know. No approved answer fits your question, and I won't guess. Please ask this person before you act:"
)

ELSEWHERE = (
    "I know an answer to that for {nations} only, and rules differ in {nation}. Please ask this person before you act:"
)
ON_HOLD = (
    "The answer to that is being checked, and I won't guess. If anybody is hurt or in danger now, ring 999 first. "
    "Otherwise please ask this person before you act:"
)

NOT_APPROVED_NOW = (
    "An answer to that is written, but it is not approved for use at this school now. Please ask this person before "
    "you act:"
)


SHUT = (
    "(The school is shut now, so they may not answer before it opens. Leave it until then if it can wait. If anybody "
    "is in danger, ring 999 first.{child})"
)
CHILD = " If a child may not be safe and it cannot wait, ring {name} on {phone}."


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
class NoteRemark:
    """That somebody finds fault with an answer, to be counted."""

    entry: str
    kind: RemarkKind


@dataclass(frozen=True)
class Turn:
    """One step of a conversation. With a `remark`, the conversation is as it was."""

    reply: Reply
    state: Conversation
    gaps: tuple[NoteGap, ...] = ()
    remark: NoteRemark | None = None


@dataclass(frozen=True)
class Base:
    """A knowledge base with what was learned from it; replaced as one when the files change. `register` is what all
    staff may know of the school's accounts, where a question asks for that; None where nobody looked."""

    knowledge: Knowledge
    understanding: Understanding
    register: Sequence[Registered] | None = None


def answered(
    base: Base, entry: Entry, facts: Mapping[str, str], now: dt.datetime, confidence: float, focus: Focus = "wording"
) -> Turn:
    """The turn that answers with this entry; where it is none of this nation's, on hold or not approved, that names
    whom to ask."""
    if not entry.served_in(base.knowledge.school.nation):
        return Turn(not_served(base, entry, now, confidence), Conversation(until=now + REMEMBERED_FOR))
    answer = answer_with(base.knowledge, entry, facts, now)
    question = fact_question(base.knowledge, entry, facts)
    reply = Reply(
        "answer", answer=answer, question=question, focus=focus, offers=(tell_author(entry.id),), feedback=True,
        account_form=entry.id in LEADS_TO_REQUEST, confidence=confidence,
    )  # fmt: skip
    asked = entry.facts.fact if question and entry.facts else None
    return Turn(reply, Conversation(entry.id, asked, dict(facts), None, now + REMEMBERED_FOR))


def not_served(base: Base, entry: Entry, now: dt.datetime, confidence: float) -> Reply:
    """What is said in the place of an entry of another nation, of one on hold, or of one that nobody approved."""
    asked = whom_to_ask(base.knowledge, entry, now)
    nation = base.knowledge.school.nation
    text = ON_HOLD if entry.hold else NOT_APPROVED_NOW
    if not entry.holds_in(nation):
        text = ELSEWHERE.format(nations=" and ".join(entry.nations), nation=nation)
    if asked.role in ROLES and asked.role not in SERVICES and not is_open(base.knowledge.school, now):
        text = f"{text} {_at_night(base.knowledge, now)}"
    return Reply("no-answer", text=text, contact=asked.contact, ask=asked.role, confidence=confidence)


def _at_night(knowledge: Knowledge, now: dt.datetime) -> str:
    """What to do while whoever is named may not answer."""
    duty = next(
        (each for each in knowledge.school.holders("out-of-hours") if offered(knowledge.school, each, now)), None
    )
    return SHUT.format(child=CHILD.format(name=duty.name, phone=duty.phone) if duty else "")


def no_answer(base: Base, confidence: float, role: str | None, now: dt.datetime) -> Reply:
    """That nothing fits, with whom to ask: whoever has this role, or the office."""
    asked = holder_of(base.knowledge, role, now)
    return Reply("no-answer", text=UNKNOWN, contact=asked.contact, ask=asked.role, confidence=confidence)


def somebody(base: Base) -> Contact:
    """Whom to ask where nobody can say what it is about."""
    return whom_to_ask(base.knowledge, None).contact
