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
from bot.understanding.courtesy import without_courtesy
from bot.understanding.encoder import Encoder
from bot.understanding.features import Featuriser, Row
from bot.understanding.language import MAX_CHARS, Language, NormalForm
from bot.understanding.learning import Array
from bot.understanding.wordlist import english

LONG = 70  # words; about what the sentence model takes in well
PART = 45
MOST_PARTS = 11  # of one message: what the sentence model reads in half a second
MOST_GRAVE = 2  # sentences of a long one that tell of harm and are read by themselves too
OF_VERY_LONG = 8  # the same of one that has to be looked through for them first
MOST_SENTENCES = 20  # of a short one: seventy of a word each cost as much as a long message
ENDS = 2  # parts at the beginning and at the end that are read whatever they say
STRANGE_IN_PART = 10  # words of a part that nobody knows: more are no slips of the finger
LONGEST_WORD = 40  # characters
TOKENS_OF_PART = 64  # pieces of words that the sentence model reads of a part, about: its 45 words have fewer
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
        self,
        language: Language,
        featuriser: Featuriser,
        encoder: Encoder | None,
        harm: Sequence[Sequence[re.Pattern[str]]] = (),
    ) -> None:
        self.language, self.featuriser, self.encoder = language, featuriser, encoder
        self._harm = harm

    def read(self, text: str) -> Reading:
        """Any text -> Reading."""
        return self.read_all([text])[0]

    def read_all(self, texts: Sequence[str]) -> list[Reading]:
        """Several texts at once, each read as a whole one."""
        return self._read(texts, "whole")

    def _read(self, texts: Sequence[str], role: Role) -> list[Reading]:
        forms = [self.language.normalise(text) for text in texts]
        said = [" ".join(_in_brief(form.words)) if role == "part" else form.text for form in forms]
        rows = self.encoder.embed(said) if self.encoder and said else [None] * len(said)
        return [Reading(form, self.featuriser.row(form), row, role) for form, row in zip(forms, rows, strict=True)]

    def read_parts(self, text: str) -> list[Reading]:
        """The whole text; then its sentences, where it has more than one, or of a long text its parts of some sentences
        each. Of more than can be read the parts that matter most stand for the whole. Courtesy is left out."""
        text = without_courtesy(text)
        parts = _parts(text if len(text) <= MOST_CHARS else f"{text[: MOST_CHARS // 2]} {text[-MOST_CHARS // 2 :]}")
        chosen = self._chosen(list(dict.fromkeys(parts)), MOST_PARTS if len(text) <= MAX_CHARS else OF_VERY_LONG)
        short = len(text) <= MAX_CHARS and len(text.split()) <= LONG
        whole = self.read(text if short else " ".join(map(self._tamed, parts if len(text) <= MAX_CHARS else chosen)))
        if short and len(whole.form.words) <= LONG:
            return [whole, *self._read(self._chosen(sentences_of(text), MOST_SENTENCES), "sentence")]
        grave = [each for part in chosen for each in sentences_of(part) if any(self._harm_in(_rough(each)))]
        return [whole, *self._read([self._tamed(part) for part in [*chosen, *grave[:MOST_GRAVE]]], "part")]

    def _tamed(self, part: str) -> str:
        """A part of a long message without most of the words that are none: each of them is looked up in the whole
        list of words, and takes the sentence model several times as long as a word."""
        kept: list[str] = []
        strange = 0
        for word in part.split():
            known = _is_word(word, self.language)
            strange += not known
            if known or strange <= STRANGE_IN_PART:
                kept.append(word[:LONGEST_WORD])
        return " ".join(kept)

    def _chosen(self, parts: list[str], most: int) -> list[str]:
        """At most so many of them, in order: both ends, then those with most words of harm, then from all over."""
        if len(parts) <= most:
            return parts
        ends = [*range(ENDS), *range(len(parts) - ENDS, len(parts))]
        harm = [self._harm_in(_rough(part)) for part in parts]
        worst = sorted((number for number, found in enumerate(harm) if any(found)), key=lambda number: harm[number])
        spread = range(0, len(parts), max(1, len(parts) // most))
        return [parts[number] for number in sorted(list(dict.fromkeys([*ends, *reversed(worst), *spread]))[:most])]

    def _harm_in(self, text: str) -> tuple[int, ...]:
        return tuple(sum(len(pattern.findall(text)) for pattern in patterns) for patterns in self._harm)


def _is_word(word: str, language: Language) -> bool:
    plain = word.lower().replace("’", "'").strip(".,;:!?()[]\"'").removesuffix("'s")
    return plain in english() or language.knows(plain)


def _in_brief(words: Sequence[str]) -> Sequence[str]:
    """As many words as the sentence model takes in. It reads a word that it knows as one piece or two, and anything
    else letter by letter."""
    left = float(TOKENS_OF_PART)
    for number, word in enumerate(words):
        left -= 1 if word in english() else len(word) / (2 if word.isascii() else 1)
        if left < 0:
            return words[: max(number, 1)]
    return words


def harm_of(data: TriageData) -> tuple[tuple[re.Pattern[str], ...], ...]:
    """What tells of harm, the gravest first: the rules that no score overrides, then single words. The rules stand one
    by one: joined, they take three times as long to look for."""
    return tuple(re.compile(rule.pattern) for rule in data.rules), (re.compile("|".join(data.watch) or r"(?!)"),)


def _rough(text: str) -> str:
    """Near enough to the normal form to look for harm in a text of any length."""
    return " ".join(_GAP.sub(" ", _NOT.sub(" not", text.lower())).split())


def sentences_of(text: str) -> list[str]:
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
