"""Fetches the calendar that a school publishes at an address, every few hours. Only here is an address ever read."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

import aiohttp

from bot.errors import AskFirstError
from bot.knowledge import CalendarError, School
from bot.service.calendars import KeptCalendars

log = logging.getLogger("askfirst.tips")
EVERY = 6 * 3600.0  # seconds between two looks at the address
_AFTER_A_FAULT = 900.0
_LONGEST = 2 * 1024 * 1024  # bytes; a school's calendar of ten years has a tenth of it
_PATIENCE = aiohttp.ClientTimeout(total=20)


async def keep_calendar(school: Callable[[], School], kept: KeptCalendars, stop: asyncio.Event) -> None:
    """Fetch the calendar of the school now and every few hours, until `stop`. What cannot be fetched or read changes
    nothing: the last good copy stays in use."""
    while not stop.is_set():
        wait = EVERY
        address = school().tips.address
        if address:
            try:
                dates = await asyncio.to_thread(kept.keep, school(), await fetch(address))
                log.info(
                    "the school's calendar was read: %d terms, %d closed days", len(dates.terms), len(dates.closed)
                )
            except (AskFirstError, aiohttp.ClientError, OSError, TimeoutError) as fault:
                reason = str(fault) if isinstance(fault, AskFirstError) else type(fault).__name__
                log.error("the school's calendar is not used, the last good copy stays: %s", reason)
                wait = _AFTER_A_FAULT
        await _until_changed(school, address, stop, wait)


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


async def _until_changed(school: Callable[[], School], address: str, stop: asyncio.Event, wait: float) -> None:
    """Until it is time to look again, or school.yaml names another address."""
    end = asyncio.get_running_loop().time() + wait
    while not stop.is_set() and school().tips.address == address and asyncio.get_running_loop().time() < end:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), min(60.0, wait))
