"""Entries and the school's own clauses: what rests on which, what is to be read again since a clause changed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.knowledge.approvals.model import Approval
from bot.knowledge.model import Clause, Document, Entry
from bot.knowledge.policies.clauses import NOT_ANY_MORE
from bot.knowledge.policies.own import OwnClause, OwnDocument, short_digest

PUBLISHER = "your school"


def document_of(own: OwnDocument) -> Document:
    """What is said of it where an answer names its source."""
    edition = f", edition {own.edition}" if own.edition else ""
    return Document(own.id, f"{own.title}{edition}", PUBLISHER, own.date or None, own.nation)


def clauses_on_which(own: OwnDocument) -> dict[str, Clause]:
    """The clauses on which entries may rest: those whose force somebody marked, and those of them that are gone."""
    document = document_of(own)
    return {
        each.id: Clause(
            id=each.id,
            document=document,
            force=each.force,
            where=f"{each.where} {NOT_ANY_MORE}".strip() if each.gone else each.where,
            text=each.text,
            nation=own.nation,
            asked=False,
        )
        for each in own.clauses
        if each.counts
    }


def resting_on(entries: Iterable[Entry], own: Iterable[OwnDocument], clauses: Collection[str]) -> tuple[Entry, ...]:
    """The entries that cite one of these clauses, or of which somebody ticked that they agree with one."""
    ticks = (tick for document in own for each in document.clauses if each.id in clauses for tick in each.ticks)
    ticked = {tick.entry for tick in ticks if tick.agrees}
    return tuple(each for each in entries if each.id in ticked or not set(clauses).isdisjoint(each.cites))


def clause_digest(clause: Clause | OwnClause) -> str:
    """What changes with the words of a clause, and when it goes: what an approval says that it was read against."""
    return short_digest(f"{clause.id} {'gone' if clause.gone else ''} {clause.text}")


def changed_under(
    entry: Entry, own: Iterable[OwnDocument], clauses: Iterable[Clause] = ()
) -> tuple[Clause | OwnClause, ...]:
    """The clauses on which an entry rests that some edition changed or left out, of the school's own documents and of
    these."""
    documents = tuple(own)
    changed: list[Clause | OwnClause] = [each for document in documents for each in document.clauses]
    changed.extend(clauses)
    return tuple(each for each in changed if each.changed and resting_on((entry,), documents, {each.id}))


def unread_under(
    entry: Entry, own: Iterable[OwnDocument], clauses: Iterable[Clause], approval: Approval | None
) -> tuple[Clause | OwnClause, ...]:
    """Those of them against whose words nobody has read the entry yet."""
    return tuple(each for each in changed_under(entry, own, clauses) if _is_older(entry, each, approval))


def read_again(
    entries: Mapping[str, Entry],
    own: Iterable[OwnDocument],
    clauses: Iterable[Clause] = (),
    approvals: Mapping[str, Approval] = MappingProxyType({}),
) -> dict[str, Entry]:
    """The entries as they are served; one that rests on a clause of the school's own, or on one of these, that changed
    after it was approved is due for review since that day. An approval of the same day came after it only where it
    says that it was read against these words."""
    documents = tuple(own)
    changed = {each.id: each for each in clauses if each.changed}
    ours = {each.id: each for document in documents for each in document.clauses if each.changed}
    found = dict(entries)
    for clause in (changed | ours).values():
        for entry in resting_on(entries.values(), documents, {clause.id}):
            day, before = clause.changed, found[entry.id].policy_changed
            if day and (before is None or before < day) and _is_older(entry, clause, approvals.get(entry.id)):
                found[entry.id] = replace(entry, policy_changed=day, review_by=day)
    return found


def _is_older(entry: Entry, clause: Clause | OwnClause, approval: Approval | None) -> bool:
    """Whether an entry was approved before this clause changed."""
    if not entry.reviewed or not clause.changed or entry.reviewed > clause.changed:
        return False
    read = approval.against if approval else ()
    return entry.reviewed < clause.changed or clause_digest(clause) not in read
