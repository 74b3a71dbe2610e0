"""What somebody typed into a field -> a value, or the one sentence that says what is wrong with it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.errors import AskFirstError

NOTHING_WRITTEN = "Write a few words."
NOT_PICKED = "Pick from the list."
NO_NUMBER = "Write the number that stands in front of the line."
PAST_DAY = "This day has passed. Pick a later one, or leave it empty."
NOT_A_DAY = "This is not a day. Write it as 2026-11-23."
NOT_A_DAY_OR_EMPTY = "This is not a day. Write it as 2026-11-23, or leave it empty."
LONGEST_TEXT = 20_000  # characters of one text
_LONGEST_NUMBER = 9  # digits


class IncompleteError(AskFirstError):
    """The form cannot be taken as it stands: `problems` says what is wrong, by field id, in the order of the form."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"these fields are not filled in as they need to be: {', '.join(problems)}")
        self.problems = problems


def day_in(field: str, typed: str, needed: bool = False) -> dt.date | None:
    """The day that was typed into a field, None where it is empty. Raises IncompleteError."""
    try:
        return dt.date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise IncompleteError({field: NOT_A_DAY if needed else NOT_A_DAY_OR_EMPTY}) from None


def number_in(field: str, typed: str) -> int:
    """The number that was typed into a field. Raises IncompleteError."""
    digits = typed.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
        raise IncompleteError({field: NO_NUMBER})
    return int(digits)


def too_long(limit: int) -> str:
    """What is said of a text with more characters than `limit`."""
    return f"This is too long: up to {limit:,} characters."
