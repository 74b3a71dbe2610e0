"""`askfirst policy join`: one clause of two."""

from __future__ import annotations

import argparse

from adapters.command.policy_editing import changed, cited
from bot.knowledge.policies.editing import join
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which clause."""
    parser.add_argument("clause", metavar="CLAUSE", help="it takes in the one behind it, and keeps its id")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print it. Raises AskFirstError."""
    return changed(settings, parsed.clause, lambda document, knowledge: join(document, parsed.clause, cited(knowledge)))
