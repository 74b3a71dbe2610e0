"""`askfirst policy mark`: how strongly clauses put their rules."""

from __future__ import annotations

import argparse

from adapters.command.policy_editing import changed, meant
from bot.knowledge.policies.clauses import FORCES
from bot.knowledge.policies.editing import mark
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which clauses, and how strongly."""
    parser.add_argument("clauses", nargs="+", metavar="CLAUSE", help="an id, or a row of them: phones-03:phones-09")
    parser.add_argument("--force", choices=FORCES, required=True, help="how strongly the document puts it")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print them. Raises AskFirstError."""
    return changed(
        settings, parsed.clauses[0], lambda document, _: mark(document, meant(document, parsed.clauses), parsed.force)
    )
