"""`askfirst check`: every fault of a knowledge folder."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path

from adapters.command.arguments import day
from adapters.command.notice_lines import notice_lines
from adapters.command.table_lines import table_lines
from bot.answering.checking import check, left_out, notices, strangers
from bot.answering.shapes import in_lines, shapes, unlike
from bot.concerns.guidance import outsiders_rule
from bot.knowledge import KnowledgeError, load
from bot.knowledge.approvals.standing import nothing_approved
from bot.service.calendars import KeptCalendars
from bot.service.live.base import find_encoder
from bot.settings import LEARNED, Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which folder, and as on which day."""
    parser.add_argument("folder", nargs="?", help="the knowledge folder (default: the one in use)")
    parser.add_argument(
        "--notices", action="store_true", help="say of each notice which answers and clauses it is about"
    )
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--json",
        action="store_true",
        help="print one object: faults, notices, and how often a text that is left out finds its entry",
    )
    instead.add_argument(
        "--table",
        action="store_true",
        help="print topics, entries and the clauses they rest on as a Markdown table; nothing else is checked",
    )
    parser.add_argument("--today", type=day, metavar="DATE", help="judge review dates as on this day (YYYY-MM-DD)")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Say that all is well, and what is still to be done. Raises KnowledgeError with every fault; as JSON it stands in
    the object, and the exit code is 1."""
    folder = Path(parsed.folder).resolve() if parsed.folder else settings.knowledge
    today = parsed.today or dt.datetime.now(dt.UTC).date()
    if parsed.json:
        return _as_json(folder, today, settings)
    knowledge = load(folder)
    if parsed.table:
        print("\n".join(table_lines(knowledge)))
        return 0
    faults = check(knowledge, find_encoder(settings), today, settings.cache, folder / LEARNED)
    lines = list(notice_lines(notices(knowledge, today), every=parsed.notices))
    if said := nothing_approved(knowledge):
        lines.insert(0, f"Notice: approvals: {said}")
    if faults:
        _print(lines if parsed.notices else ())
        raise KnowledgeError(faults)
    phrasings = sum(len(entry.phrasings) for entry in knowledge.entries.values())
    print(f"{folder}: no faults. {len(knowledge.entries)} entries, {phrasings} phrasings, {len(knowledge.tips)} tips.")
    _print(lines)
    found = shapes(knowledge)
    print("\n".join(["What the texts look like:", *(f"  {line}" for line in in_lines(found))]))
    for remark in unlike(found):
        print(f"Notice: {remark}.")
    for remark in KeptCalendars(settings.data).remarks(knowledge.school):
        print(f"Notice: the calendar for tips: {remark}")
    print(f"Concerns: {outsiders_rule(knowledge.school)}.")
    return 0


def _as_json(folder: Path, today: dt.date, settings: Settings) -> int:
    """The whole of it as one object; of a base that does not load there are only the faults."""
    try:
        knowledge = load(folder)
    except KnowledgeError as broken:
        print(json.dumps({"faults": [str(each) for each in broken.faults]}, ensure_ascii=False))
        return 1
    encoder = find_encoder(settings)
    places = settings.cache, folder / LEARNED
    faults = check(knowledge, encoder, today, *places)
    own, stranger = (tried(knowledge, encoder, *places) for tried in (left_out, strangers))
    found = {
        "entries": len(knowledge.entries),
        "phrasings": sum(len(entry.phrasings) for entry in knowledge.entries.values()),
        "faults": [str(each) for each in faults],
        "notices": [str(each) for each in notices(knowledge, today)],
        "own_entry": round(own.entry, 4),
        "own_rule": round(own.rule, 4),
        "outside_answered": round(own.outside_answered, 4),
        "stranger_entry": round(stranger.entry, 4),
        "stranger_rule": round(stranger.rule, 4),
    }
    print(json.dumps(found, ensure_ascii=False))
    return 1 if faults else 0


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
