"""The texts that a regression is learned from, as rows that are only ever multiplied by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.understanding.learning import Array, Labels
from bot.understanding.ranking.corpus import Corpus, Rows
from bot.understanding.ranking.metric import Metric, learn_metric

CONSTANT = np.float32(0.2)


@dataclass(frozen=True)
class Table:
    """`lexical` (n, features), from which `mean` (features,) is to be taken off, with `columns` the same turned round;
    `sentences` (n, width) as `metric` turns them, both None without a sentence model; a constant beside them. `labels`
    (n,) are numbers of `names`."""

    names: tuple[str, ...]
    labels: Labels
    lexical: Any
    columns: Any
    mean: Array
    metric: Metric | None
    sentences: Array | None

    def weights(self, dual: Array) -> tuple[Array, Array | None]:
        """Weights of the rows (n, classes) -> weights of the columns (features, classes) and (width, classes)."""
        lexical: Array = self.columns @ dual - np.outer(self.mean, dual.sum(axis=0))
        return lexical, None if self.sentences is None else self.sentences.T @ dual

    def scores(self, dual: Array) -> Array:
        """The kernel of the rows times these weights, without ever making the kernel."""
        return self.scored(*self.weights(dual), dual.sum(axis=0))

    def scored(self, lexical: Array, semantic: Array | None, total: Array) -> Array:
        """The rows times weights of the columns; `total` (classes,) is what those of all rows come to."""
        found: Array = self.lexical @ lexical - self.mean @ lexical + CONSTANT * CONSTANT * total
        if semantic is not None and self.sentences is not None:
            found += self.sentences @ semantic
        return found

    def among(self, rows: Rows) -> Array:
        """The kernel of these rows with all, (rows, n)."""
        beside = self.lexical @ self.mean
        found: Array = (self.lexical[rows] @ self.columns).toarray() - beside[rows, None] - beside
        found += self.mean @ self.mean + CONSTANT * CONSTANT
        return found if self.sentences is None else found + self.sentences[rows] @ self.sentences.T

    def part(self, rows: Rows) -> Table:
        """These rows of it, as they are here."""
        lexical = self.lexical[rows]
        sentences = None if self.sentences is None else self.sentences[rows]
        return Table(self.names, self.labels[rows], lexical, lexical.T.tocsr(), self.mean, self.metric, sentences)


def table_of(corpus: Corpus, names: Sequence[str], rows: Rows | None = None) -> Table:
    """All texts of the corpus, or these rows of it, whose labels are numbers of these names."""
    lexical = corpus.lexical if rows is None else corpus.lexical[rows]
    labels = corpus.labels if rows is None else corpus.labels[rows]
    mean = np.asarray(lexical.mean(axis=0), dtype=np.float32).ravel()
    metric = sentences = None
    if corpus.semantic is not None:
        sentences = corpus.semantic if rows is None else corpus.semantic[rows]
        metric = learn_metric(sentences, labels, len(names))
        sentences = metric.turned(sentences)
    return Table(tuple(names), labels, lexical, lexical.T.tocsr(), mean, metric, sentences)
