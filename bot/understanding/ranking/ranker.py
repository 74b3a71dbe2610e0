"""Normal form -> how likely each class is, in two stages.

The regression names the likeliest classes; of each it is then asked how near its own texts come, and a second, small
regression, whose weights are the same for every class, weighs both. It is learned from texts whose writer the first
stage did not know, so it learns how far the first stage is to be trusted with a stranger's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding.features import Row
from bot.understanding.learning import Array, Labels, softmax
from bot.understanding.ranking.corpus import Corpus, Rows
from bot.understanding.ranking.linear import Linear, fit_dual, linear_of
from bot.understanding.ranking.neighbours import Cosines, Neighbours, neighbours_of
from bot.understanding.ranking.persons import Persons, persons_of
from bot.understanding.ranking.table import Table, table_of

LOOKED_AT = 16  # classes that the second stage looks at
FEATURES = (
    *("log-chance by the first look", "words and letters", "sense of the sentence"),
    *("nearest phrasing", "three nearest phrasings", "nearest phrasing by words"),
    *("middle of the words", "middle of the sense", "how many phrasings it has", "whom it names"),
)
NEAREST, WORDS_MIDDLE, SENSE_MIDDLE = FEATURES.index("nearest phrasing"), 6, 7
_LIGHT = 1e-3
_BEHIND = np.float32(1e-6)
_RULE = 0.5  # how much it counts that the rule is right, beside the entry


@dataclass(frozen=True)
class Looked:
    """What the first stage leaves of one text: the likeliest classes (looked at,), of each its FEATURES, and what the
    first stage gave every class (classes,)."""

    classes: Rows
    features: Array
    coverage: float
    before: Array


@dataclass(frozen=True)
class Scores:
    """What the ranker says of one text. `probabilities` are (classes,), in the order of the labels; next to
    nothing for what was not looked at."""

    probabilities: Array
    looked: Looked

    def feature(self, number: int, entry: int) -> float:
        """One of FEATURES of a class that was looked at; 0 for one that was not."""
        found = np.flatnonzero(self.looked.classes == entry)
        return float(self.looked.features[found[0], number]) if len(found) else 0.0


@dataclass(frozen=True)
class FirstLook:
    """The fitted first stage with the texts that it was learned from."""

    linear: Linear
    neighbours: Neighbours
    persons: Persons

    def look(self, row: Row, turned: Array | None, cosines: Cosines | None = None) -> Looked:
        """One text's row and its sentence row as `linear` turns it (None without a sentence model) -> Looked.
        `cosines` are given where they have been worked out for many texts at once."""
        scored = self.linear.score(row, turned)
        classes = np.argsort(-scored.probabilities, kind="stable")[:LOOKED_AT]
        near = self.neighbours.near(row, cosines or self.neighbours.by_sense(turned), classes, len(self.linear.lexical))
        none = np.zeros(len(classes), dtype=np.float32)
        sizes = np.diff(self.neighbours.starts)[classes]
        columns = (
            np.log(scored.probabilities[classes] + 1e-5),
            scored.by_words[classes],
            none if scored.by_sense is None else scored.by_sense[classes],
            *near.T,
            scored.lexical_cosine[classes],
            none if scored.semantic_cosine is None else scored.semantic_cosine[classes],
            np.log(sizes + 1),
            self.persons.fit(row, classes),
        )
        return Looked(classes, np.stack(columns, axis=1).astype(np.float32), row.coverage, scored.probabilities)


@dataclass(frozen=True)
class SecondLook:
    """The fitted second stage: one weight for each of FEATURES, which are first brought to one measure."""

    middle: Array
    spread: Array
    weights: Array

    def judge(self, looked: Looked) -> Scores:
        """-> Scores. What was not looked at keeps its order, far behind: of a message from outside no entry may be
        among the likeliest, and still one is the nearest."""
        found = _BEHIND * looked.before
        measured: Array = (looked.features - self.middle) / self.spread
        found[looked.classes] = softmax(measured @ self.weights)
        return Scores(found, looked)


@dataclass(frozen=True)
class Ranker:
    """Both stages."""

    first: FirstLook
    second: SecondLook

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes, in order."""
        return self.first.linear.labels

    def score(self, row: Row, sentence: Array | None) -> Scores:
        """One text's row and sentence embedding -> Scores."""
        return self.second.judge(self.first.look(row, self.first.linear.turned(sentence)))


def fit_first(corpus: Corpus, labels: Sequence[str], rows: Rows | None = None) -> FirstLook:
    """Learn the first stage from all of the corpus, or from these rows of it."""
    table = table_of(corpus, labels, rows)
    return first_of(corpus, table, fit_dual(table), rows)


def first_of(corpus: Corpus, table: Table, dual: Array, rows: Rows | None = None) -> FirstLook:
    """The first stage that follows from what `linear.fit_dual` found for this table of the same rows."""
    chosen = np.arange(len(corpus.labels)) if rows is None else rows
    return FirstLook(linear_of(table, dual), neighbours_of(table), persons_of(corpus, len(table.names), chosen))


def fit_second(looked: Sequence[Looked], labels: Labels, agree: npt.NDArray[np.bool_]) -> SecondLook:
    """Learn the second stage from texts that the first did not know.

    labels: (n,), the class of each text; agree: (classes, classes), which of them have one rule. Texts whose class was
    not among the likeliest teach nothing. Half of what is learned is to find the entry, half to find its rule.
    """
    from scipy.optimize import minimize

    features = np.stack([each.features for each in looked]).astype(np.float64)
    middle = features.mean(axis=(0, 1))
    spread = np.maximum(features.std(axis=(0, 1)), 1e-6)
    classes = np.stack([each.classes for each in looked])
    right = classes == labels[:, None]
    taught = right.any(axis=1)
    if not taught.any():  # nothing to learn from: the first look stands as it is
        return SecondLook(middle.astype(np.float32), spread.astype(np.float32), _as_before(spread))
    right, same = right[taught], agree[classes[taught], labels[taught][:, None]]
    rows = (features[taught] - middle) / spread

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scores = rows @ weights
        found = np.exp(scores - scores.max(axis=1, keepdims=True))
        found /= found.sum(axis=1, keepdims=True)
        value, slope = float(_LIGHT * weights @ weights), 2 * _LIGHT * weights
        for share, wanted in ((1 - _RULE, right), (_RULE, same)):
            hit = found * wanted
            total = np.maximum(hit.sum(axis=1, keepdims=True), 1e-12)
            value -= share * float(np.log(total).mean())
            slope += share * np.einsum("nc,ncf->f", found - hit / total, rows) / len(rows)
        return value, slope

    weights = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x
    return SecondLook(middle.astype(np.float32), spread.astype(np.float32), weights.astype(np.float32))


def _as_before(spread: npt.NDArray[np.float64]) -> Array:
    weights = np.zeros(len(FEATURES), dtype=np.float32)
    weights[0] = spread[0]
    return weights
