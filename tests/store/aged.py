"""A database as AskFirst left it before values were bound to their place: that edition wrote `kept/0005.sql`."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from cryptography.fernet import Fernet

import bot.store
from bot.store.opening import engine_for
from tests.conftest import SCHOOL

OLD_KEY = "b2xkLWtleS1vZi1hLXNjaG9vbC10aGF0LXdhcy1rZXA="
RECEIPT = "N9VET-ZY29Z"  # of the first concern in it
NUMBER = RECEIPT.split("-")[0]
FERNET = b"gAAAA"  # how every value begins that was sealed then
_DUMP = Path(__file__).parent / "kept" / "0005.sql"


def old_database(url: str, folder: Path) -> None:
    """Make the database at `url` into that old one."""
    file = folder / "old.db" if url.startswith("postgresql") else Path(url.removeprefix("sqlite:///"))
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.executescript(_DUMP.read_text(encoding="utf-8"))
    if url.startswith("postgresql"):
        _copy(f"sqlite:///{file}", url)


def add_many(url: str, gaps: int, places: int) -> None:
    """More of it, in the old form."""
    fernet = Fernet(OLD_KEY)
    asked = [
        {
            "school": SCHOOL,
            "asked_on": dt.date(2026, 10, 1),
            "reason": "no-answer",
            "question": _sealed(fernet, f"q{n}"),
        }
        for n in range(gaps)
    ]
    known = [
        {
            "school": SCHOOL,
            "id": f"{n:064x}",
            "kind": "many",
            "place": _sealed(fernet, f'{{"name":"p{n}","address":"a{n}"}}'),
        }
        for n in range(places)
    ]
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for name, rows in (("gaps", asked), ("places", known)):
            connection.execute(sa.insert(sa.Table(name, sa.MetaData(), autoload_with=connection)), rows)
    engine.dispose()


def stored(url: str) -> dict[str, list[str]]:
    """Every row of every table, to be compared with later."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        names = sorted(sa.inspect(connection).get_table_names())
        tables = [sa.Table(name, sa.MetaData(), autoload_with=connection) for name in names]
        found = {table.name: sorted(map(repr, connection.execute(sa.select(table)))) for table in tables}
    engine.dispose()
    return found


def faults_but_the_dumps(store: bot.store.Store, school: str) -> list[str]:
    """What is at fault, but for the children's files: those of the dump were never written into its log."""
    return [fault for fault in store.audit(school).verify() if "child’s file: " not in fault]


def _sealed(fernet: Fernet, text: str) -> bytes:
    return fernet.encrypt(text.encode())


def _copy(old: str, new: str) -> None:
    engine, source = engine_for(new), sa.create_engine(old)
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).parent / "migrations"))
    with engine.begin() as there, source.connect() as here:
        config.attributes.update(connection=there, keys=(OLD_KEY,), demo_key=Path())
        command.upgrade(config, "0005")
        known = sa.MetaData()
        known.reflect(here)
        for table in known.sorted_tables:
            if table.name == "alembic_version":
                continue
            if table.name.startswith("slack_"):
                _made(table).create(there)
            target = sa.Table(table.name, sa.MetaData(), autoload_with=there)
            if rows := [dict(row) for row in here.execute(sa.select(table)).mappings()]:
                there.execute(sa.insert(target), rows)
        for name in ("gaps", "tip_choices"):
            there.execute(sa.text(f"SELECT setval('{name}_id_seq', 100)"))
    engine.dispose()
    source.dispose()


def _made(table: sa.Table) -> sa.Table:
    columns = (sa.Column(each.name, each.type.as_generic(), primary_key=each.primary_key) for each in table.columns)
    return sa.Table(table.name, sa.MetaData(), *columns)
