"""What people type: each message is first a row in the store, then worked on.

Teams is told "received" once the row is there. A process that dies afterwards loses nothing, and what Teams repeats is
dealt with once, by whichever process took it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from adapters.chat.in_hand import InHand
from adapters.teams.activities import Arrival, TeamsChat, User
from adapters.teams.faults import UNANSWERED, TeamsError, said
from adapters.teams.people import CHANNEL
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.store import Delivered, Received

log = logging.getLogger("askfirst.teams")
SORRY = "Something went wrong here, and I could not answer. Please ask again in a minute."
_WRITTEN_WITHIN = 5.0  # seconds; Teams waits fifteen
_TRIES = 5  # how often the store gives out what was left over
_AT_ONCE = 16
HandleArrival = Callable[[Arrival], Awaitable[None]]


class TeamsArrivals:
    """Messages on their way to an answer. `answer` gives it, `sorry` says that there is none."""

    def __init__(
        self, core: Core, answer: HandleArrival, sorry: HandleArrival, clock: Callable[[], dt.datetime]
    ) -> None:
        self._core, self._answer, self._sorry, self._clock = core, answer, sorry, clock
        self._under_way: set[asyncio.Task[None]] = set()
        self._in_hand = InHand(lambda: self._received, clock)
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def take(self, arrival: Arrival) -> None:
        """Write a message down, and begin to answer it; a repeated one ends here. Raises StoreError or TimeoutError
        where it cannot be written down."""
        name = f"{arrival.place.conversation} {arrival.id}"
        taking = asyncio.to_thread(self._received.take, name, json.dumps(asdict(arrival)), self._clock())
        async with asyncio.timeout(_WRITTEN_WITHIN):
            delivered = await taking
        if delivered is not None:
            task = asyncio.create_task(self._guarded(delivered))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def work_off(self) -> int:
        """Answer what a process took and never finished; how many there were. What is in hand here is not among them:
        where much comes at once, or Teams is slow, it may wait for longer than its lease."""
        count = 0
        while left := await self._in_hand.left_over():
            await asyncio.gather(*(self._guarded(delivered) for delivered in left))
            count += len(left)
        return count

    async def finish(self) -> None:
        """Wait for every answer that is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _guarded(self, delivered: Delivered) -> None:
        try:
            with self._in_hand.holding(delivered):
                async with self._few:
                    await self._work(delivered)
        except Exception as fault:  # a message's own boundary: its lease runs out, and it is taken up again
            log.error("a message could not be dealt with: %s", said(fault))

    async def _work(self, delivered: Delivered) -> None:
        arrival = _read(json.loads(delivered.payload))
        try:
            await self._answer(arrival)
        except (AskFirstError, *UNANSWERED) as fault:
            for_good = isinstance(fault, TeamsError) and fault.for_good
            if delivered.tries < _TRIES and not for_good:
                log.warning("a message was not answered yet and is tried again: %s", said(fault))
                return
            log.error("a message could not be answered, and was given up: %s", said(fault))
            await self._say_sorry(arrival)
            await asyncio.to_thread(self._received.give_up, delivered)
            return
        await asyncio.to_thread(self._received.done, delivered, self._clock())

    async def _say_sorry(self, arrival: Arrival) -> None:
        try:
            await self._sorry(arrival)
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("whoever asked could not be told either: %s", said(fault))

    @property
    def _received(self) -> Received:
        return self._core.store.received(self._core.school().id, CHANNEL)


def _read(kept: Mapping[str, Any]) -> Arrival:
    return Arrival(**{**kept, "place": TeamsChat(**kept["place"]), "user": User(**kept["user"])})
