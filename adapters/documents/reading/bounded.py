"""A file on disk -> what it holds, read in a process of its own: whatever is in it, this one goes on."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import cattrs

from adapters.documents.reading.limits import (
    MEGABYTE,
    MOST_BYTES,
    SECONDS,
    DocumentError,
    UnreadableContentError,
)
from bot.errors import AskFirstError, FileError
from bot.knowledge.policies.importing.blocks import ReadDocument

# What a process needs to begin. No key and no address of the database is told to one that reads what strangers wrote.
_TOLD = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")
_AGAIN = "Open it, save it anew as .docx or .pdf, and give that"


def read_document(path: Path, leave_out: Collection[int] = ()) -> tuple[ReadDocument, bytes]:
    """A file -> (what it holds, its bytes); `leave_out` are pages of a PDF that somebody said hold no rules. Raises
    DocumentError, and FileError where it cannot be opened."""
    content = _content(path)
    try:
        return read_bytes(path.name, content, leave_out), content
    except UnreadableContentError as fault:
        raise DocumentError(str(path), fault.problem, fault.remedy) from fault


def read_bytes(name: str, content: bytes, leave_out: Collection[int] = ()) -> ReadDocument:
    """The name of a file and its bytes -> what it holds. Raises UnreadableContentError."""
    return _read(name, content, leave_out)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(path.stat().st_mode):
                raise DocumentError(str(path), "it is no file", "Name a document")
            content = file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise FileError(fault, path) from fault
    if len(content) > MOST_BYTES:
        problem = f"it is larger than {MOST_BYTES // MEGABYTE} MB"
        raise DocumentError(str(path), problem, "Save it with smaller pictures, or cut it into parts")
    return content


def _read(name: str, content: bytes, leave_out: Collection[int]) -> ReadDocument:
    pages = ",".join(map(str, sorted(leave_out)))
    command = [sys.executable, "-P", "-m", "adapters.documents.reading.child", name, pages]
    told = {each: os.environ[each] for each in _TOLD if each in os.environ}
    try:
        done = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=2 * SECONDS, check=False, env=told
        )
    except subprocess.TimeoutExpired as fault:
        raise UnreadableContentError("it takes longer to read than a document may", _AGAIN) from fault
    said: Any = _said(done.stdout)
    if "missing" in said:
        raise AskFirstError(said["missing"])
    if "problem" in said:
        raise UnreadableContentError(said["problem"], said["remedy"])
    return cattrs.structure(said, ReadDocument)


def _said(output: bytes) -> Any:
    """What the process said before it ended; of one that was ended, what that most likely means."""
    try:
        return json.loads(output)
    except ValueError as fault:
        raise UnreadableContentError(
            "it is damaged, or takes more memory or time to read than a document may", _AGAIN
        ) from fault
