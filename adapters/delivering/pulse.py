"""How a loop takes its turns: it waits, it beats, and it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.errors import AskFirstError

# What an outage of something outside explains: it is logged, and the next turn tries again. Anything else is a fault
# of ours, and ends the loop.
OUTAGES: tuple[type[Exception], ...] = (AskFirstError, OSError)
TellOfOutage = Callable[[Exception], None]


class Timekeeper(Protocol):
    """How loops know and wait for time."""

    def now(self) -> float:
        """Seconds, from any beginning."""

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Until the event is set, at most so many seconds."""


class MachineTime:
    """This machine's, which nobody can set back."""

    def now(self) -> float:
        return time.monotonic()

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)


class Pulse:
    """What one life of a loop is handed. `beats` counts its turns, `last` is when the newest ended, and `held_up` is
    whether an outage ended it."""

    def __init__(self, keeper: Timekeeper | None = None) -> None:
        self._keeper = keeper or MachineTime()
        self._woken = asyncio.Event()
        self._due = self._keeper.now()
        self.stopped = self.held_up = False
        self.beats, self.last = 0, self._due

    async def wait(self, seconds: float) -> None:
        """End a turn, and wait for the next: so many seconds, less where it is woken or told to stop."""
        self.beats, self.last = self.beats + 1, self._keeper.now()
        self._due = self.last + seconds
        if not self.stopped:
            await self._keeper.wait(self._woken, seconds)
            self._woken.clear()
        self._due = self._keeper.now()

    def silence(self) -> float:
        """For how many seconds its turn has lasted; negative while it waits for the next."""
        return self._keeper.now() - self._due

    def wake(self) -> None:
        """Let the next turn begin now."""
        self._woken.set()

    def stop(self) -> None:
        """Let this turn be the last."""
        self.stopped = True
        self._woken.set()


async def take_turns(
    pulse: Pulse,
    turn: Callable[[], Awaitable[float]],
    tell: TellOfOutage,
    pause: float,
    outages: tuple[type[Exception], ...] = OUTAGES,
) -> None:
    """Turn after turn until told to stop; each says in how many seconds the next begins. An outage is told, and tried
    again after the pause. Raises whatever else a turn raises."""
    while not pulse.stopped:
        try:
            seconds = await turn()
            pulse.held_up = False
        except outages as fault:
            tell(fault)
            seconds, pulse.held_up = pause, True
        await pulse.wait(seconds)


async def every(
    seconds: float,
    pulse: Pulse,
    work: Callable[[], Awaitable[object]],
    tell: TellOfOutage,
    outages: tuple[type[Exception], ...] = OUTAGES,
) -> None:
    """Work now and every so many seconds until told to stop. Raises what `work` raises, save outages."""

    async def turn() -> float:
        await work()
        return seconds

    await take_turns(pulse, turn, tell, seconds, outages)
