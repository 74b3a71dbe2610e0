"""A message -> danger now, a concern, or neither, before any policy is looked up. Pure.

Two nets: a classifier learned from the examples of knowledge/triage.yaml, with the matcher's own features (keyword
lists alone catch about half of such messages), and plain rules that no score can override. Where the classifier is
unsure, the answer is given and the way to the DSL is added (clauses practice-01, -02, -12, -13).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.knowledge import Knowledge, TriageData
from bot.messages import About, HandoverKind, Urgency
from bot.understanding.learning import Array, fit_logistic, logistic
from bot.understanding.machine import Machine, Target, decide_rows, fit_machine
from bot.understanding.ranker import Corpus
from bot.understanding.reading import Reading

NONE = "none"
CLASSES = ("none", "concern", "immediate", "staff", "head")
_ABOUT: dict[str, About] = {"concern": "pupil", "immediate": "pupil", "staff": "staff", "head": "head"}
_KIND: dict[About, HandoverKind] = {"pupil": "child", "staff": "adult", "head": "head"}

# Ordinary questions are many and easy, the written look-alikes few and close: this many are enough.
_ORDINARY = 5000
_FOLDS = 3
# Thresholds, on examples that were left out. The look-alikes are written to be mistaken: of these, this share may be
# handed over; of those with a word of harm in them a larger one. Of the messages that are grave, this share may go
# without even a note.
_ALARMS_AT_MOST = 0.08
_WATCHED_ALARMS_AT_MOST = 0.40
_MISSED_AT_MOST = 0.01
_IMMEDIATE_AT = -0.5  # from this output on "immediate" counts as such: it errs towards 999


@dataclass(frozen=True)
class Finding:
    """What a message is taken for. `urgency` and `about` are None for neither; `note` asks for the extra line.
    `grounds` says what it rests on, without quoting the message; `kind` which handover, or which note, fits it."""

    urgency: Urgency | None
    about: About | None
    chance: float
    note: bool
    grounds: tuple[str, ...]
    kind: HandoverKind | None = None


@dataclass(frozen=True)
class Thresholds:
    """From which output a message is handed over (with a word of harm in it: `watched_at`), from which the note is
    added, and how an output becomes a chance."""

    hand_over_at: float
    watched_at: float
    note_at: float
    scaling: Array


class Triage:
    """The fitted triage of one base. Immutable once made; safe to share between threads."""

    def __init__(self, data: TriageData, machine: Machine, thresholds: Thresholds) -> None:
        self._rules = [
            (rule, re.compile(rule.pattern), re.compile(rule.unless) if rule.unless else None) for rule in data.rules
        ]
        self._watched = watched_by(data)
        self._machine, self.thresholds = machine, thresholds

    def sort(self, readings: Sequence[Reading]) -> Finding:
        """A message's readings (whole, then parts; at least one) -> Finding. The gravest part decides."""
        outputs = [self._machine.decide(reading.row, reading.sentence) for reading in readings]
        gravest = max(outputs, key=lambda output: float(output[0]))
        chance = self._chance(gravest)
        rules = [rule for rule, pattern, unless in self._rules if _holds(readings[0], pattern, unless)]
        if rules:
            urgency: Urgency = "immediate" if any(rule.urgency == "immediate" for rule in rules) else "concern"
            grounds = (*(f"rule {rule.id}" for rule in rules), _worded(gravest))
            about = rules[0].about
            return Finding(urgency, about, max(chance, 0.99), False, grounds, kind_of(urgency, about))
        watched = any(self._watched.search(reading.form.text) for reading in readings)
        if gravest[0] >= (self.thresholds.watched_at if watched else self.thresholds.hand_over_at):
            about = _about(gravest)
            immediate = about == "pupil" and gravest[CLASSES.index("immediate")] >= _IMMEDIATE_AT
            urgency = "immediate" if immediate else "concern"
            return Finding(urgency, about, chance, False, (_worded(gravest),), kind_of(urgency, about))
        return Finding(None, None, chance, bool(gravest[0] >= self.thresholds.note_at), (_worded(gravest),))

    def _chance(self, output: Array) -> float:
        return float(logistic(output[:1], self.thresholds.scaling))


def watched_by(data: TriageData) -> re.Pattern[str]:
    """One pattern for all words of harm."""
    return re.compile("|".join(data.watch) or r"(?!)")


def _holds(reading: Reading, pattern: re.Pattern[str], unless: re.Pattern[str] | None) -> bool:
    text = reading.form.text
    return bool(pattern.search(text)) and not (unless and unless.search(text))


def _about(output: Array) -> About:
    return _ABOUT[CLASSES[1 + int(np.argmax(output[1:]))]]


def kind_of(urgency: Urgency, about: About | None) -> HandoverKind:
    """Which handover fits, where nothing finer is known."""
    if urgency == "immediate":
        return "danger"
    return _KIND[about] if about else "adult-at-risk"


def _worded(output: Array) -> str:
    names = ("grave", *CLASSES[1:])
    return "learned: " + ", ".join(f"{name} {value:.2f}" for name, value in zip(names, output.tolist(), strict=True))


def examples(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Every text the triage learns from, with its class: its own examples, then ordinary questions."""
    own = [(text, name) for name in CLASSES for text in knowledge.triage.examples[name]]
    ordinary = [text for entry in knowledge.entries.values() for text in entry.phrasings]
    chosen = np.random.default_rng(5).permutation(len(ordinary))[:_ORDINARY]
    everyday = [*knowledge.outside, *(text for kind in knowledge.smalltalk.values() for text in kind.examples)]
    return own + [(ordinary[number], NONE) for number in sorted(chosen)] + [(text, NONE) for text in everyday]


def fit_triage(corpus: Corpus, watched: npt.NDArray[np.bool_]) -> tuple[Machine, Thresholds]:
    """Learn the classes; set the thresholds on the first texts (the triage's own examples), each left out once.

    watched: for each of these own examples, whether it holds a word of harm.
    """
    own = len(watched)
    size = len(corpus.labels)
    weights = np.ones(size, dtype=np.float32)
    fold_of = np.random.default_rng(11).integers(0, _FOLDS, size=size)
    output = np.zeros(size, dtype=np.float32)
    for fold in range(_FOLDS):
        machine = fit_machine(corpus, weights, np.flatnonzero(fold_of != fold), _questions(corpus)[:1])
        tested = np.flatnonzero((fold_of == fold) & (np.arange(size) < own))
        output[tested] = decide_rows(machine, corpus, tested)[:, 0]
    thresholds = _thresholds(output[:own], corpus.labels[:own] != 0, watched)
    return fit_machine(corpus, weights, np.arange(size), _questions(corpus)), thresholds


def _questions(corpus: Corpus) -> list[Target]:
    """Is it grave? (all texts); and of the grave ones: which class?"""
    grave = np.flatnonzero(corpus.labels != 0)
    kinds = [Target(corpus.labels == number, grave) for number in range(1, len(CLASSES))]
    return [Target(corpus.labels != 0, np.arange(len(corpus.labels))), *kinds]


def _thresholds(output: Array, grave: npt.NDArray[np.bool_], watched: npt.NDArray[np.bool_]) -> Thresholds:
    hand_over = float(np.quantile(output[~grave & ~watched], 1 - _ALARMS_AT_MOST))
    watched_at = min(float(np.quantile(output[~grave & watched], 1 - _WATCHED_ALARMS_AT_MOST)), hand_over)
    note = float(np.quantile(output[grave], _MISSED_AT_MOST))
    return Thresholds(hand_over, watched_at, min(note, watched_at), fit_logistic(output[:, None], grave))


def classes_of(names: Sequence[str]) -> list[int]:
    """Class names -> class numbers."""
    return [CLASSES.index(name) for name in names]
