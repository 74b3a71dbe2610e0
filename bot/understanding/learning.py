"""What the learners share: softmax, and a small logistic regression for confidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


def softmax(scores: Array) -> Array:
    """Row by row: scores -> probabilities."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probabilities: Array = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities


def fit_logistic(features: Array, right: npt.NDArray[np.bool_], weights: Array | None = None) -> Array:
    """Plain logistic regression by Newton's method with a light ridge; the last coefficient is the constant.

    features: (n, k), right: (n,). Returns (k + 1,) as float32. This is Platt's scaling with several features.
    """
    rows = np.column_stack([features, np.ones(len(features))]).astype(np.float64)
    truth = right.astype(np.float64)
    share = np.ones(len(rows)) if weights is None else weights.astype(np.float64)
    coefficients = np.zeros(rows.shape[1])
    ridge = np.diag([1e-3 * len(rows)] * features.shape[1] + [1e-9])
    for _ in range(30):
        probability = 1 / (1 + np.exp(-rows @ coefficients))
        slope = rows.T @ (share * (probability - truth)) + ridge @ coefficients
        curve = (rows * (share * probability * (1 - probability))[:, None]).T @ rows + ridge
        move = np.linalg.solve(curve + 1e-9 * np.eye(len(curve)), slope)
        coefficients -= move
        if float(np.abs(move).max()) < 1e-8:
            break
    return coefficients.astype(np.float32)


def logistic(features: Array, coefficients: Array) -> Array:
    """features (…, k) and coefficients (k + 1,) -> probabilities (…,)."""
    with np.errstate(over="ignore"):
        chance: Array = 1 / (1 + np.exp(-(features @ coefficients[:-1] + coefficients[-1])))
    return chance
