"""approvals.yaml, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from bot.errors import AskFirstError
from bot.knowledge import Approvals
from bot.knowledge.approvals import FILE
from bot.knowledge.approvals.reading import read_approvals
from bot.knowledge.approvals.text import as_text
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse

_LEFT_BEHIND = 60.0  # seconds
_MODE = 0o644  # whoever runs the server reads what somebody else has written


class NotApprovedError(AskFirstError):
    """Nothing was written; the text says why, and what to do."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"nothing was approved or taken back. {reason}")


def write_approvals(folder: Path, change: Callable[[], Approvals]) -> Approvals:
    """Write what `change` makes of the approvals as they stand now, and give it back. Nobody else writes meanwhile.
    Raises NotApprovedError."""
    made: list[Approvals] = []

    def text() -> str:
        made.append(change())
        return _proved(made[0])

    write_text(folder, text)
    return made[0]


def write_text(folder: Path, text: Callable[[], str]) -> None:
    """Write approvals.yaml anew, whole or not at all; nobody else writes it while `text` is worked out. Raises
    NotApprovedError."""
    write_whole((folder / FILE).resolve(), text)


def write_whole(path: Path, text: Callable[[], str]) -> None:
    """Write a file anew, whole or not at all; nobody else writes it in this way while `text` is worked out. Raises
    NotApprovedError."""
    aside = path.with_name(f".{path.name}.new")
    try:
        handle = begin_aside(aside, _MODE)
    except FileExistsError:
        raise NotApprovedError(
            f"Somebody else is approving, or {aside} was left behind: then it is taken away in a minute. Try again"
        ) from None
    except OSError as fault:
        raise _unwritable(path, fault) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text())
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), _MODE | (path.stat().st_mode & 0o777 if path.exists() else 0))
        aside.replace(path)
    except OSError as fault:
        raise _unwritable(path, fault) from None
    finally:
        aside.unlink(missing_ok=True)


def begin_aside(aside: Path, mode: int) -> int:
    """Make the file aside. One that a process left behind when it was ended is taken away: nobody writes for so long.
    Raises OSError, and FileExistsError where somebody is writing."""
    with contextlib.suppress(FileNotFoundError):
        if time.time() - aside.stat().st_mtime > _LEFT_BEHIND:
            aside.unlink()
    return os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)


def _proved(approvals: Approvals) -> str:
    """The text, once it was read back as what was approved."""
    text, faults = as_text(approvals), Faults()
    data, _ = parse(text)
    if read_approvals(YamlFields(faults, FILE, "", data), faults) != approvals or faults.found:
        raise NotApprovedError(f"An answer holds what {FILE} cannot keep. Look for odd characters in it")
    return text


def _unwritable(path: Path, fault: OSError) -> NotApprovedError:
    return NotApprovedError(f"{path} cannot be written: {fault.strerror}. Ask whoever looks after the server")
