"""What an edition changed, found again by the ids of the clauses: they stay from one edition to the next. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from bot.knowledge.policies.editions import Kind
from bot.knowledge.policies.own import OwnClause, OwnDocument
from bot.knowledge.policies.resting import clause_digest
from bot.service.policy_reading.model import ClauseSince


def since(before: OwnDocument, now: OwnDocument) -> tuple[ClauseSince, ...]:
    """The edition before and a document as it is -> what became of each clause, in the order in which they stand now.
    What a person split or joined since is told by the clause that kept its id."""
    return tuple(_each(before, now))


def as_approved(
    editions: Sequence[OwnDocument], clause: OwnClause, on: dt.date, against: Collection[str]
) -> OwnClause | None:
    """A clause as it was when somebody approved an answer `on` a day, having read it `against` what they say; the
    editions stand in their order, the one that counts last. None where none of them has other words of it."""
    there = [before.clause(clause.id) for before, behind in pairwise(editions) if behind.added >= on]
    other = [each for each in there if each and not each.gone and clause_digest(each) != clause_digest(clause)]
    return next((each for each in other if clause_digest(each) in against), other[0] if other else None)


def _each(before: OwnDocument, now: OwnDocument) -> Iterator[ClauseSince]:
    places = {each.id: place for place, each in enumerate(each for each in before.clauses if not each.gone)}
    latest = -1
    for clause in now.clauses:
        old = before.clause(clause.id)
        if old is not None and old.gone:
            continue
        if old is None:
            if not clause.gone and not clause.part_of:
                yield ClauseSince("new", None, clause)
            continue
        kind = _kind(old, clause, places[clause.id] > latest)
        latest = max(latest, places[clause.id]) if kind != "moved" else latest
        yield ClauseSince(kind, old, clause)


def _kind(old: OwnClause, new: OwnClause, in_order: bool) -> Kind:
    if new.gone:
        return "gone"
    if old.words != new.words:
        return "changed"
    if not in_order or old.heading[-1:] != new.heading[-1:]:
        return "moved"
    return "same" if old.number == new.number else "renumbered"
