"""How texts are laid out on a terminal, and read from it."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable
from zoneinfo import ZoneInfo

from bot.errors import AskFirstError
from bot.knowledge import Person

WIDTH = 88


class StoppedTypingError(AskFirstError):
    """Somebody ended what they were asked (Ctrl-D, Ctrl-C, the end of a file) before anything was done with it."""

    def __init__(self) -> None:
        super().__init__("stopped: nothing was saved")


def typed(prompt: str, read: Callable[[str], str]) -> str:
    """A line that somebody types, asked for before anything is changed. Raises StoppedTypingError."""
    try:
        return read(prompt)
    except (EOFError, KeyboardInterrupt):
        raise StoppedTypingError from None


def wrapped(line: str) -> str:
    """One line, folded to the width of a terminal with its indent kept; without control characters."""
    line = printable(line)
    indent = " " * (len(line) - len(line.lstrip()) + (2 if line.startswith("  ") else 0))
    return textwrap.fill(line, WIDTH, subsequent_indent=indent, break_long_words=False) if line else ""


def printable(text: str) -> str:
    """Without the characters that a terminal would obey."""
    return "".join(char if char.isprintable() else " " for char in text)


def moment(at: dt.datetime, zone: ZoneInfo) -> str:
    """23 Nov 2026, 10:04."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def to_ring(person: Person) -> str:
    """A person with the number to ring."""
    return f"  {person.name}, {person.role}: {person.phone}"
