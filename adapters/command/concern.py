"""`askfirst concern`: log a safeguarding concern in the terminal."""

from __future__ import annotations

import argparse
import datetime as dt

from adapters.console.concern import log_concern
from adapters.console.desk import open_desk
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: everything is asked for, so that nothing about a child stands in the shell's history."""


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Ask, store, show the receipt."""
    with open_desk(settings) as desk:
        log_concern(desk.casework, desk.school, input, print, lambda: dt.datetime.now(dt.UTC))
    return 0
