"""`askfirst policy changes`: what the next build would say, with nothing written."""

from __future__ import annotations

import argparse
import datetime as dt

from adapters.command.policy_build import said_of
from bot.knowledge import load
from bot.service.policy_writing.building import documents
from bot.settings import Settings
from bot.tips import local_day


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of which documents."""
    parser.add_argument("documents", nargs="*", metavar="DOCUMENT", help="ids of documents (default: all of them)")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Say it. Raises KnowledgeError and PolicyError."""
    knowledge = load(settings.knowledge)
    today = local_day(knowledge.school, dt.datetime.now(dt.UTC))
    for document in documents(knowledge, today, parsed.documents):
        print("\n".join((document.id, *said_of(document))))
    return 0
