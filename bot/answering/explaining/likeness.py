"""How alike two texts are, by words, letters and sense. Pure."""

from __future__ import annotations

import numpy as np

from bot.understanding.features import Row
from bot.understanding.learning import Array
from bot.understanding.reading import Reading

_OF_SENSE = 0.1  # what sentences without anything in common have of it


def alike(left: Reading, right: Reading) -> float:
    """1 for the same text, about 0 for two that have nothing in common."""
    sense = -1.0
    if left.sentence is not None and right.sentence is not None:
        sense = _by_sense(left.sentence, right.sentence) - _OF_SENSE
    return max(by_words(left.row, right.row), sense)


def by_words(left: Row, right: Row) -> float:
    """The cosine of words and letters."""
    _, ours, theirs = np.intersect1d(left.columns, right.columns, assume_unique=True, return_indices=True)
    return float(left.weights[ours] @ right.weights[theirs])


def _by_sense(left: Array, right: Array) -> float:
    lengths = float(np.linalg.norm(left) * np.linalg.norm(right)) or 1.0
    return float(left @ right) / lengths
