"""Sentence rows turned so that what people vary in saying one and the same thing counts less.

The rows of one class differ by whoever wrote them, by length and by mood; directions in which they differ much tell
little about what is asked. Each is divided by its spread inside the classes (within-class covariance normalisation,
Hatch, Kajarekar and Stolcke 2006, there for telling speakers apart).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.understanding.learning import Array, Labels
from bot.understanding.ranking.corpus import member_of

_EASED = 1e-3  # added to each spread, so that a direction with next to none is not blown up


@dataclass(frozen=True)
class Metric:
    """`middle` (width,) is taken off a row, `turn` (width, width) is what the rest is multiplied by."""

    middle: Array
    turn: Array

    def turned(self, sentences: Array) -> Array:
        """Sentence rows (…, width) -> the same, turned; of all that were learned from the mean square length is 1."""
        turned: Array = np.matmul(sentences - self.middle, self.turn)
        return turned


def learn_metric(sentences: Array, labels: Labels, classes: int) -> Metric:
    """sentences: (n, width); labels: (n,) in 0..classes-1."""
    middle = sentences.mean(axis=0)
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)[:, None]
    means = member_of(labels, classes).T @ sentences / counts
    rest = sentences - means.astype(np.float32)[labels]
    spread, directions = np.linalg.eigh((rest.T @ rest / np.float32(len(rest))).astype(np.float64))
    turn: Array = ((directions * (np.maximum(spread, 0) + _EASED) ** -0.5) @ directions.T).astype(np.float32)
    length = np.sqrt(np.mean(np.sum(np.square((sentences - middle) @ turn), axis=1)))
    scaled: Array = turn / np.float32(max(float(length), 1e-9))
    return Metric(middle, scaled)
