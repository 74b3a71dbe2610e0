"""Who is named: a question about a colleague is another one than the same about a pupil, however alike they sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding.features import Row
from bot.understanding.learning import Array
from bot.understanding.ranking.corpus import Corpus, Rows


@dataclass(frozen=True)
class Persons:
    """`columns` (kinds,): the features that stand for pupils, parents, colleagues and so on; `rates` (classes, kinds):
    the share of each class's texts that names one, between 0 and 1."""

    columns: npt.NDArray[np.int64]
    rates: Array

    def fit(self, row: Row, classes: Rows) -> Array:
        """How well whom a text names, and whom it does not, fits each of these classes: log-chances (classes,)."""
        named = np.isin(self.columns, row.columns)
        rates = self.rates[classes]
        found: Array = np.log(np.where(named, rates, 1 - rates)).sum(axis=1, dtype=np.float32)
        return found


def persons_of(corpus: Corpus, classes: int, rows: Rows) -> Persons:
    """Count over these rows of the corpus; what a class has few texts for is drawn to what all have."""
    labels = corpus.labels[rows]
    named = (corpus.lexical[rows][:, corpus.persons] > 0).toarray().astype(np.float32)
    member = np.zeros((len(rows), classes), dtype=np.float32)
    member[np.arange(len(rows)), labels] = 1
    overall = (named.sum(axis=0) + 1) / (len(rows) + 2)
    rates = (member.T @ named + overall) / (member.sum(axis=0)[:, None] + 1)
    return Persons(corpus.persons, np.clip(rates, 1e-3, 1 - 1e-3).astype(np.float32))
