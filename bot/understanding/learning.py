"""The two learners: multinomial logistic regression in a kernel, and a small logistic regression for confidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

RIDGE = 1 / 30
STEPS = 24
LONGEST_STEP = 32.0
CONSTANT = np.float32(0.2)


def fit_kernel(kernel: Array, labels: Labels, classes: int, *, steps: int = STEPS, scale: float = 2.0) -> Array:
    """Multinomial logistic regression by accelerated gradient steps (Nesterov 1983) in the kernel's own space.

    kernel: (n, n), centred; labels: (n,) in 0..classes-1. Returns the dual weights (n, classes): the scores of a new
    text are its kernel row times these. The step follows Böhning's bound on the curvature, half the kernel's largest
    eigenvalue; with many classes no text is torn evenly between two, so that a much longer one holds. Where it does not
    and the loss rises, it is halved, and the momentum begins anew (O'Donoghue and Candès 2015, "Adaptive restart").
    """
    size, rows = len(labels), np.arange(len(labels))
    target = np.zeros((size, classes), dtype=np.float32)
    target[rows, labels] = 1
    longer = min(LONGEST_STEP, classes / 8 + 0.75)
    step = np.float32(longer / (scale * _largest_eigenvalue(kernel) / 2 + RIDGE))
    dual = np.zeros((size, classes), dtype=np.float32)
    ahead, momentum, least = dual, 1.0, np.inf
    for _ in range(steps):
        found = softmax(np.float32(scale) * (kernel @ ahead))
        loss = float(-np.log(np.maximum(found[rows, labels], 1e-9)).mean())
        if not loss <= least:  # also where it is no number any more
            ahead, momentum, least, step = dual, 1.0, np.inf, step / 2
            continue
        gradient: Array = target - found - np.float32(RIDGE) * ahead
        moved = (ahead + step * gradient).astype(np.float32)
        following = (1 + np.sqrt(1 + 4 * momentum * momentum)) / 2
        ahead = (moved + np.float32((momentum - 1) / following) * (moved - dual)).astype(np.float32)
        dual, momentum, least = moved, float(following), loss
    return np.float32(scale) * dual


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


def _largest_eigenvalue(kernel: Array) -> float:
    vector = np.random.default_rng(0).normal(size=len(kernel)).astype(np.float32)
    for _ in range(12):
        vector = kernel @ vector
        vector /= np.linalg.norm(vector) or 1.0
    return float(vector @ (kernel @ vector))
