"""`askfirst backup FILE`: the database as one file, while the server runs. The keys are not in it."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from importlib.metadata import version
from pathlib import Path

from bot.errors import AskFirstError, FileError
from bot.settings import Settings
from bot.store import VaultError
from bot.store.backup.manifest import BackupError, Manifest
from bot.store.backup.putting import KeyedDatabase
from bot.store.backup.taking import KEYS_DO_NOT_OPEN, can_be_opened, take

APART = (
    "The keys are not in it, and without them nobody can read it, ever. Keep them in another place than your backups: "
    "askfirst backup FILE --keys KEYFILE writes them down."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and whether the keys are written too."""
    parser.add_argument("file", metavar="FILE", type=Path, help="where to; an older backup of this name is replaced")
    parser.add_argument(
        "--keys", metavar="KEYFILE", type=Path, help="write the keys too, to a file of their own that is not there yet"
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write it, and say what is in it. Raises AskFirstError where it was not written, or cannot be opened again."""
    if parsed.keys and parsed.keys.absolute().parent == parsed.file.absolute().parent:
        raise BackupError(f"{parsed.keys}: this is the folder of the backup. Keep the keys in another place")
    manifest = take(settings.database, parsed.file, version("askfirst"), dt.datetime.now(dt.UTC))
    try:
        can_be_opened(parsed.file, KeyedDatabase(settings.database, settings.keys, settings.demo_key))
    except VaultError:
        raise AskFirstError(f"{parsed.file}: {KEYS_DO_NOT_OPEN}") from None
    print(_said(parsed.file, manifest))
    if parsed.keys:
        write_keys(parsed.keys, settings)
        print(f"{parsed.keys}: the keys. Whoever has both can read everything: take this file away from here.")
    else:
        print(APART)
    return 0


def write_keys(file: Path, settings: Settings) -> None:
    """The keys that open the database, for their owner's eyes only. Raises BackupError for a file that holds anything
    else, and FileError."""
    keys = settings.keys or (settings.demo_key.read_text(encoding="ascii").strip(),)
    text = f"ASKFIRST_KEYS={','.join(keys)}\n"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if file.read_text(encoding="utf-8", errors="replace") == text:
            return
        raise BackupError(f"{file}: there is another file already. Name one that is not there yet") from None
    except OSError as fault:
        raise FileError(fault, file) from None
    with os.fdopen(handle, "w", encoding="ascii") as written:
        written.write(text)
        written.flush()
        os.fsync(handle)


def _said(file: Path, manifest: Manifest) -> str:
    schools = ", ".join(manifest.schools) or "no school yet"
    concerns = manifest.rows.get("concerns", 0)
    return f"{file}: the database of {schools}, {concerns} concern{'s' * (concerns != 1)}, {manifest.bytes:,} bytes."
