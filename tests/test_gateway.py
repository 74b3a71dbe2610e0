"""A gateway for text messages or calls: what it is sent, and how somebody acknowledges through it. Over real HTTP."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.delivering.gateway import SIGNATURE, TIMESTAMP, is_signed, notice_in, signed, token_for
from adapters.delivering.sender import Sender, UndeliveredError
from adapters.delivering.webhook import WebhookWay
from adapters.web.app import make_app
from bot.answering.dialogue import Base
from bot.concerns.ladder.escalation import StepKind
from bot.concerns.words import sentence
from bot.knowledge import School, is_webhook
from bot.service.core import Core
from bot.service.letters import Letter
from bot.settings import SettingsError, read_settings
from bot.store import Store
from tests.conftest import NOW
from tests.test_sender import PUPIL

SECRET, OTHER = "s" * 32, "o" * 32
MINUTE = dt.timedelta(minutes=1)
PLANTED = ("Zed", "Test", "7B", "bruise", "Bello", "Tess")


@dataclass
class Gateway:
    """A gateway of the test: what it was sent, and what it answers."""

    answers: list[web.Response] = field(default_factory=list)
    heard: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            self.heard.append((dict(request.headers), await request.read()))
        return self.answers.pop(0) if self.answers else web.Response(status=204)

    @property
    def last(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.heard[-1][1])
        return found


@dataclass
class World:
    """A school with a gateway for the DSL, and the page to which the gateway answers."""

    core: Core
    gateway: Gateway
    way: WebhookWay
    page: TestClient[web.Request, web.Application]
    to: str
    now: dt.datetime = NOW

    def log(self, key: str = "one") -> str:
        return self.core.casework.log(key, PUPIL, self.now).number

    async def send(self) -> None:
        sender = Sender(self.core.delivery(), (self.way,), lambda: self.now, "https://ask.fernbank.example")
        while await sender.send_due():
            await sender.finish()

    async def acknowledge(self, url: str, secret: str = SECRET, headers: Mapping[str, str] | None = None) -> int:
        body = b'{"pressed": "1"}'
        given = signed(secret, body, self.now, url.partition("token=")[2]) if headers is None else headers
        path = url.removeprefix("https://ask.fernbank.example")
        async with self.page.post(path, data=body, headers=dict(given)) as answer:
            return answer.status

    def lines(self, number: str) -> list[str]:
        reader = self.core.casework.reader("head")
        assert reader
        return [sentence(event) for event in self.core.casework.read(reader, number, self.now).events]


@pytest.fixture
async def world(base: Base, store: Store) -> AsyncIterator[World]:
    gateway = Gateway()
    app = web.Application()
    app.router.add_route("*", "/sms/{who}", gateway.take)
    async with TestServer(app) as server:
        to = str(server.make_url("/sms/dsl"))
        made = _with_webhook(base, to)
        core = Core(lambda: made, store)
        found = World.__new__(World)
        way = WebhookWay(SECRET, core.school, "https://ask.fernbank.example", lambda: found.now)
        page = make_app(core, lambda: found.now, key=b"k" * 32, webhook_secret=SECRET)
        async with TestClient(TestServer(page)) as client:
            found.__init__(core, gateway, way, client, to)  # type: ignore[misc]
            yield found


def _with_webhook(base: Base, to: str) -> Base:
    school: School = base.knowledge.school
    people = {**school.people, "dsl": replace(school.people["dsl"], webhook=to)}
    return replace(base, knowledge=replace(base.knowledge, school=replace(school, people=people)))


# --- what is sent


@pytest.mark.parametrize("danger", ["yes", "no"])
async def test_an_alert_says_that_there_is_one_and_nothing_of_it(world: World, danger: str) -> None:
    number = world.core.casework.log("one", {**PUPIL, "danger": (danger,)}, NOW).number
    await world.send()
    headers, body = world.gateway.heard[0]
    said = json.loads(body)
    assert set(said) == {"id", "school", "kind", "urgent", "text", "acknowledge"}
    assert (said["school"], said["kind"], said["urgent"]) == ("fernbank", "alert", danger == "yes")
    assert said["text"].endswith("A safeguarding concern is waiting for you in AskFirst. Please acknowledge it.")
    assert said["text"].startswith("Immediate") is (danger == "yes")
    whole = body.decode()
    assert not [word for word in (*PLANTED, number) if word in whole]
    assert is_signed(SECRET, headers, body, NOW) and not is_signed(OTHER, headers, body, NOW)
    assert not is_signed(SECRET, headers, body + b" ", NOW)
    assert "Alert sent to Ms Amara Bello through the telephone gateway" in world.lines(number)


async def test_nobody_else_is_reached_that_way(world: World) -> None:
    people = world.core.school().people
    assert world.way.address_of(people["dsl"]) == world.to and world.way.address_of(people["head"]) is None


@pytest.mark.parametrize(
    ("status", "permanent", "wait"),
    [(500, False, None), (503, False, 7.0), (429, False, 7.0), (400, True, None), (410, True, None), (302, True, None)],
)
async def test_what_the_gateway_refuses_is_tried_again_where_that_can_help(
    world: World, status: int, permanent: bool, wait: float | None
) -> None:
    headers = {"Retry-After": "7"} if wait else {"Location": "https://elsewhere.example/"} if status == 302 else {}
    world.gateway.answers = [web.Response(status=status, headers=headers)]
    with pytest.raises(UndeliveredError, match=f"the gateway refused \\({status}\\)") as refused:
        await world.way.send(_letter("alert"), world.to)
    assert (refused.value.permanent, refused.value.wait) == (permanent, wait)
    assert len(world.gateway.heard) == 1, "no redirection is followed"


async def test_a_gateway_that_is_away_is_said_without_content(world: World) -> None:
    with pytest.raises(UndeliveredError, match=r"^the gateway cannot be reached \(") as refused:
        await world.way.send(_letter("alert"), "http://127.0.0.1:9/sms")
    assert not refused.value.permanent
    with pytest.raises(UndeliveredError):
        await world.way.look("http://127.0.0.1:9/sms")
    await world.way.look(world.to)
    assert world.gateway.heard == [], "a look sends nothing"


@pytest.mark.parametrize("kind", ["sign-in", "news"])
async def test_a_link_to_sign_in_never_goes_to_a_telephone(world: World, kind: StepKind) -> None:
    with pytest.raises(UndeliveredError):
        await world.way.send(_letter(kind), world.to)
    assert world.gateway.heard == []


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://sms.fernbank.example/send?to=7", True),
        ("http://127.0.0.1:9000/x", True),
        ("http://localhost/x", True),
        ("http://sms.fernbank.example/send", False),
        ("https://user:secret@sms.fernbank.example/", False),
        ("ftp://sms.fernbank.example/", False),
        ("https://", False),
        ("sms.fernbank.example", False),
    ],
)
def test_only_https_or_this_machine(address: str, good: bool) -> None:
    assert is_webhook(address) is good


def test_a_secret_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(SettingsError, match="ASKFIRST_WEBHOOK_SECRET"):
        read_settings({"ASKFIRST_WEBHOOK_SECRET": "short"})
    assert read_settings({"ASKFIRST_WEBHOOK_SECRET": SECRET}).alerting == "sent"


def _letter(kind: StepKind) -> Letter:
    return Letter("a" * 32, kind, "AB12C", False, "Subject", ("Line",), "https://x.example/inbox/enter?token=t")


# --- acknowledging


async def test_a_person_acknowledges_once_and_the_way_stands_in_the_chronology(world: World) -> None:
    number = world.log()
    await world.send()
    url = world.gateway.last["acknowledge"]
    assert await world.acknowledge(url) == 200
    assert "Acknowledged through the telephone gateway" in world.lines(number)
    assert [await world.acknowledge(url) for _ in range(2)] == [410, 410]
    assert world.lines(number).count("Acknowledged through the telephone gateway") == 1
    due = world.core.delivery().claim(world.now + 31 * MINUTE)
    assert "alert" not in {notice.kind for notice in due}, "nobody is called any more"


async def test_a_used_token_does_not_acknowledge_what_came_later(world: World) -> None:
    receipt = world.core.casework.log("one", PUPIL, world.now)
    await world.send()
    url = world.gateway.last["acknowledge"]
    assert await world.acknowledge(url) == 200
    world.now += 5 * MINUTE
    world.core.casework.add(receipt.receipt, "He said it again.", world.now)
    assert await world.acknowledge(url) == 410
    await world.send()
    assert await world.acknowledge(world.gateway.last["acknowledge"]) == 200


async def test_an_alert_that_somebody_saw_is_not_its_own_acknowledgement(world: World) -> None:
    number = world.log()
    await world.send()
    headers, body = world.gateway.heard[0]
    seen = {name: headers[name] for name in (TIMESTAMP, SIGNATURE)}
    url = json.loads(body)["acknowledge"].removeprefix("https://ask.fernbank.example")
    async with world.page.post(url, data=body, headers=seen) as answer:
        assert answer.status == 401
    assert not [line for line in world.lines(number) if line.startswith("Acknowledged")]


@pytest.mark.parametrize(
    "forged", ["no signature", "no bytes", "another token", "another secret", "old", "ahead", "not a time"]
)
async def test_who_did_not_sign_it_acknowledges_nothing(world: World, forged: str) -> None:
    number = world.log()
    await world.send()
    body, token = b'{"pressed": "1"}', world.gateway.last["acknowledge"].partition("token=")[2]
    right = signed(SECRET, body, world.now, token)
    headers = {
        "no signature": {},
        "no bytes": {**right, SIGNATURE: "v1=\udcff"},
        "another token": signed(SECRET, body, world.now, token_for(SECRET, "fernbank", "f" * 32, world.now)),
        "another secret": signed(OTHER, body, world.now, token),
        "old": signed(SECRET, body, world.now - 6 * MINUTE, token),
        "ahead": signed(SECRET, body, world.now + 6 * MINUTE, token),
        "not a time": {**right, TIMESTAMP: "²"},
    }[forged]
    assert await world.acknowledge(world.gateway.last["acknowledge"], headers=headers) == 401
    assert not [line for line in world.lines(number) if line.startswith("Acknowledged")]


async def test_a_token_ends_after_a_day_and_is_for_one_alert_of_one_school(world: World) -> None:
    number = world.log()
    await world.send()
    url = world.gateway.last["acknowledge"]
    notice, token = world.gateway.last["id"], url.partition("token=")[2]
    assert notice_in(SECRET, "fernbank", token, world.now) == notice
    assert notice_in(SECRET, "another", token, world.now) == "" == notice_in(OTHER, "fernbank", token, world.now)
    forged = token_for(SECRET, "fernbank", "f" * 32, world.now)
    assert await world.acknowledge(f"/alerts/acknowledge?token={forged}") == 410, "signed, and no such alert"
    swapped = f"{'f' * 32}{token[32:]}"
    assert await world.acknowledge(f"/alerts/acknowledge?token={swapped}") == 403
    world.now += dt.timedelta(hours=25)
    assert await world.acknowledge(url) == 403
    assert not [line for line in world.lines(number) if line.startswith("Acknowledged")]


async def test_without_a_secret_there_is_no_such_address(core: Core) -> None:
    async with (
        TestClient(TestServer(make_app(core, lambda: NOW, key=b"k" * 32))) as page,
        page.post("/alerts/acknowledge", headers={SIGNATURE: "v1="}) as answer,
    ):
        assert answer.status == 404
