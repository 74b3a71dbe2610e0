"""`askfirst check`: every fault of a knowledge folder."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from adapters.command.arguments import day
from bot.answering.checking import check
from bot.answering.shapes import lines, shapes, unlike
from bot.concerns.guidance import outsiders_rule
from bot.knowledge import KnowledgeError, load
from bot.service.calendars import KeptCalendars
from bot.service.live import find_encoder
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which folder, and as on which day."""
    parser.add_argument("folder", nargs="?", help="the knowledge folder (default: the one in use)")
    parser.add_argument("--today", type=day, metavar="DATE", help="judge review dates as on this day (YYYY-MM-DD)")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Say that all is well. Raises KnowledgeError with every fault."""
    folder = Path(parsed.folder).resolve() if parsed.folder else settings.knowledge
    knowledge = load(folder)
    faults = check(knowledge, find_encoder(settings), parsed.today or dt.datetime.now(dt.UTC).date(), settings.cache)
    if faults:
        raise KnowledgeError(faults)
    phrasings = sum(len(entry.phrasings) for entry in knowledge.entries.values())
    print(f"{folder}: no faults. {len(knowledge.entries)} entries, {phrasings} phrasings, {len(knowledge.tips)} tips.")
    found = shapes(knowledge)
    print("\n".join(["What the texts look like:", *(f"  {line}" for line in lines(found))]))
    for remark in unlike(found):
        print(f"Notice: {remark}.")
    for remark in KeptCalendars(settings.data).remarks(knowledge.school):
        print(f"Notice: the calendar for tips: {remark}")
    print(f"Concerns: {outsiders_rule(knowledge.school)}.")
    return 0
