"""What the tests of backups share: a database with something of everything in it, and all of its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from bot.answering.dialogue import Conversation, NoteGap
from bot.concerns import Account
from bot.knowledge import School
from bot.store import Finished, Known, Logged, Store, open_store
from bot.store.backup.copying import beginning, reflected
from bot.store.backup.manifest import Manifest
from bot.store.backup.putting import KeyedDatabase, PutBack, put_back
from bot.store.backup.taking import take
from tests.conftest import KEY, NOW, ROOT, SCHOOL
from tests.store.made import DSL, DSL_ACTOR, log

Rows = Mapping[str, list[tuple[Any, ...]]]
# What a restore changes on purpose: who is signed in, what is still to be sent, and that there was a restore.
CHANGED = ("alembic_version", "beats", "chains", "events", "links", "notices", "received", "restores", "sessions")


def fill(store: Store, school: School) -> Logged:
    """A row in most of the tables, and a concern that nobody has acknowledged."""
    logged = log(store, school)
    store.concerns(school.id).read(logged.number, DSL, DSL_ACTOR, NOW)
    store.talk(school.id).finish_turn("talk", Finished(Conversation(), gaps=(NoteGap("why?", None, "no-match"),)), NOW)
    store.sign_in(school.id).use_link(store.sign_in(school.id).make_link("dsl", NOW), NOW)
    store.accounts(school.id).keep(Known(Account("slack", "U1"), "dsl", "Ms Amara Bello", "DSL", False))
    return logged


def opened(url: str, folder: Path, key: str = KEY) -> Store:
    return open_store(url, (key,), folder / "no.key")


def backup(url: str, file: Path, now: dt.datetime = NOW) -> Manifest:
    return take(url, file, "0.2.0", now)


def restore(
    url: str, file: Path, now: dt.datetime = NOW + dt.timedelta(hours=1), *, key: str = KEY, replace: bool = False
) -> PutBack:
    return put_back(KeyedDatabase(url, (key,), file.with_name("no.key")), file, now, replace=replace, schools=(SCHOOL,))


def rows_of(url: str) -> Rows:
    """Every row of every table."""
    with beginning(url, reading=True) as connection:
        tables = reflected(connection).tables
        return {
            name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for name, table in sorted(tables.items())
        }


def unchanged(rows: Rows) -> Rows:
    """Without what a restore changes."""
    return {name: found for name, found in rows.items() if name not in CHANGED}


def migrated_to(connection: Connection, revision: str) -> None:
    """An empty database as an older version makes it."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "bot" / "store" / "migrations"))
    config.attributes.update(connection=connection, keys=(KEY,), demo_key=ROOT / "no.key")
    command.upgrade(config, revision)
