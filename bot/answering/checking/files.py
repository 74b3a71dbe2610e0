"""Faults and notices of a base that loads which show without learning anything."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from pathlib import PurePosixPath

from bot.knowledge import Fault, Knowledge
from bot.knowledge.approvals import FILE as APPROVALS
from bot.knowledge.approvals.standing import approval_notices, dated_ahead
from bot.knowledge.entries import notices_of
from bot.knowledge.policies.clauses import clause_notices


def notices(knowledge: Knowledge, today: dt.date) -> tuple[Fault, ...]:
    """What stops nothing and is still to be done: what entries lack, what nobody has approved, and answers that are due
    for review."""
    lacking = [notice for entry in knowledge.entries.values() for notice in notices_of(entry)]
    clauses = clause_notices(knowledge.clauses, knowledge.entries)
    files = damaged_files(knowledge)
    return tuple(sorted([*lacking, *clauses, *files, *approval_notices(knowledge), *past_review(knowledge, today)]))


def damaged_files(knowledge: Knowledge) -> tuple[Fault, ...]:
    """Files that are damaged and on which no answer rests: one notice each, with what is wrong first."""
    first: dict[str, Fault] = {}
    for each in knowledge.policy.damaged:
        first.setdefault(each.file, each)
    return tuple(_left_aside(each) for each in first.values())


def _left_aside(fault: Fault) -> Fault:
    name = PurePosixPath(fault.file).name
    problem = f"it is damaged ({_what(fault)}), and was left aside"
    remedy = f"Put {name} back from a backup, or delete it: then each document is built as its first edition"
    return Fault(fault.file, name, "", problem, remedy)


def _what(fault: Fault) -> str:
    return " ".join(filter(None, (" > ".join(filter(None, (fault.entry, fault.field))), fault.problem)))


def check_files(knowledge: Knowledge, today: dt.date) -> tuple[Fault, ...]:
    """The faults that show without learning anything."""
    return tuple(sorted([*_uncovered(knowledge), *_twins(knowledge), *_ahead(knowledge, today)]))


def _uncovered(knowledge: Knowledge) -> list[Fault]:
    cited = {clause for entry in knowledge.entries.values() for clause in entry.cites}
    return [
        Fault(f"policies/{clause.document.id}.yaml", clause.id, "", "no entry covers this clause",
              "Write an entry that cites it, or mark the clause 'asked: false' if staff would never ask")
        for clause in knowledge.clauses.values()
        if clause.asked and clause.id not in cited
    ]  # fmt: skip


def _twins(knowledge: Knowledge) -> list[Fault]:
    """Phrasings that stand twice: under two entries, or twice under one."""
    places: dict[str, list[str]] = defaultdict(list)
    for entry in knowledge.entries.values():
        for text in entry.texts:
            places[bare(text)].append(entry.id)
    for each in knowledge.outside:
        places[bare(each.text)].append("outside.yaml")
    return [
        Fault(_file_of(knowledge, owners[0]), owners[0], "phrasings", f"'{text}' stands also under {owners[1]}",
              "Keep it where its answer fits best")
        for text, owners in places.items()
        if len(owners) > 1
    ]  # fmt: skip


def _file_of(knowledge: Knowledge, entry: str) -> str:
    return knowledge.entries[entry].file if entry in knowledge.entries else "outside.yaml"


def bare(text: str) -> str:
    """A text as its words in small letters: of two that ask the same in the same words they are the same."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _ahead(knowledge: Knowledge, today: dt.date) -> list[Fault]:
    return [
        Fault(APPROVALS, each.entry, "on", f"{each.on} is still to come",
              f"See whether the year is right, and approve it anew: askfirst approve {each.entry}")
        for each in dated_ahead(knowledge, today)
    ]  # fmt: skip


def past_review(knowledge: Knowledge, today: dt.date) -> list[Fault]:
    """A notice for each answer that was to be read again before this day."""
    return [
        Fault(entry.file, entry.id, "review_by", f"it was due for review on {entry.review_by}",
              f"Read it again and approve it: askfirst approve {entry.id}")
        for entry in knowledge.entries.values()
        if entry.is_due(today)
    ]  # fmt: skip
