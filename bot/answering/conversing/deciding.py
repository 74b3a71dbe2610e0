"""A reading -> what is decided about it, and the turn that says so. Pure."""

from __future__ import annotations

import datetime as dt

from bot.answering.answers import choices_among
from bot.answering.facts import find_fact
from bot.answering.telling_apart import meant
from bot.answering.topics import served
from bot.answering.turns import REMEMBERED_FOR, Base, Conversation, Turn, answered, no_answer
from bot.knowledge import OF_SCHOOL, FactCases
from bot.messages import Reply
from bot.understanding.decision import Choices, Decision, Match, NoMatch, Pleasantry
from bot.understanding.reading import Reading


def looked_up(base: Base, reading: Reading) -> Decision:
    """What a reading is decided to ask for: as learned, or as its words say instead."""
    return meant(base.knowledge, base.understanding.matcher.match(reading), reading.form.text)


def turn_for(base: Base, decision: Decision, reading: Reading, now: dt.datetime) -> Turn:
    """The turn that says what was decided. The facts come from `reading`, which may say more than was looked up."""
    match decision:
        case Match(best):
            entry = base.knowledge.entries[best.entry]
            return answered(base, entry, facts_of(base, entry.facts, reading, now), now, best.confidence)
        case Choices(candidates) if len(candidates) > 1:
            found = [base.knowledge.entries[candidate.entry] for candidate in candidates]
            entries = served(base.knowledge, found)
            if not entries:
                return answered(base, found[0], {}, now, candidates[0].confidence)
            return Turn(choices_among(entries, candidates[0].confidence), Conversation(until=now + REMEMBERED_FOR))
        case Pleasantry(kind, confidence):
            text = base.knowledge.smalltalk[kind].reply
            return Turn(Reply("smalltalk", text=text, confidence=confidence), Conversation())
        case NoMatch(nearest, ask):
            return Turn(no_answer(base, 1 - nearest.confidence, ask, now), Conversation(until=now + REMEMBERED_FOR))
    return Turn(no_answer(base, 0.0, None, now), Conversation(until=now + REMEMBERED_FOR))


def facts_of(base: Base, cases: FactCases | None, reading: Reading, now: dt.datetime) -> dict[str, str]:
    """What a reading says of the fact that an answer turns on."""
    if cases is None or cases.fact == OF_SCHOOL:
        return {}
    value = find_fact(base.knowledge.lexicon.facts[cases.fact], reading.form.text, now.date())
    return {cases.fact: value} if value else {}
