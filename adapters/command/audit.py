"""`askfirst audit`: the log of concerns without its content, and the proof that nothing in it was changed."""

from __future__ import annotations

import argparse
import contextlib

from bot.knowledge import School, load
from bot.settings import Settings
from bot.store import Store, open_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to print the log or to prove it."""
    parser.add_argument("action", nargs="?", choices=("print", "verify"), default="print")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the lines, or what the proof found: 1 where the log was changed."""
    school = load(settings.knowledge).school
    with contextlib.closing(open_for(settings)) as store:
        whole, lines = verify(store, school) if parsed.action == "verify" else (True, audit(store, school))
    print("\n".join(lines))
    return 0 if whole else 1


def audit(store: Store, school: School) -> list[str]:
    """A line for each event, oldest first: number, time, concern, what, who."""
    lines = store.audit(school.id).lines()
    shown = [
        f"{line.number:6}  {line.at.astimezone(school.opening.zone):%Y-%m-%d %H:%M:%S}  {line.concern or '-':7}"
        f"{line.kind:17}{line.by.person or ('AskFirst' if line.by.name == 'AskFirst' else 'reporter')}"
        f"{'' if line.kept else '  (content deleted)'}"
        for line in lines
    ]
    return shown or ["Nothing has been logged yet."]


def verify(store: Store, school: School) -> tuple[bool, list[str]]:
    """(whether the log is whole, what was found)."""
    chain = store.audit(school.id)
    faults = chain.verify()
    if faults:
        return False, [
            *faults,
            "The log was changed by somebody else, or is damaged. Keep the database as it is.",
        ]
    return True, [f"{len(chain.lines())} lines, each follows from the one before it. Nothing was changed or removed."]
