"""What one would pick instead of the bot's matcher, behind one interface: learn from labelled texts, answer questions.

scikit-learn and bm25s are only needed for this comparison; what is not installed is left out (`rivals` says so).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process, utils

from benchmarks.figures import Answers
from benchmarks.report import say
from bot.understanding.encoder import Encoder
from bot.understanding.language import stem

Scores = npt.NDArray[np.float32]
HITS = 20
CHUNK = 256  # questions scored at a time: with 15,000 phrasings a table of 15 MB


class Method(Protocol):
    """Anything that ranks labels for a question."""

    name: str

    def learn(self, texts: Sequence[str], labels: Sequence[str]) -> None: ...

    def answer(self, questions: Sequence[str]) -> Answers: ...


def rivals(encoder: Encoder | None) -> list[Method]:
    """Every rival whose package is installed."""
    methods: list[Method] = [Fuzzy()]
    for package, found in (("bm25s", [Bm25(), Bm25(HITS)]), ("sklearn", [Regression()])):
        if importlib.util.find_spec(package):
            methods += found
        else:
            say(f"left out, as {package} is not installed: {', '.join(method.name for method in found)}")
    return [*methods, Neighbour(encoder)] if encoder else methods


class Fuzzy:
    """The phrasing with the highest token_set_ratio of rapidfuzz."""

    name = "rapidfuzz token_set_ratio, nearest phrasing"

    def learn(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._classes = _Classes(labels)
        self._texts = [utils.default_process(text) for text in texts]

    def answer(self, questions: Sequence[str]) -> Answers:
        asked = [utils.default_process(text) for text in questions]
        parts = (asked[start : start + CHUNK] for start in range(0, len(asked), CHUNK))
        return _joined([self._classes.nearest(self._scores(part)) for part in parts])

    def _scores(self, asked: list[str]) -> Scores:
        return np.asarray(process.cdist(asked, self._texts, scorer=fuzz.token_set_ratio, dtype=np.float32, workers=1))


class Bm25:
    """Okapi's BM25 on stemmed words (bm25s), the scores of each label's phrasings added up: all of them, or as from a
    search engine only those among so many best hits."""

    def __init__(self, hits: int | None = None) -> None:
        self.name = f"BM25, best {hits} hits summed per label" if hits else "BM25, summed per label"
        self._hits = hits

    def learn(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        import bm25s

        self._classes = _Classes(labels)
        self._index: Any = bm25s.BM25()
        self._index.index([_words(text) for text in texts], show_progress=False)

    def answer(self, questions: Sequence[str]) -> Answers:
        known = self._index.vocab_dict
        asked = [[word for word in _words(text) if word in known] for text in questions]
        return _joined([self._classes.summed(self._scores(words)[None, :]) for words in asked])

    def _scores(self, words: list[str]) -> Scores:
        """The scores of all phrasings, those below the best hits put to nothing."""
        size = self._classes.size
        scores = np.asarray(self._index.get_scores(words) if words else np.zeros(size), dtype=np.float32)
        if self._hits is None or self._hits >= size:
            return scores
        least = np.partition(scores, size - self._hits)[size - self._hits]
        return np.where(scores >= least, scores, np.float32(0))


class Regression:
    """TF-IDF of words and letters with logistic regression (scikit-learn)."""

    name = "TF-IDF + logistic regression"

    def learn(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline, make_union

        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32)
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32)
        self._model: Any = make_pipeline(make_union(words, letters), LogisticRegression(C=10, max_iter=300))
        self._model.fit(list(texts), list(labels))

    def answer(self, questions: Sequence[str]) -> Answers:
        return _ranked(self._model.predict_proba(list(questions)), list(self._model.classes_))


class Neighbour:
    """The phrasing whose MiniLM embedding is nearest (the publisher's own: last layer, mean of the words)."""

    name = "MiniLM, nearest phrasing"

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def learn(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._classes = _Classes(labels)
        self._rows = self._published(texts)

    def answer(self, questions: Sequence[str]) -> Answers:
        asked = self._published(questions)
        parts = (asked[start : start + CHUNK] for start in range(0, len(asked), CHUNK))
        return _joined([self._classes.nearest(part @ self._rows.T) for part in parts])

    def _published(self, texts: Sequence[str]) -> Scores:
        rows = self._encoder.embed(texts)
        return np.ascontiguousarray(rows[:, : rows.shape[1] // 2])


class _Classes:
    """From the scores of phrasings to the scores of labels."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.size = len(labels)
        self._names, numbers = np.unique(np.array(labels), return_inverse=True)
        self._order = np.argsort(numbers, kind="stable")
        self._starts = np.searchsorted(numbers[self._order], np.arange(len(self._names)))

    def nearest(self, scores: Scores) -> Answers:
        """A label is as good as its best phrasing."""
        return _ranked(np.maximum.reduceat(scores[:, self._order], self._starts, axis=1), self._names.tolist())

    def summed(self, scores: Scores) -> Answers:
        """A label is as good as its phrasings together."""
        return _ranked(np.add.reduceat(scores[:, self._order], self._starts, axis=1), self._names.tolist())


def _ranked(scores: npt.NDArray[Any], names: Sequence[str]) -> Answers:
    first = np.argsort(-scores, axis=1, kind="stable")[:, :3]
    return Answers(
        tuple(tuple(names[column] for column in row) for row in first), scores.max(axis=1).astype(np.float64)
    )


def _joined(parts: Sequence[Answers]) -> Answers:
    ranked = tuple(row for part in parts for row in part.ranked)
    return Answers(ranked, np.concatenate([part.confidence for part in parts]))


def _words(text: str) -> list[str]:
    return [stem(word) for word in utils.default_process(text).split()]
