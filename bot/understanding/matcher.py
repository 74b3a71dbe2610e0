"""The fitted matcher of one base: reading -> Decision, and the explanation of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.knowledge import Example, Knowledge, NotThis
from bot.knowledge.entries import NO_ENTRY
from bot.understanding.decision import CHAT, CONCERN, OUTSIDE, Calibration, Candidate, Classes, Decision, decide, rank
from bot.understanding.ranking.ranker import Ranker
from bot.understanding.reading import Reading
from bot.understanding.triage import FIRST_WRITER, NONE


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
    "nearest phrasing",
)

# How sure the answer, and how unlikely a concern, so that a question is plainly one.
_PLAINLY, _HARDLY = 0.85, 0.05


class Matcher:
    """Immutable once made; safe to share between threads."""

    def __init__(self, knowledge: Knowledge, ranker: Ranker, calibration: Calibration) -> None:
        self.classes = Classes(knowledge.entries, ranker.labels)
        self._ranker, self.calibration = ranker, calibration

    def match(self, reading: Reading) -> Decision:
        """The decision for one message. A message without a single word is no match."""
        return decide(self.classes, self._ranker.score(reading.row, reading.sentence), self.calibration)

    def plainly_asks(self, reading: Reading) -> bool:
        """Whether it is surely a question that an entry answers, and next to nothing like a concern. Of the concerns of
        writers left out one in a thousand is taken for such a question."""
        scores = self._ranker.score(reading.row, reading.sentence)
        sure = rank(self.classes, scores, self.calibration)[0].confidence >= _PLAINLY
        return sure and float(scores.probabilities[self.classes.is_concern].sum()) <= _HARDLY

    def surer(self, whole: Reading, rest: Reading | None) -> Reading:
        """Of a message and the same without what is beside the point, the one to look up.

        The rest, where it is the surer of the same rule, or where the whole comes to nothing: so weather and thanks
        change no answer. Where the two would say different things, what only seemed to be beside the point may matter.
        """
        if rest is None:
            return whole
        first, second = self._likeliest(whole), self._likeliest(rest)
        same = self.classes.same_rule(first.entry, second.entry)
        unknown = first.confidence < self.calibration.offer_at
        return rest if second.confidence > first.confidence and (same or unknown) else whole

    def _likeliest(self, reading: Reading) -> Candidate:
        return rank(self.classes, self._ranker.score(reading.row, reading.sentence), self.calibration)[0]

    def why(self, reading: Reading) -> Why:
        """The grounds of `match`, for people who tend the base."""
        scores = self._ranker.score(reading.row, reading.sentence)
        candidates = rank(self.classes, scores, self.calibration)
        number = self.classes.labels.index(candidates[0].entry)
        evidence = self.classes.evidence(scores, number)
        named = tuple(zip(EVIDENCE, map(float, evidence), strict=True))
        return Why(tuple(candidates), named, self.calibration.answer_at, self.calibration.offer_at)


class Said(NamedTuple):
    """A text that the ranker learns from, its class, and who wrote it."""

    text: str
    label: str
    writer: str | None = None


def examples(knowledge: Knowledge) -> list[Said]:
    """Every text the ranker learns from: phrasings, opposites, titles, look-alikes, the outside, small talk; and the
    concerns, by kind, so that it can weigh whether a message is a question at all."""
    said = [
        Said(each.text, entry.id, each.writer)
        for entry in knowledge.entries.values()
        for each in (*entry.phrasings, *entry.opposites)
    ]
    said += [Said(entry.title, entry.id) for entry in knowledge.entries.values()]
    said += [Said(each.text, _belongs(each)) for entry in knowledge.entries.values() for each in entry.not_this]
    said += [Said(each.text, OUTSIDE + each.ask, each.writer) for each in knowledge.outside]
    said += [Said(text, CHAT + kind.id) for kind in knowledge.smalltalk.values() for text in kind.examples]
    concerns = (each for each in knowledge.triage.examples if each.kind != NONE)
    return said + [Said(each.text, CONCERN + each.kind, _left_out_with(each)) for each in concerns]


def _left_out_with(each: Example) -> str | None:
    """The writer, but for the first, who wrote most of the concerns: without those nearly none would be left."""
    return None if each.writer == FIRST_WRITER else each.writer


def _belongs(each: NotThis) -> str:
    """The class of a look-alike: the entry that answers it, or the outside, where the office is asked."""
    return f"{OUTSIDE}office" if each.target == NO_ENTRY else each.target
