"""What whoever comes first would wait for, and everybody behind them, done before the page listens.

Reading a template, the calendar of holidays and the list of English words takes a hundred times as long as using them.
"""

from __future__ import annotations

import datetime as dt

from aiohttp import web

from adapters.web.app import READ_AHEAD
from bot.answering.dialogue import ask_once
from bot.service.core import Core

_QUESTION = "May I give a pupil a lift home when the bus has not come?"


def warm(app: web.Application, core: Core, now: dt.datetime) -> None:
    """Draw what can be drawn, and answer a question of nobody's: nothing of it is kept."""
    app[READ_AHEAD]()
    ask_once(core.base(), _QUESTION, now)
