"""A message as the matcher and the triage see it: normal form, word and letter features, sentence embedding.

Read once, used by both. A short message is also read sentence by sentence, so that what is beside the point can be
told from the rest. A long one is read in parts, so that one sentence about a child is not drowned; of a very long one
the beginning, the end and the parts with most words of harm, so that it takes about a second at most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.knowledge import TriageData
from bot.understanding.encoder import Encoder
from bot.understanding.features import Featuriser, Row
from bot.understanding.language import MAX_CHARS, Language, NormalForm
from bot.understanding.learning import Array

LONG = 70  # words; about what the sentence model takes in well
PART = 45
MOST_PARTS = 11  # of one message: what the sentence model reads in half a second
ENDS = 2  # parts at the beginning and at the end that are read whatever they say
MOST_CHARS = 100_000  # more than any chat takes; beyond, the middle is not looked at
Role = Literal["whole", "part", "sentence"]
_SENTENCE = re.compile(r"(?<=[.!?;…])[\"'”’)]*\s+|\n+|\s+[-–—]+\s+")
_GAP = re.compile(r"[^\w'/-]+")
_NOT = re.compile(r"(?:(?<=ca)n|n)['’]t\b")


@dataclass(frozen=True)
class Reading:
    """One text, read: `sentence` is None where no sentence model is at hand. `role` is what it is of its message: a
    part is a good deal of a long one, a sentence one sentence of a short one."""

    form: NormalForm
    row: Row
    sentence: Array | None
    role: Role = "whole"


class TextReader:
    """Reads texts with one base's language and features."""

    def __init__(
        self, language: Language, featuriser: Featuriser, encoder: Encoder | None, harm: Sequence[re.Pattern[str]] = ()
    ) -> None:
        self.language, self.featuriser, self.encoder = language, featuriser, encoder
        self._harm = harm

    def read(self, text: str) -> Reading:
        """Any text -> Reading."""
        return self._read([text], "whole")[0]

    def _read(self, texts: Sequence[str], role: Role) -> list[Reading]:
        forms = [self.language.normalise(text) for text in texts]
        rows = self.encoder.embed([form.text for form in forms]) if self.encoder and forms else [None] * len(forms)
        return [Reading(form, self.featuriser.row(form), row, role) for form, row in zip(forms, rows, strict=True)]

    def read_parts(self, text: str) -> list[Reading]:
        """The whole text; then its sentences, where it has more than one, or of a long text its parts of some sentences
        each. Of more than can be read the parts that matter most stand for the whole."""
        parts = _parts(text if len(text) <= MOST_CHARS else f"{text[: MOST_CHARS // 2]} {text[-MOST_CHARS // 2 :]}")
        chosen = self._chosen(parts)
        whole = self.read(text if len(text) <= MAX_CHARS else " ".join(chosen))
        if len(whole.form.words) <= LONG and len(text) <= MAX_CHARS:
            return [whole, *self._read(_sentences(text), "sentence")]
        return [whole, *self._read(chosen, "part")]

    def _chosen(self, parts: list[str]) -> list[str]:
        """At most MOST_PARTS of them, in order: both ends, then those with most words of harm, then from all over."""
        if len(parts) <= MOST_PARTS:
            return parts
        ends = [*range(ENDS), *range(len(parts) - ENDS, len(parts))]
        harm = [self._harm_in(_rough(part)) for part in parts]
        worst = sorted((number for number, found in enumerate(harm) if any(found)), key=lambda number: harm[number])
        spread = range(0, len(parts), max(1, len(parts) // MOST_PARTS))
        return [
            parts[number] for number in sorted(list(dict.fromkeys([*ends, *reversed(worst), *spread]))[:MOST_PARTS])
        ]

    def _harm_in(self, text: str) -> tuple[int, ...]:
        return tuple(sum(1 for _ in pattern.finditer(text)) for pattern in self._harm)


def harm_of(data: TriageData) -> tuple[re.Pattern[str], ...]:
    """What tells of harm, the gravest first: the rules that no score overrides, then single words."""
    return tuple(
        re.compile("|".join(patterns) or r"(?!)") for patterns in ([rule.pattern for rule in data.rules], data.watch)
    )


def _rough(text: str) -> str:
    """Near enough to the normal form to look for harm in a text of any length."""
    return " ".join(_GAP.sub(" ", _NOT.sub(" not", text.lower())).split())


def _sentences(text: str) -> list[str]:
    """The sentences of a text of more than one; what stands between dashes counts as one."""
    found = [piece for piece in _SENTENCE.split(text) if any(char.isalnum() for char in piece)]
    return found if len(found) > 1 else []


def _parts(text: str) -> list[str]:
    parts: list[list[str]] = [[]]
    for sentence in re.split(r"(?<=[.!?\n;])\s+", text):
        for start in range(0, len(words := sentence.split()), PART):
            piece = words[start : start + PART]
            if parts[-1] and len(parts[-1]) + len(piece) > PART:
                parts.append([])
            parts[-1].extend(piece)
    return [" ".join(part)[:MAX_CHARS] for part in parts if part]
