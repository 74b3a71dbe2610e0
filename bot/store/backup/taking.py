"""`askfirst backup`: the database into a file."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.errors import FileError
from bot.store.backup.copying import Copied, copy_out, sqlite_file
from bot.store.backup.manifest import FORMAT, BackupError, Manifest, checksum, read, write
from bot.store.backup.putting import KeyedDatabase, prepared

KEYS_DO_NOT_OPEN = (
    "the backup was written, but the keys at hand do not open it. Run this with the ASKFIRST_KEYS of the server: "
    "without them nobody can read it"
)


def take(url: str, file: Path, version: str, now: dt.datetime) -> Manifest:
    """Write the database at `url` into `file`; `version` is AskFirst's own. A backup that is there is replaced, and
    nothing else. Raises BackupError, StoreError or FileError, and then `file` is as it was."""
    _refuse_to_lose(url, file)
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:  # made with mode 0700
            rows = Path(folder) / "askfirst.db"
            manifest = _manifest(copy_out(url, rows), rows, version, now)
            write(file, rows, manifest)
    except OSError as fault:
        raise FileError(fault, file) from None
    return manifest


def can_be_opened(file: Path, place: KeyedDatabase) -> None:
    """Raise VaultError where the keys of this place do not open what `take` has written."""
    with prepared(file, place):
        pass


def _manifest(copied: Copied, rows: Path, version: str, now: dt.datetime) -> Manifest:
    taken_at = now.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    size, digest = rows.stat().st_size, checksum(rows)
    return Manifest(FORMAT, version, taken_at, copied.schools, copied.revision, copied.rows, size, digest)


def _refuse_to_lose(url: str, file: Path) -> None:
    """A slip in the name must overwrite nothing but an older backup: least of all the database itself."""
    database = sqlite_file(make_url(url))
    if database is not None and file.resolve() == database.resolve():
        raise BackupError(f"{file} is the database itself. Name another file")
    if file.exists():
        read(file)
