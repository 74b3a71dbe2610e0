"""Normal form -> a score for every class: one logistic regression over word, letter and sentence features.

Fitted in the kernel (n texts x n texts), kept as weights per class, so that a question costs one sparse product and,
with the sentence model, one dense one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.features import Featuriser, Row
from bot.understanding.language import NormalForm
from bot.understanding.learning import CONSTANT, Array, Labels, fit_kernel, softmax

Rows = npt.NDArray[np.int64]
_AT_A_TIME = 512


@dataclass(frozen=True)
class Scores:
    """What the ranker says of one text. `probabilities` and the cosines are (classes,), in the order of `labels`."""

    probabilities: Array
    lexical_cosine: Array
    semantic_cosine: Array | None
    coverage: float


@dataclass(frozen=True)
class Corpus:
    """Texts prepared for learning: sparse lexical rows, sentence rows (or None), and a class number each."""

    lexical: Any  # scipy.sparse.csr_matrix, imported only where something is fitted
    semantic: Array | None
    labels: Labels
    coverage: Array

    def kernel(self, rows: Rows) -> Array:
        """The kernel among these rows: the products of their centred features."""
        kernel = products(self.lexical[rows])
        side = kernel.mean(axis=0)
        kernel += kernel.mean() - side
        kernel -= side[:, None]
        if self.semantic is not None:
            centred = self.semantic[rows] - self.semantic[rows].mean(axis=0)
            kernel += centred @ centred.T
        kernel += CONSTANT * CONSTANT
        return kernel


@dataclass(frozen=True)
class Ranker:
    """The fitted weights: word and letter tables (features, classes), sentence tables (2 x hidden, classes)."""

    labels: tuple[str, ...]
    lexical: npt.NDArray[np.float16]
    lexical_centroids: npt.NDArray[np.float16]
    semantic: Array | None
    semantic_centroids: Array | None
    bias: Array

    def score(self, row: Row, sentence: Array | None) -> Scores:
        """One text's row and sentence embedding (2 x hidden,) -> Scores. Without a sentence model it is None."""
        scores = row.weights @ self.lexical[row.columns].astype(np.float32) + self.bias
        semantic_cosine = None
        if self.semantic is not None and self.semantic_centroids is not None and sentence is not None:
            scores = scores + sentence @ self.semantic
            semantic_cosine = (sentence / (np.linalg.norm(sentence) or 1)) @ self.semantic_centroids
        lexical_cosine = row.weights @ self.lexical_centroids[row.columns].astype(np.float32)
        return Scores(softmax(scores), lexical_cosine, semantic_cosine, row.coverage)


def prepare(
    featuriser: Featuriser, forms: Sequence[NormalForm], labels: Sequence[int], semantic: Array | None
) -> Corpus:
    """Normal forms with their class numbers and sentence rows -> what the ranker learns from."""
    from scipy import sparse

    rows = [featuriser.row(form) for form in forms]
    starts = np.cumsum([0, *(len(row.columns) for row in rows)])
    lexical = sparse.csr_matrix(
        (np.concatenate([row.weights for row in rows]), np.concatenate([row.columns for row in rows]), starts),
        shape=(len(rows), len(featuriser.names)),
        dtype=np.float32,
    )
    coverage = np.array([row.coverage for row in rows], dtype=np.float32)
    return Corpus(lexical, semantic, np.array(labels, dtype=np.int64), coverage)


def fit(corpus: Corpus, labels: Sequence[str], rows: Rows | None = None) -> Ranker:
    """Learn from all of the corpus, or from these rows of it, in the kernel; keep weights for rows and sentences."""
    chosen = np.arange(len(corpus.labels)) if rows is None else rows
    dual = fit_kernel(corpus.kernel(chosen), corpus.labels[chosen], len(labels))
    member = np.zeros((len(chosen), len(labels)), dtype=np.float32)
    member[np.arange(len(chosen)), corpus.labels[chosen]] = 1
    lexical, total = corpus.lexical[chosen], dual.sum(axis=0)
    mean = np.asarray(lexical.mean(axis=0), dtype=np.float32).ravel()
    weights: Array = lexical.T @ dual - np.outer(mean, total)
    bias = CONSTANT * CONSTANT * total - mean @ weights
    semantic = semantic_centroids = None
    if corpus.semantic is not None:
        sentences = corpus.semantic[chosen]
        middle = sentences.mean(axis=0)
        semantic = (sentences - middle).T @ dual
        bias = bias - middle @ semantic
        semantic_centroids = _unit_columns(sentences.T @ member)
    centroids = _unit_columns(lexical.T @ member)
    return Ranker(
        tuple(labels), weights.astype(np.float16), centroids.astype(np.float16), semantic, semantic_centroids, bias
    )


def products(lexical: Any) -> Array:
    """Sparse rows (n, features) -> all products of one with another, (n, n). Some rows at a time: the sparse table of
    all of them would take twice the room of the result."""
    size = lexical.shape[0]
    found = np.empty((size, size), dtype=np.float32)
    turned = lexical.T.tocsc()
    for start in range(0, size, _AT_A_TIME):
        found[start : start + _AT_A_TIME] = (lexical[start : start + _AT_A_TIME] @ turned).toarray()
    return found


def _unit_columns(table: Array) -> Array:
    lengths = np.linalg.norm(table, axis=0)
    unit: Array = (table / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
