"""`askfirst policy look`: the documents that the school put in, or the clauses of one."""

from __future__ import annotations

import argparse

from adapters.command.policy_lines import about_lines, document_lines
from bot.knowledge import load
from bot.service.policy_reading.adding import own_document
from bot.settings import Settings

_NONE = "No document of your own was put in yet. Begin: askfirst policy add FILE"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which document."""
    parser.add_argument("document", nargs="?", metavar="DOC", help="its id; none: say which documents there are")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print it. Raises AskFirstError."""
    knowledge = load(settings.knowledge)
    if parsed.document:
        print("\n".join(document_lines(own_document(knowledge, parsed.document))))
    else:
        print("\n".join(line for each in knowledge.own.values() for line in about_lines(each)) or _NONE)
    return 0
