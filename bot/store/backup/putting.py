"""`askfirst restore`: what a backup holds, made ready aside, then put in the place of a database in one step.

A process that dies in between leaves the database that was there, or the new one, never half of either: on SQLite the
last step is one renaming, on PostgreSQL the end of one transaction.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import sqlite3
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from bot.errors import FileError
from bot.store.backup.copying import (
    beginning,
    copy_rows,
    is_whole,
    opened,
    reflected,
    revision_of,
    single_file,
    sqlite_file,
)
from bot.store.backup.manifest import BackupError, Manifest, read, sync_folder, unpack
from bot.store.backup.restores import mark_restored, say_restored
from bot.store.backup.target import NEEDS_REPLACE, RUNNING, look_at
from bot.store.database import Database, StoreError, told
from bot.store.opening import NEWEST, open_database, place_of
from bot.store.schema import metadata
from bot.store.sealing.chain import Chain

_ALONGSIDE = ("-wal", "-shm")


@dataclass(frozen=True)
class KeyedDatabase:
    """A database by its URL, and the keys that open it; without any, those of the demo."""

    url: str
    keys: tuple[str, ...]
    demo_key: Path


@dataclass(frozen=True)
class PutBack:
    """What was put back, and where the database that was there is kept; empty where there was none."""

    manifest: Manifest
    aside: str


@dataclass(frozen=True)
class _Prepared:
    manifest: Manifest
    rows: Path
    database: Database


def put_back(
    place: KeyedDatabase, file: Path, now: dt.datetime, *, replace: bool, schools: Sequence[str] = ()
) -> PutBack:
    """Put the backup `file` in the place of a database. `schools` are those that are served from it, also where they
    had no rows yet. Raises BackupError, StoreError, VaultError or FileError, and then the database is as it was."""
    url = place.url
    target = sqlite_file(make_url(url))
    read(file)
    with told(place_of(url)):
        # Looked at first, so that nobody waits for what is refused in the end; and again when it comes to it.
        if target is None:
            with beginning(url) as connection:
                look_at(connection, replace, now)
        else:
            _look_at_file(target, replace, now)
        folder = target.parent if target else None
        with prepared(file, place, folder) as ready:
            served = sorted({*ready.manifest.schools, *schools})
            with ready.database.transaction() as connection:
                until = mark_restored(connection, served, ready.manifest.taken, now)
                for school in served:
                    say_restored(Chain(ready.database, school), connection, ready.manifest.taken, until, now)
            ready.database.close()
            single_file(ready.rows)
            if target is None:
                aside = _into_postgres(url, ready.rows, replace, now)
            else:
                aside = _into_file(target, ready.rows, replace, now)
        return PutBack(ready.manifest, aside)


@contextlib.contextmanager
def prepared(file: Path, place: KeyedDatabase, folder: Path | None = None) -> Iterator[_Prepared]:
    """A backup's rows in a file of their own, proved whole and migrated; the place's keys open it. Raises as above."""
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as aside:  # made with mode 0700
            rows = Path(aside) / "askfirst.db"
            rows.touch(mode=0o600)
            manifest = unpack(file, rows)
            if manifest.revision > NEWEST:
                newer = f"it was made by AskFirst {manifest.askfirst}, which is newer. Install that version"
                raise BackupError(f"{file}: {newer}")
            _refuse_foreign(file, rows, manifest)
            database = open_database(f"sqlite:///{rows}", place.keys, place.demo_key)
            try:
                yield _Prepared(manifest, rows, database)
            finally:
                database.close()
    except OSError as fault:
        raise FileError(fault, folder or file) from None


def _refuse_foreign(file: Path, rows: Path, manifest: Manifest) -> None:
    """The checksum fits: what is in it must be a database of ours with a key of its own, and of that migration."""
    url = f"sqlite:///{rows}"
    try:
        with opened(rows) as plain:
            whole = is_whole(plain)
        with beginning(url, reading=True) as connection:
            kept = connection.execute(sa.text("SELECT count(*) FROM vault WHERE name = 'index'")).scalar_one()
            fits = whole and kept == 1 and revision_of(connection) == manifest.revision
    except (sqlite3.DatabaseError, DBAPIError):
        fits = False
    if not fits:
        raise BackupError(f"{file}: what is in it is no database of AskFirst. Take another backup")


# --- SQLite


def _look_at_file(target: Path, replace: bool, now: dt.datetime) -> None:
    """The same look at a file: one that is no database any more is what a backup is for, once somebody says so."""
    if not target.exists() or not target.stat().st_size:
        return
    try:
        with beginning(f"sqlite:///{target}", reading=True) as connection:
            look_at(connection, replace, now)
    except DBAPIError as fault:
        _refuse_unless_broken(target, fault.orig, replace)


def _refuse_unless_broken(target: Path, fault: BaseException | None, replace: bool) -> None:
    if isinstance(fault, sqlite3.OperationalError) or not isinstance(fault, sqlite3.DatabaseError):
        raise StoreError(f"{target}: the database that is there cannot be read. Stop what uses it, and try again")
    if not replace:
        raise BackupError(f"{target}: the database that is there is damaged, and {NEEDS_REPLACE}")


def _into_file(target: Path, rows: Path, replace: bool, now: dt.datetime) -> str:
    _look_at_file(target, replace, now)
    kept = _kept_aside(target, now)
    with rows.open("rb") as file:
        os.fsync(file.fileno())
    rows.replace(target)
    sync_folder(target.parent)
    return kept


def _kept_aside(target: Path, now: dt.datetime) -> str:
    """A second name for the database that is there, which must be in one file by then: what SQLite keeps beside it
    would be taken for a part of the new one. Empty where there is none."""
    kept = target.with_name(
        _free(f"{target.name}.before-restore-", now, [each.name for each in target.parent.iterdir()])
    )
    if not target.exists() or not target.stat().st_size:
        _move_alongside(target, kept)
        return ""
    try:
        single_file(target)
    except StoreError:
        raise BackupError(RUNNING) from None
    except sqlite3.DatabaseError:
        _move_alongside(target, kept)
    os.link(target, kept)
    sync_folder(target.parent)
    return str(kept)


def _move_alongside(target: Path, kept: Path) -> None:
    """Of a damaged database, as it is."""
    for end in _ALONGSIDE:
        beside = target.with_name(target.name + end)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + end))


# --- PostgreSQL


def _into_postgres(url: str, rows: Path, replace: bool, now: dt.datetime) -> str:
    """One transaction: it locks everybody out, moves the tables that are there into a schema of their own, makes them
    anew and fills them."""
    kept = ""
    with beginning(url) as connection, beginning(f"sqlite:///{rows}", reading=True) as source:
        tables = reflected(connection).tables
        _lock_everybody_out(connection, tables)
        if look_at(connection, replace, now):
            kept = _free("before_restore_", now, sa.inspect(connection).get_schema_names())
            _make_schema(connection, kept)
        for name in tables:
            table = _quoted(connection, name)
            done = f"ALTER TABLE {table} SET SCHEMA {kept}" if kept else f"DROP TABLE {table} CASCADE"
            connection.execute(sa.text(done))
        metadata.create_all(connection)
        copy_rows(source, connection)
        _count_on(connection)
    return kept and f"the schema {kept}"


def _lock_everybody_out(connection: Connection, tables: Iterable[str]) -> None:
    try:
        for name in tables:
            connection.execute(sa.text(f"LOCK TABLE {_quoted(connection, name)} IN ACCESS EXCLUSIVE MODE"))
    except OperationalError:  # somebody holds one for longer than we wait
        raise BackupError(RUNNING) from None


def _make_schema(connection: Connection, name: str) -> None:
    try:
        connection.execute(sa.text(f"CREATE SCHEMA {name}"))
    except ProgrammingError:
        raise BackupError(
            "the database that is there cannot be kept aside: its user may make no schema. Let it (GRANT CREATE ON "
            "DATABASE ... TO ...), or put the backup into an empty database"
        ) from None


def _count_on(connection: Connection) -> None:
    """Rows that come in after this get numbers above those that were put back."""
    for name, table in reflected(connection).tables.items():
        for column in table.primary_key.columns:
            sequence = sa.func.pg_get_serial_sequence(_quoted(connection, name), column.name)
            found = connection.execute(sa.select(sequence)).scalar()
            if found and (largest := connection.execute(sa.select(sa.func.max(column))).scalar()):
                connection.execute(sa.select(sa.func.setval(found, largest)))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _free(begin: str, now: dt.datetime, taken: Collection[str]) -> str:
    """A name with the time in it that nothing has yet: a restore that died may have left one behind."""
    name = f"{begin}{now.astimezone(dt.UTC):%Y%m%d_%H%M%S}"
    names = itertools.chain((name,), (f"{name}_{number}" for number in itertools.count(2)))
    return next(each for each in names if each not in taken)
