"""Which questions stand nearest to a threshold, on either side: what a small change of the base may turn over. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.answering.explaining.margins import margin_of
from bot.answering.hearing import hear
from bot.answering.scoring.questions import Labelled
from bot.messages import Message
from bot.understanding.fitting import Understanding

ANSWER, OFFER, HAND_OVER = "answer", "choices", "handover"


@dataclass(frozen=True)
class Stand:
    """How far a question is from each threshold, above 0 where it is past it. What is handed over stands at no other;
    a handover that a rule decides, or that is far off, is left out."""

    question: Labelled
    distances: Mapping[str, float]


@dataclass(frozen=True)
class Border:
    """A threshold, and the questions next to it: those just past it, the nearest first, then those just short of it."""

    threshold: str
    past: tuple[Stand, ...]
    short: tuple[Stand, ...]


def stand_of(understanding: Understanding, question: Labelled) -> Stand:
    """Where one question stands."""
    heard = hear(understanding, Message(question.text, conversation=""))
    readings = understanding.reader.read_parts(question.text)
    distances = {}
    margin = margin_of(understanding.triage, readings, understanding.reader.read) if readings[0].form.words else None
    if margin is not None:
        distances[HAND_OVER] = margin
    if heard.asked and not heard.finding.urgency:
        grounds = understanding.matcher.why(heard.asked)
        confidence = grounds.candidates[0].confidence
        distances |= {ANSWER: confidence - grounds.answer_at, OFFER: confidence - grounds.offer_at}
    return Stand(question, distances)


def borders(stands: Sequence[Stand], most: int) -> tuple[Border, ...]:
    """At most so many questions for each threshold, the nearest of both sides together."""
    return tuple(_border(stands, threshold, most) for threshold in (ANSWER, OFFER, HAND_OVER))


def _border(stands: Sequence[Stand], threshold: str, most: int) -> Border:
    measured = [stand for stand in stands if threshold in stand.distances]
    nearest = sorted(measured, key=lambda stand: abs(stand.distances[threshold]))[:most]
    past, short = list[Stand](), list[Stand]()
    for stand in nearest:
        (past if stand.distances[threshold] >= 0 else short).append(stand)
    return Border(threshold, tuple(past), tuple(short))
