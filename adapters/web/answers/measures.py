"""What is counted of a draft while it is written: words and characters left, and how hard it is to read. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.knowledge.authoring import EntryText
from bot.knowledge.entries.rules import LONGEST_BADGE, MOST_CITES, MOST_WORDS
from bot.service.authoring.checking import FEWEST_OWN

_AGED = 11
_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True)
class Measure:
    """One count in words; `over` says that it is beyond what is allowed or advised."""

    id: str
    words: str
    over: bool = False


def measures(text: EntryText, new: bool) -> dict[str, Measure]:
    """Every count of a draft by its id."""
    age, left = reading_age(f"{text.answer} {text.why} {text.instead}"), MOST_WORDS - text.words
    found = [
        Measure("badge", _left(LONGEST_BADGE - len(text.badge), "character"), len(text.badge) > LONGEST_BADGE),
        Measure("words", f"{_left(left, 'word')} for answer, reason and instead together", left < 0),
        Measure("age", f"Reading age about {age}" if age else "Reading age: nothing written yet", age > _AGED + 2),
        Measure("cites", f"{len(text.cites)} picked, of at most {MOST_CITES}", not 1 <= len(text.cites) <= MOST_CITES),
        _of_list("phrasings", len(text.phrasings), FEWEST_OWN if new else 0),
        _of_list("opposites", len(text.opposites), 0),
    ]
    return {each.id: each for each in found}


def reading_age(text: str) -> int:
    """The age at which somebody reads this with ease (Flesch and Kincaid); 0 for no words."""
    words = re.findall(r"[A-Za-z][A-Za-z']*", text)
    if not words:
        return 0
    sentences = max(len([each for each in _SENTENCE.split(text) if each.strip()]), 1)
    grade = 0.39 * len(words) / sentences + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59
    return max(round(grade + 5), 6)


def _syllables(word: str) -> int:
    plain = word.lower().removesuffix("'s")
    heard = len(_VOWELS.findall(plain)) - (plain.endswith("e") and not plain.endswith("le"))
    return max(heard, 1)


def _left(left: int, what: str) -> str:
    plural = "" if abs(left) == 1 else "s"
    return f"{left} {what}{plural} left" if left >= 0 else f"{-left} {what}{plural} too many"


def _of_list(name: str, number: int, fewest: int) -> Measure:
    return Measure(name, f"{number} written" + (f", of at least {fewest}" if fewest else ""), number < fewest)
