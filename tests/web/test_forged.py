"""Forms that are forged, broken or too much."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.security import Limits, RateLimiter, comes_from_here, token_for, visitor
from bot.answering.dialogue import TOO_LONG
from bot.service.core import Core
from tests.web.page import EX_PUPIL, KEY, SCRIPT, Client, ask, open_page, page_of, send


async def test_a_form_without_its_token_is_refused(client: Client) -> None:
    await open_page(client)
    response = await client.post("/", data={"action": "ask", "text": EX_PUPIL})
    assert response.status == 403
    assert "out of date" in await response.text()


async def test_a_token_of_another_conversation_is_refused(client: Client) -> None:
    await open_page(client)
    forged = token_for(KEY, "0" * 32)
    assert (await client.post("/", data={"token": forged, "action": "ask", "text": "x"})).status == 403


async def test_a_form_without_a_cookie_is_refused(client: Client) -> None:
    token = await open_page(client)
    client.session.cookie_jar.clear()
    assert (await client.post("/", data={"token": token, "action": "ask", "text": "x"})).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://["},
    ],
)
async def test_a_form_from_another_site_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert (await send(client, headers, action="ask", text="x")).status == 403


def test_the_browser_says_where_a_form_comes_from() -> None:
    assert comes_from_here({}, "school.example")
    assert comes_from_here({"Origin": "https://school.example"}, "school.example")
    assert comes_from_here({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, "school.example")
    assert not comes_from_here({"Origin": "https://school.example", "Sec-Fetch-Site": "cross-site"}, "school.example")
    assert not comes_from_here({"Origin": "https://school.example.evil.example"}, "school.example")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"action": "delete"},
        {"action": "ask"},
        {"action": "ask", "text": "x", "extra": "y"},
        {"action": "pick", "entry": "../../etc/passwd"},
        {"action": "pick", "entry": ""},
        {"action": "fact", "entry": "a", "fact": "b"},
        {"action": "feedback", "entry": "a", "helped": "maybe"},
    ],
)
async def test_broken_fields_get_a_plain_page(client: Client, fields: dict[str, str]) -> None:
    response = await send(client, None, **fields)
    assert response.status == 400
    page = await response.text()
    assert "could not be read" in page
    assert "Traceback" not in page


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"text=%ff%fe", "application/x-www-form-urlencoded"),
        (b"token=a&token=b", "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % n for n in range(500)), "application/x-www-form-urlencoded"),
        (b'{"text": "x"}', "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
async def test_a_body_that_is_no_form_gets_a_plain_page(client: Client, body: bytes, kind: str) -> None:
    await open_page(client)
    assert (await client.post("/", data=body, headers={"Content-Type": kind})).status == 400


async def test_a_question_that_is_too_long_stays_in_the_box(client: Client) -> None:
    typed = "Where is the policy on school trips? " * 120
    page = await (await send(client, action="ask", text=typed)).text()
    assert TOO_LONG in page
    assert "the policy on school trips" in page[page.index("<textarea") : page.index("</textarea>")]
    assert "data-retype" in await (await send(client, SCRIPT, action="ask", text=typed)).text()


async def test_the_longest_question_is_answered(client: Client) -> None:
    assert "<article" in await ask(client, "é" * 4000)


async def test_far_too_much_text_is_refused(client: Client) -> None:
    response = await send(client, action="ask", text="x" * 300_000)
    assert response.status == 413
    assert "far too much text" in await response.text()


async def test_a_flood_is_slowed_down(core: Core) -> None:
    async with TestClient(TestServer(page_of(core, limits=Limits(burst=2)))) as client:
        assert [(await send(client, action="ask", text="hello")).status for _ in range(3)] == [200, 200, 429]
        refused = await send(client, action="ask", text="hello")
        assert 1 <= int(refused.headers["Retry-After"]) <= 2
        assert "Wait a few seconds" in await refused.text()
        assert (await client.get("/")).status == 200


def test_a_turn_comes_back_with_time() -> None:
    limiter = RateLimiter(30, 2)
    assert [limiter.wait_for("10.0.0.1", 0.0) for _ in range(3)] == [0.0, 0.0, 2.0]
    assert limiter.wait_for("10.0.0.2", 0.0) == 0.0
    assert limiter.wait_for("10.0.0.1", 2.0) == 0.0


def test_an_ipv6_visitor_has_one_bucket_for_the_whole_network() -> None:
    limiter = RateLimiter(30, 1)
    assert limiter.wait_for("2001:db8::1", 0.0) == 0.0
    assert limiter.wait_for("2001:db8::2", 0.0) > 0.0


def test_only_the_schools_own_proxies_are_believed() -> None:
    assert visitor("10.0.0.1", "6.6.6.6", 0) == "10.0.0.1"
    assert visitor("10.0.0.1", "6.6.6.6, 192.0.2.7", 1) == "192.0.2.7"
    assert visitor("10.0.0.1", "", 1) == "10.0.0.1"
    assert visitor(None, "", 0) == ""


def test_the_memory_of_the_rate_limit_is_bounded() -> None:
    limiter = RateLimiter(30, 1)
    for number in range(25_000):
        limiter.wait_for(f"visitor {number}", 0.0)
    assert len(limiter._buckets) <= RateLimiter._MOST
