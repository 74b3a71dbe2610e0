"""The loops of one process, watched over: one that ends, raises or hangs is started again, or ends the process.

A platform starts a process again that has ended; nobody starts a loop again that has died inside one that goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from adapters.delivering.pulse import MachineTime, Pulse, Timekeeper
from bot.errors import AskFirstError, without_content

log = logging.getLogger("askfirst.loops")
MOST_FAILURES = 8  # about a minute and a half where it fails at once: by then a new process is the better try
GOOD_SPELL = 300.0  # seconds of life after which earlier failures no longer count
LONGEST_PAUSE = 30.0  # seconds; a loop that must bring alerts may not wait for longer
END_WITHIN = 4.0  # seconds for the last turn of every loop once the process is told to stop ...
LET_GO_WITHIN = 1.0  # ... and for what was cancelled after that
_LOOK_EVERY = 1.0
LoopStatus = Literal["running", "starting", "starting again", "hanging", "held up", "ended"]


class LoopError(AskFirstError):
    """A loop that the process is there for cannot be kept running."""


@dataclass(frozen=True)
class Loop:
    """Something that takes turns until its pulse says stop. `patience` is how many seconds one turn may last before
    the loop counts as hanging. `vital`: where it keeps failing the process ends, so that a new one tries; what is not
    vital is tried for ever, because the page and the alerts are worth more than a tip."""

    name: str
    run: Callable[[Pulse], Awaitable[None]]
    patience: float = 90.0
    vital: bool = False


@dataclass(frozen=True)
class LoopState:
    """How one loop stands: `since_beat` is how many seconds ago its newest turn ended, None before the first."""

    name: str
    status: LoopStatus
    since_beat: float | None
    restarts: int
    vital: bool = False

    @property
    def well(self) -> bool:
        """Whether nobody needs to look. An outage holds up what is vital, or what can wait until it is over."""
        return self.status in ("running", "starting") or (self.status == "held up" and not self.vital)


class _KeptLoop:
    """One loop with its lives: this one's pulse and end, and how the earlier ones went."""

    def __init__(self, loop: Loop, keeper: Timekeeper) -> None:
        self.loop, self._keeper = loop, keeper
        self.failures = self.restarts = 0
        self.ended = self.hung = False
        self._before: float | None = None  # the last beat of earlier lives
        self.begin()

    def begin(self) -> Pulse:
        """A life begins. `news` is set when it has ended, and when it shall end."""
        self.pulse, self.news = Pulse(self._keeper), asyncio.Event()
        self._born = self._keeper.now()
        self._lives = True
        return self.pulse

    def fail(self) -> None:
        """A life has ended that should not have."""
        self._before = self._beat()
        lived = self.pulse.last - self._born
        self.failures = 1 if lived >= GOOD_SPELL else self.failures + 1
        self._lives = False

    def hangs(self) -> bool:
        return self._lives and not self.ended and self.pulse.silence() > self.loop.patience

    def state(self) -> LoopState:
        beat = self._beat()
        since = None if beat is None else self._keeper.now() - beat
        return LoopState(self.loop.name, self._status(), since, self.restarts, self.loop.vital)

    def _beat(self) -> float | None:
        return self.pulse.last if self.pulse.beats else self._before

    def _status(self) -> LoopStatus:
        if self.ended:
            return "ended"
        if self.hangs():
            return "hanging"
        if self._lives and self.pulse.beats:
            return "held up" if self.pulse.held_up else "running"
        return "starting again" if self.failures else "starting"


class Loops:
    """All loops of one process. Add them, then `run`; `stop` may be called at any time."""

    def __init__(self, keeper: Timekeeper | None = None) -> None:
        self._keeper = keeper or MachineTime()
        self._kept: list[_KeptLoop] = []
        self._fault: LoopError | None = None
        self.ending = asyncio.Event()

    def add(self, *loops: Loop) -> None:
        """Before `run`."""
        self._kept += [_KeptLoop(loop, self._keeper) for loop in loops]

    def stop(self) -> None:
        """Let every loop finish its turn and end."""
        self.ending.set()
        for kept in self._kept:
            kept.news.set()

    def wake(self, name: str) -> None:
        """Let a loop take its next turn now, if it is waiting for it."""
        for kept in self._kept:
            if kept.loop.name == name:
                kept.pulse.wake()

    def states(self) -> tuple[LoopState, ...]:
        """How each stands now."""
        return tuple(kept.state() for kept in self._kept)

    @property
    def given_up(self) -> bool:
        """Whether the process must be started anew."""
        return self._fault is not None

    async def run(self) -> None:
        """Keep every loop running until told to stop. Raises LoopError where a vital one cannot be kept running: the
        others have ended in order by then."""
        async with asyncio.TaskGroup() as group:
            for kept in self._kept:
                group.create_task(self._keep(kept), name=f"keep {kept.loop.name}")
            await self.ending.wait()
        if self._fault:
            raise self._fault

    async def _keep(self, kept: _KeptLoop) -> None:
        while not self.ending.is_set():
            life = await self._live(kept)
            if self.ending.is_set():
                _say_how_it_stopped(kept.loop, life)
                break
            how = f"has hung for {kept.loop.patience:g} seconds" if kept.hung else _how_it_ended(life)
            kept.fail()
            if not life.done() or (kept.loop.vital and kept.failures >= MOST_FAILURES):
                self._give_up(kept, how)
                break
            pause = min(2.0 ** (kept.failures - 1), LONGEST_PAUSE)
            log.error("the loop %s %s. It is started again in %g seconds", kept.loop.name, how, pause)
            await self._keeper.wait(self.ending, pause)
            kept.restarts += 1
        kept.ended = True

    async def _live(self, kept: _KeptLoop) -> asyncio.Task[None]:
        """One life of a loop, until it ends, hangs or shall end. The task is done, unless it cannot be stopped."""
        pulse, news, over = kept.begin(), kept.news, asyncio.Event()
        life = asyncio.create_task(_lived(kept.loop, pulse), name=kept.loop.name)

        def ended(task: asyncio.Task[None]) -> None:
            over.set()
            news.set()
            task.cancelled() or task.exception()  # looked at, also where it hung and nobody asks any more

        life.add_done_callback(ended)
        try:
            while not (news.is_set() or kept.hangs()):
                await self._keeper.wait(news, _LOOK_EVERY)
            kept.hung = kept.hangs()
            if self.ending.is_set():
                pulse.stop()
                await self._keeper.wait(over, END_WITHIN)
        finally:
            life.cancel()
            await self._keeper.wait(over, LET_GO_WITHIN)
        return life

    def _give_up(self, kept: _KeptLoop, how: str) -> None:
        self._fault = LoopError(
            f"the loop {kept.loop.name} {how}, {kept.failures} times by now. "
            "This process ends, so that a new one is started: its supervisor must do so (see docs/watching.md)"
        )
        log.critical("%s", self._fault)
        self.stop()


async def _lived(loop: Loop, pulse: Pulse) -> None:
    await loop.run(pulse)


def _how_it_ended(life: asyncio.Task[None]) -> str:
    """How a life ended, by the type of a fault and where it came from: its text may hold what people wrote."""
    if life.cancelled():
        return "was cancelled"
    fault = life.exception()
    if fault is None:
        return "ended by itself"
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})" if trace else ""
    return f"ended with {without_content(fault)}{where}"


def _say_how_it_stopped(loop: Loop, life: asyncio.Task[None]) -> None:
    if not life.done() or life.cancelled():
        log.warning("the loop %s did not end within %g seconds and was cut off", loop.name, END_WITHIN)
    elif life.exception():
        log.warning("the loop %s %s", loop.name, _how_it_ended(life))
