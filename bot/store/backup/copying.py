"""A database that may be in use -> its rows at one moment, as an SQLite database in a file."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url

from bot.store.backup.manifest import BackupError
from bot.store.database import StoreError, told
from bot.store.opening import NEWEST, engine_for, place_of
from bot.store.schema import metadata

AT_ONCE = 500  # rows
VERSION_TABLE = "alembic_version"
_NOTHING = "there is no database of AskFirst yet"


@dataclass(frozen=True)
class Copied:
    """Of which migration the rows are, of which schools, and how many there are of each table."""

    revision: str
    schools: tuple[str, ...]
    rows: dict[str, int]


def copy_out(url: str, rows: Path) -> Copied:
    """Copy the database at `url` to the new file `rows`, with no lock that anybody else would wait for. Raises
    BackupError where there is none, or one that is newer or damaged; StoreError where it cannot be reached."""
    with told(place_of(url)):
        file = sqlite_file(make_url(url))
        try:
            if file is None:
                _out_of_postgres(url, rows)
            else:
                _out_of_sqlite(file, rows)
            return _finished(rows)
        except sqlite3.OperationalError as fault:
            raise StoreError(f"{place_of(url)}: it cannot be read ({fault.sqlite_errorname}). Try again") from None
        except sqlite3.DatabaseError:
            raise _broken(url) from None


def sqlite_file(url: URL) -> Path | None:
    """Where an SQLite database lies; None where it is PostgreSQL. Raises StoreError for one that is in no file."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise StoreError("a database in memory cannot be backed up. Check ASKFIRST_DATABASE_URL")
    return Path(url.database)


@contextlib.contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """An SQLite database that is there, without SQLAlchemy's ways of beginning transactions."""
    with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=4)) as connection:
        connection.isolation_level = None
        yield connection


@contextlib.contextmanager
def beginning(url: str, **options: object) -> Iterator[Connection]:
    """One transaction on a database, for as long as it takes, with an engine of its own."""
    engine = engine_for(url)
    try:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                    connection.execute(sa.text(f"SET LOCAL {limit} = 0"))
            yield connection
    finally:
        engine.dispose()


def reflected(connection: Connection) -> sa.MetaData:
    """The tables as they are, whoever made them."""
    found = sa.MetaData()
    found.reflect(connection)
    return found


def revision_of(connection: Connection) -> str | None:
    """The migration to which a database was brought; None where it has none of our tables."""
    if VERSION_TABLE not in sa.inspect(connection).get_table_names():
        return None
    found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def copy_rows(source: Connection, target: Connection) -> None:
    """Every row of every table of `source` into the same table of `target`, which is empty. Tables that `target` lacks
    are made first, as they are: they may be those of an older version, or a chat's library's own."""
    there, here = reflected(source), reflected(target)
    for name, table in there.tables.items():
        if name not in here.tables:
            _made_again(table, here).create(target)
    for name, table in there.tables.items():
        # By their keys: in the order in which PostgreSQL keeps questions they would say when each was asked.
        rows = sa.select(table).order_by(*table.primary_key.columns)
        result = source.execution_options(yield_per=AT_ONCE).execute(rows)
        for part in result.mappings().partitions():
            target.execute(sa.insert(here.tables[name]), [dict(row) for row in part])


def _out_of_sqlite(file: Path, rows: Path) -> None:
    if not file.is_file() or not file.stat().st_size:
        raise BackupError(f"{file}: {_NOTHING}. Check ASKFIRST_DATA")
    with opened(file) as source, contextlib.closing(sqlite3.connect(rows)) as target:
        source.backup(target)  # in one step: one moment


def _out_of_postgres(url: str, rows: Path) -> None:
    with beginning(url, isolation_level="REPEATABLE READ", postgresql_readonly=True) as source:
        revision = revision_of(source)
        if revision is None:
            raise BackupError(f"{place_of(url)}: {_NOTHING}. Check ASKFIRST_DATABASE_URL")
        with beginning(f"sqlite:///{rows}") as target:
            copy_rows(source, target)


def _finished(rows: Path) -> Copied:
    """The rows as one file that nothing lies beside, looked through; without what was deleted."""
    with opened(rows) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        if not is_whole(connection):
            raise sqlite3.DatabaseError
        connection.execute("VACUUM")
    with beginning(f"sqlite:///{rows}", reading=True) as connection:
        tables = reflected(connection).tables
        if VERSION_TABLE not in tables or "vault" not in tables:
            raise BackupError(_NOTHING)
        found = Copied(
            _known(str(revision_of(connection))),
            schools_of(connection, tables),
            {name: _count(connection, table) for name, table in sorted(tables.items())},
        )
    single_file(rows)
    return found


def is_whole(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong with a database."""
    return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))


def single_file(rows: Path) -> None:
    """Nothing of an SQLite database is left in a file beside it. Raises StoreError where somebody has it open."""
    try:
        with opened(rows) as connection:
            if connection.execute("PRAGMA journal_mode=DELETE").fetchone() != ("delete",):
                raise StoreError(f"{rows}: somebody has this database open")
    except sqlite3.OperationalError:
        raise StoreError(f"{rows}: somebody has this database open") from None


def schools_of(connection: Connection, tables: Collection[str]) -> tuple[str, ...]:
    """The schools that have rows in a database with these tables."""
    found: set[str] = set()
    for name, table in metadata.tables.items():
        if name in tables and "school" in table.columns:
            found |= set(connection.execute(sa.select(table.c.school).distinct()).scalars())
    return tuple(sorted(found - {""}))


def _count(connection: Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def _known(revision: str) -> str:
    if revision > NEWEST:
        raise BackupError("the database was written by a newer AskFirst. Use the command of that version")
    return revision


def _made_again(table: sa.Table, into: sa.MetaData) -> sa.Table:
    """The same table for another kind of database: generic types, and no default that only one kind knows."""
    columns = [
        sa.Column(column.name, column.type.as_generic(), primary_key=column.primary_key, nullable=column.nullable)
        for column in table.columns
    ]
    unique = [
        sa.UniqueConstraint(*(column.name for column in each.columns), name=each.name)
        for each in table.constraints
        if isinstance(each, sa.UniqueConstraint)
    ]
    ours = metadata.tables.get(table.name)
    numbered = ours is None or ours.dialect_options["sqlite"]["with_rowid"]
    made = sa.Table(table.name, into, *columns, *unique, sqlite_with_rowid=numbered)
    for index in table.indexes:
        sa.Index(index.name, *(made.c[column.name] for column in index.columns), unique=index.unique)
    return made


def _broken(url: str) -> BackupError:
    return BackupError(f"{place_of(url)}: the database is damaged. Put the last backup back (askfirst restore)")
