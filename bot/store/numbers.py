"""The numbers of concerns, and the receipts of their reporters: short, unguessable, without anything of the content."""

from __future__ import annotations

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that can be read as another


def as_receipt(typed: str) -> str:
    """A receipt or number as somebody typed it, with the letters that look like digits put right."""
    plain = "".join(char for char in typed.upper() if char.isascii() and char.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))


def digits_of(token: str, digits: int) -> str:
    """A hexadecimal token -> so many digits that people can read out."""
    number = int(token, 16)
    return "".join(_DIGITS[(number >> (5 * place)) & 31] for place in range(digits))
