"""Entries as their files stand + approvals -> entries as they are served."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.knowledge.approvals.model import FILE, Approval, Approvals
from bot.knowledge.approvals.rules import latest_review, may_have_approved
from bot.knowledge.approvals.words import digest_of, words_of
from bot.knowledge.entries.reading import read_entry
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.model import Entry, Knowledge


def approved_entries(
    entries: Mapping[str, Entry], approvals: Approvals, faults: Faults
) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """(every entry as it is served, those of the files whose words wait for approval). An entry that nobody approved is
    withheld; of one that was changed since, the approved words are served."""
    served, waiting = {}, {}
    for name, entry in entries.items():
        approval = approvals.given.get(name)
        if approval is None:
            served[name] = _withheld(entry)
            continue
        _check(entry, approval, faults)
        spoken = entry
        if digest_of(words_of(entry)) != approval.digest:
            waiting[name] = entry
            spoken = _in_approved_words(entry, approval.words, faults)
        served[name] = _signed(spoken, approval, approvals.made_up)
    return served, waiting


def _check(entry: Entry, approval: Approval, faults: Faults) -> None:
    """Only who may approve an entry has, for no longer than they may, and not before everything was ticked."""
    remedy = f"Approve it anew: askfirst approve {entry.id}"
    if approval.role not in (roles := may_have_approved(entry)):
        problem = f"'{approval.role}' may not approve this entry, but {', '.join(roles)}"
        faults.add(FILE, entry.id, "role", problem, remedy)
    if approval.review_by > (latest := latest_review(entry, approval.on)):
        faults.add(FILE, entry.id, "review_by", f"is after {latest}, the last day that it may be", remedy)
    if approval.review_by <= approval.on:
        faults.add(FILE, entry.id, "review_by", "is not after 'on'", remedy)
    for item in approval.words.get("confirm", ()):
        if item not in approval.confirmed:
            faults.add(FILE, entry.id, "confirmed", f"'{item}' was not ticked", remedy)


def without_withdrawn(knowledge: Knowledge, listed: Collection[str]) -> Knowledge:
    """The base without approvals that are listed no more: what somebody took back is withheld. The very same base where
    nothing was."""
    approvals = knowledge.approvals or Approvals()
    left = {name: each for name, each in approvals.given.items() if name in listed}
    if len(left) == len(approvals.given):
        return knowledge
    gone = set(approvals.given) - set(left)
    entries = {name: _withheld(entry) if name in gone else entry for name, entry in knowledge.entries.items()}
    return replace(knowledge, entries=entries, approvals=replace(approvals, given=left))


def _withheld(entry: Entry) -> Entry:
    return replace(entry, approved_by="", approved_role="", reviewed=None, review_by=None, made_up=False, withheld=True)


def _signed(entry: Entry, approval: Approval, made_up: bool) -> Entry:
    return replace(
        entry,
        approved_by=approval.by,
        approved_role=approval.role,
        reviewed=approval.on,
        review_by=approval.review_by,
        made_up=made_up,
    )


def _in_approved_words(entry: Entry, words: Mapping[str, Any], faults: Faults) -> Entry:
    """The entry with the words that were approved. They keep the rules of an entry, or that is a fault."""
    spoken = read_entry(
        YamlFields(faults, FILE, entry.id, {**words, "id": entry.id, "phrasings": [entry.title]}), faults, FILE
    )
    kept = {name: getattr(entry, name) for name in ("file", "related", "was", "rare", "hold")}
    return replace(spoken, **kept, phrasings=entry.phrasings, opposites=entry.opposites, not_this=entry.not_this)
