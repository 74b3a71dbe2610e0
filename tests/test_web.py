"""The chat page over real HTTP on a loopback port, with the real core behind it."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from adapters.command.serve import announcement
from adapters.web import Limits, make_app, read_key
from adapters.web.forms import FormError, TooLongError, read_fields, single, to_message
from adapters.web.pages import Pages, ShownTurn, day, tel
from adapters.web.security import RateLimiter, comes_from_here, is_conversation, is_token, token_for, visitor
from bot.answering.dialogue import Base
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.messages import Answer, GiveFact, GiveFeedback, Message, PickEntry, Reply, Source
from bot.service.assistant import Assistant
from bot.service.core import Core
from bot.settings import on_loopback, read_settings
from bot.store import Store
from tests.conftest import CACHE, KNOWLEDGE, ROOT, SCHOOL

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)
KEY = b"k" * 32
EX_PUPIL = "can I friend an ex-pupil?"
AT_RISK = "She told me her uncle hits her"
SCRIPT = {"X-Requested-With": "fetch"}
Client = TestClient[web.Request, web.Application]


def page_of(core: Core, **more: object) -> web.Application:
    return make_app(core, lambda: NOW, key=KEY, **more)  # type: ignore[arg-type]


@pytest.fixture
async def client(core: Core) -> AsyncIterator[Client]:
    async with TestClient(TestServer(page_of(core, limits=Limits(burst=100)))) as opened:
        yield opened


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


# --- asking


async def test_the_empty_page_names_the_school_and_offers_examples(client: Client, school: School) -> None:
    page = await (await client.get("/")).text()
    assert f"<h1>{school.name}</h1>" in page
    assert '<label for="text">Ask before you act</label>' in page
    assert page.count('<button type="submit" name="text"') == 3


async def test_a_question_is_echoed_above_its_answer_without_a_script(client: Client) -> None:
    page = await ask(client, EX_PUPIL)
    assert "<!doctype html>" in page
    assert (
        0 < page.index(EX_PUPIL) < page.index("verdict") < page.index("wording") < page.index("Where this comes from")
    )
    assert "Approved by" in page


async def test_a_script_gets_the_reply_alone(client: Client) -> None:
    fragment = await ask(client, EX_PUPIL, SCRIPT)
    assert fragment.lstrip().startswith("<article")
    assert "<!doctype" not in fragment


async def test_a_fact_button_gives_the_answer_for_that_fact(client: Client, base: Base) -> None:
    page = await ask(client, EX_PUPIL, SCRIPT)
    facts = base.knowledge.entries["friend-ex-pupil"].facts
    assert facts is not None and facts.ask is not None
    assert str(Pages().reply(Reply("smalltalk", text=facts.ask), "")).split(">")[2].split("<")[0] in page
    for case in facts.cases:
        assert f'name="value" value="{case.value}"' in page
        answer = await send(client, SCRIPT, action="fact", entry="friend-ex-pupil", fact=facts.fact, value=case.value)
        assert answer.status == 200
        assert f"verdict-{case.verdict}" in await answer.text()


async def test_a_choice_answers_with_its_entry(client: Client, base: Base) -> None:
    page = await (await send(client, action="pick", entry="friend-ex-pupil")).text()
    assert f"verdict-{base.knowledge.entries['friend-ex-pupil'].verdict}" in page


async def test_a_button_from_an_older_base_gets_a_plain_answer(client: Client) -> None:
    page = await (await send(client, SCRIPT, action="pick", entry="no-longer-here")).text()
    assert "Please ask again" in page


async def test_an_answer_that_did_not_help_is_kept_without_a_name(client: Client, store: Store) -> None:
    token = await open_page(client)
    await client.post("/", data={"token": token, "action": "ask", "text": EX_PUPIL})
    fields = {"token": token, "action": "feedback", "entry": "friend-ex-pupil", "helped": "no"}
    assert "Sorry" in await (await client.post("/", data=fields)).text()
    assert [(gap.question, gap.reason) for gap in store.talk(SCHOOL).gaps()] == [(EX_PUPIL, "not-helpful")]


async def test_why_is_answered_out_of_the_same_conversation(client: Client) -> None:
    await ask(client, EX_PUPIL)
    page = await ask(client, "why?", SCRIPT)
    assert page.index("<h3>Why:</h3>") < page.index("<h3>The answer</h3>")
    assert '<details class="sources" open>' in await ask(client, "who says so?", SCRIPT)


async def test_a_child_at_risk_is_handed_over_with_numbers_to_ring(client: Client, school: School) -> None:
    page = await ask(client, AT_RISK, SCRIPT)
    assert "reply-handover" in page
    dsl = school.holders("dsl")[0]
    assert f'href="{tel(dsl.phone)}"' in page
    order = ["wording", dsl.name, "What to do", "What not to do", "Write it up"]
    assert [page.index(part) for part in order] == sorted(page.index(part) for part in order)
    assert "verdict" not in page


async def test_an_empty_question_gets_a_hint(client: Client) -> None:
    assert "in your own words" in await ask(client, "  \n ", SCRIPT)


# --- what people type is only ever text


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><b>x", "a' onx='"]
)
async def test_what_is_typed_is_escaped(client: Client, typed: str) -> None:
    page = await ask(client, typed)
    assert typed not in page
    assert page.count("<script") == 1


async def test_what_is_typed_is_no_template(client: Client) -> None:
    assert "{{ 7*7 }}" in await ask(client, "{{ 7*7 }}")


def test_every_field_of_an_answer_is_escaped() -> None:
    bad = "<script>\"'&"
    source = Source(bad, bad, bad, bad, bad, bad)
    answer = Answer(bad, bad, "no", bad, bad, bad, bad, (source,), bad, bad, bad, True)
    html = Pages().reply(Reply("answer", answer=answer, note=bad, feedback=True), bad)
    assert "<script" not in html
    assert html.count("&lt;script&gt;&#34;&#39;&amp;") >= 15


async def test_control_characters_are_harmless(client: Client) -> None:
    page = await ask(client, "can I \x00friend\x1b[31m an\x07 ex-pupil?")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", page)


# --- forged, broken, too much


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
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}],
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
    response = await send(client, action="ask", text="ab " * 1500)
    page = await response.text()
    assert response.status == 400
    assert "4,499 characters long" in page
    assert "ab ab ab" in page[page.index("<textarea") : page.index("</textarea>")]
    script = await send(client, SCRIPT, action="ask", text="ab " * 1500)
    assert script.content_type == "text/plain"


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


# --- headers, cookie, key


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/static/chat.js", "/nowhere", "/health"])
async def test_every_response_carries_the_headers(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Server"] == "askfirst"
    assert headers["Cache-Control"] == ("no-cache" if "static" in path else "no-store")


async def test_the_page_holds_nothing_inline(client: Client) -> None:
    page = await ask(client, EX_PUPIL)
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", page)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    cookie = (await client.get("/")).headers["Set-Cookie"]
    assert re.match(r"askfirst=[0-9a-f]{32}; HttpOnly; Path=/; SameSite=Strict$", cookie)
    assert "Set-Cookie" not in (await client.get("/")).headers


async def test_the_cookie_is_kept_to_https_where_asked(core: Core) -> None:
    async with TestClient(TestServer(page_of(core, secure_cookies=True))) as client:
        cookie = (await client.get("/")).headers["Set-Cookie"]
    assert cookie.startswith("__Host-askfirst=")
    assert "Secure" in cookie


async def test_a_made_up_cookie_is_replaced(client: Client) -> None:
    response = await client.get("/", headers={"Cookie": "askfirst=<script>"})
    assert "Set-Cookie" in response.headers


def test_ids_and_tokens_are_checked_whole() -> None:
    assert is_conversation("0" * 32)
    assert not is_conversation("0" * 32 + "\n")
    assert is_token(KEY, "0" * 32, token_for(KEY, "0" * 32))
    assert not is_token(KEY, "0" * 32, "é")


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = read_key(tmp_path / "new")
    assert read_key(tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "web.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["web.key"]


def test_a_damaged_key_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "web.key").write_bytes(b"short")
    with pytest.raises(AskFirstError, match="Delete the file"):
        read_key(tmp_path)


# --- when something is wrong


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


# --- the pure parts


def test_fields_become_messages() -> None:
    assert to_message({"action": "ask", "text": " a\r\nb "}, "c", 10) == Message("a\nb", "c")
    assert to_message({"action": "pick", "entry": "e"}, "c", 10) == Message("", "c", PickEntry("e"))
    fact = {"action": "fact", "entry": "e", "fact": "f", "value": "v"}
    assert to_message(fact, "c", 10).action == GiveFact("e", "f", "v")
    feedback = {"action": "feedback", "entry": "", "helped": "no"}
    assert to_message(feedback, "c", 10).action == GiveFeedback(None, helped=False)
    with pytest.raises(TooLongError):
        to_message({"action": "ask", "text": "x" * 11}, "c", 10)
    with pytest.raises(FormError):
        single(read_fields(b"a=1&a=2"))


def test_numbers_and_dates_are_written_as_people_write_them() -> None:
    assert tel("+44 (0)20 7946 0101") == "tel:+442079460101"
    assert tel("020 7946 0101") == "tel:02079460101"
    assert day("2026-09-01") == "1 September 2026"
    assert day("undated") == "undated"


def test_an_answer_due_for_review_says_so() -> None:
    answer = Answer("e", "T", "yes-if", "A", "W", "", None, (), "Head", "2024-01-01", "2025-01-01", True)
    assert "This answer is due for review" in Pages().reply(Reply("answer", answer=answer), "t")


def test_a_turn_is_drawn_in_the_page(school: School) -> None:
    page = Pages().chat(school, "t", ShownTurn("hello?", Reply("smalltalk", text="Hi")))
    assert page.index("hello?") < page.index("Hi")


def test_the_announcement_says_what_is_on(base: Base, tmp_path: Path) -> None:
    settings = read_settings({"ASKFIRST_DATA": str(tmp_path)})
    lines = list(announcement(settings, base))
    assert "Address: http://127.0.0.1:8080" in lines
    assert f"Entries: {len(base.knowledge.entries)}" in lines
    assert "Web page: on" in lines
    assert "Slack: off (SLACK_BOT_TOKEN is not set)" in lines
    assert "Teams: on" in lines and any("NOBODY'S SIGN-IN IS CHECKED" in line for line in lines)
    assert any(line.startswith("Sentence model: ") for line in lines)
    assert read_settings({"ASKFIRST_HOST": "::1"}).address == "http://[::1]:8080"
    assert on_loopback("127.0.0.1") and on_loopback("localhost") and not on_loopback("0.0.0.0")


@pytest.mark.slow
def test_the_server_says_what_is_on_and_stops_when_told(base: Base, tmp_path: Path) -> None:
    (tmp_path / "cache").symlink_to(CACHE)  # where the fixture `base` has kept what was learned
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    given = {"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(KNOWLEDGE), "ASKFIRST_PORT": str(port)}
    model = {} if base.understanding.semantic else {"ASKFIRST_MODEL": "none"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASKFIRST_")}
    start = "import os; from adapters.command.serve import serve; from bot.settings import read_settings; "
    command = [sys.executable, "-c", start + "serve(read_settings(os.environ))"]
    with subprocess.Popen(command, cwd=ROOT, env=kept | given | model, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(5)]
        assert said[1] == f"Address: http://127.0.0.1:{port}"
        assert said[4] == "Web page: on"
        assert answers(f"http://127.0.0.1:{port}/health") == "ok"
        process.send_signal(signal.SIGHUP)
        assert answers(f"http://127.0.0.1:{port}/health") == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def answers(url: str) -> str:
    """What the server says, once it listens."""
    give_up = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return str(response.read().decode())
        except urllib.error.URLError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)
