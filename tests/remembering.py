"""A base that is asked thousands of times over for texts with the same sentences in them: each of these is read and
ranked once. The answers are those of the base itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from bot.answering.dialogue import Base
from bot.understanding.features import Row
from bot.understanding.learning import Array
from bot.understanding.ranking.ranker import Ranker, Scores
from bot.understanding.reading import Reading, Role, TextReader


class _Reader(TextReader):
    """Keeps what it has read."""

    def __init__(self, reader: TextReader) -> None:
        super().__init__(reader.language, reader.featuriser, reader.encoder, reader._harm)
        self._known: dict[tuple[str, Role], Reading] = {}

    def _read(self, texts: Sequence[str], role: Role) -> list[Reading]:
        for text in texts:
            if (text, role) not in self._known:
                (self._known[text, role],) = super()._read([text], role)
        return [self._known[text, role] for text in texts]


@contextmanager
def remembering(base: Base) -> Iterator[Base]:
    """The base, as long as it is asked so."""
    ranked: dict[int, tuple[Row, Scores]] = {}  # with the row itself: another would else come to have its number
    score = Ranker.score

    def once(ranker: Ranker, row: Row, sentence: Array | None) -> Scores:
        if id(row) not in ranked:
            ranked[id(row)] = row, score(ranker, row, sentence)
        return ranked[id(row)][1]

    reader = _Reader(base.understanding.reader)
    with patch.object(Ranker, "score", once):
        yield replace(base, understanding=replace(base.understanding, reader=reader))
