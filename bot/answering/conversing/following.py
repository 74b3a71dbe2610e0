"""What only makes sense after the last answer: why, who says so, a fact, "what about Year 11?", "is that all right?".

Pure. Where more was asked than the last answer says, that is said: its words were approved for what they name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace

from bot.answering.answers import choices_among
from bot.answering.conversing.coverage import is_asked_with, named_in, speaks_of
from bot.answering.conversing.deciding import facts_of, looked_up, turn_for
from bot.answering.conversing.subject import bare_deed, lacks_subject, to_the_bot
from bot.answering.telling_apart import only_adds
from bot.answering.topics import served
from bot.answering.turns import REMEMBERED_FOR, Base, Conversation, Turn, answered, somebody
from bot.knowledge import Entry
from bot.messages import Reply
from bot.understanding.decision import MAX_CHOICES, Choices, Decision, Match, NoMatch, Pleasantry
from bot.understanding.reading import Reading

_SO = r"^(?:(?:ok|but|and|so|yes|no|right) )*"
_WHY = re.compile(rf"{_SO}why(?: (?:not|is that|is it|though|so|on earth|exactly|can i not))*$")
_SOURCE = re.compile(
    rf"{_SO}(?:who says(?: so)?|says who|"
    r"where (?:does it say|is that written)(?: that| so)?|"
    r"(?:what is |which is )?(?:the |your )?(?:source|sources|policy|clause)|"
    r"which (?:policy|clause|document|rule)(?: is that| says that)?|"
    r"where (?:is|did|does) (?:that|this|it)(?: come| you get that)?(?: from)?|according to (?:who|whom|what))$"
)
_DOUBT = re.compile(rf"{_SO}(?:really|are you (?:really )?(?:sure|certain)(?: about that)?|is that (?:right|true|so))$")
_FOLLOWING = re.compile(
    r"^(?:(?:ok|but|and|so|yes|no|right|hmm|oh|also) )*"
    r"(?:what about|how about|what if|and if|and for|if|even|only if|same for|unless|"
    r"is (?:that|it) the same|does (?:that|it|this) (?:apply|count|go|include|mean|matter)|what of|with|for|on|and)\b"
)
_FOLLOWING_AT_MOST = 14  # words
_FACT_AT_MOST = 8
_OWN_QUESTION = 3  # words that name something: as many make a question of their own
_STANDS_ALONE = 0.9

NOTHING_BEFORE = "I don't know which answer you mean. Please ask the whole question again."
LAST_MEANT = "I take it that you still mean your last question. The answer was:"
SPEAKS_OF_IT = "The answer to your last question speaks of that:"
NOT_OF_THAT = (
    "The answer to your last question does not speak of exactly that. Ask before you act, or type the whole question. "
    "It says:"
)
STILL_THAT = "Do you still mean the last answer, or one of these?"


def follow_up(base: Base, state: Conversation, typed: str, reading: Reading, now: dt.datetime) -> Turn | None:
    """The turn for a message that only makes sense after the last answer; None where it stands for itself."""
    entry, text = base.knowledge.find(state.entry), reading.form.text
    if entry is None:
        nothing_before = _WHY.match(text) or _SOURCE.match(text)
        said = Reply("no-answer", text=NOTHING_BEFORE, contact=somebody(base))
        return Turn(said, Conversation()) if nothing_before else None
    if _WHY.match(text):
        return answered(base, entry, state.facts, now, 1.0, "why")
    if _SOURCE.match(text) or _DOUBT.match(text):
        return answered(base, entry, state.facts, now, 1.0, "sources")
    words = len(reading.form.words)
    following = bool(_FOLLOWING.match(text)) and words <= _FOLLOWING_AT_MOST
    facts = _given(base, entry, state, reading, now)
    if facts and (following or (state.asked and words <= _FACT_AT_MOST)):
        return answered(base, entry, {**state.facts, **facts}, now, 1.0)
    known = {**state.facts, **facts}
    if _points_back(base, entry, typed, reading):
        return _again(base, entry, known, now, LAST_MEANT)
    if following:
        return _combined(base, entry, known, typed, reading, now)
    return _added(base, entry, known, reading, now)


def _given(base: Base, entry: Entry, state: Conversation, reading: Reading, now: dt.datetime) -> dict[str, str]:
    facts, last = facts_of(base, entry.facts, reading, now), reading.form.words[-1:]
    bare = reading.form.text.isdigit() or (_FOLLOWING.match(reading.form.text) and len(reading.form.words) <= 4)
    if not facts and entry.facts and state.asked == entry.facts.fact and bare and last[0].isdigit():
        return facts_of(base, entry.facts, base.understanding.reader.read(f"is {last[0]}"), now)
    return facts


def _points_back(base: Base, entry: Entry, typed: str, reading: Reading) -> bool:
    """Whether it asks without a subject, so that the last one is meant; of a deed only where that answer names it."""
    words, said = base.knowledge.lexicon.subjectless, reading.form.words
    if lacks_subject(words, typed, said):
        return not to_the_bot(said, looked_up(base, reading))
    deed = bare_deed(words, typed, said)
    return deed is not None and is_asked_with(base, entry, {deed})


def _again(base: Base, entry: Entry, facts: Mapping[str, str], now: dt.datetime, above: str) -> Turn:
    """The last answer once more, with what it is to the new question."""
    turn = answered(base, entry, facts, now, 1.0)
    return replace(turn, reply=replace(turn.reply, text=above)) if turn.reply.kind == "answer" else turn


def _added(base: Base, entry: Entry, facts: Mapping[str, str], reading: Reading, now: dt.datetime) -> Turn | None:
    """ "She was in my tutor group" after an answer: the same answer, as far as what was added does not ask for
    another."""
    if not only_adds(base.knowledge, reading.form.text) or isinstance(looked_up(base, reading), Match):
        return None
    joined = _joined(base, entry, reading)
    if isinstance(joined, Match) and joined.best.entry != entry.id:
        return turn_for(base, joined, reading, now)
    return answered(base, entry, facts, now, 1.0)


def _combined(
    base: Base, entry: Entry, facts: Mapping[str, str], typed: str, reading: Reading, now: dt.datetime
) -> Turn | None:
    """ "What about sixth formers?" asked after an answer: the last question's title with the new words."""
    alone, named = looked_up(base, reading), named_in(base, reading)
    if _is_of_its_own(entry, alone, named) or (isinstance(alone, Pleasantry) and "?" not in typed):
        return None
    joined = _joined(base, entry, reading)
    if isinstance(joined, Match) and joined.best.entry != entry.id:
        return None if isinstance(alone, Match) else turn_for(base, joined, reading, now)
    if not named:
        return _again(base, entry, facts, now, LAST_MEANT)
    if speaks_of(base, entry, facts, named):
        return _again(base, entry, facts, now, SPEAKS_OF_IT)
    if is_asked_with(base, entry, named):
        return answered(base, entry, facts, now, 1.0)
    if isinstance(alone, NoMatch) or not isinstance(joined, Match):
        return _again(base, entry, facts, now, NOT_OF_THAT) if isinstance(joined, Match) else None
    return _or_another(base, entry, alone, now)


def _is_of_its_own(entry: Entry, alone: Decision, named: frozenset[str]) -> bool:
    match alone:
        case Match(best):
            close = best.entry in entry.related
            return close or best.confidence >= _STANDS_ALONE or len(named) >= _OWN_QUESTION
        case NoMatch(_, ask):
            return ask is not None and len(named) >= _OWN_QUESTION
    return False


def _joined(base: Base, entry: Entry, reading: Reading) -> Decision:
    return base.understanding.matcher.match(base.understanding.reader.read(f"{entry.title} {reading.form.text}"))


def _or_another(base: Base, entry: Entry, alone: Decision, now: dt.datetime) -> Turn:
    """Whether the last answer is still meant, or what the new words sound like by themselves."""
    likely = alone.candidates if isinstance(alone, Choices) else (alone.best,) if isinstance(alone, Match) else ()
    others = served(base.knowledge, [base.knowledge.entries[each.entry] for each in likely])
    entries = list({each.id: each for each in (entry, *others)}.values())[:MAX_CHOICES]
    reply = replace(choices_among(entries, 0.0), text=STILL_THAT)
    return Turn(reply, Conversation(until=now + REMEMBERED_FOR))
