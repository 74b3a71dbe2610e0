"""`askfirst inbox PERSON`: read and work on concerns in the terminal."""

from __future__ import annotations

import argparse
import datetime as dt

from adapters.console.desk import open_desk
from adapters.console.inbox import Terminal, list_inbox, show_concern, work_on
from bot.errors import AskFirstError
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who reads, and which concern. What is written about it is asked for."""
    parser.add_argument("person", metavar="PERSON", help="who you are: the name in front of your line in school.yaml")
    parser.add_argument("number", nargs="?", default="", metavar="NUMBER", help="of one concern (default: list them)")
    parser.add_argument(
        "action",
        nargs="?",
        default="",
        metavar="ACTION",
        help="acknowledge, note, close, ...: the concern's own page lists them",
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """The list; with a number one concern; with an action, that is done to it."""
    with open_desk(settings) as desk:
        reader = desk.casework.reader(parsed.person, _now())
        if reader is None:
            known = ", ".join(desk.school.people)
            raise AskFirstError(f"there is no '{parsed.person}' in school.yaml. The people are: {known}")
        terminal = Terminal(desk.casework, desk.store, desk.school, reader, _now)
        if not parsed.number:
            print(*list_inbox(terminal), sep="\n")
        elif not parsed.action:
            print(*show_concern(terminal, parsed.number), sep="\n")
        else:
            print(work_on(terminal, parsed.number, parsed.action, input))
    return 0


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
