"""What a platform and what monitoring are told, and what becomes of a process whose loops fail."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters.command.running import files_loop
from adapters.delivering.answers import AnswerReminder
from adapters.delivering.calendars import CalendarKeeper
from adapters.delivering.loops import END_WITHIN, LET_GO_WITHIN, Loop, Loops, LoopStatus
from adapters.delivering.planned import PlanReminder
from adapters.delivering.poster import TipPoster
from adapters.delivering.pulse import Pulse
from adapters.delivering.reaching import ReachWatch
from adapters.delivering.reminders import SignInReminder
from adapters.delivering.sender import Sender
from adapters.slack import SlackService
from adapters.teams import TeamsService
from adapters.web.app import make_app
from adapters.web.tip import WebTips
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.settings import read_settings
from bot.store import Store, StoreError
from tests.conftest import KEY, NOW, ROOT
from tests.make_base import small_base, small_cache
from tests.moved_time import MovedTime
from tests.test_sender import PUPIL

Answer = tuple[int, Mapping[str, Any]]
COUNTS = {"waiting": 0, "late": 0, "missing": 0, "undelivered": 0}
SECRET = "what somebody wrote"
IN_THREADS = ["alerts", "ladders", "tips", "files"]  # what asks in a thread, where a call may hang


class Fragile:
    """Something that a loop asks, and that fails like nobody has foreseen while it is broken."""

    def __init__(self, well: Callable[[], Any]) -> None:
        self._well, self.broken = well, True

    def __call__(self) -> Any:
        if self.broken:
            raise KeyError(SECRET)
        return self._well()


TOKEN = "the-token-of-monitoring-is-long-enough"


class FragileFiles:
    def __init__(self, ask: Callable[[], Any]) -> None:
        self.refresh = ask


@pytest.fixture
def core(lexical: Base, store: Store) -> Core:
    return Core(lambda: lexical, store)


class Watched:
    """A page with loops beside it, and whoever asks how they are."""

    def __init__(self, core: Core, *loops: Loop, alarm: Callable[[], str] = str) -> None:
        self.time, self.now = MovedTime(), NOW
        self.loops = Loops(self.time)
        self.loops.add(*loops)
        self._app = make_app(core, lambda: self.now, key=b"k" * 32, loops=self.loops, alarm=alarm, health_token=TOKEN)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Watched]:
        async with TestClient(TestServer(self._app)) as self._client:
            process = asyncio.create_task(self.loops.run())
            await self.time.passes(0)
            yield self
            self.loops.stop()
            while not process.done():
                await self.time.passes(END_WITHIN + LET_GO_WITHIN)
            await asyncio.gather(process, return_exceptions=True)

    async def healthz(self) -> Answer:
        async with self._client.get("/healthz", headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            return answer.status, await answer.json()

    async def livez(self, path: str = "/livez") -> int:
        async with self._client.get(path) as answer:
            return answer.status

    async def until(self, name: str, status: str) -> Answer:
        """What /healthz says as soon as this loop stands so. No time passes, but that of threads."""
        async with asyncio.timeout(20):
            while (found := await self.healthz())[1]["loops"][name]["status"] != status:
                await asyncio.sleep(0)
        return found


def loops_of(core: Core, ask: Callable[[], Any]) -> Mapping[str, Loop]:
    """The product's own loops by name, with `ask` in place of what they ask."""
    slack = read_settings({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}).slack
    teams = read_settings({"ASKFIRST_TEAMS_TRY": "1"}).teams
    assert slack and teams
    loops = (
        *Sender(core.delivery(), (), ask, "http://localhost").loops(),
        *TipPoster(core.tips, [WebTips()], ask).loops(),
        *CalendarKeeper(lambda: ask().school, core.calendars).loops(),
        *SlackService(core, slack, ask).loops(),
        *TeamsService(core, teams, ask).loops(),
        *ReachWatch(ask, ()).loops(),
        *SignInReminder(core.school, core.store, (), lambda _: str(ask()), ask).loops(),
        *AnswerReminder(ask, core.store, (), ask, "http://localhost").loops(),
        *PlanReminder(ask, core.readiness, core.store, (), ask).loops(),
        files_loop(FragileFiles(ask)),  # type: ignore[arg-type]
    )
    return {loop.name: loop for loop in loops}


@pytest.mark.parametrize("name", [*IN_THREADS, "calendar", "slack left over", "teams left over"])
async def test_each_loop_that_dies_is_named_started_again_and_then_well(
    core: Core, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    ask = Fragile(lambda: NOW if name != "calendar" else core.base().knowledge)
    async with Watched(core, loops_of(core, ask)[name]).open() as watched:
        status, said = await watched.until(name, "starting again")
        assert status == 503
        assert said["status"] == f"the loop {name} is starting again"
        assert await watched.livez() == 200, "the page can serve"
        ask.broken = False
        await watched.time.passes(1)
        status, said = await watched.until(name, "running")
        assert (status, said["status"], said["loops"][name]["restarts"]) == (200, "ok", 1)
    assert f"the loop {name} ended with KeyError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("name", IN_THREADS)
async def test_each_loop_that_hangs_is_named_started_again_and_then_well(
    core: Core, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    let_go, asked = threading.Event(), threading.Event()

    def ask() -> dt.datetime:
        if not asked.is_set():
            asked.set()
            let_go.wait(60)
        return NOW

    loop = loops_of(core, ask)[name]
    async with Watched(core, loop).open() as watched:
        assert await asyncio.to_thread(asked.wait, 20)
        watched.time.jumps(loop.patience + 1)
        status, said = await watched.healthz()
        assert (status, said["status"]) == (503, f"the loop {name} is hanging")
        assert said["loops"][name]["status"] == "hanging"
        await watched.time.passes(2)
        status, said = await watched.until(name, "running")
        assert (status, said["loops"][name]["restarts"]) == (200, 1)
        let_go.set()
    assert f"the loop {name} has hung for {loop.patience:g} seconds" in caplog.text


async def test_every_loop_is_explained_to_whoever_watches(core: Core) -> None:
    explained = (ROOT / "docs" / "watching.md").read_text(encoding="utf-8")
    loops = loops_of(core, lambda: NOW)
    assert [name for name in loops if f"`{name}`" not in explained] == []
    assert {name for name, loop in loops.items() if loop.vital} == {"alerts", "ladders", "leases", "slack connection"}
    assert [status for status in get_args(LoopStatus) if f"`{status}`" not in explained] == []


async def test_monitoring_is_told_of_every_loop_and_of_nobody(core: Core) -> None:
    async def turns(pulse: Pulse) -> None:
        while not pulse.stopped:
            await pulse.wait(10)

    async with Watched(core, Loop("alerts", turns), Loop("tips", turns)).open() as watched:
        await watched.time.passes(4)
        loop = {"status": "running", "seconds_since_beat": 4.0, "restarts": 0}
        assert await watched.healthz() == (200, {"status": "ok", **COUNTS, "loops": {"alerts": loop, "tips": loop}})
        assert [await watched.livez(path) for path in ("/livez", "/health")] == [200, 200]


async def test_monitoring_is_told_that_somebody_was_not_told(core: Core) -> None:
    async with Watched(core).open() as watched:
        core.casework.log("one", PUPIL, NOW)
        assert (await watched.healthz())[0] == 200
        watched.now = NOW + dt.timedelta(minutes=2)
        status, said = await watched.healthz()
        assert (status, said["status"]) == (503, "late")
        assert said["late"] > 0
        assert await watched.livez() == 200


async def test_what_could_not_be_delivered_is_never_well(core: Core) -> None:
    core.casework.log("one", PUPIL, NOW)
    delivery = core.delivery()
    (notice,) = delivery.claim(NOW)
    delivery.failed(notice, "e-mail", ("e-mail",), "the mail server cannot be reached", NOW)
    async with Watched(core).open() as watched:
        status, said = await watched.healthz()
        assert (status, said["status"], said["undelivered"]) == (503, "undelivered", 1)
        assert "Bello" not in str(said)
        (again,) = delivery.claim(NOW + dt.timedelta(seconds=5))
        delivery.sent(again, "e-mail", NOW + dt.timedelta(seconds=5))
        assert (await watched.healthz())[0] == 200


async def test_a_database_that_takes_no_writes_is_never_well(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def full(_: Store) -> None:
        tries.append(1)
        raise StoreError("the disk is full")

    async with Watched(core).open() as watched:
        monkeypatch.setattr(Store, "try_a_write", full)
        for _ in range(3):
            status, said = await watched.healthz()
            assert (status, said["status"]) == (503, "the database takes no writes")
        assert len(tries) == 1, "however often somebody asks"


async def test_a_database_that_cannot_be_used_is_for_monitoring_not_for_a_restart(core: Core, store: Store) -> None:
    with store._database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE notices")
    async with Watched(core).open() as watched:
        assert await watched.healthz() == (503, {"status": "the database cannot be used", "loops": {}})
        assert await watched.livez() == 200


async def test_monitoring_sees_that_nothing_can_be_written_though_it_can_be_read(core: Core, store: Store) -> None:
    def ask() -> dt.datetime:
        raise StoreError("the database is busy. Try again")

    sender = Sender(core.delivery(), (), ask, "http://localhost")
    async with Watched(core, *sender.loops()).open() as watched:
        status, said = await watched.until("alerts", "held up")
        assert status == 503
        assert "the loop alerts is held up" in said["status"]
        assert said["loops"]["alerts"]["restarts"] == 0


async def test_a_process_that_gives_up_says_so_to_its_platform(core: Core) -> None:
    async def raises(_: Pulse) -> None:
        raise RuntimeError(SECRET)

    async with Watched(core, Loop("alerts", raises, vital=True)).open() as watched:
        await watched.time.passes(60)
        assert await watched.livez() == 200
        await watched.time.passes(60)
        assert [await watched.livez(path) for path in ("/livez", "/health")] == [503, 503]
        assert (await watched.healthz())[1]["loops"]["alerts"]["status"] == "ended"


# The real command in a process of its own, with one more loop, and with time that passes a hundred times as fast.
START = f"""
import asyncio, sys, threading
from adapters.command import main, running, serve as page, work as sender
from adapters.delivering.loops import Loop, Loops
from adapters.delivering.pulse import MachineTime

class Hurried(MachineTime):
    async def wait(self, event, seconds):
        await super().wait(event, seconds / 100)

async def raises(_):
    raise RuntimeError({SECRET!r})

async def blocks(pulse):
    print("blocked", flush=True)
    await asyncio.to_thread(threading.Event().wait)

faults = dict(raises=Loop("broken", raises, vital=True), stays=Loop("broken", raises), blocks=Loop("broken", blocks))
loops = Loops(Hurried())
loops.add(faults[sys.argv.pop(1)])
running.END_IN_ALL = 2.0
serve, work = page.serve, sender.work
page.serve, sender.work = lambda settings, demo: serve(settings, loops, demo), lambda settings: work(settings, loops)
main.main()
"""


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    (tmp_path / "cache").symlink_to(small_cache())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASKFIRST_")}
    given = {"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_PORT": port}
    return {**kept, **given, "ASKFIRST_MODEL": "none", "ASKFIRST_KEYS": KEY, "PYTHONPATH": str(ROOT)}


@contextlib.contextmanager
def started(fault: str, verb: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", START, fault, verb]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["serve", "work"])
def test_a_loop_that_fails_for_ever_takes_the_process_down_loudly(
    lexical: Base, verb: str, environment: Mapping[str, str]
) -> None:
    with started("raises", verb, environment) as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.count("ERROR askfirst.loops: the loop broken ended with RuntimeError") == 7
    assert "CRITICAL askfirst.loops: the loop broken ended with RuntimeError" in said
    assert "askfirst: the loop broken" in said, "the last line, as for every error"
    assert SECRET not in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_told_to_stop_while_a_loop_is_started_again_and_again(environment: Mapping[str, str]) -> None:
    with started("stays", "work", environment) as process:
        assert process.stdout is not None
        while "the loop broken ended" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in said


@pytest.mark.slow
def test_what_hangs_in_a_thread_cannot_keep_the_process_from_ending(environment: Mapping[str, str]) -> None:
    with started("blocks", "work", environment) as process:
        assert process.stdout is not None
        while "blocked" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "the process is cut off" in said


@pytest.mark.slow
def test_a_page_with_a_dead_loop_serves_and_says_so(lexical: Base, environment: Mapping[str, str]) -> None:
    address = f"http://127.0.0.1:{environment['ASKFIRST_PORT']}"
    with started("stays", "serve", environment) as process:
        give_up = time.monotonic() + 60
        while _asked(address + "/livez") != 200:
            assert process.poll() is None and time.monotonic() < give_up
            time.sleep(0.05)
        assert _asked(address + "/healthz") == 503
        assert _asked(address + "/") == 200
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert process.returncode == 0


def _asked(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except urllib.error.URLError:
        return 0


async def test_the_files_are_looked_at_whatever_comes_of_what_is_done_before() -> None:
    looked: list[str] = []

    def broken() -> None:
        raise KeyError(SECRET)

    files = FragileFiles(lambda: looked.append("at the files"))
    with pytest.raises(KeyError):
        await files_loop(files, before=broken).run(Pulse(MovedTime()))  # type: ignore[arg-type]
    assert looked == ["at the files"]
