"""The one base of every error that a person is shown, and what of any error may stand in a log."""

from __future__ import annotations

import errno
from pathlib import Path

_REMEDIES = {
    errno.ENOENT: "Check the name, and that its folder is there",
    errno.EISDIR: "It is a folder: name a file",
    errno.ENOTDIR: "A part of that path is a file: name a folder that is there",
    errno.EEXIST: "Name a file that is not there yet",
    errno.EACCES: "Ask whoever looks after this computer for the right to it",
    errno.EPERM: "Ask whoever looks after this computer for the right to it",
    errno.EROFS: "Name a place that can be written to",
    errno.ENOSPC: "Make room on the disk",
    errno.ENAMETOOLONG: "Write a shorter name",
}


class AskFirstError(Exception):
    """Its text says what is wrong, where, and what to do; the outermost boundary prints it and nothing else."""


def without_content(fault: BaseException) -> str:
    """An error in words for the log. Ours say what to do; of any other only the type is known to hold nothing that
    people wrote."""
    return str(fault) if isinstance(fault, AskFirstError) else type(fault).__name__


class FileError(AskFirstError):
    """A file that cannot be read or written: its name, what is wrong, what to do. `path` is for where the fault does
    not know it."""

    def __init__(self, fault: OSError, path: Path | str | None = None) -> None:
        remedy = _REMEDIES.get(fault.errno or 0, "Check the file, the disk and the rights")
        super().__init__(f"{path or fault.filename}: {(fault.strerror or type(fault).__name__).lower()}. {remedy}")
