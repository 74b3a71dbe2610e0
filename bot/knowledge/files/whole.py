"""A file of the base, written whole or not at all: the one way in which any of them is written."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from bot.errors import AskFirstError

_LEFT_BEHIND = 60.0  # seconds
_MODE = 0o644  # whoever runs the server reads what somebody else has written


class UnwrittenError(AskFirstError):
    """Nothing was written; the text says why, and what to do."""


class BeingWrittenError(UnwrittenError):
    """Somebody else writes the same file at this moment; a second later it can be done."""


def write_whole(path: Path, text: Callable[[], str]) -> None:
    """Write a file anew, whole or not at all; nobody else writes it in this way while `text` is worked out. Raises
    UnwrittenError, and whatever `text` raises."""
    path = path.resolve()
    aside = path.with_name(f".{path.name}.new")
    try:
        handle = _begin(aside)
    except FileExistsError:
        raise _being_written(path, aside) from None
    except OSError as fault:
        raise unwritable(path, fault) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            try:
                file.write(text())
                file.flush()
                os.fsync(handle)
                os.fchmod(handle, _MODE | (path.stat().st_mode & 0o777 if path.exists() else 0))
                if not _is_there(aside, handle):  # it took so long that somebody thought it left behind
                    raise _being_written(path, aside)
                aside.replace(path)
            finally:
                if _is_there(aside, handle):
                    aside.unlink()
    except OSError as fault:
        raise unwritable(path, fault) from None


def _is_there(aside: Path, handle: int) -> bool:
    """Whether the file aside is the one that was opened here."""
    try:
        return os.path.samestat(aside.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _being_written(path: Path, aside: Path) -> BeingWrittenError:
    return BeingWrittenError(
        f"Somebody else is writing {path.name}, or {aside} was left behind: then it is taken away in a minute. "
        "Try again"
    )


def unwritable(path: Path, fault: OSError) -> UnwrittenError:
    """What is said of a file that the system does not let anybody write."""
    return UnwrittenError(f"{path} cannot be written: {fault.strerror}. Ask whoever looks after the server")


def _begin(aside: Path) -> int:
    """Make the file aside. One that a process left behind when it was ended is taken away: nobody writes for so long.
    Raises OSError, and FileExistsError where somebody is writing."""
    with contextlib.suppress(FileNotFoundError):
        if time.time() - aside.stat().st_mtime > _LEFT_BEHIND:
            aside.unlink()
    return os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
