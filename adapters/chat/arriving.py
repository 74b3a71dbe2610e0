"""What people ask, on its way to an answer: each question is first a row in the store, then worked on.

A chat is told "received" once the row is there. A process that dies afterwards loses nothing, and what the chat repeats
is dealt with once, by whichever process took it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from adapters.chat.faults import ChatFaults
from adapters.chat.leases import Leases
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.store import Delivered, Received

SORRY = "Something went wrong here, and I could not answer. Please ask again in a minute."
_TRIES = 5  # how often the store gives out what was left over
Asked = TypeVar("Asked")


class Answering(Protocol[Asked]):
    """Who answers what one chat sends. `answer` and `sorry` raise one of `faults.kinds`."""

    faults: ChatFaults

    def read(self, payload: Any) -> Asked:
        """What was written down -> what was asked."""

    async def answer(self, asked: Asked, delivered: Delivered) -> None:
        """Answer it, where it was asked."""

    async def sorry(self, asked: Asked) -> None:
        """Tell whoever asked that there is no answer."""


class Arrivals(Generic[Asked]):
    """What `channel` sent and `answering` answers."""

    def __init__(self, core: Core, channel: str, answering: Answering[Asked], clock: Callable[[], dt.datetime]) -> None:
        self._core, self._channel, self._answering, self._clock = core, channel, answering, clock
        self._leases = Leases(lambda: self._received, clock)
        self._log = logging.getLogger(f"askfirst.{channel}")

    async def write_down(self, name: str, payload: object, within: float) -> Delivered | None:
        """Keep what came under the chat's own name of it; None for what was kept before. Raises StoreError, or
        TimeoutError where the store takes longer than `within` seconds."""
        taking = asyncio.to_thread(self._received.take, name, json.dumps(payload), self._clock())
        async with asyncio.timeout(within):
            return await taking

    async def work_off(self) -> int:
        """Answer what a process took and never finished; how many there were. What is in hand here is not among them:
        where much comes at once, or the chat is slow, it may wait for longer than its lease. Raises StoreError."""
        count = 0
        while left := await self._leases.left_over():
            await asyncio.gather(*(self.answer(delivered) for delivered in left))
            count += len(left)
        return count

    async def answer(self, delivered: Delivered) -> None:
        """Answer it. Where that fails it stays there to be tried again, but not for ever."""
        try:
            with self._leases.holding(delivered):
                await self._deal_with(delivered)
        except Exception as fault:  # a question's own boundary: its lease runs out, and it is taken up again
            self._log.error("a question could not be dealt with: %s", self._answering.faults.plainly(fault))
            if delivered.tries >= _TRIES:
                await self._give_up(delivered)

    async def _deal_with(self, delivered: Delivered) -> None:
        asked, faults = self._answering.read(json.loads(delivered.payload)), self._answering.faults
        try:
            await self._answering.answer(asked, delivered)
        except Exception as fault:  # expected or not, whoever asked hears of it in the end
            if delivered.tries < _TRIES and not (isinstance(fault, faults.kinds) and faults.for_good(fault)):
                self._log.warning("a question was not answered yet and is tried again: %s", faults.plainly(fault))
                return  # its lease runs out, and it is taken up again
            self._log.error("a question could not be answered, and was given up: %s", faults.plainly(fault))
            await self._say_sorry(asked)
            await self._give_up(delivered)
            return
        await asyncio.to_thread(self._received.done, delivered, self._clock())

    async def _say_sorry(self, asked: Asked) -> None:
        try:
            await self._answering.sorry(asked)
        except Exception as fault:  # it was given up all the same
            self._log.error("whoever asked could not be told either: %s", self._answering.faults.plainly(fault))

    async def _give_up(self, delivered: Delivered) -> None:
        try:
            await asyncio.to_thread(self._received.give_up, delivered)
        except AskFirstError as fault:  # the row stays as it is, and nobody takes it up any more
            self._log.error("a question could not be marked as given up: %s", self._answering.faults.plainly(fault))

    @property
    def _received(self) -> Received:
        return self._core.store.received(self._core.school().id, self._channel)
