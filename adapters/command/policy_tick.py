"""`askfirst policy tick`: somebody says whether a clause and an answer agree."""

from __future__ import annotations

import argparse
import datetime as dt

from adapters.command.policy_editing import changed
from bot.knowledge import Knowledge
from bot.knowledge.approvals.rules import APPROVERS
from bot.knowledge.policies.editing import ClauseEditError, find, tick
from bot.knowledge.policies.own import OwnDocument
from bot.service.policy_reading.near import tick_of
from bot.settings import Settings
from bot.tips import local_day


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which two, what is said of them, and by whom."""
    parser.add_argument("clause", metavar="CLAUSE")
    parser.add_argument("entry", metavar="ENTRY", help="the id of the answer")
    said = parser.add_mutually_exclusive_group(required=True)
    said.add_argument("--agrees", action="store_true", help="the answer says what the clause says")
    said.add_argument("--differs", action="store_true", help="it does not: one of the two is to be changed")
    said.add_argument("--unrelated", action="store_true", help="the two have nothing to do with each other")
    parser.add_argument("--by", required=True, metavar="NAME", help="who says so: the name as in school.yaml")
    parser.add_argument(
        "--role", required=True, choices=APPROVERS, metavar="ROLE", help="the role that they hold there"
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write it down. Raises AskFirstError."""

    def ticked(document: OwnDocument, knowledge: Knowledge) -> OwnDocument:
        entry = knowledge.find(parsed.entry)
        if entry is None:
            raise ClauseEditError(f"There is no answer '{parsed.entry}': askfirst policy near {document.id}")
        today = local_day(knowledge.school, dt.datetime.now(dt.UTC))
        clause = find(document, parsed.clause)
        given = tick_of(knowledge.school, clause, entry, parsed.agrees, parsed.by, parsed.role, today, parsed.unrelated)
        return tick(document, parsed.clause, given)

    changed(settings, parsed.clause, ticked)
    said = "agrees with" if parsed.agrees else "has nothing to do with" if parsed.unrelated else "differs from"
    print(f"Ticked: {parsed.entry} {said} {parsed.clause}.")
    return 0
