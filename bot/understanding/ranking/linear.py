"""First stage: a score for every class, by one multinomial logistic regression over words, letters and sentences.

A question costs a few rows of the word tables and, with the sentence model, three dense products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.features import Row
from bot.understanding.learning import Array, Labels, softmax
from bot.understanding.ranking.corpus import Corpus, Rows
from bot.understanding.ranking.metric import Metric, learn_metric

RIDGE = np.float32(1 / 30)
STEPS = 24
LONGEST_STEP = 32.0
SCALE = np.float32(2.0)
CONSTANT = np.float32(0.2)


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


class _Table:
    """The rows that are learned from, centred, with a constant beside them; only ever multiplied by."""

    def __init__(self, lexical: Any, sentences: Array | None) -> None:
        self.lexical, self.columns = lexical, lexical.T.tocsr()
        self.mean = np.asarray(lexical.mean(axis=0), dtype=np.float32).ravel()
        self.sentences = sentences

    def weights(self, dual: Array) -> tuple[Array, Array | None]:
        """Weights of the rows (n, classes) -> weights of the columns (features, classes) and (width, classes)."""
        lexical: Array = self.columns @ dual - np.outer(self.mean, dual.sum(axis=0))
        return lexical, None if self.sentences is None else self.sentences.T @ dual

    def among(self, rows: Rows) -> Array:
        """The kernel of these rows alone, (rows, rows)."""
        lexical = np.asarray(self.lexical[rows].todense()) - self.mean
        found: Array = lexical @ lexical.T + CONSTANT * CONSTANT
        return found if self.sentences is None else found + self.sentences[rows] @ self.sentences[rows].T

    def scores(self, dual: Array) -> Array:
        """The kernel of the rows times these weights, without ever making the kernel."""
        lexical, semantic = self.weights(dual)
        found: Array = self.lexical @ lexical - self.mean @ lexical + CONSTANT * CONSTANT * dual.sum(axis=0)
        if semantic is not None and self.sentences is not None:
            found += self.sentences @ semantic
        return found


def fit_linear(corpus: Corpus, labels: Sequence[str], rows: Rows | None = None) -> Linear:
    """Learn from all of the corpus, or from these rows of it."""
    return linear_of(corpus, labels, fit_dual(corpus, labels, rows), rows)


def fit_dual(corpus: Corpus, labels: Sequence[str], rows: Rows | None = None) -> Array:
    """How much each of these rows counts for each class, (rows, classes): that is what takes time to learn."""
    chosen = np.arange(len(corpus.labels)) if rows is None else rows
    return _fit(_table(corpus, labels, chosen)[0], corpus.labels[chosen], len(labels))


def fit_dual_more(corpus: Corpus, labels: Sequence[str], dual: Array, new: Rows) -> Array:
    """The same where only the rows `new` are learned and the others stay as they are in `dual` (texts, classes). Their
    steps are as many and as long as those of the whole would be."""
    table = _table(corpus, labels, np.arange(len(corpus.labels)))[0]
    kernel, fixed = table.among(new), table.scores(dual)[new] / SCALE
    step = _step(table, len(corpus.labels), len(labels))
    learned: Array = dual.copy()
    learned[new] = _descend(lambda some: fixed + kernel @ some, corpus.labels[new], len(labels), step)
    return learned


def linear_of(corpus: Corpus, labels: Sequence[str], dual: Array, rows: Rows | None = None) -> Linear:
    """The weights that follow from what `fit_dual` found for the same rows."""
    chosen = np.arange(len(corpus.labels)) if rows is None else rows
    table, metric = _table(corpus, labels, chosen)
    weights, semantic = table.weights(dual)
    member = np.zeros((len(chosen), len(labels)), dtype=np.float32)
    member[np.arange(len(chosen)), corpus.labels[chosen]] = 1
    return Linear(
        tuple(labels),
        weights.astype(np.float16),
        _unit_columns(table.columns @ member).astype(np.float16),
        semantic,
        None if table.sentences is None else _unit_columns(table.sentences.T @ member),
        metric.middle if metric else None,
        metric.turn if metric else None,
        CONSTANT * CONSTANT * dual.sum(axis=0) - table.mean @ weights,
    )


def _table(corpus: Corpus, labels: Sequence[str], chosen: Rows) -> tuple[_Table, Metric | None]:
    lexical = corpus.lexical[chosen]
    if corpus.semantic is None:
        return _Table(lexical, None), None
    sentences = corpus.semantic[chosen]
    metric = learn_metric(sentences, corpus.labels[chosen], len(labels))
    return _Table(lexical, metric.turned(sentences)), metric


def _fit(table: _Table, labels: Labels, classes: int) -> Array:
    """labels: (n,) in 0..classes-1. Returns the weights of the rows (n, classes)."""
    return _descend(table.scores, labels, classes, _step(table, len(labels), classes))


def _step(table: _Table, size: int, classes: int) -> np.float32:
    """How far a step goes. It follows Böhning's bound on the curvature, half the largest eigenvalue; with many classes
    no text is torn evenly between two, so that a much longer one holds."""
    longer = min(LONGEST_STEP, classes / 8 + 0.75)
    return np.float32(longer / (SCALE * _largest_eigenvalue(table, size) / 2 + RIDGE))


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


def _largest_eigenvalue(table: _Table, size: int) -> float:
    vector = np.random.default_rng(0).normal(size=(size, 1)).astype(np.float32)
    for _ in range(12):
        vector = table.scores(vector)
        vector /= np.linalg.norm(vector) or 1.0
    return float((vector * table.scores(vector)).sum())


def _unit_columns(table: Array) -> Array:
    lengths = np.linalg.norm(table, axis=0)
    unit: Array = (table / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
