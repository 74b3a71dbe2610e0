"""What in a text may point to somebody: names, numbers, addresses. It is pointed at, and a person takes it out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from bot.knowledge import Knowledge
from bot.service.authoring.model import Pointed
from bot.understanding.wordlist import english

_ADDRESS = re.compile(
    r"(?i)\b[\w.+-]+@[\w-]+\.[\w.]+|\bhttps?://\S+|\bwww\.\S+|(?<!\w)@\w{3,}|"
    r"\b\d+[a-z]? (?:[A-Z][a-z]+ )+(?:street|road|avenue|lane|close|drive|way|court)\b|"
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
)
_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){4,}")  # of a telephone, a pupil, a car; not a year, a time or an age
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Madam|mr|mrs|ms)\.? [A-Z][\w'’-]+")
_WORD = re.compile(r"[A-Za-zÀ-ÿ][\w'’-]*")
_INITIALS = re.compile(r"\b[A-Z]\.? ?[A-Z]\. ?")
_EVERYWHERE = frozenset(
    "i english maths french german spanish science history geography ict pe re pshe dsl slt send senco ta ehcp kcsie "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december christmas easter diwali eid ramadan teams whatsapp facebook instagram "
    "snapchat tiktok google zoom chatgpt copilot gemini youtube outlook gmail cpoms myconcern ofsted prevent uk year "
    "england wales scotland ireland".split()
)
_OFTEN = 3


def pointed_in(text: str, allowed: frozenset[str] = frozenset()) -> tuple[Pointed, ...]:
    """Where something looks like a name, a number or an address. `allowed` are words that the base itself writes with a
    capital letter."""
    found: list[Pointed] = []
    for pattern, what in ((_ADDRESS, "an address"), (_NUMBER, "a number"), (_TITLED, "a name")):
        found += [Pointed(*each.span(), what) for each in pattern.finditer(text)]
    found += _names(text, allowed)
    return tuple(_apart(sorted(found, key=lambda each: (each.start, -each.end))))


@lru_cache(maxsize=8)
def _capitals(texts: tuple[str, ...]) -> frozenset[str]:
    counted = Counter(word for text in texts for word in set(_WORD.findall(text)[1:]) if word[0].isupper())
    return frozenset(_plain(word) for word, number in counted.items() if number >= _OFTEN)


def vocabulary(knowledge: Knowledge) -> frozenset[str]:
    """The words that a base itself writes with a capital letter within its titles, answers and ways of asking."""
    entries = knowledge.entries.values()
    return _capitals(tuple(text for entry in entries for text in (entry.title, entry.answer, *entry.texts)))


def _names(text: str, allowed: frozenset[str]) -> Iterator[Pointed]:
    """Words with a capital letter that are no words of every day: within a sentence any, at its beginning those that no
    word list has."""
    for each in _WORD.finditer(text):
        word, plain = each[0], _plain(each[0])
        known = plain in _EVERYWHERE or plain in allowed
        if not word[0].isupper() or known or len(plain) < 2 or (word.isupper() and len(word) <= 5):
            continue
        begins = not text[: each.start()].strip() or text[: each.start()].rstrip()[-1] in ".!?:\"'“‘("
        if not begins or plain not in english():
            yield Pointed(each.start(), each.end(), "a name")


def _plain(word: str) -> str:
    return re.sub(r"['’]s?$", "", word).lower()


def _apart(found: list[Pointed]) -> Iterator[Pointed]:
    end = -1
    for each in found:
        if each.start >= end:
            yield each
            end = each.end
