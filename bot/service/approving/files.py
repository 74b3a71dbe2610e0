"""approvals.yaml, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.errors import AskFirstError
from bot.knowledge import Approvals
from bot.knowledge.approvals import FILE
from bot.knowledge.approvals.reading import read_approvals
from bot.knowledge.approvals.text import as_text
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.files.whole import UnwrittenError, write_whole


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
    try:
        write_whole(folder / FILE, text)
    except UnwrittenError as fault:
        raise NotApprovedError(str(fault)) from None


def _proved(approvals: Approvals) -> str:
    """The text, once it was read back as what was approved."""
    text, faults = as_text(approvals), Faults()
    data, _ = parse(text)
    if read_approvals(YamlFields(faults, FILE, "", data), faults) != approvals or faults.found:
        raise NotApprovedError(f"An answer holds what {FILE} cannot keep. Look for odd characters in it")
    return text
