"""The base's own texts, class by class, to look up how near a message comes to the nearest of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding.features import Row
from bot.understanding.learning import Array
from bot.understanding.ranking.corpus import Rows
from bot.understanding.ranking.table import Table

Cosines = Callable[[int, int], Array]
FEW = 3  # texts of a class: one alone may be near by chance


@dataclass(frozen=True)
class Neighbours:
    """Texts in the order of their classes: those of class c are `starts[c]` up to `starts[c + 1]`. `sentences` (n,
    width) are turned and of unit length. Word and letter rows lie end to end: of text i, `columns` and `weights` from
    `offsets[i]` up to `offsets[i + 1]`."""

    starts: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float16]
    sentences: npt.NDArray[np.float16] | None

    def cosines(self, turned: Array) -> Array:
        """Sentence rows as the metric turns them (texts, width) -> how near each comes to each of all texts, at once:
        for learning, where one by one takes many times as long. Raises ValueError where there is no sentence model."""
        if self.sentences is None:
            raise ValueError("These texts have no sentence rows")
        unit = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
        found: Array = unit @ self.sentences.astype(np.float32).T
        return found

    def by_sense(self, turned: Array | None) -> Cosines | None:
        """One sentence row as the metric turns it -> how near it comes to the texts from one up to another."""
        sentences = self.sentences
        if turned is None or sentences is None:
            return None
        unit = turned / (np.linalg.norm(turned) or 1)
        return lambda first, last: sentences[first:last].astype(np.float32) @ unit

    def near(self, row: Row, cosines: Cosines | None, classes: Rows, features: int) -> Array:
        """A text -> for each of these classes the cosine of its nearest text by sense, the mean of its three nearest,
        and the cosine of its nearest by words: (classes, 3). A class without texts is as far as can be."""
        words = np.zeros(features, dtype=np.float32)
        words[row.columns] = row.weights
        found = np.full((len(classes), 3), -1, dtype=np.float32)
        for place, number in enumerate(classes.tolist()):
            first, last = int(self.starts[number]), int(self.starts[number + 1])
            if first < last:
                found[place, :2] = _nearest(cosines(first, last)) if cosines else 0
                found[place, 2] = self._by_words(words, first, last)
        return found

    def _by_words(self, words: Array, first: int, last: int) -> float:
        start, stop = int(self.offsets[first]), int(self.offsets[last])
        if start == stop:
            return 0.0
        shared = words[self.columns[start:stop]] * self.weights[start:stop]
        # A text without any feature takes the first product of the next, which is never more than all of that one's;
        # one more zero stands for the last.
        places = self.offsets[first:last] - start
        return float(np.add.reduceat(np.append(shared, np.float32(0)), places).max())


def _nearest(cosines: Array) -> tuple[float, float]:
    few = cosines if len(cosines) <= FEW else np.partition(cosines, -FEW)[-FEW:]
    return float(few.max()), float(few.mean())


def neighbours_of(table: Table) -> Neighbours:
    """All texts of the table."""
    order = np.argsort(table.labels, kind="stable")
    counts = np.bincount(table.labels, minlength=len(table.names))
    lexical = table.lexical[order]
    turned = None if table.sentences is None else table.sentences[order]
    if turned is not None:
        turned = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
    return Neighbours(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        lexical.indptr.astype(np.int64),
        lexical.indices.astype(np.int32),
        lexical.data.astype(np.float16),
        None if turned is None else turned.astype(np.float16),
    )
