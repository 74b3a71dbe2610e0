"""A message as the matcher and the triage see it: normal form, word and letter features, sentence embedding.

Read once, used by both. A long message is also read in parts, so that one sentence about a child is not drowned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.encoder import Encoder
from bot.understanding.features import Featuriser, Row
from bot.understanding.language import MAX_CHARS, Language, NormalForm
from bot.understanding.learning import Array

LONG = 70  # words; about what the sentence model takes in well
PART = 45


@dataclass(frozen=True)
class Reading:
    """One text, read: `sentence` is None where no sentence model is at hand."""

    form: NormalForm
    row: Row
    sentence: Array | None


class TextReader:
    """Reads texts with one base's language and features."""

    def __init__(self, language: Language, featuriser: Featuriser, encoder: Encoder | None) -> None:
        self.language, self.featuriser, self.encoder = language, featuriser, encoder

    def read(self, text: str) -> Reading:
        """Any text -> Reading."""
        form = self.language.normalise(text)
        sentence = self.encoder.embed([form.text])[0] if self.encoder else None
        return Reading(form, self.featuriser.row(form), sentence)

    def read_parts(self, text: str) -> list[Reading]:
        """The whole text, and where it is long also its parts of some sentences each."""
        whole = self.read(text)
        if len(whole.form.words) <= LONG:
            return [whole]
        return [whole, *(self.read(part) for part in _parts(text[:MAX_CHARS]))]


def _parts(text: str) -> list[str]:
    parts: list[list[str]] = [[]]
    for sentence in re.split(r"(?<=[.!?\n;])\s+", text):
        for start in range(0, len(words := sentence.split()), PART):
            piece = words[start : start + PART]
            if parts[-1] and len(parts[-1]) + len(piece) > PART:
                parts.append([])
            parts[-1].extend(piece)
    return [" ".join(part) for part in parts if part]
