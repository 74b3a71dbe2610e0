"""Several questions in one message: the first is answered, the others are offered. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from bot.answering.conversing.coverage import named_in
from bot.answering.conversing.deciding import looked_up, turn_for
from bot.answering.conversing.parts import MOST, SaidPart, bare, parts_of
from bot.answering.topics import served
from bot.answering.turns import Base, Turn
from bot.messages import Button
from bot.presses import AskAlso
from bot.understanding.decision import Candidate, Choices, Decision, Match, Pleasantry
from bot.understanding.reading import Reading

SURE = 0.9  # of each part by itself
_SPEAKS_FOR_ITSELF = 3  # words that name something
_LONGEST = 600  # characters: what is longer tells a story
_OFFERED = 2
ALSO = "You also asked about: {title}"


@dataclass(frozen=True)
class Several:
    """What each question of a message is answered with: the first, in its reading (with what was told beside it, for
    the facts), and the entries of the others."""

    first: Candidate
    reading: Reading
    others: tuple[str, ...]


def several_in(base: Base, text: str, whole: Decision) -> Several | None:
    """The questions of a message, where it surely asks for different rules; None where it may be one question, told in
    several sentences. `whole` is what the message comes to as one."""
    parts = parts_of(text) if len(text) <= _LONGEST else ()
    asking = [part for part in parts if part.asks]
    if not 2 <= len(asking) <= MOST or isinstance(whole, Pleasantry):
        return None
    first = _sure(base, asking[0])
    if first is None:
        return None
    others = _others(base, first, asking[1:])
    if not others or not _fits(base, whole, [first, *others]):
        return None
    beside = " ".join(part.text for part in parts if part is asking[0] or not part.asks)
    return Several(first, base.understanding.reader.read(beside), tuple(each.entry for each in others))


def answer_first(
    base: Base, several: Several | None, whole: Decision, reading: Reading, now: dt.datetime
) -> Turn | None:
    """The answer to the first question, the others under it as offers; None where there is one question, or no answer
    of this school to the first. Where the whole message is answered by the first one's rule, that answer stands."""
    if several is None:
        return None
    same = base.understanding.matcher.classes.same_rule
    stands = isinstance(whole, Match) and same(whole.best.entry, several.first.entry)
    turn = turn_for(base, whole, reading, now) if stands else turn_for(base, Match(several.first), several.reading, now)
    if turn.reply.kind != "answer":
        return None
    others = served(base.knowledge, [base.knowledge.entries[each] for each in several.others])
    offers = tuple(Button(ALSO.format(title=each.title), AskAlso(each.id)) for each in others)
    return replace(turn, reply=replace(turn.reply, offers=(*offers, *turn.reply.offers)))


def _sure(base: Base, part: SaidPart) -> Candidate | None:
    """What a part is surely answered with; None where it points to another one ("can they see my photo?")."""
    pointing = base.knowledge.lexicon.subjectless.pointing
    reading = base.understanding.reader.read(bare(part.text))
    if pointing & set(reading.form.words) and len(named_in(base, reading)) < _SPEAKS_FOR_ITSELF:
        return None
    decision = looked_up(base, reading)
    return decision.best if isinstance(decision, Match) and decision.best.confidence >= SURE else None


def _others(base: Base, first: Candidate, parts: list[SaidPart]) -> list[Candidate]:
    same = base.understanding.matcher.classes.same_rule
    found: list[Candidate] = []
    for part in parts:
        other = _sure(base, part)
        if other and not any(same(other.entry, each.entry) for each in (first, *found)):
            found.append(other)
    return found[:_OFFERED]


def _fits(base: Base, whole: Decision, found: list[Candidate]) -> bool:
    """Whether the message as one comes to one of its questions; to something else only one told in several sentences
    does."""
    same = base.understanding.matcher.classes.same_rule
    likely = (whole.best,) if isinstance(whole, Match) else whole.candidates if isinstance(whole, Choices) else ()
    return not likely or any(same(one.entry, each.entry) for one in likely for each in found)
