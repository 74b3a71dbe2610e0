"""Learning the triage: from made-up messages by several writers, each judged by what the others have taught.

A writer's messages are alike in voice. So the thresholds are set on what is said of each writer's messages where
nothing of theirs was learned: that is how a school's own staff, who wrote none of it, will be understood.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import cast

import numpy as np
import numpy.typing as npt

from bot.knowledge import Entry, Example, Knowledge
from bot.messages import HANDOVER_KINDS, PERILS, HandoverKind
from bot.understanding.learning import Array, fit_logistic, fit_softmax
from bot.understanding.machine import Target, fit_machine
from bot.understanding.ranking.corpus import Corpus
from bot.understanding.ranking.gravity import UNWEIGHED, fit_weights, weighed_output
from bot.understanding.triage import (
    ASIDE,
    DANGERS,
    EMERGENCY,
    FIRST_WRITER,
    NONE,
    OUTPUTS,
    OWN,
    READERS,
    Thresholds,
    log_chances,
)

# Of the ordinary questions, which are many, this many are enough.
_ORDINARY = 4000
# At most so many ordinary questions, look-alikes and grave messages get a sentence beside the point.
_BESIDE = (900, 700, 1500)
_SHORT = 40  # words: longer ones are told at length already
_MIXED = np.uint32(0x9E3779B1)
_FOLDS = 10  # of what has no writer, or one who wrote most of it
_NEAR_CONCERNS = ("safeguarding", "danger", "adults")  # files of entries
_ORDINARY_GROUP = "ordinary"
READER: dict[str, str] = {**dict.fromkeys(PERILS, EMERGENCY), OWN: "adult", "dsl": "adult"}  # others: by their own name
# Thresholds, on messages whose writer was left out. The look-alikes are written to be mistaken: of these, this share
# may be handed over; of those with a word of harm in them another one.
ALARMS_AT_MOST = 0.07
WATCHED_ALARMS_AT_MOST = 0.15
OWN_MISSED_AT_MOST = 0.20  # of those who tell of what they did themselves, left with a note
MISSED_AT_MOST = 0.01  # of the grave ones, without even a note
SLOW_AT_MOST = 0.03  # of those in danger now, taken for a concern
UNSEEN_AT_MOST = 0.30  # of the adults at risk, taken for others
OTHERS_AT_MOST = 0.03  # of those who tell of themselves, taken for others
ASIDES_KEPT = 0.03  # of the sentences beside the point, taken for what a message is about


@dataclass(frozen=True)
class Sorted:
    """A text to learn from, its kind, the group that it is left out with, and whether it is beside the point whatever
    it stands with. `origin` is what it was made of, where a sentence was put to another text."""

    text: str
    kind: str
    group: str
    aside: bool = False
    origin: str = ""

    @property
    def part(self) -> str:
        """What it is learned as: of one kind, by whoever could tell which danger it is or not, and beside the point or
        not."""
        return f"{self.kind} {self.by_first} {self.aside}"

    @property
    def by_first(self) -> bool:
        """Whether it is the first writer's, who knew neither which danger it is nor whose conduct."""
        return self.group.startswith(FIRST_WRITER)

    @property
    def without_aside(self) -> str:
        """The text without a sentence beside the point that was put to it."""
        return self.origin or self.text


def examples(knowledge: Knowledge) -> list[Sorted]:
    """Every text the triage learns from: its own examples first, then ordinary questions, then both with a sentence
    beside the point. What is picked follows from each text itself: an edit elsewhere changes nothing of it."""
    data = knowledge.triage
    own = [Sorted(each.text, each.kind, _group(each)) for each in data.examples]
    asked = [
        Sorted(each.text, NONE, _asked_by(each.text, each.writer))
        for entry in knowledge.entries.values()
        for each in (*entry.phrasings, *entry.opposites)
        if _is_ordinary(entry, each.text)
    ]
    shuffled = _shuffled(asked, "asked")
    chat = [text for kind in knowledge.smalltalk.values() for text in kind.examples]
    outside = [Sorted(each.text, NONE, _asked_by(each.text, each.writer)) for each in knowledge.outside]
    ordinary = [*shuffled[:_ORDINARY], *outside, *(Sorted(text, NONE, _fold(text)) for text in chat)]
    asides = [Sorted(text, NONE, _fold(text), aside=True) for text in data.asides]
    return [*own, *ordinary, *asides, *_beside(data.asides, own, shuffled[_ORDINARY:])]


def _is_ordinary(entry: Entry, text: str) -> bool:
    """Whoever asks what to do about a concern sounds as if there were one. The look-alikes are written to tell these
    apart; of the phrasings a share is enough, or concerns would be learned as ordinary."""
    return PurePath(entry.file).stem not in _NEAR_CONCERNS or zlib.crc32(text.encode("utf-8", "replace")) % 4 == 0


def _group(example: Example) -> str:
    return f"z{_drawn(example.text, 'fold') % _FOLDS}" if example.writer == FIRST_WRITER else example.writer


def _asked_by(text: str, writer: str | None) -> str:
    return f"{_ORDINARY_GROUP}-{writer}" if writer else _fold(text)


def _fold(text: str) -> str:
    return f"{_ORDINARY_GROUP}{_drawn(text, 'fold') % _FOLDS}"


def _drawn(text: str, why: str) -> int:
    """A number that looks drawn at random, and is always the same for one text."""
    return zlib.crc32(f"{why} {text}".encode("utf-8", "replace"))


def _shuffled(texts: Sequence[Sorted], why: str) -> list[Sorted]:
    return sorted(texts, key=lambda each: _drawn(each.text, why))


def _beside(asides: Sequence[str], own: Sequence[Sorted], ordinary: Sequence[Sorted]) -> Iterator[Sorted]:
    """Messages with a sentence in front or behind that is beside the point, and changes nothing. Of the sentences each
    gets the one that draws the least with it, so that one sentence more moves few (Thaler and Ravishankar 1998)."""
    if not asides:
        return
    drawn = np.array([_drawn(aside, "aside") for aside in asides], dtype=np.uint32)
    short = [each for each in own if len(each.text.split()) < _SHORT]
    kinds = (
        ordinary,
        [each for each in short if each.kind == NONE],
        [each for each in short if each.kind != NONE],
    )
    for found, number in zip(kinds, _BESIDE, strict=True):
        for each in _shuffled(found, "beside")[: min(number, len(found) // 3)]:
            aside = asides[int(np.argmin((drawn ^ np.uint32(_drawn(each.text, "aside"))) * _MIXED))]
            yield Sorted(_joined(each.text, aside), each.kind, each.group, origin=each.text)


def _joined(text: str, aside: str) -> str:
    ended = text if re.search(r"[.?!]\s*$", text) else f"{text}."
    return f"{aside} {ended}" if _drawn(text, "side") % 2 else f"{ended} {aside}"


def number_of(kind: str) -> int:
    """A kind -> its number in a corpus; 0 is none."""
    return 0 if kind == NONE else 1 + HANDOVER_KINDS.index(cast(HandoverKind, kind))


@dataclass(frozen=True)
class Taught:
    """What the triage learned: how much each text counts for each of the machine's outputs (texts, outputs), the
    thresholds, and how its output is weighed with what the ranker says."""

    dual: Array
    thresholds: Thresholds
    weights: Array


def fit_triage(
    corpus: Corpus, learned: Sequence[Sorted], watched: npt.NDArray[np.bool_], evidence: Array | None = None
) -> Taught:
    """Learn whether a text is grave, and which kind; set the thresholds on what is said of each left-out group.

    corpus: the rows of `learned`, labelled by `number_of`. watched: (n,) whether each holds a word of harm. evidence:
    (n, 4) what the ranker made of each, its writer left out (`gravity.evidence_of`).
    """
    dual, outputs = judge(corpus, learned)
    weights = UNWEIGHED
    if evidence is not None:
        grave = np.array([each.kind != NONE for each in learned])
        weights = fit_weights(outputs["grave"], evidence, grave)
        outputs = {**outputs, "grave": weighed_output(weights, outputs["grave"], evidence)}
    readers = _fit_readers(outputs, learned)
    likely = log_chances(np.stack([outputs[each] for each in READERS], axis=1), readers)
    outputs = {**outputs, **dict(zip(READERS, likely.T, strict=True))}
    return Taught(dual, _thresholds(outputs, learned, watched, readers), weights)


def _fit_readers(outputs: dict[str, Array], learned: Sequence[Sorted]) -> Array:
    """How the outputs of the readers become log-chances, (6, 5): each output was learned for itself, against all that
    is another's, so that what is rare (an adult at risk) rarely comes out highest."""
    rows = np.stack([outputs[each] for each in READERS], axis=1)
    readers = [READER.get(each.kind, each.kind) for each in learned]
    chosen = np.array([each in READERS for each in readers]) & ~np.isnan(rows).any(axis=1)
    truth = np.array(
        [READERS.index(each) for each, taken in zip(readers, chosen, strict=True) if taken], dtype=np.int64
    )
    return fit_softmax(rows[chosen], truth, len(READERS))


def judge(corpus: Corpus, learned: Sequence[Sorted]) -> tuple[Array, dict[str, Array]]:
    """How much each text counts, as `machine_of` takes it, and for each output what it would say of each text had its
    group been left out, (n,)."""
    groups = np.unique([each.group for each in learned], return_inverse=True)[1]
    dual, judged = fit_machine(corpus, questions(learned), groups)
    return dual, dict(zip(OUTPUTS, judged.T, strict=True))


def questions(learned: Sequence[Sorted]) -> list[Target]:
    """For each output what it learns. The first writer knew neither which danger it is nor whose conduct."""
    kinds = np.array([each.kind for each in learned])
    readers = np.array([READER.get(each.kind, each.kind) for each in learned])
    fine = np.array([not each.by_first for each in learned])
    grave = kinds != NONE

    def asked(yes: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> Target:
        return Target(yes, np.flatnonzero(among))

    return [
        asked(grave, np.ones_like(grave)),
        *(asked(readers == reader, grave) for reader in READERS),
        *(asked(kinds == kind, fine & (readers == EMERGENCY)) for kind in DANGERS),
        asked(kinds == OWN, fine & (readers == "adult")),
        asked(np.array([each.aside for each in learned]), np.ones_like(grave)),
    ]


def _thresholds(
    outputs: dict[str, Array], learned: Sequence[Sorted], watched: npt.NDArray[np.bool_], readers: Array
) -> Thresholds:
    kinds = np.array([each.kind for each in learned])
    own = np.array([not each.group.startswith(_ORDINARY_GROUP) for each in learned])
    grave, output = kinds != NONE, outputs["grave"]

    def below(name: str, chosen: npt.NDArray[np.bool_], share: float) -> float:
        """Where this share of the chosen lies below."""
        found = outputs[name][chosen]
        found = found[~np.isnan(found)]
        return float(np.quantile(found, share)) if len(found) else np.inf

    hand_over = below("grave", own & ~grave & ~watched, 1 - ALARMS_AT_MOST)
    watched_at = min(below("grave", own & ~grave & watched, 1 - WATCHED_ALARMS_AT_MOST), hand_over)
    perilous = np.array([READER.get(kind) == EMERGENCY for kind in kinds])
    return Thresholds(
        hand_over_at=hand_over,
        watched_at=watched_at,
        own_over_at=below("grave", kinds == OWN, OWN_MISSED_AT_MOST),
        note_at=min(below("grave", own & grave, MISSED_AT_MOST), watched_at),
        immediate_at=below(EMERGENCY, perilous, SLOW_AT_MOST),
        at_risk_at=below("adult-at-risk", kinds == "adult-at-risk", UNSEEN_AT_MOST),
        own_at=below(OWN, kinds == OWN, OTHERS_AT_MOST),
        aside_at=below(ASIDE, np.array([each.aside for each in learned]), ASIDES_KEPT),
        scaling=fit_logistic(output[own, None], grave[own]),
        readers=readers,
    )
