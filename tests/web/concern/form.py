"""What the tests of the concern form share: forms as people fill them in, and what a browser sends."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.app import make_app
from bot.concerns import Record
from bot.service.core import Core
from tests.conftest import NOW
from tests.drawn import Drawn

KEY = b"k" * 32
SUNDAY = dt.datetime(2026, 11, 29, 20, 0, tzinfo=dt.UTC)
Client = TestClient[web.Request, web.Application]
Fields = Mapping[str, str | tuple[str, ...]]
FIRST = {"danger": "no", "told": "yes"}
YOU = {"you_name": "Jo Marsh", "you_role": "Teacher"}
PUPIL = {**FIRST, "about": "pupil", "pupils": "Robin Vale, 8B", "seen": "A bruise on the left arm.", **YOU}
NOBODY_LEFT: Fields = {**FIRST, **YOU, "about": ("adult", "head"), "adult": "chair", "seen": "Something."}
EVERYTHING: Fields = {
    "danger": "no",
    "told": "no",
    "about": ("pupil", "adult"),
    "pupils": "Robin Vale, 8B\nSam Poole, 8C",
    "adult_name": "Lee Ashdown",
    "adult_role": "Coach",
    "seen": "A bruise on the left arm.\nIt was not there on Friday.",
    "words": "“He grabbed me.”",
    "date": "2026-11-20",
    "time": "after lunch",
    "where": "The gym",
    "present": "Nobody else",
    "done": "I rang the office.",
    "categories": ("Physical harm", "Conduct of an adult"),
    "link": "https://example.org/post",
    "you_name": "Jo Marsh",
    "you_role": "Teacher",
    "you_email": "j.marsh@fernbank.example",
}


@asynccontextmanager
async def served(core: Core, now: dt.datetime = NOW) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(core, lambda: now, key=KEY))) as opened:
        yield opened


async def start(client: Client, fields: Fields | None = None) -> dict[str, tuple[str, ...]]:
    """GET /concern -> the fields of a report that was checked, with the token and the key of the form."""
    drawn = Drawn(await (await client.get("/concern")).text())
    made = {name: drawn.fields[name] for name in ("token", "submission")}
    return made | {"step": ("send",)} | {name: as_tuple(value) for name, value in (fields or {}).items()}


async def post(client: Client, fields: Fields, path: str = "/concern") -> ClientResponse:
    return await client.post(
        path, data=[(name, value) for name, values in fields.items() for value in as_tuple(values)]
    )


async def log(client: Client, fields: Fields = PUPIL) -> str:
    """Log a concern -> its receipt."""
    response = await post(client, await start(client, fields))
    page = await response.text()
    assert response.status == 200, Drawn(page).texts.get("summary", page)
    return receipt_in(page)


async def look(client: Client, receipt: str, **more: str) -> ClientResponse:
    token = Drawn(await (await client.get("/concern/receipt")).text()).fields["token"]
    return await post(client, {"token": token, "action": "look", "receipt": receipt, **more}, "/concern/receipt")


def receipt_in(page: str) -> str:
    return page.split('<p class="receipt">')[1].split("<")[0]


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT count(*) FROM concerns").fetchone()[0])


def stored(core: Core, receipt: str, person: str = "dsl") -> Record:
    reader = core.casework.reader(person)
    assert reader is not None
    return core.casework.read(reader, receipt.split("-")[0], NOW)


def as_tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def kept(fields: Fields) -> dict[str, tuple[str, ...]]:
    return {name: as_tuple(value) for name, value in fields.items()}
