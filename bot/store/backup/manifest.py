"""The file of a backup: a zip with a manifest, and the rows as an SQLite database. The keys are not in it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.errors import AskFirstError, FileError

FORMAT = 1
_MANIFEST, _ROWS = "manifest.json", "askfirst.db"
_LARGEST_MANIFEST = 1_000_000  # bytes
_PIECE = 1 << 20
# What Python's zip raises on damage, besides its own: a flipped bit may name a method that it does not know.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError,
           struct.error, OverflowError, TypeError)  # fmt: skip


class BackupError(AskFirstError):
    """A backup cannot be made, read or put back."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: of which version and migration it is, whose rows and how many of each table, when
    it was taken, and the length and checksum of the rows."""

    format: int
    askfirst: str
    taken_at: str
    schools: tuple[str, ...]
    revision: str
    rows: Mapping[str, int]
    bytes: int
    sha256: str

    @property
    def taken(self) -> dt.datetime:
        """The moment at which it was taken."""
        return dt.datetime.fromisoformat(self.taken_at)


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, rows: Path, manifest: Manifest) -> None:
    """Write aside, then rename: whoever reads `path` finds a whole backup or the one before. For its owner's eyes only.
    Raises FileError."""
    try:
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".backup-")  # made with mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                    archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))
                    archive.write(rows, _ROWS)
                file.flush()
                os.fsync(file.fileno())
            Path(aside).replace(path)
        finally:
            Path(aside).unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as fault:
        raise FileError(fault, path) from None


def read(path: Path) -> Manifest:
    """What a backup says of itself. Raises BackupError where it is none or damaged, FileError."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _manifest(archive)
    except _DAMAGE:
        raise _damaged(path) from None
    except OSError as fault:
        raise FileError(fault, path) from None


def unpack(path: Path, rows: Path) -> Manifest:
    """Write the rows of a backup to `rows`. Raises BackupError where anything of it is not as it was written."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            with archive.open(_ROWS) as source, rows.open("wb") as file:
                left = manifest.bytes
                # No more than it says of itself: a damaged length must not fill the disk.
                while piece := source.read(min(_PIECE, left + 1)):
                    file.write(piece)
                    left -= len(piece)
    except _DAMAGE:
        raise _damaged(path) from None
    except OSError as fault:
        raise FileError(fault, path) from None
    if left or checksum(rows) != manifest.sha256:
        raise _damaged(path)
    return manifest


def sync_folder(folder: Path) -> None:
    """Make sure that what was renamed there stays so when the power goes, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
        raise ValueError
    found = json.loads(archive.read(_MANIFEST))
    if found["format"] != FORMAT:
        newer = isinstance(found["format"], int) and found["format"] > FORMAT
        raise BackupError("this backup was made by a newer AskFirst. Install that version") if newer else ValueError
    manifest = Manifest(**{**found, "schools": tuple(found["schools"])})
    if not re.fullmatch("[0-9]{4}", manifest.revision) or manifest.taken.tzinfo is None or manifest.bytes < 0:
        raise ValueError
    return manifest


def _damaged(path: Path) -> BackupError:
    return BackupError(f"{path}: this is no backup of AskFirst, or it is damaged or cut off. Take another one")
