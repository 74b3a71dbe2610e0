"""`askfirst receipt RECEIPT`: what has become of a concern, for whoever logged it."""

from __future__ import annotations

import argparse
import datetime as dt

from adapters.console.concern import add_more, follow
from adapters.console.desk import open_desk
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The number, and whether something is added."""
    parser.add_argument("receipt", metavar="RECEIPT", help="the number that you got when you logged it")
    parser.add_argument("--add", action="store_true", help="add something to it")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Show the steps; with --add, what is typed is added first."""
    with open_desk(settings) as desk:
        lines = follow(desk.casework, desk.school, parsed.receipt, _now())  # nobody types a page for a wrong number
        if parsed.add:
            add_more(desk.casework, desk.school, parsed.receipt, input, _now)
            lines = follow(desk.casework, desk.school, parsed.receipt, _now())
    print(*lines, sep="\n")
    return 0


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
