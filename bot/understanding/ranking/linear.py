"""First stage: a score for every class, by one multinomial logistic regression over words, letters and sentences.

A question costs a few rows of the word tables and, with the sentence model, three dense products.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding.features import Row
from bot.understanding.learning import Array, Labels, logsumexp, softmax
from bot.understanding.ranking.corpus import Rows, member_of
from bot.understanding.ranking.metric import Metric
from bot.understanding.ranking.table import CONSTANT, Table

RIDGE = np.float32(1 / 30)
STEPS = 24
LONGEST_STEP = 32.0
SCALE = np.float32(2.0)
ABOUT = 8  # one in so many texts says well enough how far a step goes


@dataclass(frozen=True)
class Scored:
    """What the regression says of one text. All are (classes,); the scores by words and by sense, with the bias, are
    what the probabilities rest on. What belongs to the sentence model is None without it."""

    probabilities: Array
    by_words: Array
    by_sense: Array | None
    lexical_cosine: Array
    semantic_cosine: Array | None


@dataclass(frozen=True)
class Linear:
    """The fitted weights: `lexical` (features, classes), `semantic` (width, classes), their centroids of unit length,
    `bias` (classes,), and the metric of the sentences (`middle`, `turn`)."""

    labels: tuple[str, ...]
    lexical: npt.NDArray[np.float16]
    lexical_centroids: npt.NDArray[np.float16]
    semantic: Array | None
    semantic_centroids: Array | None
    middle: Array | None
    turn: Array | None
    bias: Array

    def score(self, row: Row, turned: Array | None) -> Scored:
        """One text's row and its sentence row as the metric turns it (width,) -> Scored."""
        by_words = row.weights @ self.lexical[row.columns].astype(np.float32)
        cosine = row.weights @ self.lexical_centroids[row.columns].astype(np.float32)
        if turned is None or self.semantic is None or self.semantic_centroids is None:
            return Scored(softmax(by_words + self.bias), by_words - by_words.mean(), None, cosine, None)
        by_sense = turned @ self.semantic
        near = (turned / (np.linalg.norm(turned) or 1)) @ self.semantic_centroids
        probabilities = softmax(by_words + by_sense + self.bias)
        return Scored(probabilities, by_words - by_words.mean(), by_sense - by_sense.mean(), cosine, near)

    def turned(self, sentence: Array | None) -> Array | None:
        """A sentence row, or several, as the metric turns them."""
        if sentence is None or self.middle is None or self.turn is None:
            return None
        return Metric(self.middle, self.turn).turned(sentence)


def fit_dual(table: Table) -> Array:
    """How much each of these texts counts for each class, (n, classes): that is what takes time to learn."""
    return _descend(table.scores, table.labels, len(table.names), _step(table))


def fit_dual_more(table: Table, dual: Array, new: Rows) -> Array:
    """The same where only the texts `new` are learned and the others stay as they are in `dual` (n, classes). Their
    steps are as many and as long as those of the whole would be."""
    kernel, learned = table.among(new), dual.copy()
    learned[new] = 0
    fixed, among, step = kernel @ learned / SCALE, kernel[:, new], _step(table, ABOUT)
    learned[new] = _descend(lambda some: fixed + among @ some, table.labels[new], len(table.names), step)
    return learned


def fit_classes(table: Table, dual: Array, classes: Rows) -> Array:
    """The same where only these classes are learned, from all texts: else what is new in a class would draw what the
    others ask, for they have never been told apart from it.

    Against these classes all others are as one, whose score is the logarithm of the sum of theirs.
    """
    own = np.isin(np.arange(len(table.names)), classes)
    others = logsumexp(table.scores(np.where(own, np.float32(0), dual))[:, ~own]) / SCALE
    place = np.where(own, np.cumsum(own), 0)

    def scores(found: Array) -> Array:
        return np.column_stack([others, table.scores(found[:, 1:])])

    learned: Array = dual.copy()
    learned[:, own] = _descend(scores, place[table.labels], 1 + len(classes), _step(table, ABOUT))[:, 1:]
    return learned


def linear_of(table: Table, dual: Array) -> Linear:
    """The weights that follow from what `fit_dual` found for the same texts."""
    weights, semantic = table.weights(dual)
    member = member_of(table.labels, len(table.names))
    return Linear(
        table.names,
        weights.astype(np.float16),
        _unit_columns((table.columns @ member).toarray()).astype(np.float16),
        semantic,
        None if table.sentences is None else _unit_columns((member.T @ table.sentences).T),
        table.metric.middle if table.metric else None,
        table.metric.turn if table.metric else None,
        CONSTANT * CONSTANT * dual.sum(axis=0) - table.mean @ weights,
    )


def _step(table: Table, every: int = 1) -> np.float32:
    """How far a step goes. It follows Böhning's bound on the curvature, half the largest eigenvalue; with many classes
    no text is torn evenly between two, so that a much longer one holds. The eigenvalue is that of one in `every` texts,
    so many times."""
    longer = min(LONGEST_STEP, len(table.names) / 8 + 0.75)
    some = table if every == 1 else table.part(np.arange(0, len(table.labels), every))
    return np.float32(longer / (SCALE * every * _largest_eigenvalue(some) / 2 + RIDGE))


def _descend(scores: Callable[[Array], Array], labels: Labels, classes: int, step: np.float32) -> Array:
    """Multinomial logistic regression by accelerated gradient steps (Nesterov 1983), of rows whose weights (n, classes)
    give these scores.

    Where a step is too long and the loss rises, it is halved, and the momentum begins anew (O'Donoghue and Candès 2015,
    "Adaptive restart"). To stop after so many steps is part of what keeps it from learning by heart.
    """
    size, rows = len(labels), np.arange(len(labels))
    target = np.zeros((size, classes), dtype=np.float32)
    target[rows, labels] = 1
    dual = np.zeros((size, classes), dtype=np.float32)
    ahead, momentum, least = dual, 1.0, np.inf
    for _ in range(STEPS):
        found = softmax(SCALE * scores(ahead))
        loss = float(-np.log(np.maximum(found[rows, labels], 1e-9)).mean())
        if not loss <= least:  # also where it is no number any more
            ahead, momentum, least, step = dual, 1.0, np.inf, step / 2
            continue
        moved = (ahead + step * (target - found - RIDGE * ahead)).astype(np.float32)
        following = (1 + np.sqrt(1 + 4 * momentum * momentum)) / 2
        ahead = (moved + np.float32((momentum - 1) / following) * (moved - dual)).astype(np.float32)
        dual, momentum, least = moved, float(following), loss
    return SCALE * dual


def _largest_eigenvalue(table: Table) -> float:
    vector = np.random.default_rng(0).normal(size=(len(table.labels), 1)).astype(np.float32)
    for _ in range(12):
        vector = table.scores(vector)
        vector /= np.linalg.norm(vector) or 1.0
    return float((vector * table.scores(vector)).sum())


def _unit_columns(table: Array) -> Array:
    lengths = np.linalg.norm(table, axis=0)
    unit: Array = (table / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
