"""`askfirst serve` as a process of its own, killed with no warning while it answers Teams: one answer, nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa

from adapters.teams import MESSAGES
from adapters.teams.trial import identity
from bot.answering.dialogue import Base
from bot.store import Store, open_store
from tests.conftest import KEY, ROOT
from tests.databases import free_port
from tests.make_base import small_base, small_cache
from tests.teams.deliveries import Answer, Sender
from tests.teams.people import Person
from tests.teams.school import STAFF, AtSchool, logs_a_concern
from tests.teams.server import Teams

ASKED = "can parents have my mobile number?"
START = "from adapters.command.main import main; main()"
LONG = 60.0  # seconds for a process to start on a slow machine
pytestmark = pytest.mark.slow


class WithoutSignIn(Sender):
    """What a client on the same computer sends, where Teams is tried out."""

    async def post(self, body: str | bytes, authorization: str | None, content: str = "application/json") -> Answer:
        return await super().post(body, None, content)


class Server:
    """`askfirst serve` on a database in a folder, as often as one likes."""

    def __init__(self, teams: Teams, folder: Path) -> None:
        self._teams, self._port = teams, free_port()
        self._folder, self.database = folder, f"sqlite:///{folder / 'askfirst.db'}"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        foreign = ("ASKFIRST_", "SLACK_", "TEAMS_", "PORT")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        given = {
            "ASKFIRST_DATA": str(self._folder), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_KEYS": KEY,
            "ASKFIRST_HOST": "127.0.0.1", "ASKFIRST_PORT": str(self._port), "ASKFIRST_MODEL": "none",
            "ASKFIRST_DATABASE_URL": self.database, "ASKFIRST_TEAMS_TRY": "1", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [sys.executable, "-c", START, "serve"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, env=kept | given, stdout=log, stderr=log)
        await self._until_well()
        written = self._log.read_text(encoding="utf-8")
        self._teams.posts_to(re.findall(rf"Teams, for this start alone: (http\S+{MESSAGES}/\S+)", written)[-1])

    def kill(self) -> None:
        """kill -9."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)

    def half_a_minute_passes(self) -> None:
        """The dead process no longer holds what it had begun, and what it would have tried later is due."""
        with self._connected() as connection:
            connection.exec_driver_sql("UPDATE received SET lease_until = 0 WHERE payload IS NOT NULL")
            connection.exec_driver_sql("UPDATE notices SET lease_until = 0 WHERE lease_until IS NOT NULL")
            connection.exec_driver_sql("UPDATE notices SET due_at = 0 WHERE state = 'waiting' AND kind = 'alert'")

    def waiting(self) -> int:
        """How many messages are written down and not dealt with."""
        return self._count("received WHERE payload IS NOT NULL AND channel = 'teams'")

    def concerns(self) -> int:
        """How many concerns are in the store."""
        return self._count("concerns")

    def _count(self, rows: str) -> int:
        with self._connected() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {rows}").scalar_one())

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        store: Store = open_store(self.database, (KEY,), self._folder / "no.key")
        try:
            with store._database.engine.begin() as connection:
                yield connection
        finally:
            store.close()

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    async def _until_well(self) -> None:
        give_up = time.monotonic() + LONG
        async with aiohttp.ClientSession() as browser:
            while True:
                assert self._process and self._process.poll() is None, self._log.read_text(encoding="utf-8")
                with contextlib.suppress(aiohttp.ClientError):
                    async with browser.get(f"http://127.0.0.1:{self._port}/health") as answer:
                        if answer.status == 200:
                            return
                assert time.monotonic() < give_up, self._log.read_text(encoding="utf-8")
                await asyncio.sleep(0.05)


@pytest.fixture
async def server(teams: Teams, lexical: Base, tmp_path: Path) -> AsyncIterator[Server]:
    (tmp_path / "cache").symlink_to(small_cache())  # where the fixture `lexical` has kept what was learned
    teams.sender = WithoutSignIn(teams.desk, teams.faults, teams.activity)
    made = Server(teams, tmp_path)
    await made.start()
    yield made
    await teams.settled()
    made.end()


@pytest.fixture
async def priya(teams: Teams, server: Server) -> Person:
    """A teacher who has the app and has read its welcome."""
    person = teams.person(*STAFF["teacher"], identity("teacher-1"))
    await person.installs()
    await person.reads("Ask before you act", within=LONG)
    return person


async def test_a_question_between_its_200_and_its_answer_is_answered_once_after_the_kill(
    teams: Teams, server: Server, priya: Person
) -> None:
    with teams.faults.outage("send"):  # the answer is ready, and Teams takes nothing
        before = len(teams.calls_to("send"))
        await priya.says(ASKED)
        assert teams.deliveries[-1].taken
        await teams.settled(lambda: len(teams.calls_to("send")) > before)
        server.kill()
    assert server.waiting() == 1
    server.half_a_minute_passes()
    await server.start()
    await _all_dealt_with(teams, server)
    assert len(_answers(priya)) == 1


async def test_a_message_that_comes_again_after_the_kill_is_answered_once(
    teams: Teams, server: Server, priya: Person
) -> None:
    with teams.faults.outage("send"):
        await priya.says(ASKED)
        server.kill()
    assert server.waiting() == 1
    await server.start()
    await teams.sender.send(teams.deliveries[-1].activity)  # Teams did not hear the 200
    server.half_a_minute_passes()
    await _all_dealt_with(teams, server)
    assert len(_answers(priya)) == 1


async def test_a_concern_whose_dialog_said_logged_is_stored_and_alerted_about_after_the_kill(
    teams: Teams, server: Server, priya: Person
) -> None:
    dsl = teams.person(*STAFF["dsl"], identity("dsl"))
    await dsl.installs()
    await dsl.reads("Ask before you act", within=LONG)
    with teams.faults.outage("send"):  # nobody has been told yet
        await priya.uses_compose_action()
        await logs_a_concern(priya)
        shown = priya.sees().replace("\\", "")
        assert "Your receipt: " in shown
        server.kill()
    assert server.concerns() == 1
    server.half_a_minute_passes()
    await server.start()
    number = shown.partition("Your receipt: ")[2][:5]
    await dsl.reads(f"Safeguarding concern {number}", within=LONG)
    assert server.concerns() == 1


async def test_a_question_that_waits_longer_than_its_lease_is_answered_once(teams: Teams, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await fernbank.everybody("teacher")
    before = len(teams.calls_to("send"))
    teams.faults.rate_limit("send", retry_after=1)
    await teacher.says(ASKED)
    await teams.settled(lambda: len(teams.calls_to("send")) > before)
    fernbank.clock.moves(seconds=31)
    await fernbank.service.channel.tidy_up()  # the look for what a dead process left behind
    await fernbank.settled()
    assert len(_answers(teacher)) == 1


async def _all_dealt_with(teams: Teams, server: Server) -> None:
    await teams.settled(lambda: server.waiting() == 0, within=LONG)
    await teams.settled()


def _answers(person: Person) -> list[str]:
    return [message.text for message in person.messages if message.from_app and "Rests on:" in message.text]
