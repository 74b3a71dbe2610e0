"""One database: how it is reached, migrated and used in transactions. SQLite by default, PostgreSQL by its URL."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import AskFirstError
from bot.extras import needs
from bot.store import schema
from bot.store.sealing.vault import Vault, open_vault

NEWEST = "0006"  # the migration that this code works with
_BUSY = 4  # seconds that a writer waits for another on SQLite
_MIGRATING = 4_611_686  # the advisory lock under which replicas that start together migrate one after the other
_POSTGRES: Mapping[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "options": "-c statement_timeout=5000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=15000",
}


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

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, committed at the end. Raises StoreError where the database cannot be used: what was to be
        written is then not stored, or (where the answer to the commit was lost) nobody can say."""
        with told(), self._turn(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite has one writer, and lets the others sleep for up to a tenth of a second at a time: the threads of this
        process wait for each other here instead, and go on at once."""
        if self.postgres:
            yield
            return
        if not self._writing.acquire(timeout=_BUSY):
            raise StoreError("the database is busy. Try again")
        try:
            yield
        finally:
            self._writing.release()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and so waits for no writer. Raises StoreError."""
        with told(), self._reading.begin() as connection:
            yield connection

    def now(self) -> dt.datetime:
        """The database's own clock on PostgreSQL, so that replicas agree; this machine's on SQLite."""
        if not self.postgres:
            return dt.datetime.now(dt.UTC)
        with self.transaction() as connection:
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
        with self.transaction() as connection, _alone(connection):
            metadata.create_all(connection)

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str, keys: Sequence[str], demo_key: Path) -> Database:
    """url (SQLAlchemy) -> Database, migrated and with fitting keys. Raises StoreError or VaultError, and
    NotInstalledError where it is PostgreSQL and the extra is not there."""
    with told(place_of(url)):
        engine = engine_for(url)
        with contextlib.ExitStack() as undo:
            undo.callback(engine.dispose)
            with engine.begin() as connection, _alone(connection):
                _migrate(connection)
                vault = _vault(connection, keys, demo_key)
            undo.pop_all()  # all went well: it stays open
        return Database(engine, vault)


def engine_for(url: str) -> Engine:
    """url (SQLAlchemy) -> an engine that nothing was done with yet. Raises StoreError."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            more = {"connect_args": dict(_POSTGRES), "pool_timeout": 3, "pool_pre_ping": True, "max_overflow": 10}
            with needs("postgres", "PostgreSQL"):
                return sa.create_engine(parsed, hide_parameters=True, **more)
    except (ImportError, SQLAlchemyError, ValueError) as fault:  # ValueError: a port that is no number
        raise StoreError(_unusable(fault, "")) from None
    raise StoreError("ASKFIRST_DATABASE_URL names neither SQLite nor PostgreSQL. Write postgresql://… or leave it out")


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        Path(url.database).touch(mode=0o600)  # for its owner's eyes only, like the files that SQLite puts beside it
    engine = sa.create_engine(url, hide_parameters=True, pool_timeout=3)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's own begin decides, see below
    for setting in (f"busy_timeout={_BUSY * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextlib.contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """While other replicas wait: SQLite's own write lock, an advisory lock on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
    connection.execute(sa.text("SET LOCAL statement_timeout = 60000"))
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
    yield


def _migrate(connection: Connection) -> None:
    names = sa.inspect(connection).get_table_names()
    if "alembic_version" in names:
        version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        if version == NEWEST:
            return
        if version is not None and version > NEWEST:
            raise StoreError("the database was written by a newer AskFirst. Install that version, or a newer one")
    from alembic import command  # only where there is something to migrate: it takes a while to load
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _vault(connection: Connection, keys: Sequence[str], demo_key: Path) -> Vault:
    kept = connection.execute(sa.select(schema.vault.c.value).where(schema.vault.c.name == "index")).scalar()

    def keep(value: bytes) -> None:
        connection.execute(sa.insert(schema.vault), {"name": "index", "value": value})

    return open_vault(keys, demo_key, kept, keep)


@contextlib.contextmanager
def told(place: str = "") -> Iterator[None]:
    """A fault of the database -> StoreError, which names the place where that is known. The fault's own text is left
    out: it may quote what somebody wrote."""
    try:
        yield
    except (SQLAlchemyError, OSError) as fault:
        raise StoreError(_unusable(fault, place)) from None


def _unusable(fault: Exception, place: str) -> str:
    cause = type(getattr(fault, "orig", None) or fault).__name__
    named = f"the database {place}".strip()
    return f"{named} cannot be used ({cause}). Check ASKFIRST_DATA, ASKFIRST_DATABASE_URL, the disk and the rights"


def place_of(url: str) -> str:
    """A database as it may be shown: its file, or its server, never a password."""
    try:
        parsed = make_url(url)
    except (SQLAlchemyError, ValueError):
        return ""
    return f"at {parsed.host}" if parsed.host else parsed.database or ""
