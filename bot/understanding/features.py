"""Word and letter features of a normal form, weighted by TF-IDF: the lexical half of the ranking.

Two blocks, each of unit length and then scaled by 1/sqrt 2: stemmed words and word pairs (with the lexicon's groups
standing in for their members), and letter sequences of 2 to 4 inside words. Sub-linear counts, smoothed idf.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.counting import Block, FeatureCounts, count
from bot.understanding.language import Language, NormalForm, stem

Columns = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float32]
LETTERS = (2, 3, 4)
AT_LEAST = 2  # texts that have a feature: what one alone has says nothing of another
PERSONS = ("pupil", "leaver", "parent", "sibling", "staff", "leaders")  # groups of the lexicon
_HALF = 1 / sqrt(2)


@dataclass(frozen=True)
class Row:
    """One text's non-zero features: columns ascending, the weights beside them, and how much of it was known."""

    columns: Columns
    weights: Weights
    coverage: float


class Featuriser:
    """Turns normal forms into rows. Made by `learn` from the texts of a base, or from saved names and idf."""

    def __init__(self, language: Language, names: Sequence[str], idf: Weights) -> None:
        self._language = language
        self.names = list(names)
        self.idf = idf
        self._column = {name: number for number, name in enumerate(names)}
        self._rarest = float(idf.max()) if len(idf) else 1.0  # of what is unknown, at least

    @classmethod
    def learn(cls, language: Language, counted: FeatureCounts) -> Featuriser:
        """The columns that at least two of these texts have, each with its inverse document frequency."""
        known = [block.at_least(AT_LEAST) for block in (counted.words, counted.letters)]
        had = {name: texts for names, found in known for name, texts in zip(names, found.tolist(), strict=True)}
        number = counted.stems.counts.shape[0]
        names = sorted(had)
        idf = np.array([log((1 + number) / (1 + had[name])) + 1 for name in names], dtype=np.float32)
        return cls(language, names, idf)

    def count(self, forms: Sequence[NormalForm]) -> FeatureCounts:
        """Texts -> how often each has each feature, as `rows` takes it."""
        return count_all(self._language, forms)

    def rows(self, counted: FeatureCounts) -> tuple[Any, Weights]:
        """Many texts at once -> their rows (texts, columns), sparse, and of each how much of it was known (texts,); as
        `row` finds them one by one."""
        weighed = self._weighed(counted.words) + self._weighed(counted.letters)
        weighed.sort_indices()
        stems = counted.stems
        columns = np.array([self._column.get(name, -1) for name in stems.names], dtype=np.int64)
        weights = (
            np.where(columns >= 0, self.idf[columns], np.float32(self._rarest)) if len(self.idf) else columns + 1.0
        )
        total, known = stems.counts @ weights, stems.counts @ (weights * (columns >= 0))
        return weighed, (known / np.maximum(total, 1e-12)).astype(np.float32)

    def _weighed(self, block: Block) -> Any:
        """The counts of one block, in these columns, weighed and of the length that a block has."""
        from scipy import sparse

        columns = np.array([self._column.get(name, -1) for name in block.names], dtype=np.int64)
        had = np.flatnonzero(columns >= 0)
        counts = block.counts[:, had].tocoo()
        placed = columns[had][counts.col]
        weights = (1 + np.log(counts.data)) * self.idf[placed]
        lengths = np.sqrt(np.bincount(counts.row, weights * weights, minlength=counts.shape[0]))
        values = weights * (_HALF / np.maximum(lengths, 1e-12))[counts.row]
        shape = (counts.shape[0], len(self.names))
        return sparse.csr_matrix((values.astype(np.float32), (counts.row, placed)), shape=shape)

    def persons(self) -> Columns:
        """The columns of the words for people, where the texts have any."""
        found = [self._column.get(f"w:@{group}") for group in PERSONS]
        return np.array([column for column in found if column is not None], dtype=np.int32)

    def row(self, form: NormalForm) -> Row:
        """One text -> its row. Features that no learned text had are left out."""
        words = self._block(_word_names(self._language, form))
        letters = self._block(_letter_names(form))
        both = {**words, **letters}
        columns = np.array(sorted(both), dtype=np.int32)
        weights = np.array([both[column] for column in columns.tolist()], dtype=np.float32)
        return Row(columns, weights, self._coverage(form))

    def _block(self, names: Iterable[str]) -> dict[int, float]:
        counts = Counter(column for name in names if (column := self._column.get(name)) is not None)
        weights = {column: (1 + log(count)) * float(self.idf[column]) for column, count in counts.items()}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {column: weight * _HALF / length for column, weight in weights.items()}

    def _coverage(self, form: NormalForm) -> float:
        """The share of the text's words, weighted by rarity, that several of the base's texts have (0 for no words).

        A word of one single text has no column: only so is the share of a learned text, left out in cross-validation,
        like that of a new one.
        """
        total = known = 0.0
        for word in form.words:
            column = self._column.get(f"w:{stem(word)}")
            weight = self._rarest if column is None else float(self.idf[column])
            total += weight
            known += 0.0 if column is None else weight
        return known / total if total else 0.0


def count_all(language: Language, forms: Sequence[NormalForm]) -> FeatureCounts:
    """Texts -> how often each has each feature, before anything is known of them."""
    return count(language, forms, _letters_of)


def _word_names(language: Language, form: NormalForm) -> Iterable[str]:
    stems = [stem(word) for word in form.words]
    groups = [language.group(word) for word in form.words]
    merged = [f"@{group}" if group else stemmed for group, stemmed in zip(groups, stems, strict=True)]
    yield from (f"w:{stemmed}" for stemmed in stems)
    yield from (f"w:@{group}" for group in groups if group)
    yield from (f"p:{left} {right}" for left, right in itertools.pairwise(merged))


def _letter_names(form: NormalForm) -> Iterable[str]:
    for word in form.words:
        yield from _letters_of(word)


@lru_cache(maxsize=20_000)  # a base says its words again and again
def _letters_of(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(f"l:{padded[start : start + size]}" for size in LETTERS for start in range(len(padded) - size + 1))
