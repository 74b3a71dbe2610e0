"""Reminders of accounts that are due for review, or to be handed over by whoever leaves: put into the outbox by day."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from adapters.delivering.answers import NOT_BEFORE
from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every
from bot.errors import AskFirstError, without_content
from bot.knowledge import School
from bot.service.accounts import AccountDesk

log = logging.getLogger("askfirst.accounts")
_LOOK_EVERY = 3600.0


class AccountReminder:
    """`school` is the school as it is at the time."""

    def __init__(self, desk: AccountDesk, school: Callable[[], School], clock: Callable[[], dt.datetime]) -> None:
        self._desk, self._school, self._clock = desk, school, clock

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop("account reminder", self._run),)

    async def _run(self, pulse: Pulse) -> None:
        await every(_LOOK_EVERY, pulse, self.remind, _tell, (AskFirstError, OSError))

    async def remind(self) -> None:
        """Put the reminders of this week into the outbox, once. Raises StoreError."""
        now = self._clock()
        if now.astimezone(self._school().opening.zone).hour >= NOT_BEFORE:
            await asyncio.to_thread(self._desk.remind, now)


def _tell(fault: Exception) -> None:
    log.error("nobody could be reminded of accounts: %s", without_content(fault))
