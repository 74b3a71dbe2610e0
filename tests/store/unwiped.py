"""A database that leaves what was deleted where it was, as SQLite does unless it is told otherwise."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store import Store, open_store
from tests.conftest import KEY


@pytest.fixture
def careless() -> Iterator[None]:
    """SQLite as python.org builds it: it leaves what was deleted where it was, unless it is told otherwise."""

    def forget_to_overwrite(connection: object, _: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA secure_delete=OFF")

    sa.event.listen(sa.Engine, "connect", forget_to_overwrite, insert=True)
    yield
    sa.event.remove(sa.Engine, "connect", forget_to_overwrite)


@pytest.fixture
def place(careless: None, migrated: Path, tmp_path: Path) -> Path:
    shutil.copy(migrated, tmp_path / "askfirst.db")
    return tmp_path / "askfirst.db"


@pytest.fixture
def kept(place: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{place}", (KEY,), place.with_name("no.key"))
    yield store
    store.close()
