"""Which words made a message sound like a concern, where that was learned and no rule says so. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from bot.answering.explaining.grounds import SMALL
from bot.understanding.fitting import Understanding
from bot.understanding.reading import Reading

_MOST_WORDS = 4
_WORTH = 0.2  # of a log-chance that a message loses without a word
_LONGEST = 60  # words that are left out one by one: each is a message to be read
_SURE = 1e-9


@dataclass(frozen=True)
class Weighed:
    """What weighed most: the gravest sentence, or part, of a message that has several (else empty), and the words of
    it, in their order, without which it would sound least like a concern. Words may be none: it may be all together."""

    sentence: str
    words: tuple[str, ...]


def weighed(understanding: Understanding, text: str) -> Weighed:
    """What weighed most in a message."""
    whole, *pieces = understanding.reader.read_parts(text)
    gravest = max(pieces, key=lambda piece: _gravity(understanding, piece)) if len(pieces) > 1 else whole
    return Weighed("" if gravest is whole else gravest.form.text, _words(understanding, gravest))


def _words(understanding: Understanding, reading: Reading) -> tuple[str, ...]:
    words = reading.form.words
    if len(words) > _LONGEST:
        return ()
    before = _gravity(understanding, understanding.reader.read(reading.form.text))
    lost = {
        word: before - _gravity(understanding, understanding.reader.read(" ".join(w for w in words if w != word)))
        for word in dict.fromkeys(words)
        if word not in SMALL
    }
    most = sorted((word for word in lost if lost[word] >= _WORTH), key=lambda word: -lost[word])[:_MOST_WORDS]
    return tuple(word for word in lost if word in most)


def _gravity(understanding: Understanding, reading: Reading) -> float:
    """How much a text by itself sounds like a concern."""
    chance = understanding.triage.sort([reading], understanding.reader.read).chance
    return log((chance + _SURE) / (1 - chance + _SURE))
