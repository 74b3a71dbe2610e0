"""A message -> danger now, a concern, or neither, before any policy is looked up. Pure.

Two nets: a classifier learned from the examples of knowledge/triage.yaml, with the matcher's own features (keyword
lists alone catch about half of such messages), and plain rules that no score can override. Where the classifier is
unsure, the answer is given and the way to the DSL is added (promise 3 of the product; clauses practice-01, -02, -12, -13).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from bot.knowledge import Knowledge, Rule
from bot.learning import Array
from bot.messages import About, Urgency
from bot.ranker import Corpus, Ranker, fit_few
from bot.reading import Reading

NONE = "none"
CLASSES = ("none", "concern", "immediate", "staff", "head")
_ABOUT: dict[str, About] = {"concern": "pupil", "immediate": "pupil", "staff": "staff", "head": "head"}

# Ordinary questions (phrasings, the outside) are many and easy; the written look-alikes are few and close to the border.
_WEIGHTS = {"example": 1.0, "ordinary": 0.35}
_FOLDS = 5
_FALSE_ALARMS_AT_MOST = 0.02
_MISSED_AT_MOST = 0.004
_IMMEDIATE_AT = 0.30  # of what is handed over, the share of "immediate" from which 999 comes first


@dataclass(frozen=True)
class Finding:
    """What a message is taken for. `urgency` and `about` are None for neither; `note` asks for the extra line.
    `grounds` says what it rests on, without quoting the message."""

    urgency: Urgency | None
    about: About | None
    chance: float
    note: bool
    grounds: tuple[str, ...]


@dataclass(frozen=True)
class Thresholds:
    """From which chance of being a concern a message is handed over, and from which the note is added."""

    hand_over_at: float
    note_at: float


class Triage:
    """The fitted triage of one base. Immutable once made; safe to share between threads."""

    def __init__(self, rules: Sequence[Rule], ranker: Ranker, thresholds: Thresholds) -> None:
        self._rules = [
            (rule, re.compile(rule.pattern), re.compile(rule.unless) if rule.unless else None) for rule in rules
        ]
        self._ranker, self.thresholds = ranker, thresholds

    def sort(self, readings: Sequence[Reading]) -> Finding:
        """A message's readings (whole, then parts; at least one) -> Finding. The gravest part decides."""
        chances = [self._chances(reading) for reading in readings]
        gravest = max(chances, key=lambda chance: 1 - chance[NONE])
        rules = [rule for rule, pattern, unless in self._rules if _holds(readings[0], pattern, unless)]
        if rules:
            return _by_rules(rules, gravest)
        chance = 1 - gravest[NONE]
        if chance >= self.thresholds.hand_over_at:
            return _by_chance(gravest)
        note = chance >= self.thresholds.note_at
        return Finding(None, None, chance, note, (_worded(gravest),))

    def _chances(self, reading: Reading) -> dict[str, float]:
        probabilities = self._ranker.score(reading.row, reading.sentence).probabilities
        return dict(zip(self._ranker.labels, map(float, probabilities), strict=True))


def _holds(reading: Reading, pattern: re.Pattern[str], unless: re.Pattern[str] | None) -> bool:
    text = reading.form.text
    return bool(pattern.search(text)) and not (unless and unless.search(text))


def _by_rules(rules: list[Rule], chances: dict[str, float]) -> Finding:
    urgency: Urgency = "immediate" if any(rule.urgency == "immediate" for rule in rules) else "concern"
    grounds = tuple(f"rule {rule.id}" for rule in rules)
    return Finding(urgency, rules[0].about, max(1 - chances[NONE], 0.99), False, (*grounds, _worded(chances)))


def _by_chance(chances: dict[str, float]) -> Finding:
    chance = 1 - chances[NONE]
    immediate = chances["immediate"] / chance >= _IMMEDIATE_AT
    adults = {name: chances[name] for name in ("staff", "head")}
    adult = max(adults, key=lambda name: adults[name])
    about: About = "pupil" if chances["concern"] + chances["immediate"] >= sum(adults.values()) else _ABOUT[adult]
    urgency: Urgency = "immediate" if immediate and about == "pupil" else "concern"
    return Finding(urgency, about, chance, False, (_worded(chances),))


def _worded(chances: dict[str, float]) -> str:
    return "learned: " + ", ".join(f"{name} {chance:.2f}" for name, chance in chances.items())


def examples(knowledge: Knowledge) -> list[tuple[str, str, float]]:
    """Every text the triage learns from, with its class and weight."""
    own = _WEIGHTS["example"]
    texts = [(text, name, own) for name in CLASSES for text in knowledge.triage.examples[name]]
    ordinary = [text for entry in knowledge.entries.values() for text in entry.phrasings]
    ordinary += [*knowledge.outside, *(text for kind in knowledge.smalltalk.values() for text in kind.examples)]
    return texts + [(text, NONE, _WEIGHTS["ordinary"]) for text in ordinary]


def fit_triage(corpus: Corpus, weights: Array) -> tuple[Ranker, Thresholds]:
    """Learn the classes, and set the thresholds on texts that were left out (five folds)."""
    rng = np.random.default_rng(11)
    fold_of = rng.integers(0, _FOLDS, size=len(corpus.labels))
    chance = np.zeros(len(corpus.labels), dtype=np.float32)
    for fold in range(_FOLDS):
        ranker = fit_few(corpus, CLASSES, weights, np.flatnonzero(fold_of != fold))
        tested = np.flatnonzero(fold_of == fold)
        chance[tested] = 1 - _score_rows(corpus, ranker, tested)[:, 0]
    return fit_few(corpus, CLASSES, weights), _thresholds(chance, corpus.labels != 0, weights)


def _score_rows(corpus: Corpus, ranker: Ranker, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Array:
    from bot.learning import softmax

    scores = corpus.lexical[rows] @ ranker.lexical.astype(np.float32) + ranker.bias
    if corpus.semantic is not None and ranker.semantic is not None:
        scores = scores + corpus.semantic[rows] @ ranker.semantic
    return softmax(scores)


def _thresholds(chance: Array, grave: np.ndarray[tuple[int], np.dtype[np.bool_]], weights: Array) -> Thresholds:
    """Few false alarms among the look-alikes; hardly a concern below the note."""
    close = ~grave & (weights >= _WEIGHTS["example"])
    quiet = float(np.quantile(chance[close], 1 - _FALSE_ALARMS_AT_MOST)) if close.any() else 0.5
    missed = float(np.quantile(chance[grave], _MISSED_AT_MOST)) if grave.any() else 0.1
    hand_over = float(np.clip(quiet, 0.2, 0.6))
    return Thresholds(hand_over, min(missed, hand_over))


def classes_of(names: Sequence[str]) -> list[int]:
    """Class names -> class numbers."""
    return [CLASSES.index(cast(str, name)) for name in names]
