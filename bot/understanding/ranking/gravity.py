"""How much a text sounds like a concern to the ranker, which knows every question that the base answers.

The triage's own machine asks only "concern or not?". The ranker has the kinds of concern among its classes: a message
that is plainly one of a thousand ordinary questions is so much less a concern. A small regression weighs both, learned
from texts whose writer neither had known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding.learning import Array, fit_logistic
from bot.understanding.ranking.ranker import NEAREST, Ranker, Scores
from bot.understanding.reading import Reading

Flags = npt.NDArray[np.bool_]
UNWEIGHED: Array = np.array([1, 0, 0, 0, 0, 0], dtype=np.float32)
# A message that the machine finds grave is not let go on the ranker's word: it takes off at most so much.
_TAKEN_OFF = 0.5
_FAR = -1.0  # nearest of those that were not looked at


@dataclass(frozen=True)
class Gravity:
    """`concerns` (classes,) are the ranker's kinds of concern; `weights` (6,) belong to the machine's output, the
    evidence and a constant."""

    ranker: Ranker
    concerns: Flags
    weights: Array

    def weigh(self, outputs: Array, readings: Sequence[Reading]) -> Array:
        """The machine's outputs (readings, outputs) -> the same, the first weighed with what the ranker says."""
        found = (self.ranker.score(each.row, each.sentence) for each in readings)
        evidence = np.stack([evidence_of(scores, self.concerns) for scores in found])
        weighed = outputs.copy()
        weighed[:, 0] = weighed_output(self.weights, outputs[:, 0], evidence)
        return weighed


def evidence_of(scores: Scores, concerns: Flags) -> Array:
    """-> the log-odds that a text is a concern, by the first look and by the second, and how near the nearest concern
    and the nearest other text come to it: (4,)."""
    looked = scores.looked
    grave = concerns[looked.classes]
    near = looked.features[:, NEAREST]
    return np.array(
        [
            _log_odds(float(looked.before[concerns].sum())),
            _log_odds(float(scores.probabilities[concerns].sum())),
            near[grave].max(initial=_FAR),
            near[~grave].max(initial=_FAR),
        ],
        dtype=np.float32,
    )


def fit_weights(output: Array, evidence: Array, grave: Flags) -> Array:
    """output (n,), evidence (n, 4), whether each is a concern (n,) -> weights (6,). What is weighed spreads as the
    output did, so that distances on that scale keep their meaning. Where all are concerns, or none, nothing is weighed.
    """
    if not 0 < int(grave.sum()) < len(grave):
        return UNWEIGHED
    rows = np.column_stack([output, evidence]).astype(np.float64)
    middle, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    fitted = fit_logistic(((rows - middle) / spread).astype(np.float32), grave).astype(np.float64)
    slopes = fitted[:-1] / spread
    weights = np.append(slopes, fitted[-1] - slopes @ middle)
    scale = spread[0] / max(float((rows @ slopes).std()), 1e-6)
    scaled: Array = (weights * scale).astype(np.float32)
    return scaled


def weighed_output(weights: Array, output: Array, evidence: Array) -> Array:
    """weights (6,), output (n,), evidence (n, 4) -> the weighed output (n,)."""
    weighed = weights[0] * output + evidence @ weights[1:-1] + weights[-1]
    held: Array = np.maximum(weighed, output - np.float32(_TAKEN_OFF))
    return held


def _log_odds(share: float) -> float:
    clipped = min(max(share, 1e-5), 1 - 1e-5)
    return float(np.log(clipped / (1 - clipped)))
