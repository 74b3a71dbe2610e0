"""How a database is reached, brought up to date, and given its vault."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.extras import needs
from bot.store import schema
from bot.store.database import BUSY, Database, StoreError, alone, told, unusable
from bot.store.sealing.vault import Vault, VaultError, open_vault

NEWEST = "0011"  # the migration that this code works with
_POSTGRES = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "options": "-c statement_timeout=5000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=15000",
}
# What is deleted or overwritten is overwritten in the file too: not every build of SQLite does so by itself.
_SQLITE = (f"busy_timeout={BUSY * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
NO_INDEX = (
    "the keys behind the tokens are gone from the database, and it holds records: somebody deleted them, or it is "
    "damaged. Nothing was changed. Keep it as it is, and go back to a backup"
)
log = logging.getLogger("askfirst.store")


def open_database(url: str, keys: Sequence[str], demo_key: Path) -> Database:
    """url (SQLAlchemy) -> Database, migrated and with fitting keys. Raises StoreError or VaultError, and
    NotInstalledError where it is PostgreSQL and the extra is not there."""
    with told(place_of(url)):
        engine = engine_for(url)
        with contextlib.ExitStack() as undo:
            undo.callback(engine.dispose)
            with engine.begin() as connection, alone(connection):
                came_from = _migrate(connection, keys, demo_key)
                vault = _vault(connection, keys, demo_key)
            database = Database(engine, vault)
            if came_from:
                _sweep(database)
            undo.pop_all()  # all went well: it stays open
        return database


def engine_for(url: str) -> Engine:
    """url -> an engine whose connections are set up as AskFirst needs them. Raises StoreError."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            more: dict[str, Any] = {"connect_args": dict(_POSTGRES), "pool_timeout": 3, "pool_pre_ping": True}
            with needs("postgres", "PostgreSQL"):
                return sa.create_engine(parsed, hide_parameters=True, max_overflow=10, **more)
    except (ImportError, SQLAlchemyError, ValueError) as fault:  # ValueError: a port that is no number
        raise StoreError(unusable(fault, "")) from None
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
    for setting in _SQLITE:
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _migrate(connection: Connection, keys: Sequence[str], demo_key: Path) -> str:
    """Bring the tables up to date; the version that they came from, empty where there was nothing to do or before."""
    version = _version(connection)
    if version == NEWEST:
        return ""
    if version > NEWEST:
        raise StoreError("the database was written by a newer AskFirst. Install that version, or a newer one")
    from alembic import command  # only where there is something to migrate: it takes a while to load
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes.update(connection=connection, keys=keys, demo_key=demo_key)
    command.upgrade(config, "head")
    return version


def _version(connection: Connection) -> str:
    if "alembic_version" not in sa.inspect(connection).get_table_names():
        return ""
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""


def _vault(connection: Connection, keys: Sequence[str], demo_key: Path) -> Vault:
    kept = connection.execute(sa.select(schema.vault.c.value).where(schema.vault.c.name == "index")).scalar()

    if kept is None and connection.execute(sa.select(sa.exists().where(schema.events.c.number > 0))).scalar():
        raise VaultError(NO_INDEX)

    def keep(value: bytes) -> None:
        connection.execute(sa.insert(schema.vault), {"name": "index", "value": value})

    return open_vault(keys, demo_key, kept, keep)


def _sweep(database: Database) -> None:
    """After a migration: what the old tables held is gone from the file too."""
    if not database.sweep():
        log.warning("what an older AskFirst kept is not swept out of the file yet: another process uses the database")


def place_of(url: str) -> str:
    """A database as it may be shown: its file, or its server, never a password."""
    try:
        parsed = make_url(url)
    except (SQLAlchemyError, ValueError):
        return ""
    return f"at {parsed.host}" if parsed.host else parsed.database or ""
