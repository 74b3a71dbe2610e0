"""Entries and the school's own clauses: what rests on which, what is to be read again since a clause changed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bot.knowledge.model import Clause, Document, Entry
from bot.knowledge.policies.clauses import NOT_ANY_MORE
from bot.knowledge.policies.own import OwnDocument

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


def read_again(
    entries: Mapping[str, Entry], own: Iterable[OwnDocument], clauses: Iterable[Clause] = ()
) -> dict[str, Entry]:
    """The entries as they are served; one that rests on a clause of the school's own, or on one of these, that changed
    after it was approved is due for review since that day."""
    documents = tuple(own)
    days = {each.id: each.changed for document in documents for each in document.clauses if each.changed}
    days |= {each.id: each.changed for each in clauses if each.changed}
    found = dict(entries)
    for clause, day in days.items():
        for entry in resting_on(entries.values(), documents, {clause}):
            before = found[entry.id].policy_changed
            if entry.reviewed and entry.reviewed < day and (before is None or before < day):
                found[entry.id] = replace(entry, policy_changed=day, review_by=day)
    return found
