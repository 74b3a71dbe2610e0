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
from bot.understanding.learning import Array, Labels
from bot.understanding.ranking.corpus import Corpus, Rows, products

RIDGE = 0.1
SHARPNESS = 2.0
CONSTANT = 0.05
_AT_A_TIME = 1024


@dataclass(frozen=True)
class Machine:
    """The fitted weights. `lexical` is (features, outputs); `support`, `dual` and `middle` belong to the sentence rows
    and are None where there was no sentence model."""

    lexical: Array
    bias: Array
    support: Array | None
    dual: Array | None
    middle: Array | None

    def decide(self, rows: Sequence[Row], sentences: Sequence[Array | None]) -> Array:
        """Texts -> their outputs (texts, outputs): above 0 means yes, about 1 is typical of an example.

        All at once, because going through the examples takes the time.
        """
        outputs: Array = np.stack([row.weights @ self.lexical[row.columns] + self.bias for row in rows])
        known = [sentence for sentence in sentences if sentence is not None]
        if self.support is not None and self.dual is not None and self.middle is not None and len(known) == len(rows):
            near = np.exp(SHARPNESS * (_unit(np.stack(known) - self.middle) @ self.support.T - 1))
            outputs = outputs + near @ self.dual
        return outputs


@dataclass(frozen=True)
class Target:
    """What one output learns: `yes` (n,) of the corpus, and which rows it learns from."""

    yes: npt.NDArray[np.bool_]
    rows: Rows


def fit_machine(corpus: Corpus, questions: Sequence[Target], groups: Labels) -> tuple[Array, Array]:
    """How much each text counts for each question, and what each question would say of a text if its whole group had
    been left out, both (n, questions).

    groups: (n,) a number each. The second is not a number where a question has not learned from a text.
    Leaving out costs no second fitting: it follows from the inverse of the kernel (Pahikkala and others 2006, "Fast
    n-fold cross-validation for regularized least-squares").
    """
    middle = None if corpus.semantic is None else corpus.semantic.mean(axis=0)
    dual = np.zeros((len(corpus.labels), len(questions)), dtype=np.float32)
    left_out = np.full_like(dual, np.nan)
    together: dict[bytes, list[int]] = {}
    for number, question in enumerate(questions):
        together.setdefault(question.rows.tobytes(), []).append(number)
    for numbers in together.values():
        rows = questions[numbers[0]].rows
        yes = np.stack([np.where(questions[number].yes[rows], 1, -1) for number in numbers], axis=1)
        chosen = np.ix_(rows, np.array(numbers))
        dual[chosen], left_out[chosen] = _solve(_kernel(corpus, rows, middle), yes.astype(np.float32), groups[rows])
    return dual, left_out


def fit_more(corpus: Corpus, questions: Sequence[Target], dual: Array, new: Rows) -> Array:
    """The same where only the texts `new` are learned and the others count as in `dual` (n, questions)."""
    middle = None if corpus.semantic is None else corpus.semantic.mean(axis=0)
    learned = dual.copy()
    kernel = _between(corpus, new, np.arange(len(corpus.labels)), middle)
    for number, question in enumerate(questions):
        asked = np.flatnonzero(np.isin(new, question.rows))
        rows = new[asked]
        yes = np.where(question.yes[rows], 1, -1).astype(np.float32)
        among = kernel[np.ix_(asked, rows)] + np.float32(RIDGE) * np.eye(len(rows), dtype=np.float32)
        learned[rows, number] = np.linalg.solve(among, yes - kernel[asked] @ dual[:, number])
    return learned


def machine_of(corpus: Corpus, dual: Array) -> Machine:
    """The machine that follows from what `fit_machine` found for the same texts."""
    lexical = np.asarray(corpus.lexical.T @ dual, dtype=np.float32)
    bias: Array = np.float32(CONSTANT) * dual.sum(axis=0)
    if corpus.semantic is None:
        return Machine(lexical, bias, None, None, None)
    middle = corpus.semantic.mean(axis=0)
    return Machine(lexical, bias, _unit(corpus.semantic - middle), dual, middle)


def _kernel(corpus: Corpus, rows: Rows, middle: Array | None) -> Array:
    """Some rows at a time: a second table of all pairs would take twice the room."""
    kernel = products(corpus.lexical[rows])
    kernel += np.float32(CONSTANT)
    if corpus.semantic is not None and middle is not None:
        unit = _unit(corpus.semantic[rows] - middle)
        for start in range(0, len(rows), _AT_A_TIME):
            near = unit[start : start + _AT_A_TIME] @ unit.T
            near -= 1
            near *= np.float32(SHARPNESS)
            kernel[start : start + _AT_A_TIME] += np.exp(near, out=near)
    return kernel


def _between(corpus: Corpus, some: Rows, others: Rows, middle: Array | None) -> Array:
    """The kernel of some texts with others, (some, others)."""
    kernel: Array = (corpus.lexical[some] @ corpus.lexical[others].T).toarray() + np.float32(CONSTANT)
    if corpus.semantic is not None and middle is not None:
        near = _unit(corpus.semantic[some] - middle) @ _unit(corpus.semantic[others] - middle).T
        kernel += np.exp(np.float32(SHARPNESS) * (near - 1))
    return kernel


def _solve(kernel: Array, targets: Array, groups: Labels) -> tuple[Array, Array]:
    """The dual weights, and the left-out outputs. The kernel is used up: it is the largest thing there is."""
    from scipy import linalg

    kernel[np.diag_indices(len(kernel))] += np.float32(RIDGE)
    # Turned round it is the same, and lies in memory as LAPACK wants it: else it would be copied.
    factor, _ = linalg.cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
    dual: Array = linalg.cho_solve((factor, True), targets, check_finite=False)
    inverse, _ = linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
    left_out = np.empty_like(targets)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        # Only the lower half of the inverse is there.
        block = inverse[np.maximum.outer(rows, rows), np.minimum.outer(rows, rows)].astype(np.float64)
        left_out[rows] = targets[rows] - np.linalg.solve(block, dual[rows].astype(np.float64))
    return dual, left_out


def _unit(rows: Array) -> Array:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Array = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
