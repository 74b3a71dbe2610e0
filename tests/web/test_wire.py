"""The wire, before and around requests: who may hold a connection and for how long, what is said to what is no request,
under which names the page answers, and what a stranger learns."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import re
import threading
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import adapters.slack.start
import adapters.web.alerts
from adapters.command.bounded_log import WHILE, BoundedLog
from adapters.command.running import QuietLog, listening
from adapters.delivering.loops import Loops
from adapters.slack import SlackService
from adapters.web import turnstile
from adapters.web.app import make_app
from adapters.web.door import UNREADABLE, Door, Room, room_for
from adapters.web.security import Limits
from bot.service.core import Core
from bot.settings import SettingsError, read_settings
from bot.store import Health, Store
from tests.databases import free_port
from tests.web.page import NOW, open_page, page_of

LOG = logging.getLogger("test")
ROOMY = Room(1000, 1000)
PATIENCE = 20.0  # seconds: then a test has failed, and does not hang
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s" * 32}


@contextlib.asynccontextmanager
async def at_the_door(app: web.Application, room: Room = ROOMY, header_within: float = 20.0) -> AsyncIterator[int]:
    """The page behind its door; the port."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    door = Door(runner, app[UNREADABLE], room, (QuietLog, LOG), header_within)
    listener = await asyncio.get_running_loop().create_server(door, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        await runner.cleanup()


async def spoken(port: int, said: bytes, address: str = "127.0.0.1") -> bytes:
    """All that comes back until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        writer.write(said)
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def get(path: str, *headers: str, host: str = "localhost") -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", "")).encode()


# --- connections


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: loc", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
async def test_a_connection_on_which_no_whole_request_comes_is_closed(core: Core, begun: bytes) -> None:
    async with at_the_door(page_of(core), header_within=0.3) as port:
        assert await spoken(port, begun) == b""


async def test_half_a_request_after_a_whole_one_is_no_way_to_stay(core: Core) -> None:
    async with at_the_door(page_of(core), header_within=0.3) as port:
        whole = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
        answer = await spoken(port, whole + b"GET /livez HTTP/1.1\r\nHost")
    assert answer.startswith(b"HTTP/1.1 200") and answer.count(b"HTTP/1.1") == 1


async def test_one_address_holds_a_part_of_the_connections_and_no_more(
    core: Core, caplog: pytest.LogCaptureFixture
) -> None:
    async with at_the_door(page_of(core), Room(5, 2)) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        await asyncio.sleep(0)
        assert await spoken(port, get("/livez")) == b""
        assert await spoken(port, get("/livez")) == b""
        assert (await spoken(port, get("/livez"), "127.0.0.2")).startswith(b"HTTP/1.1 200"), "others are let in"
        held[0][1].close()
        await held[0][1].wait_closed()
        async with asyncio.timeout(PATIENCE):
            while not await spoken(port, get("/livez")):
                await asyncio.sleep(0)
        held[1][1].close()
    assert caplog.text.count("connections are refused") == 1, "however many are"


async def test_all_addresses_together_leave_room_for_files(core: Core) -> None:
    async with at_the_door(page_of(core), Room(2, 2)) as port:
        held = [
            await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.0.{number}", 0)) for number in (2, 3)
        ]
        await asyncio.sleep(0)
        assert await spoken(port, get("/livez"), "127.0.0.4") == b""
        for _, writer in held:
            writer.close()


def test_behind_a_proxy_no_address_has_a_part_of_its_own() -> None:
    assert room_for(1).each == room_for(1).altogether > room_for(0).each >= 12


# --- bodies


async def test_half_a_body_is_waited_for_at_no_address(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.web.alerts, "_PATIENCE", 0.2)
    monkeypatch.setattr(adapters.slack.start, "_READ_WITHIN", 0.2)
    app = page_of(core, limits=Limits(seconds=0.2), webhook_secret="w" * 32)
    slack = read_settings(SLACK).slack
    assert slack
    app.add_routes(SlackService(core, slack, lambda: NOW).routes())
    paths = sorted(
        {str(route.resource.canonical) for route in app.router.routes() if route.method == "POST" and route.resource}
    )
    assert "/slack/events" in paths and "/concern" in paths and len(paths) > 8
    async with at_the_door(app) as port:
        answers = await asyncio.gather(*(spoken(port, _half_a_form(path)) for path in paths))
    given = dict(zip(paths, answers, strict=True))
    assert given.pop("/inbox/policies/put-in").startswith(b"HTTP/1.1 303")  # a stranger's file is not read at all
    assert [path for path, answer in given.items() if not answer.startswith(b"HTTP/1.1 408")] == []


def _half_a_form(path: str) -> bytes:
    lines = (
        f"POST {re.sub('{.*?}', 'ABCDE', path)} HTTP/1.1", "Host: localhost", "Connection: close",
        "Content-Type: application/x-www-form-urlencoded", "Content-Length: 1000", "", "text=",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


# --- pages that the library would have made

UNREADABLE_REQUESTS = {
    "no HTTP": b"GARBAGE\r\n\r\n",
    "a later version": b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 40 + b"\r\n\r\n",
    "a line without end": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    "a header without end": get("/", "X: " + "a" * 20_000),
    "too many headers": get("/", *(f"X-{number}: 1" for number in range(500))),
    "two lengths": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
    "an odd coding": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
    "an expectation": get("/", "Expect: the-moon"),
    "no such page": get("/admin"),
    "no such method": get("/").replace(b"GET", b"BREW", 1),
    "another name": get("/", host="evil.example"),
    "a mangled path": get("/static/..%2f..%2fetc/passwd"),
    "a file that is none": get("/static/"),
}


@pytest.mark.parametrize("name", UNREADABLE_REQUESTS)
async def test_every_refusal_is_a_page_of_ours(core: Core, name: str, caplog: pytest.LogCaptureFixture) -> None:
    app = page_of(core, hosts=frozenset({"localhost"}), secure_cookies=True)
    async with at_the_door(app) as port:
        head, _, body = (await spoken(port, UNREADABLE_REQUESTS[name])).decode().partition("\r\n\r\n")
    assert 400 <= int(head.split()[1]) < 500
    lines = head.split("\r\n")
    assert "Server: askfirst" in lines
    assert "X-Content-Type-Options: nosniff" in lines
    assert "Cache-Control: no-store" in lines
    assert "Strict-Transport-Security: max-age=31536000" in lines
    assert any(line.startswith("Content-Security-Policy: default-src 'none'") for line in lines)
    assert "Traceback" not in caplog.text
    assert "aiohttp" not in head + body and "Python" not in head + body
    assert '<a class="back" href="/">' in body


async def test_the_server_itself_listens_behind_the_door(core: Core) -> None:
    settings = read_settings({"ASKFIRST_PORT": str(free_port())})
    async with listening(page_of(core), settings, Loops()):
        answer = (await spoken(settings.port, UNREADABLE_REQUESTS["no HTTP"])).decode()
        assert '<a class="back" href="/">' in answer and "Server: askfirst" in answer
        assert (await spoken(settings.port, get("/livez"))).startswith(b"HTTP/1.1 200")


async def test_https_alone_is_asked_for_where_the_page_has_it(core: Core) -> None:
    async with TestClient(TestServer(page_of(core, secure_cookies=True))) as client:
        assert (await client.get("/")).headers["Strict-Transport-Security"] == "max-age=31536000"
    async with TestClient(TestServer(page_of(core))) as client:
        assert "Strict-Transport-Security" not in (await client.get("/")).headers


# --- names

HERE = {"localhost", "127.0.0.1", "::1"}
ASK, ASK2 = "ask.fernbank.example", "ask2.fernbank.example"


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({}, HERE),
        ({"ASKFIRST_HOSTS": f"{ASK.title()}, {ASK2}"}, HERE | {ASK, ASK2}),
        ({"ASKFIRST_URL": f"https://{ASK}/x"}, HERE | {ASK}),
        ({"ASKFIRST_URL": f"https://{ASK}", "ASKFIRST_HOST": "0.0.0.0"}, HERE | {ASK, "0.0.0.0"}),
        ({"ASKFIRST_HOST": "0.0.0.0"}, set()),
        ({"PORT": "5000"}, set()),
    ],
)  # fmt: skip
def test_the_page_answers_to_its_own_names(environment: dict[str, str], names: set[str]) -> None:
    assert read_settings(environment).hosts == names


@pytest.mark.parametrize("name", ["https://ask.example", "ask.example:8080", "a/b"])
def test_what_is_no_name_is_said(name: str) -> None:
    with pytest.raises(SettingsError, match="ASKFIRST_HOSTS"):
        read_settings({"ASKFIRST_HOSTS": name})


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]"])
async def test_its_names_are_known_in_every_spelling(core: Core, host: str) -> None:
    async with TestClient(TestServer(page_of(core, hosts=read_settings({}).hosts))) as client:
        assert (await client.get("/", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8080",
        "localhost:8080, evil.example",
        "localhost:evil.example",
        "[::1",
        "",
    ],
)
async def test_another_name_that_leads_here_gets_nothing(core: Core, host: str) -> None:
    async with TestClient(TestServer(page_of(core, hosts=read_settings({}).hosts))) as client:
        for path in ("/", "/concern", "/inbox", "/healthz"):
            refused = await client.get(path, headers={"Host": host})
            assert refused.status == 421 and "ASKFIRST_HOSTS" in await refused.text()
        assert (await client.get("/livez", headers={"Host": host})).status == 200


# --- many behind one address


async def test_a_school_behind_one_address_is_not_one_visitor(core: Core) -> None:
    async with at_the_door(page_of(core, limits=Limits(a_minute=0.1, burst=2))) as port:
        statuses = []
        for _ in range(8):
            async with _browser(port) as client:
                statuses += [await _asks(client) for _ in range(2)]
        assert statuses == [200] * 16
        async with _browser(port) as client:
            assert [await _asks(client) for _ in range(3)] == [200, 200, 429], "one visitor has the limit as before"


async def test_however_many_cookies_an_address_has_a_limit(core: Core) -> None:
    async with at_the_door(page_of(core, limits=Limits(a_minute=0.1, burst=1, wider=3))) as port:
        statuses = []
        for _ in range(4):
            async with _browser(port) as client:
                statuses.append(await _asks(client))
    assert statuses == [200, 200, 200, 429]


def _few() -> Limits:
    return Limits(pages_a_minute=1.0, pages_burst=3)


async def _statuses(port: int, *said: bytes, address: str = "127.0.0.1") -> list[int]:
    return [int((await spoken(port, each, address))[9:12]) for each in said]


def post(path: str) -> bytes:
    return get(path, "Content-Length: 0").replace(b"GET", b"POST", 1)


async def test_an_address_that_goes_on_asking_for_pages_is_refused_and_nobody_else(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turnstile, "_PAUSE", 0.0)
    async with at_the_door(page_of(core, limits=_few())) as port:
        paths = ("/", "/static/style.css", "/nowhere", "/", "/healthz")
        assert await _statuses(port, *map(get, paths)) == [200, 200, 404, 429, 429]
        assert await _statuses(port, get("/livez"), get("/health")) == [200, 200], "nobody starts the process anew"
        refused = (await spoken(port, get("/"))).decode()
        assert "That was a lot at once." in refused and re.search(r"Retry-After: [1-9]", refused)
        assert "Content-Security-Policy" in refused and "020 7946" in refused, "whom to ring"
        assert await _statuses(port, get("/"), address="127.0.0.2") == [200]
        assert await _statuses(port, *[post("/")] * 4) == [400] * 3 + [429], "what is sent is counted by itself"
        apart = (get("/concern"), get("/inbox/sign-in"))
        assert await _statuses(port, *apart) == [200, 200], "and so are the form and the inbox"
        assert await _statuses(port, *[get("/concern")] * 3) == [200, 200, 429]


async def test_all_of_slack_may_come_from_one_address(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "_PAUSE", 0.0)
    app = page_of(core, limits=_few())
    settings = read_settings(SLACK).slack
    assert settings
    app.add_routes(SlackService(core, settings, lambda: NOW).routes())
    async with at_the_door(app) as port:
        assert await _statuses(port, *[post("/slack/events")] * 6) == [401] * 6
        assert await _statuses(port, *[post("/slack/nowhere")] * 4) == [404] * 3 + [429]
        assert await _statuses(port, *[get("/slack/events")] * 4) == [405] * 3 + [429]


async def test_who_asks_for_hundreds_of_pages_waits_behind_whoever_asks_for_one(core: Core) -> None:
    order: list[str] = []
    app = page_of(core)

    async def slow(request: web.Request) -> web.Response:
        order.append(request.headers["X-Who"])
        await asyncio.sleep(0.01)
        return web.Response()

    app.add_routes([web.get("/slow", slow)])
    async with at_the_door(app) as port:
        many = [asyncio.create_task(spoken(port, get("/slow", "X-Who: many"))) for _ in range(40)]
        while len(order) < 8:
            await asyncio.sleep(0)
        await spoken(port, get("/slow", "X-Who: one"), "127.0.0.2")
        await asyncio.gather(*many)
    assert len(order) == 41 and order.index("one") < 24, order


async def test_a_school_of_hundreds_opens_the_page_at_once(core: Core) -> None:
    async with at_the_door(page_of(core)) as port:
        parts = ("/", "/static/style.css", "/static/chat.js", "/static/icon.svg")
        async with _browser(port) as client:
            for _ in range(60):
                assert [(await client.get(each)).status for each in parts] == [200] * 4
    assert Limits().pages_burst >= 375 * len(parts)


def _browser(port: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(f"http://127.0.0.1:{port}/", cookie_jar=aiohttp.CookieJar(unsafe=True))


async def _asks(client: aiohttp.ClientSession) -> int:
    fields = {"token": await open_page(client), "action": "ask", "text": "hello"}  # type: ignore[arg-type]
    return (await client.post("/", data=fields)).status


# --- how things stand


async def test_a_stranger_learns_whether_all_is_well_and_no_more(core: Core, store: Store) -> None:
    token = "t" * 32
    async with TestClient(TestServer(page_of(core, health_token=token))) as client:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer é"}, {"Authorization": token[:-1]}):
            seen = await client.get("/healthz", headers=headers)
            assert (seen.status, await seen.json()) == (200, {"status": "ok"})
        known = await client.get("/healthz", headers={"Authorization": f"Bearer {token}"})
        assert "waiting" in await known.json()
        session = _signed_in(core, store)
        own = await client.get("/healthz", headers={"Cookie": f"askfirst-inbox={session}"})
        assert "waiting" in await own.json()
    async with TestClient(TestServer(page_of(core, alarm=lambda: "nobody can be reached"))) as client:
        red = await client.get("/healthz")
        assert (red.status, await red.json()) == (503, {"status": "not ok"})
        seen = await client.get("/healthz", headers={"Authorization": "Bearer "})
        assert await seen.json() == {"status": "not ok"}, "without a token there is none that fits"


async def test_of_many_who_ask_how_things_stand_at_once_one_looks(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[dt.datetime] = []
    delivery, let_go = core.delivery(), threading.Event()
    health = delivery.health

    def looked(now: dt.datetime) -> Health:
        looks.append(now)
        let_go.wait(PATIENCE)
        return health(now)

    monkeypatch.setattr(delivery, "health", looked)
    monkeypatch.setattr(core, "delivery", lambda: delivery)
    async with TestClient(TestServer(page_of(core))) as client:
        asking = [asyncio.create_task(client.get("/healthz")) for _ in range(20)]
        while not looks:
            await asyncio.sleep(0)
        asking.pop().cancel()
        let_go.set()
        assert {(await each).status for each in asking} == {200}
        assert len(looks) <= 2, "who comes after the look has ended gets one of their own"
        await client.get("/healthz")
        assert len(looks) <= 3


async def test_that_the_clock_was_put_back_is_told_for_an_hour(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, steady = [NOW], [0.0]
    monkeypatch.setattr("adapters.web.health.monotonic", lambda: steady[0])
    app = make_app(core, lambda: shown[0], key=b"k" * 32, health_token="t" * 32)
    async with TestClient(TestServer(app)) as client:

        async def told(by_the_clock: float, later: float = 0.0) -> str:
            shown[0] += dt.timedelta(seconds=by_the_clock)
            steady[0] += later
            answer = await client.get("/healthz", headers={"Authorization": f"Bearer {'t' * 32}"})
            status: str = (await answer.json())["status"]
            assert answer.status == (200 if status == "ok" else 503)
            return status

        assert [await told(60, 60), await told(-59), await told(86400)] == ["ok"] * 3
        assert await told(-86400) == "the clock was put back within the last hour"
        assert await told(3500, 3500) == "the clock was put back within the last hour"
        assert await told(200, 200) == "ok"


def _signed_in(core: Core, store: Store) -> str:
    doors = store.sign_in(core.school().id)
    session = doors.use_link(doors.make_link("dsl", NOW), NOW)
    assert session
    return session


def test_a_token_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(SettingsError, match="ASKFIRST_HEALTH_TOKEN: it is too short"):
        read_settings({"ASKFIRST_HEALTH_TOKEN": "short"})


# --- the log


def test_a_line_that_comes_again_and_again_is_written_so_many_times_and_counted() -> None:
    now = [0.0]
    bounded = BoundedLog(3, lambda: now[0])

    def written(text: str, value: int) -> str | None:
        record = logging.LogRecord("askfirst", logging.INFO, "", 0, text, (value,), None)
        return record.getMessage() if bounded.filter(record) else None

    assert [written("GET %d", number) for number in range(6)] == ["GET 0", "GET 1", "GET 2", None, None, None]
    assert written("POST %d", 1) == "POST 1", "another kind is not held back"
    now[0] += WHILE
    assert written("GET %d", 7) == "GET 7 (3 more lines like this one were left out)"
    assert written("GET %d", 8) == "GET 8"
