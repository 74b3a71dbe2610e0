"""`askfirst policy near`: the answers near each clause of a document, what nothing answers, what rests on nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from adapters.command.policy_lines import clause_lines
from adapters.console.text import printable, wrapped
from bot.answering.dialogue import Base
from bot.knowledge.policies.own import OwnDocument
from bot.service.live.base import LiveBase
from bot.service.policy_reading.adding import own_document
from bot.service.policy_reading.near import NearEntry, near, on_nothing_of_ours, unanswered
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which document."""
    parser.add_argument("document", metavar="DOC")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print it. Raises AskFirstError."""
    base = LiveBase(settings).current()
    print("\n".join(near_lines(base, own_document(base.knowledge, parsed.document))))
    return 0


def near_lines(base: Base, document: OwnDocument) -> Iterator[str]:
    """Clause by clause the answers near it, then both lists of what stands alone."""
    found = near(base, document)
    for each in found:
        yield from clause_lines(each.clause.id, each.clause)
        yield from (line for beside in each.near for line in _beside(beside))
    alone = unanswered(base.knowledge, found)
    yield f"Clauses that nothing answers: {', '.join(each.id for each in alone) or 'none'}."
    resting = on_nothing_of_ours(base.knowledge)
    names = ", ".join(each.id for each in resting) or "none"
    yield from wrapped(f"Answers that rest on nothing of your own ({len(resting)}): {names}.").splitlines()
    yield "Read both and say whether they agree: askfirst policy tick CLAUSE ENTRY --agrees --by NAME --role ROLE"


def _beside(found: NearEntry) -> Iterator[str]:
    said = "not ticked"
    if tick := found.tick or found.before:
        said = "agrees" if tick.agrees else "nothing to do with it" if tick.unrelated else "DIFFERS"
        since = "" if found.tick else ", changed since: tick it again"
        said = f"{said}, {tick.by} on {tick.on}{since}"
    yield printable(f"      {found.nearness:.2f}  {found.entry.id}: {found.entry.badge}  [{said}]")
    yield from (f"            {line}" for line in wrapped(found.entry.answer).splitlines())
