"""`askfirst policy updates`: what the AskFirst that is installed brings of the national documents, clause by clause."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator

from adapters.command.policy_lines import WORDS, difference_text
from adapters.console.text import printable, wrapped
from bot.knowledge import load
from bot.knowledge.policies.packs import NationalPack, PackClause
from bot.service.policy_reading.packs import NationalShelf
from bot.settings import Settings, shipped_base
from bot.tips import local_day

_HOW = "Take one over, once somebody has looked at it: askfirst policy updates DOC --take-over"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which document, and whether its newer text is taken over."""
    parser.add_argument("document", nargs="?", metavar="DOC", help="its id; none: say which documents have newer text")
    parser.add_argument("--take-over", action="store_true", help="write the newer text into the base")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Say it, or take it over. Raises AskFirstError."""
    knowledge = load(settings.knowledge)
    shelf = NationalShelf(settings.knowledge, shipped_base(), knowledge)
    if not parsed.document:
        print("\n".join(_listed(shelf.packs())))
        return 0
    today = local_day(knowledge.school, dt.datetime.now(dt.UTC))
    seen = shelf.state(parsed.document)
    found = next((each for each in shelf.packs() if each.new.id == parsed.document), None)
    if found is None:
        print(f"There is nothing newer of '{parsed.document}'.")
        return 0
    print("\n".join(_lines(found)))
    if parsed.take_over:
        shelf.take_over(parsed.document, seen, today)
        print("Taken over. Read these answers again: askfirst approve ENTRY --by NAME --role ROLE")
    return 0


def _listed(packs: tuple[NationalPack, ...]) -> Iterator[str]:
    for each in packs:
        yield printable(f"{each.new.id}: {each.new.title}: {len(each.touched)} clauses change or go")
    yield _HOW if packs else "Nothing newer: the base has what came with this AskFirst."


def _lines(pack: NationalPack) -> Iterator[str]:
    for each in pack.clauses:
        if each.kind != "same":
            yield printable(f"{WORDS[each.kind]}: {each.clause.id}  {each.clause.where}")
            yield from (f"    {line}" for line in wrapped(_text(each)).splitlines())
    yield f"Answers that rest on what changes: {', '.join(each.id for each in pack.again) or 'none'}."


def _text(each: PackClause) -> str:
    return difference_text(each.words) if each.kind == "changed" else each.clause.text
