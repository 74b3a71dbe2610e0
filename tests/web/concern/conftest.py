"""The form, served with a real store."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.concern.pages import ConcernPages
from adapters.web.site import Site
from bot.service.core import Core
from tests.conftest import NOW
from tests.web.concern.form import KEY, Client, served


@pytest.fixture
async def client(core: Core) -> AsyncIterator[Client]:
    async with served(core) as opened:
        yield opened


@pytest.fixture
def file(core: Core, tmp_path: Path) -> Path:
    """The database that the page writes to."""
    return tmp_path / "askfirst.db"


@pytest.fixture
def break_store(file: Path) -> Callable[[bool], None]:
    """break_store(True) takes the table of concerns away, break_store(False) brings it back."""

    def turn(broken: bool) -> None:
        one, other = ("concerns", "gone") if broken else ("gone", "concerns")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA legacy_alter_table = ON")
            connection.execute(f"ALTER TABLE {one} RENAME TO {other}")

    return turn


@pytest.fixture
async def hasty(core: Core) -> AsyncIterator[Client]:
    """The pages with no patience."""
    site = Site(core.school, lambda: NOW, KEY)
    app = web.Application(middlewares=[site.boundary()])
    app.add_routes(ConcernPages(site, core.casework, seconds=0.3).routes())
    async with TestClient(TestServer(app)) as opened:
        yield opened
