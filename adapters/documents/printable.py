"""What somebody typed -> what a page can show of it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

BOX = "□"  # stands for whatever the font has no picture of
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def printable(text: str, shown: Container[int]) -> str:
    """Every character that is in `shown` (code points of a font), a BOX for each that is not; what has no picture of
    its own is left out, marks that would turn the reading direction around above all."""
    lines = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", "    ")
    return "".join(_printed(char, shown) for char in lines)


def _printed(char: str, shown: Container[int]) -> str:
    if char == "\n" or " " <= char <= "~":
        return char
    if _is_unseen(char):
        return ""
    if unicodedata.category(char) in ("Cc", "Cs") or ord(char) not in shown:
        return BOX
    return char


def _is_unseen(char: str) -> bool:
    if "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef":  # choose between pictures of one character
        return True
    shown = unicodedata.bidirectional(char) == "AN"  # such as the Arabic sign for a year
    return unicodedata.category(char) == "Cf" and not shown


def needs_shaping(text: str) -> bool:
    """Whether it has letters that are written from right to left."""
    return any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text)


def starts_right(text: str) -> bool:
    """Whether its first letter is one that is written from right to left."""
    strong = (kind for char in text if (kind := unicodedata.bidirectional(char)) in ("L", *_RIGHT_TO_LEFT))
    return next(strong, "L") in _RIGHT_TO_LEFT
