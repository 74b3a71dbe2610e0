"""The command `askfirst`: the core's verbs with the channels handed in."""

from __future__ import annotations

import datetime as dt
import sys

from adapters import console
from bot import cli
from bot.assistant import Assistant
from bot.live import LiveBase
from bot.settings import Settings
from bot.store import open_for


def main() -> None:
    """Entry point of the script."""
    sys.exit(cli.main(cli.Channels(render=console.render, chat=_chat, serve=_serve)))


def _chat(settings: Settings) -> None:
    assistant = Assistant(LiveBase(settings).current, open_for(settings))
    console.chat(assistant, input, print, lambda: dt.datetime.now(dt.UTC))


def _serve(settings: Settings) -> None:
    from adapters.serve import serve  # aiohttp is only loaded where something is served

    serve(settings)
