"""Fetches the calendar that a school publishes at an address, every few hours. Only here is an address ever read."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import aiohttp

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import OUTAGES, Pulse, every
from bot.errors import without_content
from bot.knowledge import CalendarError, School
from bot.service.calendars import KeptCalendars

log = logging.getLogger("askfirst.tips")
EVERY = 6 * 3600.0  # seconds between two looks at the address
_AFTER_A_FAULT = 900.0
_LOOK_EVERY = 60.0  # seconds until another address in school.yaml is noticed
_LONGEST = 2 * 1024 * 1024  # bytes; a school's calendar of ten years has a tenth of it
_PATIENCE = aiohttp.ClientTimeout(total=20)


class CalendarKeeper:
    """Fetches the calendar of the school now and every few hours, and at once where school.yaml names another address.
    What cannot be fetched or read changes nothing: the last good copy stays in use."""

    def __init__(
        self, school: Callable[[], School], kept: KeptCalendars, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._school, self._kept, self._now = school, kept, now
        self._address: str | None = None
        self._next = 0.0

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop("calendar", self._run),)

    async def look(self) -> None:
        """Fetch it where it is time to."""
        school = self._school()
        address = school.tips.address
        if address == self._address and self._now() < self._next:
            return
        # Set before the fetch: whatever befalls it, the address is not asked every minute.
        self._address, self._next = address, self._now() + _AFTER_A_FAULT
        if address:
            dates = await asyncio.to_thread(self._kept.keep, school, await fetch(address))
            counts = len(dates.terms), len(dates.closed), len(dates.remarks)
            log.info("the school's calendar was read: %d terms, %d closed days, %d remarks (askfirst doctor)", *counts)
            self._next = self._now() + EVERY

    async def _run(self, pulse: Pulse) -> None:
        await every(_LOOK_EVERY, pulse, self.look, _tell, (*OUTAGES, aiohttp.ClientError))


async def fetch(address: str) -> bytes:
    """What is at an address. Raises CalendarError where it is too long, or the server does not give it."""
    async with (
        aiohttp.ClientSession(timeout=_PATIENCE, headers={"Accept": "text/calendar"}) as session,
        session.get(address, max_redirects=3) as response,
    ):
        if response.status != 200:
            raise CalendarError(f"the server answered {response.status}")
        text = await response.content.read(_LONGEST + 1)
        while len(text) <= _LONGEST and (more := await response.content.read(_LONGEST)):
            text += more
    if len(text) > _LONGEST:
        raise CalendarError("it is longer than 2 MB")
    return text


def _tell(fault: Exception) -> None:
    log.error("the school's calendar is not used, the last good copy stays: %s", without_content(fault))
