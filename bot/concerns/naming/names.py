"""How names are compared: however their letters are put together, and whatever keyboard they were typed on."""

from __future__ import annotations

import re
import unicodedata

TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir"})
SHORTEST_PART = 3  # letters of a name that stand for it alone
# Where nobody knew a name something else stands in its place: "unknown boy, Year 8".
NO_NAMES = frozenset({"unknown", "unnamed", "boy", "girl", "pupil", "child", "student", "year", "class", "the"})
# First names that are words of every day: alone they tell of nobody.
EVERYDAY = frozenset({"may", "will", "mark", "grace", "hope", "rose", "sunny", "summer", "april", "june"})


def composed(text: str) -> str:
    """A text with each letter in one form, and one kind of apostrophe."""
    return unicodedata.normalize("NFKC", text).replace("’", "'")


def folded_name(text: str) -> str:
    """The same in small letters: two that give the same here are one name."""
    return composed(text).casefold()


def untitled(name: str) -> str:
    """A name as it is written, without titles."""
    return " ".join(word for word in name.split() if word.strip(".").casefold() not in TITLES)


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
