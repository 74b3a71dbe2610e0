"""From the scores of one message to a decision: how sure, and what to do about it.

Entries that share one of their first three clauses speak with one voice about the rule; the runner-up only makes a
close call where it would say something else. So the confidence rests on the whole family's probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.knowledge import Entry
from bot.understanding.learning import Array, logistic
from bot.understanding.ranking.ranker import NEAREST, SENSE_MIDDLE, WORDS_MIDDLE, Scores

OUTSIDE = "(outside) "
CHAT = "(chat) "
CONCERN = "(concern) "
MAX_CHOICES = 3


@dataclass(frozen=True)
class Candidate:
    """An entry with how likely it is: `probability` its own, `family` that of all entries with the same rule,
    `confidence` the calibrated chance that its rule is the right one."""

    entry: str
    probability: float
    family: float
    confidence: float


@dataclass(frozen=True)
class Match:
    """Sure enough to answer with this entry."""

    best: Candidate


@dataclass(frozen=True)
class Choices:
    """Two or three entries that may be meant, the likeliest first."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class NoMatch:
    """Nothing in the base answers this; `nearest` only helps whoever looks for gaps. `ask` is the role of whoever is
    asked about such things, None where it is like nothing that is known."""

    nearest: Candidate
    ask: str | None = None


@dataclass(frozen=True)
class Pleasantry:
    """Small talk of this kind."""

    kind: str
    confidence: float


Decision = Match | Choices | NoMatch | Pleasantry


@dataclass(frozen=True)
class Calibration:
    """Fitted by cross-validation on the base's own texts: the confidence's coefficients and the two thresholds."""

    coefficients: Array
    answer_at: float
    offer_at: float
    chat_at: float = 0.5


class Classes:
    """What the ranker's class numbers stand for: entries, the outside, kinds of small talk, kinds of concern."""

    def __init__(self, entries: Mapping[str, Entry], labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self.is_entry = np.array([label in entries for label in labels])
        self.is_chat = np.array([label.startswith(CHAT) for label in labels])
        self.is_outside = np.array([label.startswith(OUTSIDE) for label in labels])
        self.is_concern = np.array([label.startswith(CONCERN) for label in labels])
        self.agree = _agreement(entries, labels)

    def same_rule(self, one: str, other: str) -> bool:
        """Whether two entries, by id, speak with one voice."""
        return bool(self.agree[self.labels.index(one), self.labels.index(other)])

    def families(self, probabilities: Array) -> Array:
        """(classes,) -> for each entry the probability that its rule is the right one; 0 for the rest."""
        family: Array = (self.agree @ probabilities).astype(np.float32) * self.is_entry
        return family

    def best(self, probabilities: Array) -> int:
        """The entry to speak: the likeliest of the likeliest family."""
        families = self.families(probabilities)
        return int(np.argmax(np.where(self.agree[int(np.argmax(families))], probabilities, -1)))

    def evidence(self, scores: Scores, entry: int) -> Array:
        """What the confidence in an entry is computed from, (7,)."""
        family = float(self.families(scores.probabilities)[entry])
        outside = float(scores.probabilities[~self.is_entry].sum())
        return np.array(
            [
                _logit(family),
                _logit(float(scores.probabilities[entry])),
                scores.feature(WORDS_MIDDLE, entry),
                scores.feature(SENSE_MIDDLE, entry),
                scores.looked.coverage,
                np.log(outside + 1e-3),
                scores.feature(NEAREST, entry),
            ],
            dtype=np.float32,
        )


def decide(classes: Classes, scores: Scores, calibration: Calibration) -> Decision:
    """The whole decision for one message."""
    chat = scores.probabilities * classes.is_chat
    if float(chat.max(initial=0)) >= calibration.chat_at:
        kind = int(np.argmax(chat))
        return Pleasantry(classes.labels[kind].removeprefix(CHAT), float(chat[kind]))
    candidates = rank(classes, scores, calibration)
    best = candidates[0]
    if best.confidence >= calibration.answer_at:
        return Match(best)
    if best.confidence >= calibration.offer_at:
        return Choices(tuple(candidates))
    return NoMatch(best, role_outside(classes, scores, best))


def role_outside(classes: Classes, scores: Scores, best: Candidate) -> str | None:
    """The role that answers such messages, where one from outside is likelier than the best entry's rule, and than a
    concern."""
    outside = scores.probabilities * classes.is_outside
    if float(outside.sum()) <= max(best.family, float(scores.probabilities[classes.is_concern].sum())):
        return None
    return classes.labels[int(np.argmax(outside))].removeprefix(OUTSIDE)


def rank(classes: Classes, scores: Scores, calibration: Calibration) -> list[Candidate]:
    """At most three candidates, likeliest first, each speaking for another rule than the ones before it."""
    families = classes.families(scores.probabilities)
    left = scores.probabilities * classes.is_entry
    chosen: list[Candidate] = []
    number = classes.best(scores.probabilities)
    while len(chosen) < MAX_CHOICES and left[number] > 0:
        confidence = float(logistic(classes.evidence(scores, number), calibration.coefficients))
        chosen.append(
            Candidate(classes.labels[number], float(scores.probabilities[number]), float(families[number]), confidence)
        )
        left = np.where(classes.agree[number], 0, left)
        number = int(np.argmax(left))
    return chosen


def _agreement(entries: Mapping[str, Entry], labels: Sequence[str]) -> npt.NDArray[np.bool_]:
    clauses = sorted({clause for entry in entries.values() for clause in entry.first_cites})
    number = {clause: position for position, clause in enumerate(clauses)}
    cites = np.zeros((len(labels), len(clauses)), dtype=np.int32)
    for row, label in enumerate(labels):
        if label in entries:
            cites[row, [number[clause] for clause in entries[label].first_cites]] = 1
    return (cites @ cites.T > 0) | np.eye(len(labels), dtype=bool)


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-4), 1 - 1e-4)
    return float(np.log(clipped / (1 - clipped)))
