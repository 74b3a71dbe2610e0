"""`askfirst serve` as a process of its own, killed without warning while it answers: one answer, nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from adapters.slack.start import EVENTS
from bot.answering.dialogue import Base
from bot.store import Store, open_store
from tests.conftest import KEY, ROOT
from tests.databases import free_port
from tests.make_base import small_base, small_cache
from tests.slack.people import Person
from tests.slack.school import logs_a_concern
from tests.slack.server import Slack

ASKED = "can parents have my mobile number?"
START = "from adapters.command.main import main; main()"
LONG = 60.0  # seconds for a process to start on a slow machine
pytestmark = pytest.mark.slow


class Server:
    """`askfirst serve` on a database in a folder, as often as one likes."""

    def __init__(self, slack: Slack, folder: Path) -> None:
        self._slack, self._port = slack, free_port()
        self._folder, self.database = folder, f"sqlite:///{folder / 'askfirst.db'}"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASKFIRST_", "SLACK_"))}
        given = {
            "ASKFIRST_DATA": str(self._folder), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_KEYS": KEY,
            "ASKFIRST_PORT": str(self._port), "ASKFIRST_DATABASE_URL": self.database, "ASKFIRST_MODEL": "none",
            "SLACK_BOT_TOKEN": self._slack.token, "SLACK_SIGNING_SECRET": self._slack.signing_secret,
            "SLACK_API_URL": self._slack.api_url, "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [sys.executable, "-c", START, "serve"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, env=kept | given, stdout=log, stderr=log)
        await self._slack.settled(self._listens, within=LONG)
        await _until_well(f"http://127.0.0.1:{self._port}/health")
        self._slack.posts_to(f"http://127.0.0.1:{self._port}{EVENTS}")

    def kill(self) -> None:
        """kill -9."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)

    def half_a_minute_passes(self) -> None:
        """The dead process no longer holds what it had begun."""
        with self.store() as store, store._database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE received SET lease_until = 0 WHERE payload IS NOT NULL")
            connection.exec_driver_sql("UPDATE notices SET lease_until = 0 WHERE lease_until IS NOT NULL")

    def waiting(self) -> int:
        """How many questions are written down and not dealt with."""
        with self.store() as store, store._database.engine.connect() as connection:
            count = "SELECT count(*) FROM received WHERE payload IS NOT NULL AND channel = 'slack'"
            return int(connection.exec_driver_sql(count).scalar_one())

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        opened = open_store(self.database, (KEY,), self._folder / "no.key")
        try:
            yield opened
        finally:
            opened.close()

    def _listens(self) -> bool:
        assert self._process and self._process.poll() is None, (self._folder / "log").read_text(encoding="utf-8")
        return "Web page: on" in (self._folder / "log").read_text(encoding="utf-8")


async def _until_well(url: str) -> None:
    give_up = time.monotonic() + LONG
    async with aiohttp.ClientSession() as browser:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with browser.get(url) as answer:
                    if answer.status == 200:
                        return
            assert time.monotonic() < give_up
            await asyncio.sleep(0.05)


@pytest.fixture
async def server(slack: Slack, lexical: Base, tmp_path: Path) -> AsyncIterator[Server]:
    (tmp_path / "cache").symlink_to(small_cache())  # where the fixture `lexical` has kept what was learned
    made = Server(slack, tmp_path)
    await made.start()
    yield made
    await slack.settled()
    await slack.sender.close()
    made.end()


@pytest.fixture
def priya(slack: Slack) -> Person:
    return slack.person("U0TEACHER", "Priya Shah", "p.shah@fernbank.example")


async def test_a_question_between_its_200_and_its_answer_is_answered_once_after_the_kill(
    slack: Slack, server: Server, priya: Person
) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=30)  # the answer is ready, and waits
    await priya.says(ASKED)
    assert slack.deliveries[-1].acknowledged
    await slack.settled(lambda: slack.calls_to("chat.postMessage"))
    server.kill()
    assert server.waiting() == 1
    server.half_a_minute_passes()
    await server.start()
    await slack.settled(lambda: _answers(priya), within=LONG)
    await slack.settled(lambda: server.waiting() == 0, within=LONG)
    assert len(_answers(priya)) == 1


async def test_an_answer_that_was_posted_before_the_kill_is_found_and_not_posted_again(
    slack: Slack, server: Server, priya: Person
) -> None:
    slack.faults.lose_answer("chat.postMessage")  # it is there, and the process never hears so
    await priya.says(ASKED)
    await slack.settled(lambda: _answers(priya))
    server.kill()
    assert server.waiting() == 1
    server.half_a_minute_passes()
    await server.start()
    await slack.settled(lambda: slack.calls_to("conversations.history"), within=LONG)
    await slack.settled(lambda: server.waiting() == 0, within=LONG)
    assert len(_answers(priya)) == 1


async def test_a_concern_whose_form_said_logged_is_alerted_about_after_the_kill(
    slack: Slack, server: Server, priya: Person
) -> None:
    dsl = slack.person("U0DSL", "Ms Amara Bello", "a.bello@fernbank.example")
    with slack.faults.outage("chat.*"):  # nobody has been told yet
        await priya.asks("/concern")
        await logs_a_concern(priya, slack, danger="Yes")
        assert priya.modal and "Logged. Your receipt" in priya.modal.text
        server.kill()
    server.half_a_minute_passes()
    await server.start()
    await slack.settled(lambda: any("afeguarding concern" in each.text for each in dsl.messages), within=LONG)


def _answers(person: Person) -> list[str]:
    return [message.text for message in person.messages if message.from_app]
