"""Texts prepared for learning: word and letter rows (sparse), sentence rows (dense), a class number each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.counting import FeatureCounts
from bot.understanding.features import Featuriser, Row
from bot.understanding.learning import Array, Labels

Rows = npt.NDArray[np.int64]
_AT_A_TIME = 512


@dataclass(frozen=True)
class Corpus:
    """`lexical` (n, features), `semantic` (n, 2 x hidden) or None without a sentence model, `labels` and `coverage`
    (n,); `persons` are the columns of the words for people."""

    lexical: Any  # scipy.sparse.csr_matrix, imported only where something is fitted
    semantic: Array | None
    labels: Labels
    coverage: Array
    persons: Rows

    def row(self, number: int) -> Row:
        """The words and letters of one text, as those of a question would be read."""
        line = self.lexical[number]
        return Row(line.indices, line.data, float(self.coverage[number]))

    def chosen(self, rows: Sequence[int], labels: Sequence[int]) -> Corpus:
        """These texts of it, each as often as it is named, with other classes."""
        semantic = None if self.semantic is None else self.semantic[rows]
        numbers = np.array(labels, dtype=np.int64)
        return Corpus(self.lexical[rows], semantic, numbers, self.coverage[rows], self.persons)


def prepare(featuriser: Featuriser, counted: FeatureCounts, labels: Sequence[int], semantic: Array | None) -> Corpus:
    """FeatureCounts texts with their class numbers and sentence rows -> what is learned from."""
    lexical, coverage = featuriser.rows(counted)
    numbers, persons = np.array(labels, dtype=np.int64), featuriser.persons().astype(np.int64)
    return Corpus(lexical, semantic, numbers, coverage, persons)


def products(lexical: Any) -> Array:
    """Sparse rows (n, features) -> all products of one with another, (n, n). Some rows at a time: the sparse table of
    all of them would take twice the room of the result."""
    size = lexical.shape[0]
    found = np.empty((size, size), dtype=np.float32)
    turned = lexical.T.tocsc()
    for start in range(0, size, _AT_A_TIME):
        found[start : start + _AT_A_TIME] = (lexical[start : start + _AT_A_TIME] @ turned).toarray()
    return found


def member_of(labels: Labels, classes: int) -> Any:
    """labels: (n,) in 0..classes-1 -> sparse (n, classes): one where a text is of a class."""
    from scipy import sparse

    size = len(labels)
    return sparse.csr_matrix((np.ones(size, dtype=np.float32), (np.arange(size), labels)), shape=(size, classes))
