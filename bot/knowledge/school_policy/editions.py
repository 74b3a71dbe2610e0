"""What a document said when it was last built, and what has changed since. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

ChangeKind = Literal["new", "changed", "moved", "gone"]
CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)


@dataclass(frozen=True)
class EditionClause:
    """One clause as it was printed: its number, its words, and the edition and day in which they are these."""

    number: str
    text: str
    edition: int
    on: dt.date


@dataclass(frozen=True)
class ClauseChange:
    """What became of one clause since the last edition."""

    kind: ChangeKind
    number: str
    before: str
    now: str


@dataclass(frozen=True)
class Edition:
    """One edition of one document: its clauses by the ids of their paragraphs. What makes no other edition of it: `by`
    whom it was put into force on the page, its `changes` since the one before, and the whole as it was `printed`."""

    number: int
    on: dt.date
    clauses: Mapping[str, EditionClause] = field(default_factory=dict, hash=False)
    by: str = field(default="", compare=False)
    changes: tuple[ClauseChange, ...] = field(default=(), compare=False)
    printed: str = field(default="", compare=False)


def next_edition(last: Edition | None, said: Sequence[tuple[str, str, str]], on: dt.date) -> Edition:
    """(id, number, words) of each clause -> the edition that this is: the last one where nothing is different. A clause
    in the same words keeps its own edition and day."""
    texts = {name: (number, text) for name, number, text in said}
    if last and {name: (each.number, each.text) for name, each in last.clauses.items()} == texts:
        return last
    number = last.number + 1 if last else 1
    before = last.clauses if last else {}
    clauses = {
        name: EditionClause(place, text, before[name].edition, before[name].on)
        if name in before and before[name].text == text
        else EditionClause(place, text, number, on)
        for name, (place, text) in texts.items()
    }
    return Edition(number, on, clauses)


def changes(last: Edition | None, this: Edition) -> Iterator[ClauseChange]:
    """In the order of the document, then what is gone. Of a first edition nothing is said."""
    if last is None:
        return
    for name, clause in this.clauses.items():
        before = last.clauses.get(name)
        if before is None:
            yield ClauseChange("new", clause.number, "", clause.text)
        elif before.text != clause.text:
            yield ClauseChange("changed", clause.number, before.text, clause.text)
        elif before.number != clause.number:
            yield ClauseChange("moved", clause.number, before.number, clause.number)
    for name, clause in last.clauses.items():
        if name not in this.clauses:
            yield ClauseChange("gone", clause.number, clause.text, "")
