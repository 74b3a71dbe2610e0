"""What entries and tips say of each other and of clauses: ids that were merged are followed, ids that are nowhere are
faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.knowledge.entries.rules import NO_ENTRY
from bot.knowledge.files.fields import Faults
from bot.knowledge.language_model import Lexicon
from bot.knowledge.model import OF_SCHOOL, Clause, Entry, NotThis, Tip
from bot.knowledge.schools.model import NATIONS

_NAME_ONE = "Name an entry that exists"


def merged_ids(entries: Mapping[str, Entry], faults: Faults) -> dict[str, str]:
    """Old id -> the entry that took it. An old id that two entries claim, or that is in use, is a fault."""
    merged: dict[str, str] = {}
    for entry in entries.values():
        for old in entry.was:
            other = old if old in entries else merged.get(old)
            if other is not None:
                problem = f"'{old}' is an entry of its own" if other == old else f"'{old}' stands under '{other}' too"
                faults.add(entry.file, entry.id, "was", problem, "Let one entry alone be what it became")
            merged[old] = entry.id
    return merged


def followed(entry: Entry, merged: Mapping[str, str]) -> Entry:
    """The entry with the present ids of those that it names."""
    related = dict.fromkeys(merged.get(other, other) for other in entry.related)
    return replace(
        entry,
        related=tuple(other for other in related if other != entry.id),
        not_this=tuple(NotThis(each.text, merged.get(each.target, each.target)) for each in entry.not_this),
    )


def check_entries(
    entries: Mapping[str, Entry], clauses: Mapping[str, Clause], lexicon: Lexicon, faults: Faults
) -> None:
    """Ids that point nowhere: cites, related entries, look-alikes, facts."""
    check_cites(entries.values(), clauses, lexicon, faults)
    for entry in entries.values():
        for other in entry.related:
            if other not in entries:
                faults.add(entry.file, entry.id, "related", f"there is no entry '{other}'", _NAME_ONE)
        _check_not_this(entry, entries, faults)


def check_cites(entries: Iterable[Entry], clauses: Mapping[str, Clause], lexicon: Lexicon, faults: Faults) -> None:
    """Clauses and facts that are nowhere."""
    for entry in entries:
        for clause in entry.cites:
            if clause not in clauses:
                faults.add(entry.file, entry.id, "cites", f"there is no clause '{clause}'", "Cite an id from policies/")
        _check_facts(entry, lexicon, faults)


def check_tips(tips: Iterable[Tip], entries: Mapping[str, Entry], faults: Faults) -> None:
    """Tips of entries that are nowhere, and ids that stand twice."""
    seen: set[str] = set()
    for tip in tips:
        if tip.entry not in entries:
            faults.add("tips.yaml", tip.id, "entry", f"there is no entry '{tip.entry}'", _NAME_ONE)
        if tip.id in seen:
            faults.add("tips.yaml", tip.id, "id", "is used twice", "Give each tip an id of its own")
        seen.add(tip.id)


def _check_not_this(entry: Entry, entries: Mapping[str, Entry], faults: Faults) -> None:
    for each in entry.not_this:
        place = f"not_this > {each.text[:40]}"
        if each.target == entry.id:
            faults.add(entry.file, entry.id, place, "leads to this very entry", f"Name another one, or {NO_ENTRY}")
        elif each.target not in entries and each.target != NO_ENTRY:
            faults.add(entry.file, entry.id, place, f"there is no entry '{each.target}'", f"{_NAME_ONE}, or {NO_ENTRY}")


def _check_facts(entry: Entry, lexicon: Lexicon, faults: Faults) -> None:
    if entry.facts is None:
        return
    given = {case.value for case in entry.facts.cases}
    if entry.facts.fact == OF_SCHOOL:
        for value in sorted(given - {*NATIONS}):
            remedy = f"Use one of: {', '.join(NATIONS)}"
            faults.add(entry.file, entry.id, "facts", f"has a case for the unknown nation '{value}'", remedy)
        return
    kind = lexicon.facts.get(entry.facts.fact)
    if kind is None:
        known = ", ".join(sorted({*lexicon.facts, OF_SCHOOL}))
        faults.add(entry.file, entry.id, "facts", f"there is no fact '{entry.facts.fact}'", f"Use one of: {known}")
        return
    for value in sorted(set(kind.labels) ^ given):
        missing = value in kind.labels
        problem = f"has no case for '{value}'" if missing else f"has a case for the unknown value '{value}'"
        faults.add(entry.file, entry.id, "facts", problem, f"Give one case for each of: {', '.join(kind.labels)}")
