"""What the learners share: softmax, and two small logistic regressions, of one outcome and of several."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
_LIGHT = 1e-4


def softmax(scores: Array) -> Array:
    """Row by row: scores -> probabilities."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probabilities: Array = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities


def logsumexp(scores: Array) -> Array:
    """Row by row: scores -> the logarithm of the sum of what they are the logarithms of."""
    most = scores.max(axis=-1)
    found: Array = most + np.log(np.exp(scores - most[..., None]).sum(axis=-1))
    return found


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


def fit_softmax(features: Array, truth: Labels, classes: int) -> Array:
    """Plain multinomial logistic regression with a light ridge.

    features: (n, k), truth: (n,) in 0..classes-1. Returns (k + 1, classes) as float32; the last row is the constant.
    """
    from scipy.optimize import minimize

    rows = np.column_stack([features, np.ones(len(features))]).astype(np.float64)
    wanted = np.eye(classes)[truth]

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = flat.reshape(rows.shape[1], classes)
        scores = rows @ weights
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        value = -np.log(np.maximum((chances * wanted).sum(axis=1), 1e-12)).mean() + _LIGHT * float(flat @ flat)
        return float(value), (rows.T @ (chances - wanted) / max(len(rows), 1)).ravel() + 2 * _LIGHT * flat

    if not len(rows):
        return np.zeros((rows.shape[1], classes), dtype=np.float32)
    flat = minimize(loss, np.zeros(rows.shape[1] * classes), jac=True, method="L-BFGS-B").x
    fitted: Array = flat.reshape(rows.shape[1], classes).astype(np.float32)
    return fitted
