"""How names are compared: however their letters are put together, and whatever keyboard they were typed on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

TITLES = frozenset("mr mrs ms miss mx dr prof professor rev sir madam dame".split())
SHORTEST_PART = 3  # letters of a name that stand for it alone
# Where nobody knew a name something else stands in its place: "unknown boy, Year 8".
NO_NAMES = frozenset({"unknown", "unnamed", "boy", "girl", "pupil", "child", "student", "year", "class", "the"})
# First names that are words of every day: alone they tell of nobody.
EVERYDAY = frozenset({"may", "will", "mark", "grace", "hope", "rose", "sunny", "summer", "april", "june"})


# What Unicode does not take apart by itself: letters that are not a plain one with a mark, and kinds of apostrophe.
_APOSTROPHES = {ord(each): "'" for each in "’‘ʼ`´"}
_LETTERS = _APOSTROPHES | str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss",
        "Ł": "L", "Ø": "O", "Đ": "D", "Ð": "D", "Þ": "Th", "Æ": "Ae", "Œ": "Oe", "ẞ": "SS",
    }
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def composed(text: str) -> str:
    """A text with each letter in one form, and one kind of apostrophe."""
    return unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))


def plain(text: str) -> str:
    """A text in the plain letters that any keyboard has: without accents, and with one kind of apostrophe."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(char for char in apart if not unicodedata.combining(char))


def folded_name(text: str) -> str:
    """The same in small letters: two that give the same here are one name."""
    return plain(text).casefold()


def name_words(typed: str) -> list[str]:
    """The words of a name, folded, without titles and apostrophes: of two names that are one they are the same."""
    return [word for word in _WORD.findall(folded_name(typed).replace("'", "")) if word not in TITLES]


def untitled(name: str) -> str:
    """A name as it is written, without titles."""
    return " ".join(word for word in name.split() if word.strip(".,()").casefold() not in TITLES)


def given_name(name: str) -> str:
    """The first name, folded, where it tells of somebody also alone and in small letters; empty where it does not."""
    words = folded_name(untitled(name)).split()
    first = words[0].strip(",.") if words else ""
    no_name = len(first) < SHORTEST_PART or first in EVERYDAY or not NO_NAMES.isdisjoint(words)
    return "" if no_name or not first[0].isalpha() else first


def full_name_in(name: str, text: str) -> bool:
    """Whether a whole name, without its titles, stands in a text."""
    wanted = r"\s+".join(map(re.escape, folded_name(untitled(name)).split()))
    return bool(wanted) and re.search(rf"(?<!\w){wanted}(?!\w)", folded_name(text)) is not None


def found_in(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where a pattern of plain letters is found in a text, whatever accents that has: from where to where."""
    letters = [(letter, place) for place, char in enumerate(text) for letter in plain(char)]
    places = [*(place for _, place in letters), len(text)]
    for found in pattern.finditer("".join(letter for letter, _ in letters)):
        yield places[found.start()], places[found.end()]
