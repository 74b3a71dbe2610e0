"""`askfirst chat`: a conversation in the terminal."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt

from adapters.console.chat import chat
from adapters.console.concern import log_concern
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.service.live.base import LiveBase
from bot.settings import Settings
from bot.store import open_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: everything is typed in the conversation."""


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Talk until an empty line, or the end of what is typed."""
    base = LiveBase(settings).current
    with contextlib.closing(open_for(settings)) as store:
        core = Core(base, store, alerting=settings.alerting)

        def log() -> None:
            try:
                log_concern(core.casework, core.school(), input, print, _now)
            except AskFirstError as fault:  # the conversation goes on
                print(fault)

        chat(core.assistant, input, print, _now, {"/concern": log})
    return 0


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
