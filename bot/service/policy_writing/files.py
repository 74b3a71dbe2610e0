"""The files that are written into knowledge/policy/, each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.errors import AskFirstError
from bot.knowledge.files.whole import BeingWrittenError, UnwrittenError, write_whole

_WIDTH = 116


class PolicyError(AskFirstError):
    """Nothing was written; the text says why, and what to do."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"nothing was written. {reason}")


class WritingNowError(PolicyError):
    """Somebody else writes the same file at this moment; a second later it can be done."""


def write_yaml(path: Path, head: str, data: Callable[[], Any]) -> None:
    """Write data under its comment, see `write_policy`."""
    write_policy(path, lambda: head + dumped(data()))


def write_policy(path: Path, text: Callable[[], str]) -> None:
    """Write a file, whole or not at all; nobody else writes it while `text` is worked out. Raises PolicyError."""
    try:
        write_whole(path, text)
    except BeingWrittenError as fault:
        raise WritingNowError(str(fault)) from None
    except UnwrittenError as fault:
        raise PolicyError(str(fault)) from None


def dumped(data: Any) -> str:
    """Plain data as YAML that is read beside files that people edit: each innermost list on a line of its own."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, default_flow_style=None, sort_keys=False, width=_WIDTH)


class _Dumper(yaml.SafeDumper):
    """Without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
