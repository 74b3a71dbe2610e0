"""The fitted matcher of one base: reading -> Decision, and the explanation of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.understanding.decision import CHAT, OUTSIDE, Calibration, Candidate, Classes, Decision, decide, rank
from bot.understanding.ranker import Ranker
from bot.understanding.reading import Reading


@dataclass(frozen=True)
class Why:
    """What a decision rests on: the best candidates, the evidence for the first, the thresholds."""

    candidates: tuple[Candidate, ...]
    evidence: tuple[tuple[str, float], ...]
    answer_at: float
    offer_at: float


EVIDENCE = (
    "log-odds of the rule",
    "log-odds of the entry",
    "cosine of words and letters",
    "cosine of the sentence",
    "share of known words",
    "log-chance that it is none of ours",
)


class Matcher:
    """Immutable once made; safe to share between threads."""

    def __init__(self, knowledge: Knowledge, ranker: Ranker, calibration: Calibration) -> None:
        self.classes = Classes(knowledge.entries, ranker.labels)
        self._ranker, self.calibration = ranker, calibration

    def match(self, reading: Reading) -> Decision:
        """The decision for one message. A message without a single word is no match."""
        return decide(self.classes, self._ranker.score(reading.row, reading.sentence), self.calibration)

    def why(self, reading: Reading) -> Why:
        """The grounds of `match`, for people who tend the base."""
        scores = self._ranker.score(reading.row, reading.sentence)
        candidates = rank(self.classes, scores, self.calibration)
        number = self.classes.labels.index(candidates[0].entry)
        evidence = self.classes.evidence(scores, number)
        named = tuple(zip(EVIDENCE, map(float, evidence), strict=True))
        return Why(tuple(candidates), named, self.calibration.answer_at, self.calibration.offer_at)


def examples(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Every text the ranker learns from with its class: phrasings, opposites, titles, the outside, small talk."""
    texts = [(text, entry.id) for entry in knowledge.entries.values() for text in (*entry.texts, entry.title)]
    texts += [(text, OUTSIDE) for text in knowledge.outside]
    texts += [(text, CHAT + kind.id) for kind in knowledge.smalltalk.values() for text in kind.examples]
    return texts
