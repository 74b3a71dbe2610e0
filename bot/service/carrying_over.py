"""A folder of AskFirst 0.1 -> the form of today, in its place. What stood there before is kept beside it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.errors import AskFirstError
from bot.knowledge import Approvals
from bot.knowledge.approvals import FILE as APPROVALS
from bot.knowledge.entries.migrating import NotCarriedOverError, carried_over
from bot.knowledge.files.syntax import UnreadableError, decoded
from bot.knowledge.handover_files import FILE as HANDOVERS
from bot.service.approving.files import write_approvals

KEPT = ".0.1"  # behind the name of a file as it was
_TRIAGE = "triage.yaml"
_FORMER_TRIAGE = r"^ +(?:concern|immediate|staff):"


class NotMigratedError(AskFirstError):
    """The folder was left as it was; the text says why, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the folder was not carried over, and nothing was written. {reason}")


@dataclass(frozen=True)
class CarriedOver:
    """What was done: how many entries in which files, and which files came from AskFirst itself."""

    entries: int
    files: tuple[str, ...]
    brought: tuple[str, ...]


def carry_over(folder: Path, shipped: Path) -> CarriedOver:
    """Bring the entries of this folder into the form of today. People, policies and tips stay as they are; what 0.1
    did not have, or had in a form that nothing can be made of, comes from `shipped`. Raises NotMigratedError before
    anything is written."""
    if not (folder / "entries").is_dir():
        raise NotMigratedError(f"{folder} holds no folder 'entries'. Name the knowledge folder of your school")
    found = {path: _read(path) for path in sorted((folder / "entries").glob("*.yaml"))}
    changed = {path: text for path, (text, number) in found.items() if number}
    try:
        for path, text in changed.items():
            _write(path, text)
        brought = tuple(_wanting(folder))
        for name in brought:
            _bring(shipped / name, folder / name)
        if changed and not (folder / APPROVALS).exists():
            write_approvals(folder, Approvals)
    except OSError as fault:
        said = f"{fault.filename} cannot be written: {fault.strerror}"
        raise AskFirstError(
            f"{said}. Mend that, and give the same command again: it goes on where it stopped"
        ) from None
    return CarriedOver(sum(number for _, number in found.values()), tuple(path.name for path in changed), brought)


def _wanting(folder: Path) -> Iterator[str]:
    """The files that AskFirst brings: handovers, and triage where it still has the three kinds of 0.1."""
    if not (folder / HANDOVERS).exists():
        yield HANDOVERS
    path = folder / _TRIAGE
    if not path.is_file() or re.search(_FORMER_TRIAGE, path.read_text(encoding="utf-8", errors="replace"), re.M):
        yield from (_TRIAGE, "triage/")


def _bring(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        if target.exists():
            _keep(target)
        shutil.copyfile(source, target)


def _keep(path: Path) -> None:
    """A file as it was, beside it, once and for all."""
    before = path.with_name(path.name + KEPT)
    if not before.exists():
        shutil.copy2(path, before)


def _read(path: Path) -> tuple[str, int]:
    try:
        return carried_over(decoded(path.read_bytes()))
    except OSError as fault:
        raise NotMigratedError(f"{path} cannot be read: {fault.strerror}") from None
    except UnreadableError as fault:
        raise NotMigratedError(f"{path}, line {fault.line}: {fault.problem}. {fault.remedy}") from None
    except (yaml.YAMLError, RecursionError):
        raise NotMigratedError(f"{path} is not valid YAML. Mend it with the AskFirst that you had") from None
    except NotCarriedOverError as fault:
        raise NotMigratedError(f"{path}, {fault}") from None


def _write(path: Path, text: str) -> None:
    """The new text in the place of the old one, whole or not at all."""
    _keep(path)
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(text, encoding="utf-8", newline="")
    shutil.copymode(path, aside)
    aside.replace(path)
