"""What the tests of the page share: the page as it is served, and questions as a browser sends them."""

from __future__ import annotations

import datetime as dt
import re

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

from adapters.web.app import make_app
from bot.service.core import Core

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)
KEY = b"k" * 32
EX_PUPIL = "can I friend an ex-pupil?"
AT_RISK = "She told me her uncle hits her"
SCRIPT = {"X-Requested-With": "fetch"}
Client = TestClient[web.Request, web.Application]


def page_of(core: Core, **more: object) -> web.Application:
    return make_app(core, lambda: NOW, key=KEY, **more)  # type: ignore[arg-type]


async def open_page(client: Client) -> str:
    """GET / -> the token of the page's forms; the cookie stays with the client."""
    found = re.search(r'name="token" value="([0-9a-f]{64})"', await (await client.get("/")).text())
    assert found
    return found.group(1)


async def send(client: Client, headers: dict[str, str] | None = None, **fields: str) -> ClientResponse:
    return await client.post("/", data={"token": await open_page(client), **fields}, headers=headers)


async def ask(client: Client, text: str, headers: dict[str, str] | None = None) -> str:
    response = await send(client, headers, action="ask", text=text)
    assert response.status == 200
    return await response.text()
