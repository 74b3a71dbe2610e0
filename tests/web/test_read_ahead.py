"""Whoever comes first waits no longer than the next one: the templates are read before the page listens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiohttp.test_utils import TestClient, TestServer
from jinja2 import Environment, FileSystemLoader

from adapters.command.warming import warm, warm_beside
from adapters.web.security import Limits
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store
from tests.conftest import SCHOOL
from tests.web.concern.form import PUPIL, post, receipt_in, start
from tests.web.page import AT_RISK, EX_PUPIL, NOW, SCRIPT, ask, page_of, send


async def test_no_template_is_read_while_the_page_is_open(
    base: Base, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = Core(lambda: base, store)
    app = page_of(core, limits=Limits(burst=4, wider=1))
    warm(app, core, NOW)
    await warm_beside(app)
    monkeypatch.setattr(FileSystemLoader, "get_source", _nothing_is_read)
    async with TestClient(TestServer(app)) as client:
        assert "999" in await ask(client, AT_RISK)
        await ask(client, EX_PUPIL, SCRIPT)
        report = await start(client, PUPIL)
        assert receipt_in(await (await post(client, report)).text())
        assert (await client.get("/concern/receipt")).status == 200
        assert (await client.get("/inbox/sign-in")).status == 200
        assert (await client.get("/privacy")).status == 200
        assert (await client.get("/nowhere")).status == 404
        statuses = [(await send(client, action="ask", text=EX_PUPIL)).status for _ in range(4)]
        assert statuses[-1] == 429


async def test_what_a_crowd_opens_is_read_before_the_page_listens_and_the_inbox_beside_the_first_answers(
    base: Base, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, read, from_file = Core(lambda: base, store), set(), FileSystemLoader.get_source

    def reads(loader: FileSystemLoader, environment: Environment, name: str) -> tuple[str, str, Callable[[], bool]]:
        read.add(name)
        return from_file(loader, environment, name)

    monkeypatch.setattr(FileSystemLoader, "get_source", reads)
    app = page_of(core)
    warm(app, core, NOW)
    assert "chat.html" in read and not [name for name in read if name.startswith("inbox/")]
    await warm_beside(app)
    assert "inbox/enter.html" in read


async def test_nothing_is_kept_of_the_question_that_nobody_asked(base: Base, store: Store) -> None:
    core = Core(lambda: base, store)
    warm(page_of(core), core, NOW)
    talk = store.talk(SCHOOL)
    assert (talk.gaps(), talk.tallies(NOW.date())) == ((), ())


def _nothing_is_read(*_: object) -> tuple[str, str, None]:
    raise AssertionError("a template was read")
