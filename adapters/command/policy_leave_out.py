"""`askfirst policy leave-out`: clauses that are no rules."""

from __future__ import annotations

import argparse

from adapters.command.policy_editing import changed, cited, meant
from bot.knowledge.policies.editing import leave_out
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which clauses."""
    parser.add_argument("clauses", nargs="+", metavar="CLAUSE", help="an id, or a row of them: phones-03:phones-09")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print them. `mark` takes one in again. Raises AskFirstError."""
    return changed(
        settings,
        parsed.clauses[0],
        lambda document, knowledge: leave_out(document, meant(document, parsed.clauses), cited(knowledge)),
    )
