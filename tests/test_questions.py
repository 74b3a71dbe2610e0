"""However many ask at once, whoever logs a concern does not wait behind them, and whoever is refused hears whom to
ring."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters.chat.asking import reply_to, reply_to_edit
from adapters.chat.replies import read_aloud
from adapters.web.security import Limits
from bot.answering.dialogue import Base
from bot.messages import Message, Reply
from bot.service.assistant import Assistant
from bot.service.core import Core
from bot.service.questions import AT_ONCE, BusyError, Questions
from bot.store import Store
from tests.web.concern.form import PUPIL, post, receipt_in, start
from tests.web.page import AT_RISK, NOW, SCRIPT, Client, open_page, page_of, send

QUEUE = 2
MOST = AT_ONCE + QUEUE
EVERYBODY = 100  # more than there are threads in a process


class Slow(Assistant):
    """An assistant that answers nobody until it is let go."""

    def __init__(self, base: Base, store: Store) -> None:
        super().__init__(lambda: base, store)
        self.go = threading.Event()

    def handle(self, message: Message, now: dt.datetime) -> Reply:
        assert self.go.wait(60)
        return super().handle(message, now)


@pytest.fixture
def slow(base: Base, store: Store) -> Iterator[Slow]:
    made = Slow(base, store)
    yield made
    made.go.set()


@pytest.fixture
def core(base: Base, store: Store, slow: Slow) -> Core:
    made = Core(lambda: base, store)
    made.assistant = slow
    made.questions = Questions(lambda: made.assistant, QUEUE)
    return made


@pytest.fixture
async def client(core: Core) -> AsyncIterator[Client]:
    async with TestClient(TestServer(page_of(core))) as opened:
        yield opened


async def test_a_full_queue_refuses_at_once_and_takes_more_when_it_is_shorter(core: Core, slow: Slow) -> None:
    waiting = [asyncio.create_task(core.questions.answer(Message("hello", str(n)), NOW)) for n in range(MOST)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await core.questions.answer(Message("hello", "one more"), NOW)
    slow.go.set()
    assert all(reply.kind == "smalltalk" for reply in await asyncio.gather(*waiting))
    assert (await core.questions.answer(Message("hello", "one more"), NOW)).kind == "smalltalk"


async def test_whoever_gives_up_waiting_leaves_the_queue(core: Core) -> None:
    waiting = [asyncio.create_task(core.questions.answer(Message("hello", str(n)), NOW)) for n in range(MOST)]
    await asyncio.sleep(0)
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    another = asyncio.create_task(core.questions.answer(Message("hello", "another"), NOW))
    await asyncio.sleep(0)
    assert not another.done()
    another.cancel()


@pytest.mark.parametrize("headers", [None, SCRIPT], ids=["page", "script"])
async def test_the_page_says_that_it_is_too_much_and_whom_to_ring(
    client: Client, core: Core, headers: dict[str, str] | None
) -> None:
    tasks = [asyncio.create_task(core.questions.answer(Message("hello", str(n)), NOW)) for n in range(MOST)]
    await asyncio.sleep(0)
    refused = await send(client, headers, action="ask", text=AT_RISK)
    said = await refused.text()
    assert refused.status == 429 and int(refused.headers["Retry-After"]) >= 1
    assert "this was not taken" in said
    assert core.school().holders("dsl")[0].phone in said
    for each in tasks:
        each.cancel()


async def test_a_chat_says_that_it_is_too_much_and_whom_to_ring(core: Core) -> None:
    tasks = [asyncio.create_task(core.questions.answer(Message("hello", str(n)), NOW)) for n in range(MOST)]
    await asyncio.sleep(0)
    reply = await reply_to(core, Message(AT_RISK, "one"), NOW)
    said = read_aloud(reply)
    assert "I have not looked at your question" in said and "999" in said
    assert core.school().holders("dsl")[0].phone in said
    assert reply.form
    with pytest.raises(BusyError):  # it is kept, and looked at later
        await reply_to_edit(core, Message(AT_RISK, "one"), None, NOW)
    for each in tasks:
        each.cancel()


async def test_a_concern_is_logged_and_the_health_is_told_while_everybody_asks(core: Core, slow: Slow) -> None:
    core.questions = Questions(lambda: core.assistant, EVERYBODY)
    async with TestClient(TestServer(page_of(core, limits=Limits(burst=EVERYBODY)))) as crowded:
        fields = {"token": await open_page(crowded), "action": "ask", "text": "hello"}
        asking = [asyncio.create_task(crowded.post("/", data=fields)) for _ in range(EVERYBODY)]
        report = await start(crowded, PUPIL)
        stored = await post(crowded, report)
        assert stored.status == 200 and receipt_in(await stored.text())
        assert (await crowded.get("/healthz")).status == 200
        assert not any(each.done() for each in asking)
        slow.go.set()
        assert {answer.status for answer in await asyncio.gather(*asking)} == {200}
