"""How good a ranking with a confidence is: accuracy, and telling what is asked of us from what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """What a method says of some questions: the labels ranked first (three at most), how sure it is of the first."""

    ranked: tuple[tuple[str, ...], ...]
    confidence: Floats


def accuracy(answers: Answers, expected: Sequence[str], first: int = 1) -> float:
    """The share of questions whose label is among the first so many."""
    return float(np.mean(hits(answers, expected, first)))


def hits(answers: Answers, expected: Sequence[str], first: int = 1) -> npt.NDArray[np.bool_]:
    """For each question whether its label is among the first so many."""
    return np.array([label in ranked[:first] for ranked, label in zip(answers.ranked, expected, strict=True)])


def auroc(inside: Floats, outside: Floats) -> float | None:
    """The chance that a question of ours gets more confidence than one that is not; None without any of the latter."""
    if not len(outside):
        return None
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([inside, outside]))[: len(inside)]
    return float((ranks.sum() - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside)))


def turned_away(inside: Floats, outside: Floats, kept: float = 0.95) -> float | None:
    """The share of outside questions below the threshold that keeps this share of our own; None without any."""
    return float(np.mean(outside < np.quantile(inside, 1 - kept))) if len(outside) else None


def best_total(right: npt.NDArray[np.bool_], inside: Floats, outside: Floats) -> float:
    """The best accuracy over all thresholds, a question below the threshold counting as turned away: right for the
    outside ones, wrong for ours."""
    confidence = np.concatenate([inside, outside])
    gain = np.concatenate([right.astype(np.float64), -np.ones(len(outside))])
    order = np.argsort(-confidence, kind="stable")
    ends = np.append(np.diff(confidence[order]) != 0, True)  # equal confidence falls on the same side
    best = max(0.0, float(np.cumsum(gain[order])[ends].max()))
    return (best + len(outside)) / len(confidence)
