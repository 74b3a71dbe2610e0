"""`askfirst policy split`: two clauses of one."""

from __future__ import annotations

import argparse

from adapters.command.policy_editing import changed, cited
from bot.knowledge.policies.editing import split
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which clause, and where."""
    parser.add_argument("clause", metavar="CLAUSE")
    parser.add_argument(
        "words", metavar="WORDS", help="the first words of what is to be a clause of its own, in quotes"
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print both. Raises AskFirstError."""
    return changed(
        settings,
        parsed.clause,
        lambda document, knowledge: split(document, parsed.clause, parsed.words, cited(knowledge)),
    )
