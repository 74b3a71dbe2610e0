"""What whoever comes first would wait for, and everybody behind them, done before the page listens, or right after.

Reading a template, the calendar of holidays and the list of English words takes a hundred times as long as using them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging

from aiohttp import web

from adapters.web.app import READ_AHEAD, READ_BESIDE
from bot.answering.dialogue import ask_once
from bot.errors import without_content
from bot.service.core import Core
from bot.uncollected import uncollected

log = logging.getLogger("askfirst.sender")
_QUESTION = "May I give a pupil a lift home when the bus has not come?"


def warm(app: web.Application, core: Core, now: dt.datetime) -> None:
    """Draw what can be drawn, and answer a question of nobody's: nothing of it is kept. Whatever goes wrong here must
    not keep alerts from being sent: it is logged, and met again by whoever comes first."""
    try:
        with uncollected():
            app[READ_AHEAD]()
            ask_once(core.base(), _QUESTION, now)
    except Exception as fault:
        log.error("the page could not be made ready: %s", without_content(fault))


async def warm_beside(app: web.Application) -> None:
    """Read what few people open, three quarters of all templates, while the page answers already."""
    try:
        await asyncio.to_thread(app[READ_BESIDE])
    except Exception as fault:
        log.error("the inbox could not be made ready: %s", without_content(fault))
