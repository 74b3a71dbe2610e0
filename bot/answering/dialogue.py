"""(state, message, now) -> Turn: what is said next, what is remembered, what is to be noted. Pure.

The state is small data that the store keeps for half an hour: the last entry and the facts given, never a name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.answering.answers import answer_with, choices_among, fact_question
from bot.answering.facts import find_fact
from bot.answering.handover import contact, hand_over, note
from bot.knowledge import Entry, FactCases, Knowledge
from bot.messages import Contact, Focus, GiveFact, GiveFeedback, Message, PickEntry, Reply
from bot.understanding.decision import Choices, Decision, Match, NoMatch, Pleasantry
from bot.understanding.fitting import Understanding
from bot.understanding.reading import Reading
from bot.understanding.triage import kind_of

REMEMBERED_FOR = dt.timedelta(minutes=30)

_WHY = re.compile(
    r"^(?:(?:ok|but|and|so|yes|no|right) )*why(?: (?:not|is that|is it|though|so|on earth|exactly|can i not))*$"
)
_SOURCE = re.compile(
    r"^(?:(?:ok|but|and|so|yes|no|right) )*(?:who says(?: so)?|says who|"
    r"where (?:does it say|is that written)(?: that| so)?|"
    r"(?:what is |which is )?(?:the |your )?(?:source|sources|policy|clause)|"
    r"which (?:policy|clause|document|rule)(?: is that| says that)?|"
    r"where (?:is|did|does) (?:that|this|it)(?: come| you get that)?(?: from)?|according to (?:who|whom|what))$"
)
_FOLLOWING = re.compile(
    r"^(?:(?:ok|but|and|so|yes|no|right|hmm|oh|also) )*"
    r"(?:what about|how about|what if|and if|and for|if|even if|even for|same for|"
    r"is (?:that|it) the same|does (?:that|it|this) (?:apply|count|go|include|mean|matter)|what of|with|for|on|and)\b"
)
_FOLLOWING_AT_MOST = 14  # words
_FACT_AT_MOST = 8


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


def respond(base: Base, state: Conversation, message: Message, now: dt.datetime) -> Turn:
    """The next turn. `now` is aware; nothing else is read from outside."""
    if state.until is not None and state.until <= now:
        state = Conversation()
    if isinstance(message.action, GiveFeedback):
        return _feedback(state, message.action)
    if isinstance(message.action, PickEntry | GiveFact):
        return _pressed(base, state, message.action, now)
    if not any(char.isalnum() for char in message.text):
        return Turn(_nothing_said(base), state)
    return _to_text(base, state, message.text, now)


def ask_once(base: Base, text: str, now: dt.datetime) -> Turn:
    """A question outside any conversation: nothing is remembered and nothing is kept."""
    return respond(base, Conversation(), Message(text, conversation=""), now)


def _to_text(base: Base, state: Conversation, text: str, now: dt.datetime) -> Turn:
    readings = base.understanding.reader.read_parts(text)
    finding = base.understanding.triage.sort(readings)
    school, wording = base.knowledge.school, base.knowledge.handovers
    if finding.urgency and (finding.kind or finding.about):
        kind = finding.kind or kind_of(finding.urgency, finding.about)
        handover = hand_over(school, wording, kind, finding.urgency, finding.about, now)
        return Turn(Reply("handover", handover=handover, confidence=finding.chance), Conversation())
    turn = _follow_up(base, state, readings[0], now) or _decided(base, text, readings[0], now)
    if finding.note:
        # What may be about a real child is not kept as a gap, whoever is right about it.
        said = note(school, wording, finding.kind, finding.about, now)
        return Turn(replace(turn.reply, note=said), replace(turn.state, question=None))
    return turn


def _decided(base: Base, text: str, reading: Reading, now: dt.datetime) -> Turn:
    decision = base.understanding.matcher.match(reading)
    turn = _turn_for(base, decision, reading, now)
    gaps = (NoteGap(text, None, "no-answer"),) if isinstance(decision, NoMatch) else ()
    return Turn(turn.reply, replace(turn.state, question=text), gaps)


def _turn_for(base: Base, decision: Decision, reading: Reading, now: dt.datetime) -> Turn:
    match decision:
        case Match(best):
            entry = base.knowledge.entries[best.entry]
            return _answer(base, entry, _facts_of(base, entry.facts, reading, now), now, best.confidence)
        case Choices(candidates) if len(candidates) > 1:
            entries = [base.knowledge.entries[candidate.entry] for candidate in candidates]
            return Turn(choices_among(entries, candidates[0].confidence), Conversation(until=now + REMEMBERED_FOR))
        case Pleasantry(kind, confidence):
            text = base.knowledge.smalltalk[kind].reply
            return Turn(Reply("smalltalk", text=text, confidence=confidence), Conversation())
        case NoMatch(nearest):
            return Turn(_no_answer(base, 1 - nearest.confidence), Conversation(until=now + REMEMBERED_FOR))
    return Turn(_no_answer(base, 0.0), Conversation(until=now + REMEMBERED_FOR))


def _answer(
    base: Base, entry: Entry, facts: Mapping[str, str], now: dt.datetime, confidence: float, focus: Focus = "wording"
) -> Turn:
    answer = answer_with(base.knowledge, entry, facts, now.date())
    question = fact_question(base.knowledge, entry, facts)
    reply = Reply("answer", answer=answer, question=question, focus=focus, feedback=True, confidence=confidence)
    asked = entry.facts.fact if question and entry.facts else None
    return Turn(reply, Conversation(entry.id, asked, dict(facts), None, now + REMEMBERED_FOR))


def _facts_of(base: Base, cases: FactCases | None, reading: Reading, now: dt.datetime) -> dict[str, str]:
    if cases is None:
        return {}
    value = find_fact(base.knowledge.lexicon.facts[cases.fact], reading.form.text, now.date())
    return {cases.fact: value} if value else {}


def _follow_up(base: Base, state: Conversation, reading: Reading, now: dt.datetime) -> Turn | None:
    """A message that only makes sense after the last answer; None where it stands for itself."""
    entry = base.knowledge.entries.get(state.entry or "")
    text, words = reading.form.text, len(reading.form.words)
    if entry is None:
        nothing_before = _WHY.match(text) or _SOURCE.match(text)
        return (
            Turn(Reply("no-answer", text=NOTHING_BEFORE, contact=_whom_to_ask(base)), Conversation())
            if nothing_before
            else None
        )
    if _WHY.match(text):
        return _answer(base, entry, state.facts, now, 1.0, "why")
    if _SOURCE.match(text):
        return _answer(base, entry, state.facts, now, 1.0, "sources")
    following = bool(_FOLLOWING.match(text)) and words <= _FOLLOWING_AT_MOST
    facts = _given(base, entry, state, reading, now)
    if facts and (following or (state.asked and words <= _FACT_AT_MOST)):
        return _answer(base, entry, {**state.facts, **facts}, now, 1.0)
    return _combined(base, entry, reading, now) if following else None


def _given(base: Base, entry: Entry, state: Conversation, reading: Reading, now: dt.datetime) -> dict[str, str]:
    facts = _facts_of(base, entry.facts, reading, now)
    if not facts and entry.facts and state.asked == entry.facts.fact and reading.form.text.isdigit():
        age = base.understanding.reader.read(f"is {reading.form.text}")
        return _facts_of(base, entry.facts, age, now)
    return facts


def _combined(base: Base, entry: Entry, reading: Reading, now: dt.datetime) -> Turn | None:
    """ "What about sixth formers?" asked after an answer: the last question's title with the new words."""
    alone = base.understanding.matcher.match(reading)
    if isinstance(alone, Match):
        return None
    joined = base.understanding.reader.read(f"{entry.title} {reading.form.text}")
    decision = base.understanding.matcher.match(joined)
    return _turn_for(base, decision, reading, now) if isinstance(decision, Match) else None


def _pressed(base: Base, state: Conversation, action: PickEntry | GiveFact, now: dt.datetime) -> Turn:
    entry = base.knowledge.entries.get(action.entry)
    if entry is None:  # a button from before the base changed
        return Turn(Reply("no-answer", text=GONE, contact=_whom_to_ask(base)), Conversation())
    facts = dict(state.facts) if state.entry == entry.id else {}
    if isinstance(action, GiveFact) and entry.facts and entry.facts.case(action.value):
        facts[entry.facts.fact] = action.value
    return _answer(base, entry, facts, now, 1.0)


def _feedback(state: Conversation, action: GiveFeedback) -> Turn:
    if action.helped:
        return Turn(Reply("smalltalk", text=THANKS), state)
    gap = (NoteGap(state.question, action.entry, "not-helpful"),) if state.question else ()
    return Turn(Reply("smalltalk", text=SORRY), replace(state, question=None), gap)


def _nothing_said(base: Base) -> Reply:
    return Reply("no-answer", text=EMPTY, contact=_whom_to_ask(base))


def _no_answer(base: Base, confidence: float) -> Reply:
    return Reply("no-answer", text=UNKNOWN, contact=_whom_to_ask(base), feedback=False, confidence=confidence)


def _whom_to_ask(base: Base) -> Contact:
    school = base.knowledge.school
    holders = school.holders("online-safety-lead") or school.holders("office")
    return contact(holders[0])


GONE = "That answer has changed since the button was shown. Please ask again."
THANKS = "Thank you. Good to know."
SORRY = "Sorry about that. Your question has been kept, without your name, so that a better answer can be written."
NOTHING_BEFORE = "I don't know which answer you mean. Please ask the whole question again."
EMPTY = "Type a question in your own words, such as: can I friend an ex-pupil?"
UNKNOWN = (
    "I don't know. No approved answer fits your question, and I won't guess. Please ask this person before you act:"
)
