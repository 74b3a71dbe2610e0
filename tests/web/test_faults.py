"""What the page says when something is wrong."""

from __future__ import annotations

import asyncio
from unittest.mock import create_autospec

import pytest
from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from adapters.web.security import Limits
from adapters.web.site import Site
from bot.answering.dialogue import Base
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.service.assistant import Assistant
from bot.service.core import Core
from bot.store import Store
from tests.web.page import AT_RISK, NOW, SCRIPT, Client, ask, page_of, send


async def test_an_unknown_address_gets_a_plain_page(client: Client) -> None:
    response = await client.get("/admin?name=Jo")
    assert response.status == 404
    assert "no such page" in await response.text()


async def test_another_method_gets_a_plain_page(client: Client) -> None:
    response = await client.put("/")
    assert response.status == 405
    assert "Allow" in response.headers


async def test_health_answers_ok(client: Client) -> None:
    assert await (await client.get("/health")).text() == "ok"


@pytest.mark.parametrize(
    ("fault", "status"), [(AskFirstError("the disk is full"), 503), (RuntimeError(f"about {AT_RISK}"), 500)]
)
async def test_a_fault_says_whom_to_ring_and_repeats_nothing(
    base: Base, store: Store, school: School, caplog: pytest.LogCaptureFixture, fault: Exception, status: int
) -> None:
    def broken() -> Base:
        raise fault

    core = Core(lambda: base, store)
    core.assistant = Assistant(broken, store)
    async with TestClient(TestServer(page_of(core))) as client:
        response = await send(client, action="ask", text=AT_RISK)
        page = await response.text()
        fragment = await (await send(client, SCRIPT, action="ask", text=AT_RISK)).text()
    assert response.status == status
    for shown in (page, fragment):
        assert school.holders("office")[0].phone in shown
        assert school.holders("dsl")[0].phone in shown
        assert "uncle" not in shown
    assert "uncle" not in caplog.text
    assert caplog.text


async def test_what_people_write_is_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="askfirst")
    await ask(client, AT_RISK)
    await client.get("/?text=uncle")
    assert "uncle" not in caplog.text.replace("GET /?text=uncle", "")  # the test's own client may log what it sends


async def test_a_body_that_never_ends_is_given_up(core: Core) -> None:
    limits = Limits(seconds=0.05)
    async with TestServer(page_of(core, limits=limits)) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        head = (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n"
        )
        writer.write(head.encode())
        assert b" 408 " in await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        await writer.wait_closed()


async def test_whoever_goes_away_half_way_is_no_fault_of_the_page(school: School) -> None:
    body = StreamReader(create_autospec(BaseProtocol, instance=True), 2**16)
    body.set_exception(ConnectionResetError())
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    request = make_mocked_request("POST", "/", kind, payload=body)
    with pytest.raises(web.HTTPBadRequest):
        await Site(lambda: school, lambda: NOW, b"k" * 32).fields(request)
