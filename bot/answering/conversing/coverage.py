"""Whether an entry speaks of what a message names: by words, whatever their ending or spelling. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.answering.answers import spoken_of
from bot.answering.turns import Base
from bot.knowledge import Entry
from bot.understanding.language import Language, stem
from bot.understanding.reading import Reading

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


def named_in(base: Base, reading: Reading) -> frozenset[str]:
    """The words of a message that name something."""
    return frozenset(reading.form.words) - base.knowledge.lexicon.subjectless.empty


def speaks_of(base: Base, entry: Entry, facts: Mapping[str, str], named: Iterable[str]) -> bool:
    """Whether the approved words that are shown of an entry, where these facts are known, hold all of it."""
    language = base.understanding.reader.language
    spoken = spoken_of(base.knowledge, entry, facts)
    shown = (entry.title, entry.note or "", spoken.badge, spoken.answer, spoken.why, spoken.instead)
    approved = _keys(language, " ".join(shown))
    return all(_key(language, word) in approved for word in named)


def is_asked_with(base: Base, entry: Entry, named: Iterable[str]) -> bool:
    """Whether people who want this entry ask with each of these words."""
    language = base.understanding.reader.language
    asked = {key for each in entry.phrasings for key in _keys(language, each.text)}
    return all(_key(language, word) in asked for word in named)


def _keys(language: Language, text: str) -> set[str]:
    return {_key(language, word) for word in _WORD.findall(text.lower().replace("’", "'"))}


def _key(language: Language, word: str) -> str:
    """What words of one meaning share."""
    return language.group(word) or stem(word.removesuffix("'s"))
