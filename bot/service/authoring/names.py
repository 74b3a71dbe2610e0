"""What in a text may point to somebody: names, numbers, addresses. It is pointed at, and a person takes it out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.knowledge import Knowledge
from bot.service.authoring.model import Pointed

_ADDRESS = re.compile(  # of a bounded length, or a long text without a space takes time with its square
    r"(?i)\b[\w.+-]{1,64}@[\w-]+\.[\w.]+|\bhttps?://\S+|\bwww\.\S+|(?<!\w)@\w{3,}|"
    r"\b\d+[a-z]? (?:[A-Z][a-z]+ )+(?:street|road|avenue|lane|close|drive|way|court)\b|"
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
)
_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){4,}")  # of a telephone, a pupil, a car; not a year, a time or an age
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Madam|mr|mrs|ms)\.? [A-Z][\w'’-]+")
_WORD = re.compile(r"[A-Za-zÀ-ÿ][\w'’-]*")
_EVERYWHERE = frozenset(
    "i english maths french german spanish science history geography ict pe re pshe dsl slt send senco ta ehcp kcsie "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december christmas easter diwali eid ramadan teams whatsapp facebook instagram "
    "snapchat tiktok google zoom chatgpt copilot gemini youtube outlook gmail cpoms myconcern ofsted prevent uk year "
    "england wales scotland ireland".split()
)
_OFTEN = 3
_SHORT = 5  # letters of what is written in capitals alone, as DSL or SENCO is


@dataclass(frozen=True)
class Vocabulary:
    """The words that bases themselves write within a sentence: with a capital letter, often; and in small letters."""

    capitals: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def __or__(self, other: Vocabulary) -> Vocabulary:
        return Vocabulary(self.capitals | other.capitals, self.words | other.words)


def pointed_in(text: str, known: Vocabulary) -> tuple[Pointed, ...]:
    """Where something looks like a name, a number or an address."""
    found: list[Pointed] = []
    for pattern, what in ((_ADDRESS, "an address"), (_NUMBER, "a number"), (_TITLED, "a name")):
        found += [Pointed(*each.span(), what) for each in pattern.finditer(text)]
    found += _names(text, known)
    return tuple(_apart(sorted(found, key=lambda each: (each.start, -each.end))))


@lru_cache(maxsize=8)
def _of_texts(texts: tuple[str, ...]) -> Vocabulary:
    counted = Counter(word for text in texts for word in set(_WORD.findall(text)[1:]))
    capitals = (_plain(word) for word, number in counted.items() if word[0].isupper() and number >= _OFTEN)
    return Vocabulary(frozenset(capitals), frozenset(_plain(word) for word in counted if word[0].islower()))


def vocabulary(knowledge: Knowledge) -> Vocabulary:
    """The words of a base's titles, answers and ways of asking."""
    entries = knowledge.entries.values()
    return _of_texts(tuple(text for entry in entries for text in (entry.title, entry.answer, *entry.texts)))


def without(known: Vocabulary, no_names: Collection[str]) -> Vocabulary:
    """The words, with those among them of which somebody says that they are nobody's name."""
    return Vocabulary(known.capitals | {_plain(word) for word in no_names}, known.words) if no_names else known


def _names(text: str, known: Vocabulary) -> Iterator[Pointed]:
    """Words with a capital letter that are no words of every day: within a sentence any, at its beginning those that
    the base has not in small letters."""
    for each in _WORD.finditer(text):
        word, plain = each[0], _plain(each[0])
        common = plain in _EVERYWHERE or plain in known.capitals
        if not word[0].isupper() or common or len(plain) < 2 or (word.isupper() and len(word) <= _SHORT):
            continue
        begins = not text[: each.start()].strip() or text[: each.start()].rstrip()[-1] in ".!?:\"'“‘("
        if not begins or plain not in known.words:
            yield Pointed(each.start(), each.end(), "a name", plain)


def _plain(word: str) -> str:
    return re.sub(r"['’]s?$", "", word).lower()


def _apart(found: list[Pointed]) -> Iterator[Pointed]:
    end = -1
    for each in found:
        if each.start >= end:
            yield each
            end = each.end
