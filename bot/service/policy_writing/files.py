"""The files that are written into knowledge/policy/, each whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.errors import AskFirstError
from bot.service.approving.files import begin_aside

_MODE = 0o644  # whoever runs the server reads what somebody else has written
_WIDTH = 116


class PolicyError(AskFirstError):
    """Nothing was written; the text says why, and what to do."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"nothing was written. {reason}")


class WritingNowError(PolicyError):
    """Somebody else writes the same file at this moment; a second later it can be done."""


def write_yaml(path: Path, head: str, data: Callable[[], Any]) -> None:
    """Write data under its comment, see `write_whole`."""
    write_whole(path, lambda: head + dumped(data()))


def write_whole(path: Path, text: Callable[[], str]) -> None:
    """Write a file, whole or not at all; nobody else writes it while `text` is worked out. Raises PolicyError."""
    path = path.resolve()
    aside = path.with_name(f".{path.name}.new")
    try:
        handle = begin_aside(aside, _MODE)
    except FileExistsError:
        raise WritingNowError(
            f"Somebody else is writing {path.name}, or {aside} was left behind: then it is taken away in a minute. Try "
            "again"
        ) from None
    except OSError as fault:
        raise _unwritable(path, fault) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as fault:
        raise _unwritable(path, fault) from None
    finally:
        aside.unlink(missing_ok=True)


def dumped(data: Any) -> str:
    """Plain data as YAML that is read beside files that people edit: each innermost list on a line of its own."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, default_flow_style=None, sort_keys=False, width=_WIDTH)


class _Dumper(yaml.SafeDumper):
    """Without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _unwritable(path: Path, fault: OSError) -> PolicyError:
    return PolicyError(f"{path} cannot be written: {fault.strerror}. Ask whoever looks after the server")
