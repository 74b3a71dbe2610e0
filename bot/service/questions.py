"""Questions take their turn in a small pool of their own, behind a short queue.

Answering one is work for a processor; logging a concern, reading one and alerting somebody wait for the database, in
the threads of the process. So however many ask at once, whoever logs a concern does not wait behind them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.errors import AskFirstError
from bot.messages import Message, Reply
from bot.service.assistant import Assistant

T = TypeVar("T")
# One processor is left for everything else.
AT_ONCE = max(1, min(4, (os.cpu_count() or 2) - 1))
LONGEST_QUEUE = 60  # about ten seconds' worth on two slow processors
TRY_AGAIN_AFTER = 5  # seconds


class BusyError(AskFirstError):
    """More is asked at once than can be answered soon: nothing was looked up."""


class Questions:
    """Answers messages in turn. `assistant` is asked for at every one."""

    def __init__(self, assistant: Callable[[], Assistant], longest: int = LONGEST_QUEUE) -> None:
        self._assistant, self._most = assistant, AT_ONCE + longest
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="question")
        self._in_hand = 0

    async def answer(self, message: Message, now: dt.datetime) -> Reply:
        """As `Assistant.handle`. Raises BusyError where too many wait, and StoreError."""
        return await self._in_turn(lambda: self._assistant().handle(message, now))

    async def answer_edit(self, message: Message, before: Message | None, now: dt.datetime) -> Reply | None:
        """As `Assistant.handle_edit`. Raises BusyError where too many wait, and StoreError."""
        return await self._in_turn(lambda: self._assistant().handle_edit(message, before, now))

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._in_hand >= self._most:
            raise BusyError("more questions came at once than can be answered. Try again in a few seconds")
        self._in_hand += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._in_hand -= 1
