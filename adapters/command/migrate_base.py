"""`askfirst migrate-base FOLDER`: a knowledge folder of AskFirst 0.1 in the form of today, with nothing approved."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.knowledge import load
from bot.service.carrying_over import KEPT, CarriedOver, carry_over
from bot.settings import Settings, shipped_base

_NOTHING = "Nothing to carry over: {folder} is in the form of today."
_NEXT = (
    "Nobody has approved them in this form: no answer is served until somebody does (askfirst approve). Read each "
    "badge first: it was made out of the title, and it is what staff read first. knowledge/README.md shows the form; "
    "askfirst check says what is missing."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which folder."""
    parser.add_argument("folder", help="the knowledge folder of your school")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Carry it over and say what was done. Raises NotMigratedError, and KnowledgeError for what else is wrong there."""
    folder = Path(parsed.folder).resolve()
    print(told(folder, carry_over(folder, shipped_base())))
    load(folder)
    return 0


def told(folder: Path, done: CarriedOver) -> str:
    """What was done, and what to do next."""
    if not done.entries and not done.brought:
        return _NOTHING.format(folder=folder)
    lines = [
        f"{done.entries} entries in {len(done.files)} files of {folder / 'entries'} were carried over.",
        *(f"{name} is as AskFirst brings it: 0.1 had none, or another form of it." for name in done.brought),
        f"Files as they were stand beside them, with {KEPT} behind the name: delete them when you like.",
        "People, policies and tips were left as they are.",
        _NEXT,
    ]
    return "\n".join(lines)
