"""Numbers as they are printed before a rule: "3.1", "(b)", "iv.". Pure."""

from __future__ import annotations

import re

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MOST = 3999  # Roman numbers end there
# Typed by hand: several numbers with dots, or one with a dot or bracket behind it. "2020 was", "3 staff",
# "A. Deputy", and "appendix 1." where a sentence ends with it are none.
_TYPED = re.compile(
    r"(?P<number>(?:(?:S(?i:ection)|P(?i:art)|A(?i:ppendix|nnexe?))\s+\w{1,4}(?=[\s:.–-])|\(?\d{1,3}(?:\.\d{1,3}){1,5}\.?\)?(?!\w)"
    r"|\(?\d{1,2}[.)](?!\d)|\(?[a-z][.)](?!\w)|\(?[A-Z]\)|\(?[ivx]{1,5}[.)](?!\w)))[\s:–-]*(?P<text>\S.*)",
    re.S,
)


def typed_number(text: str) -> tuple[str, str]:
    """A text -> (the number typed at its beginning, the rest); an empty number where there is none."""
    found = _TYPED.fullmatch(text)
    if found is None or not any(char.isalnum() for char in found["text"]):
        return "", text
    return found["number"], found["text"]


def bare(number: str) -> str:
    """A number without what stands around it: "(3.1.)" -> "3.1"."""
    return number.strip("().: ")


def roman(value: int) -> str:
    """1 -> "i"; what Roman numbers cannot say stays in figures."""
    if not 0 < value <= _MOST:
        return str(value)
    written = ""
    for worth, letters in _ROMAN:
        written += letters * (value // worth)
        value %= worth
    return written


def letters(value: int) -> str:
    """1 -> "a", 27 -> "aa", as word processors count."""
    if not 0 < value <= _MOST:
        return str(value)
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
