"""A message -> danger now, a concern, or neither, before any policy is looked up. Pure.

Two nets: a classifier learned from the examples of knowledge/triage.yaml and knowledge/triage/ (keyword lists alone
catch about half of such messages), and plain rules that no score can override. Where the classifier is unsure, the
answer is given and the way to whoever should hear is added (clauses practice-01, -02, -12, -13).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from bot.knowledge import TriageData
from bot.messages import ABOUT, PERILS, About, HandoverKind, Urgency
from bot.understanding.learning import Array, logistic
from bot.understanding.machine import Machine
from bot.understanding.ranking.gravity import Gravity
from bot.understanding.reading import Reading

NONE = "none"
FIRST_WRITER = "z"  # who wrote most of the examples, before there were others
# What is told apart by learning: first whose it is, then which danger, and whether an adult tells of themselves. The
# other kinds follow from the words of the message (`turns` in triage.yaml).
EMERGENCY = "emergency"
READERS = (EMERGENCY, "child", "adult", "head", "adult-at-risk")
DANGERS: tuple[HandoverKind, ...] = tuple(kind for kind in PERILS if kind != "overdose")
OWN: HandoverKind = "own-conduct"
ASIDE = "aside"
OUTPUTS = ("grave", *READERS, *DANGERS, OWN, ASIDE)
# What is taken off what is said of a part without the rest, which might have explained it.
_OF_A_PART = 0.4
_NEARLY = 0.3  # of a log-chance
_TELLING = 3  # words
# Whoever asks whether they may has not done it: about an adult's conduct that has to be the surer.
_ASKED_LEAVE = 0.3
_LEAVE = re.compile(
    r"(?:hi |hello |so |ok |please )?(?:can|may|could|am|is it (?:ok|okay|fine|alright|allowed)|are) (?:i|we|to|if)\b"
)
# The same of an act to come, wherever in the message it is asked for.
_LEAVE_TO = re.compile(
    r"\b(?:can|may|could|should|am) i (?:allowed to |ok to )?(?:accept|add|friend|follow|connect|tag)\b"
)
_PLACE = {name: number for number, name in enumerate(OUTPUTS)}
_OF_READERS = slice(1, 1 + len(READERS))
_OF_DANGERS = slice(1 + len(READERS), 1 + len(READERS) + len(DANGERS))


@dataclass(frozen=True)
class Finding:
    """What a message is taken for. `urgency` is None where it is not handed over; `note` asks for the extra line.
    `grounds` says what it rests on, without quoting the message; `kind` which handover, or which note, fits it, and
    `about` whom it is about by that. `rest` is the message read without what is beside the point, None where nothing
    is, or all of it."""

    urgency: Urgency | None
    about: About | None
    chance: float
    note: bool
    grounds: tuple[str, ...]
    kind: HandoverKind | None = None
    rest: Reading | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Thresholds:
    """Above which output a message is handed over, with a word of harm in it or without, and one of one's own conduct,
    which ordinary questions sound like most; above which the note is added; from which one "danger now" counts beside a
    child, "adult at risk" beside others, and one's own conduct beside another's; from which one a sentence counts as
    beside the point; how an output becomes a chance; and (6, 5) how the outputs of the readers, with a constant, become
    the log-chances of each."""

    hand_over_at: float
    watched_at: float
    own_over_at: float
    note_at: float
    immediate_at: float
    at_risk_at: float
    own_at: float
    aside_at: float
    scaling: Array
    readers: Array


class Triage:
    """The fitted triage of one base. Immutable once made; safe to share between threads."""

    def __init__(
        self,
        data: TriageData,
        machine: Machine,
        thresholds: Thresholds,
        gravity: Gravity | None = None,
        plainly_asks: Callable[[Reading], bool] = lambda _: False,
    ) -> None:
        self._rules = [(rule, _compiled(rule.pattern, rule.unless)) for rule in data.rules]
        self._turns = [(turn, _compiled(turn.pattern or "", turn.unless)) for turn in data.turns]
        self._watched = watched_by(data)
        self._machine, self.thresholds, self._gravity = machine, thresholds, gravity
        self._plainly_asks = plainly_asks

    def sort(self, readings: Sequence[Reading], read: Callable[[str], Reading]) -> Finding:
        """A message's readings (whole, then parts or sentences; at least one) -> Finding. The gravest part decides.

        Where sentences are beside the point, the rest is read for itself (by `read`), so that no weather, apology or
        word of thanks turns a message into a concern or hides one.
        """
        outputs = self._judge(readings)
        rest = self._rest(readings, outputs)
        read_rest = read(rest) if rest else None
        return replace(self._sorted(readings, outputs, read_rest), rest=read_rest)

    def _sorted(self, readings: Sequence[Reading], outputs: Array, read_rest: Reading | None) -> Finding:
        rest = read_rest.form.text if read_rest else ""
        left = [self._judge([read_rest])[0]] if read_rest else []
        parts = [_in_part(output) for output, each in zip(outputs, readings, strict=True) if each.role == "part"]
        gravest = max([outputs[0], *parts, *left], key=lambda output: float(output[0]))
        chance, text = float(logistic(gravest[:1], self.thresholds.scaling)), rest or readings[0].form.text
        # No exception of a rule may come from a sentence beside the point.
        rules = [rule for rule, holds in self._rules if holds(readings[0].form.text) or (rest and holds(rest))]
        if rules:
            # Of several rules one that calls for 999 comes first.
            kind = min((rule.kind for rule in rules), key=lambda kind: kind not in PERILS)
            grounds = (*(f"rule {rule.id}" for rule in rules), _worded(gravest))
            return _found(kind, max(chance, 0.99), grounds)
        kind = self._turned(self._kind(left[0] if left else gravest), text)
        watched = any(self._watched.search(reading.form.text) for reading in readings)
        bar = self._bar(kind, watched)
        if gravest[0] >= bar + (_ASKED_LEAVE if _asks_leave(kind, text) else 0):
            if not watched and kind not in PERILS and self._only_asks(outputs, readings, read_rest, bar):
                return Finding(None, None, chance, True, (_worded(gravest),), kind)
            return _found(kind, chance, (_worded(gravest),))
        # "Why?" says too little to carry a note. A sentence that would be handed over by itself is not let go without.
        telling = watched or len(readings[0].form.words) >= _TELLING
        note = telling and bool(gravest[0] >= self.thresholds.note_at or outputs[:, 0].max() >= bar)
        return Finding(None, None, chance, note, (_worded(gravest),), kind if note else None)

    def _only_asks(self, outputs: Array, readings: Sequence[Reading], read_rest: Reading | None, bar: float) -> bool:
        """Whether it is plainly a question that the base answers, and no part of it is a concern by itself: then it is
        answered, with the note."""
        alone = [float(output[0]) for output, each in zip(outputs, readings, strict=True) if each.role != "whole"]
        asked = read_rest or readings[0]
        return (len(alone) < 2 or max(alone) - _OF_A_PART < bar) and self._plainly_asks(asked)

    def _judge(self, readings: Sequence[Reading]) -> Array:
        outputs = self._machine.decide([each.row for each in readings], [each.sentence for each in readings])
        outputs[:, _OF_READERS] = log_chances(outputs[:, _OF_READERS], self.thresholds.readers)
        return self._gravity.weigh(outputs, readings) if self._gravity else outputs

    def _rest(self, readings: Sequence[Reading], outputs: Array) -> str:
        """What is left of a message without its sentences beside the point; nothing where that is all or none of it."""
        beside = outputs[:, _PLACE[ASIDE]] >= self.thresholds.aside_at
        kept = [
            each.form.text
            for each, aside in zip(readings, beside, strict=True)
            if each.role == "sentence" and not aside
        ]
        return " ".join(kept) if len(kept) < sum(each.role == "sentence" for each in readings) else ""

    def _bar(self, kind: HandoverKind, watched: bool) -> float:
        limits = self.thresholds
        bar = limits.watched_at if watched else limits.hand_over_at
        return max(bar, limits.own_over_at) if kind == OWN else bar

    def _kind(self, output: Array) -> HandoverKind:
        """The likeliest kind. Between a child and a danger to one it errs towards 999."""
        reader, limits = READERS[int(np.argmax(output[_OF_READERS]))], self.thresholds
        if reader in (EMERGENCY, "child") and output[_PLACE[EMERGENCY]] >= limits.immediate_at:
            return DANGERS[int(np.argmax(output[_OF_DANGERS]))]
        # An adult at risk is rare among the examples: where it is nearly the likeliest, it is taken to be one.
        at_risk = output[_PLACE["adult-at-risk"]]
        if at_risk >= limits.at_risk_at and at_risk >= output[_OF_READERS].max() - _NEARLY:
            return "adult-at-risk"
        if reader == "adult" and output[_PLACE[OWN]] >= limits.own_at:
            return OWN
        return cast(HandoverKind, "danger" if reader == EMERGENCY else reader)

    def _turned(self, kind: HandoverKind, text: str) -> HandoverKind:
        for turn, holds in self._turns:
            if kind in turn.of and holds(text):
                kind = turn.to
        return kind


class _compiled:  # noqa: N801 - used as a function
    """Whether a text holds a pattern, and not another."""

    def __init__(self, pattern: str, unless: str | None) -> None:
        self._pattern, self._unless = re.compile(pattern), re.compile(unless) if unless else None

    def __call__(self, text: str) -> bool:
        return bool(self._pattern.search(text)) and not (self._unless and self._unless.search(text))


def _asks_leave(kind: HandoverKind, text: str) -> bool:
    return kind in ("adult", OWN) and bool(_LEAVE.match(text) or _LEAVE_TO.search(text))


def _in_part(output: Array) -> Array:
    less = output.copy()
    less[0] -= _OF_A_PART
    return less


def log_chances(outputs: Array, weights: Array) -> Array:
    """The outputs of the readers (n, 5), weights (6, 5) -> how likely each reader is, (n, 5) logarithms."""
    scores = outputs @ weights[:-1] + weights[-1]
    chances: Array = scores - scores.max(axis=1, keepdims=True)
    chances -= np.log(np.exp(chances).sum(axis=1, keepdims=True))
    return chances


def watched_by(data: TriageData) -> re.Pattern[str]:
    """One pattern for all words of harm."""
    return re.compile("|".join(data.watch) or r"(?!)")


def _found(kind: HandoverKind, chance: float, grounds: tuple[str, ...]) -> Finding:
    urgency: Urgency = "immediate" if kind in PERILS else "concern"
    return Finding(urgency, ABOUT[kind], chance, False, grounds, kind)


def _worded(output: Array) -> str:
    return "learned: " + ", ".join(f"{name} {value:.2f}" for name, value in zip(OUTPUTS, output.tolist(), strict=True))
