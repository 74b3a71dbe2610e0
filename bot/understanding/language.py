"""A message -> its normal form: what the matcher and the triage read instead of what was typed.

Unicode is folded, controls go, spellings and school slang are written out (knowledge/lexicon.yaml), and words that
nobody knows are corrected, towards the base's own words first and a general word list second. The second list keeps a
right but rare word from being "corrected" into the base's (without it, questions that are none of ours look like ours).
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge import Knowledge, Lexicon
from bot.understanding.wordlist import english

MAX_CHARS = 4000  # what is read of one message; more than anybody types, and it bounds the work

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_WORD = re.compile(r"[^\W_]+(?:[-'/][^\W_]+)*")
_YEAR = re.compile(r"\b(?:y|yr|yrs|year|years)\s?(\d{1,2})(?:'?s)?\b")
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen".split()
_YEAR_WORD = re.compile(rf"\byears? ({'|'.join(_NUMBERS)})s?\b")
_UNUSUAL = re.compile(r"[^ -~\n\t]")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_LONGEST_SPELLING = 4
_COMMON = 12_000  # an unknown word is only corrected into one of the commonest; rarer ones merely count as right
_stemmers = threading.local()  # a stemmer keeps the word it works on, so each thread has its own


@dataclass(frozen=True)
class NormalForm:
    """`words` in order for the word features, `text` (the same, joined) for the sentence model, and every
    correction made as (typed, read as), for `askfirst ask --why`."""

    words: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    cut: bool

    @property
    def text(self) -> str:
        return " ".join(self.words)


class Language:
    """Knows the words of one base. Immutable once made; safe to share between threads."""

    def __init__(self, lexicon: Lexicon, own: Mapping[str, int], general: Mapping[str, int]) -> None:
        self._spellings = {tuple(typed.split()): tuple(meant.split()) for typed, meant in lexicon.spellings.items()}
        self._group_of = {word: name for name, words in lexicon.groups.items() for word in words}
        meant = {word for words in self._spellings.values() for word in words}
        self._own = {**dict.fromkeys(meant | set(self._group_of), 1), **own}
        self._known = frozenset(self._own) | lexicon.ordinary | frozenset(general)
        self._as_typed = self._known - {typed[0] for typed in self._spellings}  # most words: with nothing to look up
        self._by_length = _by_length(self._own)
        common = sorted(general, key=lambda word: -general[word])[:_COMMON]
        self._general_by_length = _by_length({word: general[word] for word in common if word not in self._own})
        self._corrected = lru_cache(maxsize=20_000)(self._correct)

    def normalise(self, text: str) -> NormalForm:
        """text as typed -> NormalForm. Any text is accepted: empty, huge, markup, another language."""
        cut = len(text) > MAX_CHARS
        typed = _WORD.findall(_fold(text[:MAX_CHARS]))
        changes: list[tuple[str, str]] = []
        words: list[str] = []
        position = 0
        while position < len(typed):
            if typed[position] in self._as_typed:
                words.append(typed[position])
                position += 1
                continue
            length, meant = self._spelling_at(typed, position)
            if not length:
                length, meant = 1, (self._corrected(typed[position]),)
            was, now = " ".join(typed[position : position + length]), " ".join(meant)
            if was != now:
                changes.append((was, now))
            words.extend(meant)
            position += length
        return NormalForm(tuple(words), tuple(changes), cut)

    def group(self, word: str) -> str | None:
        """The name of the group in which a word counts as one with others, if it is in any."""
        return self._group_of.get(word) or self._group_of.get(word.removesuffix("'s"))

    def knows(self, word: str) -> bool:
        """Whether the base itself uses the word (a word of the general list alone is not known to it)."""
        return word in self._own

    def _spelling_at(self, typed: list[str], position: int) -> tuple[int, tuple[str, ...]]:
        for length in range(min(_LONGEST_SPELLING, len(typed) - position), 0, -1):
            meant = self._spellings.get(tuple(typed[position : position + length]))
            if meant is not None:
                return length, meant
        return 0, ()

    def _correct(self, word: str) -> str:
        if word in self._known or not word.isascii():
            return word
        stem = word.removesuffix("'s").removesuffix("s'")
        if stem in self._known:
            return stem
        short = _REPEATED.sub(r"\1\1", stem)
        for candidate in (short, _REPEATED.sub(r"\1", stem)):
            if candidate in self._known:
                return candidate
        if len(short) < 4 or not short.isalpha() or self._is_compound(word):
            return word
        return _nearest(short, self._by_length) or _nearest(short, self._general_by_length) or word

    def _is_compound(self, word: str) -> bool:
        return all(part in self._known for part in re.split(r"[-/]", word)) and bool(re.search(r"[-/]", word))


def make_language(knowledge: Knowledge, general: Mapping[str, int] | None = None) -> Language:
    """The language of one base. `general` (word -> frequency) is a list of right English words, the shipped one by
    default."""
    right = english() if general is None else general
    counts = _count(_base_texts(knowledge))
    written = _count(entry.title for entry in knowledge.entries.values())
    own = {word: number for word, number in counts.items() if number >= 3 or word in written or word in right}
    return Language(knowledge.lexicon, {**written, **own}, right)


def _base_texts(knowledge: Knowledge) -> Iterable[str]:
    for entry in knowledge.entries.values():
        yield from entry.texts
        yield from (each.text for each in entry.not_this)
    yield from (example.text for example in knowledge.triage.examples)
    yield from knowledge.triage.asides
    yield from (each.text for each in knowledge.outside)
    for kind in knowledge.smalltalk.values():
        yield from kind.examples


def _count(texts: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for word, number in Counter(word for text in texts for word in _WORD.findall(_fold(text))).items():
        counts[word.removesuffix("'s")] += number
    return counts


def _fold(text: str) -> str:
    """One form for what looks alike; controls and direction marks become spaces; emoji become their names."""
    folded = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    if not folded.isascii():
        folded = _UNUSUAL.sub(lambda found: _plain(found[0]), folded)
    folded = _YEAR.sub(r"year \1", folded)
    return _YEAR_WORD.sub(lambda found: f"year {_NUMBERS.index(found[1]) + 1}", folded)


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "So":
        return f" {unicodedata.name(char, '').lower()} "
    if category == "Mn":
        return ""
    return " " if category[0] == "C" and char not in "\n\t" else char


def _by_length(words: Mapping[str, int]) -> dict[int, tuple[list[str], list[int]]]:
    table: dict[int, tuple[list[str], list[int]]] = {}
    for word, number in sorted(words.items(), key=lambda item: (-item[1], item[0])):
        if word.isalpha() and len(word) > 2:
            bucket = table.setdefault(len(word), ([], []))
            bucket[0].append(word)
            bucket[1].append(number)
    return table


def _nearest(word: str, table: dict[int, tuple[list[str], list[int]]]) -> str | None:
    """The word within one edit (two from seven letters on), the commonest of the nearest; None where there is none."""
    allowed = 1 if len(word) < 7 else 2
    best: tuple[int, int, str] | None = None
    for length in range(len(word) - allowed, len(word) + allowed + 1):
        words, counts = table.get(length, ([], []))
        for found, distance, index in process.extract(
            word, words, scorer=OSA.distance, score_cutoff=allowed, processor=None, limit=5
        ):
            candidate = (int(distance), -counts[index], found)
            if best is None or candidate < best:
                best = candidate
    return best[2] if best else None


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending (the Snowball stemmer for English)."""
    if not hasattr(_stemmers, "english"):
        _stemmers.english = snowballstemmer.stemmer("english")
    stemmed: str = _stemmers.english.stemWord(word.replace("'", ""))
    return stemmed
