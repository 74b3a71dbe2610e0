"""The loops of a process: what ends, raises or hangs is seen, said, started again, or ends the process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from adapters.delivering.loops import (
    END_WITHIN,
    LET_GO_WITHIN,
    LONGEST_PAUSE,
    MOST_FAILURES,
    Loop,
    LoopError,
    Loops,
    LoopState,
)
from adapters.delivering.pulse import Pulse, every, take_turns
from bot.errors import AskFirstError
from tests.moved_time import MovedTime

Run = Callable[[Pulse], Awaitable[None]]
SECRET = "what somebody wrote"


class Patient:
    """A loop that is healthy, except in the lives in which it is told to fail."""

    def __init__(self, *faults: Run) -> None:
        self.faults, self.lives, self.turns = list(faults), 0, 0

    async def run(self, pulse: Pulse) -> None:
        self.lives += 1
        if self.faults:
            await self.faults.pop(0)(pulse)
        else:
            await every(10, pulse, self._turn, _nothing)

    async def _turn(self) -> None:
        self.turns += 1


async def ends(_: Pulse) -> None:
    """By itself, which no loop should."""


async def raises(_: Pulse) -> None:
    raise RuntimeError(SECRET)


async def hangs(_: Pulse) -> None:
    await asyncio.Event().wait()


async def works_and_hangs(pulse: Pulse) -> None:
    await pulse.wait(1)
    await asyncio.Event().wait()


def _nothing(_: Exception) -> None:
    """What is told of an outage in a test that has none."""


@contextlib.asynccontextmanager
async def running(time: MovedTime, *loops: Loop) -> AsyncIterator[Loops]:
    kept = Loops(time)
    kept.add(*loops)
    process = asyncio.create_task(kept.run())
    await time.passes(0)
    yield kept
    kept.stop()
    await time.passes(END_WITHIN + LET_GO_WITHIN)
    await over(process)


async def over(process: asyncio.Task[None]) -> None:
    """What it raises, if it is over; it may not wait for anything any more."""
    await asyncio.wait({process}, timeout=5)
    assert process.done()
    await process


def state(loops: Loops, name: str = "alerts") -> LoopState:
    (found,) = [each for each in loops.states() if each.name == name]
    return found


@pytest.mark.parametrize(
    ("fault", "after", "words"),
    [
        (ends, 0, "ended by itself"),
        (raises, 0, "ended with RuntimeError (test_loops.py, line "),
        (hangs, 91, "has hung for 90 seconds"),
        (works_and_hangs, 92, "has hung for 90 seconds"),
    ],
)
async def test_a_loop_that_fails_is_said_named_and_started_again(
    fault: Run, after: float, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    time, alerts, tips = MovedTime(), Patient(fault), Patient()
    async with running(time, Loop("alerts", alerts.run, vital=True), Loop("tips", tips.run)) as loops:
        await time.passes(after)
        assert not state(loops).well
        assert state(loops).status == "starting again"
        assert state(loops, "tips").status == "running", "a fault stays with its own loop"
        await time.passes(1)
        assert state(loops) == LoopState("alerts", "running", 0.0, 1, vital=True)
        assert alerts.turns == 1
    (said,) = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert said.startswith(f"the loop alerts {words}")
    assert SECRET not in caplog.text


async def test_a_loop_that_hangs_is_seen_before_it_is_started_again() -> None:
    time = MovedTime()
    async with running(time, Loop("tips", Patient(works_and_hangs).run, patience=5)) as loops:
        assert state(loops, "tips") == LoopState("tips", "running", 0.0, 0)
        await time.passes(1)
        time.jumps(6)  # nobody has looked yet
        assert state(loops, "tips") == LoopState("tips", "hanging", 7.0, 0)


async def test_until_its_first_turn_is_over_a_loop_is_starting() -> None:
    time = MovedTime()
    async with running(time, Loop("tips", hangs)) as loops:
        await time.passes(60)
        assert state(loops, "tips") == LoopState("tips", "starting", None, 0)


async def test_the_pause_grows_to_half_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    time, tips = MovedTime(), Patient(*[raises] * 9)
    async with running(time, Loop("tips", tips.run)) as loops:
        await time.passes(1 + 2 + 4 + 8 + 16 + 30 + 30 + 30 + 30)
        assert state(loops, "tips").well
    pauses = [each.args[2] for each in caplog.records if each.levelno == logging.ERROR and isinstance(each.args, tuple)]
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


async def test_failures_long_ago_do_not_count(caplog: pytest.LogCaptureFixture) -> None:
    time = MovedTime()

    async def lives_well_and_ends(pulse: Pulse) -> None:
        for _ in range(31):
            await pulse.wait(10)

    alerts = Patient(*[lives_well_and_ends] * (MOST_FAILURES + 2))
    async with running(time, Loop("alerts", alerts.run, vital=True)) as loops:
        await time.passes((MOST_FAILURES + 2) * 311)
        assert alerts.lives == MOST_FAILURES + 3
        assert not loops.given_up


async def test_a_vital_loop_that_raises_for_ever_ends_the_process_in_order(caplog: pytest.LogCaptureFixture) -> None:
    time, alerts, tips = MovedTime(), Patient(*[raises] * 99), Patient()
    loops = Loops(time)
    loops.add(Loop("alerts", alerts.run, vital=True), Loop("tips", tips.run))
    process = asyncio.create_task(loops.run())
    await time.passes(600)
    with pytest.raises(LoopError, match=r"the loop alerts ended with RuntimeError .* 8 times") as fault:
        await over(process)
    assert alerts.lives == MOST_FAILURES
    assert loops.given_up
    assert [each.status for each in loops.states()] == ["ended", "ended"]
    assert SECRET not in caplog.text + str(fault.value)
    assert any(each.levelno == logging.CRITICAL for each in caplog.records)


async def test_what_is_not_vital_is_tried_for_ever_and_never_ends_the_process() -> None:
    time, tips = MovedTime(), Patient(*[raises] * 999)
    async with running(time, Loop("tips", tips.run)) as loops:
        await time.passes(900)
        assert not loops.given_up
        assert tips.lives > 25
        assert not state(loops, "tips").well


async def test_a_loop_that_cannot_be_stopped_ends_the_process() -> None:
    time, let_go = MovedTime(), asyncio.Event()

    async def hangs_for_good(_: Pulse) -> None:
        while not let_go.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await let_go.wait()

    loops = Loops(time)
    loops.add(Loop("tips", hangs_for_good))
    process = asyncio.create_task(loops.run())
    try:
        await time.passes(100)
        with pytest.raises(LoopError, match="the loop tips has hung"):
            await over(process)
    finally:
        let_go.set()


@pytest.mark.parametrize("fault", [ends, raises, hangs, works_and_hangs])
async def test_told_to_stop_while_a_loop_fails_it_ends_in_time(fault: Run) -> None:
    time, alerts = MovedTime(), Patient(*[fault] * 3)
    loops = Loops(time)
    loops.add(Loop("alerts", alerts.run, vital=True), Loop("tips", Patient().run))
    process = asyncio.create_task(loops.run())
    await time.passes(3)
    loops.stop()
    await time.passes(END_WITHIN + LET_GO_WITHIN)
    await over(process)


async def test_told_to_stop_a_turn_is_finished_and_none_begun() -> None:
    time = MovedTime()
    done: list[int] = []

    async def turn() -> None:
        await asyncio.sleep(0)
        done.append(len(done))

    async def run(pulse: Pulse) -> None:
        await every(5, pulse, turn, _nothing)

    async with running(time, Loop("tips", run)):
        await time.passes(11)
    await time.passes(60)
    assert done == [0, 1, 2]


async def test_all_end_where_the_process_is_cancelled() -> None:
    time = MovedTime()
    ended: list[bool] = []

    async def run(pulse: Pulse) -> None:
        try:
            await pulse.wait(100)
        finally:
            ended.append(True)

    loops = Loops(time)
    loops.add(Loop("tips", run), Loop("alerts", run))
    process = asyncio.create_task(loops.run())
    await time.passes(1)
    process.cancel()
    with pytest.raises(asyncio.CancelledError):
        await over(process)
    assert ended == [True, True]


@pytest.mark.parametrize("vital", [True, False])
async def test_an_outage_is_told_costs_no_life_and_is_seen_where_the_loop_is_vital(vital: bool) -> None:
    time = MovedTime()
    told: list[Exception] = []
    outages: list[Exception] = [AskFirstError("the database is busy"), OSError("gone"), TimeoutError()]

    async def work() -> None:
        if outages:
            raise outages.pop(0)

    async def run(pulse: Pulse) -> None:
        await every(5, pulse, work, told.append)

    async with running(time, Loop("alerts", run, vital=vital)) as loops:
        await time.passes(11)
        assert [type(fault) for fault in told] == [AskFirstError, OSError, TimeoutError]
        assert state(loops) == LoopState("alerts", "held up", 1.0, 0, vital)
        assert state(loops).well is not vital
        await time.passes(5)
        assert state(loops) == LoopState("alerts", "running", 1.0, 0, vital)
        assert state(loops).well


async def test_a_turn_says_when_the_next_begins_and_can_be_woken() -> None:
    time = MovedTime()
    begun: list[float] = []

    async def turn() -> float:
        begun.append(time.now())
        return 7.0

    async def run(pulse: Pulse) -> None:
        await take_turns(pulse, turn, _nothing, 1)

    async with running(time, Loop("files", run)) as loops:
        await time.passes(8)
        loops.wake("files")
        await time.passes(0)
        assert begun == [0.0, 7.0, 8.0]
