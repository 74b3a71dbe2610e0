"""Time for loops that passes only when a test says so."""

from __future__ import annotations

import asyncio


class MovedTime:
    """A Timekeeper: who waits goes on when the time has been moved so far."""

    def __init__(self) -> None:
        self._now = 0.0
        self._waiting: list[tuple[float, asyncio.Event]] = []

    def now(self) -> float:
        return self._now

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        due = asyncio.Event()
        entry = (self._now + seconds, due)
        self._waiting.append(entry)
        either = [asyncio.create_task(event.wait()), asyncio.create_task(due.wait())]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.remove(entry)
            for task in either:
                task.cancel()

    async def passes(self, seconds: float) -> None:
        """Moment after moment, so that everybody who waits takes every turn that falls into these seconds."""
        end = self._now + seconds
        await _all_have_gone_on()
        while (upcoming := min((at for at, _ in self._waiting), default=end + 1)) <= end:
            self._now = max(self._now, upcoming)
            for at, due in self._waiting:
                if at <= self._now:
                    due.set()
            await _all_have_gone_on()
        self._now = end

    def jumps(self, seconds: float) -> None:
        """Before anybody who waits has noticed."""
        self._now += seconds


async def _all_have_gone_on() -> None:
    for _ in range(12):
        await asyncio.sleep(0)
