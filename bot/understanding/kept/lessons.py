"""What takes minutes to learn from a base, small enough to be shipped with it.

How much each text counts for each class, and a few dozen numbers. The tables that answer questions follow from these
and the texts in seconds. They are rounded before anything is made of them, so that a base answers alike whether it
was learned here or came learned. Texts are known by a hash, so that of an edited base only what is new is learned.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.decision import Calibration
from bot.understanding.encoder import Encoder
from bot.understanding.kept.arrays import read_arrays, write_arrays
from bot.understanding.learning import Array
from bot.understanding.ranking.ranker import FEATURES, SecondLook
from bot.understanding.triage import OUTPUTS, READERS, Thresholds

Keys = npt.NDArray[np.uint64]
_STEP = np.float32(0.003)
_WEIGHTS = 6
_EVIDENCE = 7
_OF_TEXTS = frozenset(("key", "digest", "labels", "asked_keys", "sorted_keys"))
LIMITS = tuple(field.name for field in fields(Thresholds) if field.name not in ("scaling", "readers"))


@dataclass(frozen=True)
class LearnedFrom:
    """What is learned from: the classes, and the keys (`key_of`) of the texts that the ranker learns from and of those
    that the triage does. `digest` names all that has a say: also who wrote what, and which entries have one rule."""

    digest: str
    labels: tuple[str, ...]
    asked_keys: Keys
    sorted_keys: Keys


@dataclass(frozen=True)
class Lessons:
    """`asked` (texts, classes) as `linear.fit_dual` finds it for these texts, `sorting` (texts, outputs) as
    `machine.fit_machine` does; the ranker's second look, the calibration, the triage's thresholds, and the weights of
    `gravity`."""

    texts: LearnedFrom
    asked: Array
    sorting: Array
    second: SecondLook
    calibration: Calibration
    thresholds: Thresholds
    weights: Array

    def rounded(self) -> Lessons:
        """As a file holds them."""
        asked = _steps(self.asked) * _STEP
        return replace(self, asked=asked, sorting=self.sorting.astype(np.float16).astype(np.float32))


def key_of(text: str, label: str) -> int:
    """What a text is known by, with where it belongs."""
    return int.from_bytes(hashlib.sha256(f"{label}\0{text}".encode("utf-8", "surrogatepass")).digest()[:8], "big")


def lessons_file(encoder: Encoder | None) -> str:
    """What the file with the lessons is called, for this sentence model or for words and letters alone."""
    return f"lessons-{encoder.name[:16] if encoder else 'words'}.npz"


def write_lessons(path: Path, lessons: Lessons, key: str) -> None:
    """Keep them, with what names the way in which they were learned. Raises OSError."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "key": _letters(key),
        "digest": _letters(lessons.texts.digest),
        "labels": _letters(json.dumps(lessons.texts.labels)),
        "asked_keys": lessons.texts.asked_keys,
        "asked": _steps(lessons.asked),
        "sorted_keys": lessons.texts.sorted_keys,
        "sorting": lessons.sorting.astype(np.float16),
        "second": np.stack([lessons.second.middle, lessons.second.spread, lessons.second.weights]),
        "coefficients": lessons.calibration.coefficients,
        "confidence": np.array([lessons.calibration.answer_at, lessons.calibration.offer_at]),
        "limits": np.array([getattr(lessons.thresholds, name) for name in LIMITS]),
        "scaling": lessons.thresholds.scaling,
        "readers": lessons.thresholds.readers,
        "weights": lessons.weights,
    }
    write_arrays(path, arrays, small=True)


def read_learned_from(path: Path, key: str) -> LearnedFrom | None:
    """What the lessons of a file were learned from, which takes no time; None as with `read_lessons`."""
    arrays = read_arrays(path, _OF_TEXTS)
    try:
        return None if arrays is None or arrays["key"].tobytes() != key.encode() else _texts(arrays)
    except (KeyError, ValueError, TypeError):
        return None


def read_lessons(path: Path, key: str) -> Lessons | None:
    """The lessons that were learned in the way that this key names; None where the file holds others, or none that can
    be used."""
    arrays = read_arrays(path)
    try:
        if arrays is None or arrays["key"].tobytes() != key.encode():
            return None
        found = _lessons(arrays)
        texts = found.texts
        asked, sorting = (len(texts.asked_keys), len(texts.labels)), (len(texts.sorted_keys), len(OUTPUTS))
        shapes = {**_SHAPES, "asked": asked, "sorting": sorting}
        return found if all(arrays[name].shape == shape for name, shape in shapes.items()) else None
    except (KeyError, ValueError, TypeError):
        return None


_SHAPES: Mapping[str, tuple[int, ...]] = {
    "second": (3, len(FEATURES)),
    "coefficients": (_EVIDENCE + 1,),
    "confidence": (2,),
    "limits": (len(LIMITS),),
    "scaling": (2,),
    "readers": (len(READERS) + 1, len(READERS)),
    "weights": (_WEIGHTS,),
}


def _texts(arrays: Mapping[str, npt.NDArray[Any]]) -> LearnedFrom:
    digest, labels = arrays["digest"].tobytes().decode(), tuple(json.loads(arrays["labels"].tobytes()))
    return LearnedFrom(digest, labels, arrays["asked_keys"], arrays["sorted_keys"])


def _lessons(arrays: Mapping[str, npt.NDArray[Any]]) -> Lessons:
    answer_at, offer_at = arrays["confidence"].tolist()
    limits = dict(zip(LIMITS, arrays["limits"].tolist(), strict=True))
    return Lessons(
        _texts(arrays),
        arrays["asked"] * _STEP,
        arrays["sorting"].astype(np.float32),
        SecondLook(*arrays["second"]),
        Calibration(arrays["coefficients"], answer_at, offer_at),
        Thresholds(**limits, scaling=arrays["scaling"], readers=arrays["readers"]),
        arrays["weights"],
    )


def _letters(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _steps(dual: Array) -> npt.NDArray[np.int16]:
    rounded: npt.NDArray[np.int16] = np.round(dual / _STEP).astype(np.int16)
    return rounded
