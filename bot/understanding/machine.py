"""A least-squares kernel machine for a few questions with many examples: is this a concern, and of which kind?

Word and letter features enter as they are; sentence rows enter through a Gaussian kernel on the unit sphere, which lets
"a real child" and "a policy about children" lie close together and still be told apart (Suykens and Vandewalle 1999,
"Least Squares Support Vector Machine Classifiers").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding.features import Row
from bot.understanding.learning import Array
from bot.understanding.ranker import Corpus, Rows

RIDGE = 0.1
SHARPNESS = 2.0
CONSTANT = 0.05


@dataclass(frozen=True)
class Machine:
    """The fitted weights. `lexical` is (features, outputs); `support`, `dual` and `middle` belong to the sentence rows
    and are None where there was no sentence model."""

    lexical: Array
    bias: Array
    support: Array | None
    dual: Array | None
    middle: Array | None

    def decide(self, row: Row, sentence: Array | None) -> Array:
        """One text -> its outputs (outputs,): above 0 means yes, about 1 is typical of an example."""
        outputs: Array = row.weights @ self.lexical[row.columns] + self.bias
        if self.support is not None and self.dual is not None and self.middle is not None and sentence is not None:
            near = np.exp(SHARPNESS * (self.support @ _unit(sentence - self.middle) - 1))
            outputs = outputs + near @ self.dual
        return outputs


@dataclass(frozen=True)
class Target:
    """What one output learns: `yes` (n,) of the corpus, and which rows it learns from."""

    yes: npt.NDArray[np.bool_]
    rows: Rows


def fit_machine(corpus: Corpus, weights: Array, rows: Rows, questions: Sequence[Target]) -> Machine:
    """Fit one output for each question on those of its rows that are in `rows`.

    weights: (n,) how much each text of the corpus counts.
    """
    middle = None if corpus.semantic is None else corpus.semantic[rows].mean(axis=0)
    dual = np.zeros((len(rows), len(questions)), dtype=np.float32)
    solved: dict[bytes, list[int]] = {}
    for number, question in enumerate(questions):
        solved.setdefault(np.isin(rows, question.rows).tobytes(), []).append(number)
    for mask, numbers in solved.items():
        chosen = np.flatnonzero(np.frombuffer(mask, dtype=bool))
        targets = np.stack([np.where(questions[number].yes[rows[chosen]], 1, -1) for number in numbers], axis=1)
        dual[np.ix_(chosen, np.array(numbers))] = _solve(
            _kernel(corpus, rows[chosen], middle), weights[rows[chosen]], targets
        )
    lexical = np.asarray(corpus.lexical[rows].T @ dual, dtype=np.float32)
    bias: Array = np.float32(CONSTANT) * dual.sum(axis=0)
    if corpus.semantic is None or middle is None:
        return Machine(lexical, bias, None, None, None)
    return Machine(lexical, bias, _unit(corpus.semantic[rows] - middle), dual, middle)


def decide_rows(machine: Machine, corpus: Corpus, rows: Rows) -> Array:
    """The outputs for these rows of a corpus, (len(rows), outputs)."""
    outputs: Array = corpus.lexical[rows] @ machine.lexical + machine.bias
    support, dual, middle = machine.support, machine.dual, machine.middle
    if support is not None and dual is not None and middle is not None and corpus.semantic is not None:
        cosine = _unit(corpus.semantic[rows] - middle) @ support.T
        outputs = outputs + np.exp(SHARPNESS * (cosine - 1)) @ dual
    return outputs


def _kernel(corpus: Corpus, rows: Rows, middle: Array | None) -> Array:
    lexical = corpus.lexical[rows]
    kernel: Array = (lexical @ lexical.T).toarray()
    kernel += np.float32(CONSTANT)
    if corpus.semantic is not None and middle is not None:
        unit = _unit(corpus.semantic[rows] - middle)
        near = unit @ unit.T
        near -= 1
        near *= np.float32(SHARPNESS)
        kernel += np.exp(near, out=near)
    return kernel


def _solve(kernel: Array, weights: Array, targets: npt.NDArray[np.int64]) -> Array:
    from scipy import linalg

    kernel[np.diag_indices(len(kernel))] += np.float32(RIDGE) / weights
    factor = linalg.cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
    solution: Array = linalg.cho_solve(factor, targets.astype(np.float32), check_finite=False)
    return solution


def _unit(rows: Array) -> Array:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Array = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
