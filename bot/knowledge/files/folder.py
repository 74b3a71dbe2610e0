"""The files of a base, read once: what is served and its fingerprint come from the very same bytes.

Somebody may edit while the folder is read. Read twice, once for the words and once for the fingerprint, the old words
would go by the new fingerprint, and nobody would look at the folder again.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TypeGuard

from bot.knowledge.files.faults import Fault, KnowledgeError

READABLE = "See that it is a file, and that AskFirst may read it"
_ENDINGS = (".yaml", ".ics")
_UNDER = ("policies", "entries", "triage", "policy", "policies/own")  # looked into also where it is a link


@dataclass(frozen=True)
class BaseFiles:
    """What lay in `folder` when it was read: by name, the bytes of a file, or why it has none."""

    folder: Path
    contents: Mapping[str, bytes | OSError]

    def read(self, name: str) -> bytes:
        """The bytes of a file, by its name in the folder. Raises OSError, and FileNotFoundError for none."""
        found = self.contents.get(os.path.normpath(name))
        if found is None:
            raise FileNotFoundError(name)
        if isinstance(found, OSError):
            raise found
        return found

    def has(self, name: str) -> bool:
        """Whether there was something of this name; a link that leads nowhere is nothing."""
        found = self.contents.get(os.path.normpath(name))
        return found is not None and not isinstance(found, FileNotFoundError)

    def under(self, kind: str) -> list[str]:
        """The names of the .yaml files right in a folder of the base, in order."""
        deep = kind.count("/") + 1
        return [
            name for name in self.contents if PurePosixPath(name).match(f"{kind}/*.yaml") and name.count("/") == deep
        ]

    @cached_property
    def fingerprint(self) -> str:
        """A digest of every file: the same files give the same digest, any edit another. Of a file that could not be
        read it only says so, so that whoever looks for changes sees those of the others."""
        digest = hashlib.sha256()
        for name, content in self.contents.items():
            if isinstance(content, bytes):
                digest.update(name.encode("utf-8", "surrogateescape") + b"\0" + content + b"\0")
            elif _is_unreadable(content):
                digest.update(name.encode("utf-8", "surrogateescape") + b"\0\0unreadable\0")
        return digest.hexdigest()

    def check(self) -> None:
        """Raises KnowledgeError with every file that could not be read."""
        faults = [
            Fault(name, "", "", f"cannot be read ({(content.strerror or '').lower()})", READABLE)
            for name, content in self.contents.items()
            if _is_unreadable(content)
        ]
        if faults:
            raise KnowledgeError(tuple(faults))

    def copy_to(self, folder: Path) -> None:
        """Write every file that could be read below a folder. Raises OSError."""
        for name, content in self.contents.items():
            if isinstance(content, bytes):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)


def _is_unreadable(content: bytes | OSError) -> TypeGuard[OSError]:
    """Whether a file is there, and nobody can say what is in it; a folder or a link that leads nowhere is no file."""
    return isinstance(content, OSError) and not isinstance(content, FileNotFoundError | IsADirectoryError)


def read_files(folder: Path) -> BaseFiles:
    """folder -> what lies in it now."""
    found = {str(path.relative_to(folder)): path for path in _paths(folder)}
    return BaseFiles(folder, {name: _content(found[name]) for name in sorted(found, key=Path)})


def _paths(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
    for kind in _UNDER:
        yield from (folder / kind).glob("*.yaml")


def _content(path: Path) -> bytes | OSError:
    try:
        if path.is_dir():
            return IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        return path.read_bytes()
    except OSError as fault:
        return fault
