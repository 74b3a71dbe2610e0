"""What this process is dealing with, among all that was written down: nobody takes it up a second time, however long it
waits here."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Iterator

from bot.store import Delivered, Received


class Leases:
    """The deliveries of one channel that one process has taken. `received` is where they are written down."""

    def __init__(self, received: Callable[[], Received], clock: Callable[[], dt.datetime]) -> None:
        self._received, self._clock = received, clock
        self._ids = set[str]()

    @contextlib.contextmanager
    def holding(self, delivered: Delivered) -> Iterator[None]:
        """While it is dealt with."""
        self._ids.add(delivered.id)
        try:
            yield
        finally:
            self._ids.discard(delivered.id)

    async def left_over(self) -> tuple[Delivered, ...]:
        """Claim what a dead process left behind. Before that the others are told that this one is alive: its own leases
        are renewed. Raises StoreError."""
        received, now = self._received(), self._clock()
        await asyncio.to_thread(received.renew, frozenset(self._ids), now)
        left = await asyncio.to_thread(received.left_over, now)
        return tuple(delivered for delivered in left if delivered.id not in self._ids)
