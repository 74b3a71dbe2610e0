"""Waiting for conditions: what is going on between Slack and the app, and when it is over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

POLL = 0.02


class Activity:
    """Counts what is under way. Waiting is always bounded, and never longer than it must be."""

    def __init__(self) -> None:
        self._busy = 0
        self._changed = asyncio.Event()

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """While this is open, something is under way."""
        self._busy += 1
        self._changed.set()
        try:
            yield
        finally:
            self._busy -= 1
            self._changed.set()

    async def quiet(self, seconds: float, within: float) -> None:
        """Until nothing is under way and nothing new has begun for so many seconds."""
        deadline = asyncio.get_running_loop().time() + within
        while await self._next(seconds) or self._busy:
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"after {within} s still {self._busy} things under way between Slack and the app")

    async def until(self, condition: Callable[[], object], within: float, what: str) -> None:
        """Until this holds; looked at whenever something happens, and now and then besides."""
        deadline = asyncio.get_running_loop().time() + within
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"not within {within} s: {what}")
            await self._next(POLL)

    async def _next(self, seconds: float) -> bool:
        """Whether anything happened in this time."""
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return False
        return True
