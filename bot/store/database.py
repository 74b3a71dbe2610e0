"""One database, used in transactions: SQLite by default, PostgreSQL by its URL. `bot.store.opening` opens it."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import AskFirstError
from bot.store import schema
from bot.store.sealing.vault import Vault, VaultError

BUSY = 4  # seconds that a writer waits for another on SQLite
_MIGRATING = 4_611_686  # the advisory lock under which replicas that start together migrate one after the other
_KEYS_IN_USE = _MIGRATING + 1  # the one that whoever writes shares, and whoever makes the index keys anew has alone
_INDEX = sa.select(schema.vault.c.value).where(schema.vault.c.name == "index")
CHANGED = (
    "the keys of the database were made anew while this process ran (askfirst keys leaked), and it does not know them. "
    "Nothing was written. Restart it"
)


class StoreError(AskFirstError):
    """The database cannot be opened or used."""


def milliseconds(at: dt.datetime) -> int:
    """A moment -> what is stored."""
    return round(at.timestamp() * 1000)


def moment(stored: int) -> dt.datetime:
    """What is stored -> the moment, in UTC."""
    return dt.datetime.fromtimestamp(stored / 1000, dt.UTC)


class Database:
    """An engine with its vault. It may be used from any thread."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.engine = engine
        self.vault = vault
        self._reading = engine.execution_options(reading=True)
        self.postgres = engine.dialect.name == "postgresql"
        self._writing = threading.Lock()
        self._kept: bytes | None = None  # the sealed index keys when they were last found to be ours

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, committed at the end. Raises StoreError where the database cannot be used: what was to be
        written is then not stored, or (where the answer to the commit was lost) nobody can say."""
        with told(), self._turn(), self.engine.begin() as connection:
            self._same_keys(connection, share=True)
            yield connection

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[Connection]:
        """A transaction that waits until nobody else writes, and keeps everybody from it. Raises StoreError."""
        with told(), self._turn(), self.engine.begin() as connection:
            if self.postgres:
                connection.execute(sa.text("SET LOCAL lock_timeout = 60000"))
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_KEYS_IN_USE)))
            self._same_keys(connection)
            yield connection

    @contextlib.contextmanager
    def forgetting(self) -> Iterator[Connection]:
        """A transaction that deletes what somebody wrote: when it is over, that is in no file of the database."""
        with self.transaction() as connection:
            yield connection
        self.settle()

    def _same_keys(self, connection: Connection, *, share: bool = False) -> None:
        """Whether the index keys are still those of this process: with others it would find nothing that is there,
        and write what nobody finds."""
        if share and self.postgres:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_KEYS_IN_USE)))
        kept = connection.execute(_INDEX).scalar()
        if kept is not None and kept == self._kept:
            return
        try:
            same = kept is not None and self.vault.has_index(bytes(kept))
        except VaultError:
            same = False
        if not same:
            raise StoreError(CHANGED)
        self._kept = kept

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite has one writer, and lets the others sleep for up to a tenth of a second at a time: the threads of this
        process wait for each other here instead, and go on at once."""
        if self.postgres:
            yield
            return
        if not self._writing.acquire(timeout=BUSY):
            raise StoreError("the database is busy. Try again")
        try:
            yield
        finally:
            self._writing.release()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and so waits for no writer. Raises StoreError."""
        with told(), self._reading.begin() as connection:
            self._same_keys(connection)
            yield connection

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """The same, with everything as it was at one moment however long the reading takes. Raises StoreError."""
        with told(), self._reading.begin() as connection:
            if self.postgres:  # SQLite's transactions are so anyway; it must be said before anything is read
                connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            self._same_keys(connection)
            yield connection

    def settle(self) -> bool:
        """Bring SQLite's write-ahead log into the file and cut it off, so that what was overwritten or deleted lies
        nowhere any more; whether that was done. Somebody who reads at that moment puts it off to the next time."""
        return self.postgres or self._outside("PRAGMA wal_checkpoint(TRUNCATE)")

    def sweep(self) -> bool:
        """Write SQLite's file anew without its free pages; whether that was done."""
        return self.postgres or (self._outside("VACUUM") and self.settle())

    def _outside(self, statement: str) -> bool:
        """A statement of SQLite outside of every transaction, without waiting for other processes."""
        try:
            with self._turn(), contextlib.closing(self.engine.raw_connection()) as connection:
                cursor = connection.cursor()
                cursor.execute("PRAGMA busy_timeout=0")
                try:
                    row = cursor.execute(statement).fetchone()
                finally:
                    cursor.execute(f"PRAGMA busy_timeout={BUSY * 1000}")
                return row is None or not row[0]
        except (sqlite3.Error, SQLAlchemyError, StoreError):  # what it comes after was stored all the same
            return False

    def now(self) -> dt.datetime:
        """The database's own clock on PostgreSQL, so that replicas agree; this machine's on SQLite."""
        if not self.postgres:
            return dt.datetime.now(dt.UTC)
        with self.reading() as connection:
            found: dt.datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
            return found.astimezone(dt.UTC)

    def insert_new(self, connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
        """Insert a row unless its key is there already, also where two processes meet; whether it was new."""
        statement = postgresql.insert(table) if self.postgres else sqlite.insert(table)
        key = next(iter(table.primary_key.columns))
        new = connection.execute(statement.values(row).on_conflict_do_nothing().returning(key))
        return new.first() is not None

    def locked(self, query: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
        """The query with its rows of `table` locked; SQLite has one writer anyway."""
        return query.with_for_update(of=table) if self.postgres else query

    def skipping(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """The query with its rows locked, without those that another process has locked: processes that look at the
        same moment take different rows, instead of waiting for each other."""
        return query.with_for_update(skip_locked=True) if self.postgres else query

    def make(self, metadata: sa.MetaData) -> None:
        """Make tables of somebody else's where they are missing, one replica after the other."""
        with self.transaction() as connection, alone(connection):
            metadata.create_all(connection)

    def close(self) -> None:
        self.engine.dispose()


@contextlib.contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """While other replicas wait: SQLite's own write lock, an advisory lock on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
    connection.execute(sa.text("SET LOCAL statement_timeout = 60000"))
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
    yield


@contextlib.contextmanager
def told(place: str = "") -> Iterator[None]:
    """A fault of the database -> StoreError, which names the place where that is known. The fault's own text is left
    out: it may quote what somebody wrote."""
    try:
        yield
    except (SQLAlchemyError, OSError) as fault:
        raise StoreError(unusable(fault, place)) from None


def unusable(fault: Exception, place: str) -> str:
    cause = type(getattr(fault, "orig", None) or fault).__name__
    named = f"the database {place}".strip()
    return f"{named} cannot be used ({cause}). Check ASKFIRST_DATA, ASKFIRST_DATABASE_URL, the disk and the rights"
