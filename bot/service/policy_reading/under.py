"""What an answer rests on, seen from the answer: clauses that changed under it, and what people said of it and them."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection

from bot.errors import FileError
from bot.knowledge import Clause, KnowledgeError
from bot.knowledge.policies.own import OwnClause
from bot.knowledge.policies.resting import document_of, unread_under
from bot.service.authoring.shelf import Shelf
from bot.service.policy_reading.files import read_kept
from bot.service.policy_reading.model import RuleUnder, SaidOfAnswer
from bot.service.policy_reading.near import standing_tick
from bot.service.policy_reading.since import as_approved


def changed_under(shelf: Shelf, entry: str) -> tuple[RuleUnder, ...]:
    """The clauses under an entry that changed since it was approved, each with the words that it had then."""
    knowledge, found = shelf.knowledge, shelf.knowledge.find(entry)
    if found is None or not found.reviewed or not found.policy_changed:
        return ()
    approval = knowledge.approvals.given.get(found.id) if knowledge.approvals else None
    against = approval.against if approval else ()
    unread = unread_under(found, knowledge.own.values(), knowledge.clauses.values(), approval)
    return tuple(_rule_under(shelf, each, found.reviewed, against) for each in unread)


def said_of(shelf: Shelf, entry: str) -> tuple[SaidOfAnswer, ...]:
    """What people said of an entry and the clauses of the school's own, and whether that still stands."""
    found = shelf.knowledge.find(entry)
    return tuple(
        SaidOfAnswer(document, clause, each, standing_tick(clause, found) is each)
        for document in shelf.knowledge.own.values() for clause in document.clauses for each in clause.ticks
        if found and each.entry == found.id and not clause.gone
    )  # fmt: skip


def _rule_under(shelf: Shelf, clause: Clause | OwnClause, on: dt.date, against: Collection[str]) -> RuleUnder:
    if isinstance(clause, Clause):
        return RuleUnder(clause.document, False, clause, None)
    document = next(each for each in shelf.knowledge.own.values() if clause in each.clauses)
    editions = [document]
    for name in reversed(document.former):
        with contextlib.suppress(KnowledgeError, FileError):  # a file that is away takes nothing from the others
            editions.insert(0, read_kept(shelf.folder, name))
    return RuleUnder(document_of(document), True, clause, as_approved(editions, clause, on, against))
