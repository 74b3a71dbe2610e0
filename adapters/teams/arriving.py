"""Messages as they arrive: each is first a row in the store, then answered, so that Teams hears "received" at once."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import asdict

from adapters.chat.arriving import Answering, Arrivals
from adapters.teams.activities import Arrival
from adapters.teams.people import CHANNEL
from bot.service.core import Core
from bot.store import Delivered

_WRITTEN_WITHIN = 5.0  # seconds; Teams waits fifteen


class TeamsArrivals(Arrivals[Arrival]):
    """Messages on their way to an answer, which `answering` gives."""

    def __init__(self, core: Core, answering: Answering[Arrival], clock: Callable[[], dt.datetime]) -> None:
        super().__init__(core, CHANNEL, answering, clock)
        self._under_way: set[asyncio.Task[None]] = set()

    async def take(self, arrival: Arrival) -> None:
        """Write a message down, and begin to answer it; a repeated one ends here. Raises StoreError or TimeoutError
        where it cannot be written down."""
        name = f"{arrival.place.conversation} {arrival.id}"
        if arrival.changed:  # a message may be changed more than once
            name += f" {hashlib.sha256(arrival.text.encode()).hexdigest()[:16]}"
        delivered = await self.write_down(name, asdict(arrival), _WRITTEN_WITHIN)
        if delivered is not None:
            self._begin(delivered)

    async def finish(self) -> None:
        """Wait for every answer that is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _begin(self, delivered: Delivered) -> None:
        task = asyncio.create_task(self.answer(delivered))
        self._under_way.add(task)  # the loop itself does not keep a task alive
        task.add_done_callback(self._under_way.discard)
