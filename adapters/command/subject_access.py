"""`askfirst subject-access`: what is recorded under a name, gathered by a reader with a second person, to be looked
through before any of it is given out."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path

from adapters.console.account import in_terminal
from adapters.console.desk import Opened, open_desk
from adapters.console.inbox import new_file
from adapters.console.subject_access import counted, subject_lines
from adapters.console.text import StoppedTypingError
from bot.service.casework.subject_access import SubjectRequests, ask_words
from bot.settings import Settings

_NAME = "the full name to look for, in quotes (left out: it is asked for, and stays out of the shell's history)"
_OUT = "a new file to write it into, which only your account can open (default: show it here)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose name, and which two people gather it."""
    parser.epilog = "Two people who read concerns at this school do it together: docs/concerns.md says how."
    parser.add_argument("--name", default="", metavar="NAME", help=_NAME)
    parser.add_argument("--by", required=True, metavar="PERSON", help="who reads: their id in school.yaml, such as dsl")
    parser.add_argument("--second", required=True, metavar="PERSON", help="who sits with them, and sees it all (an id)")
    parser.add_argument("--out", type=Path, metavar="FILE", help=_OUT)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Show it, or write it to a file that was not there before."""
    with open_desk(settings) as desk:
        requests = SubjectRequests(desk.school, desk.store, desk.casework)
        requests.people(parsed.by, parsed.second, _now())  # first: nobody types a name for nothing
        name = parsed.name or _asked(input)
        if parsed.out is None:
            found = requests.gather(name, parsed.by, parsed.second, in_terminal(), _now())
            print(*subject_lines(found, desk.school), sep="\n")
        else:
            print(_written(desk, requests, name, parsed))
    return 0


def _written(desk: Opened, requests: SubjectRequests, name: str, parsed: argparse.Namespace) -> str:
    path = parsed.out.expanduser()
    with new_file(path) as file:  # first: what cannot be written is not gathered, and not noted
        found = requests.gather(name, parsed.by, parsed.second, in_terminal(), _now())
        text = "\n".join(subject_lines(found, desk.school)) + "\n"
        file.write(text.encode(errors="replace"))
    return f"{counted(found)} It is in {path}: look through it before you give any of it out.\n{ask_words(found.ask)}"


def _asked(ask: Callable[[str], str]) -> str:
    try:
        return ask("Name under which it is recorded: ").strip()
    except (EOFError, KeyboardInterrupt):
        raise StoppedTypingError from None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
