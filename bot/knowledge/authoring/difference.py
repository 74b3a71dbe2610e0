"""How two states of an entry differ, word by word, as data that any channel can draw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.knowledge.authoring.draft import CaseText, EntryText
from bot.knowledge.policies.difference import matched

PieceKind = Literal["same", "gone", "new"]
_WORD = re.compile(r"\S+\s*")
LABELS: Mapping[str, str] = {
    "title": "Title",
    "ruling": "What it says about the act",
    "badge": "In a few words",
    "answer": "Answer",
    "why": "Why",
    "instead": "What to do instead",
    "note": "Note",
    "ask": "Whom to ask",
    "cites": "Policy it rests on",
    "nations": "Nations",
    "confirm": "What must be true of the school",
    "fact_ask": "Question asked back",
    "phrasings": "Ways of asking",
    "opposites": "Asked from the other side",
    "not_this": "Looks like it, and is not",
}


@dataclass(frozen=True)
class Piece:
    """A stretch of words that stands in both ("same"), only in the earlier state ("gone") or only in the later
    ("new"). Put together, "same" and "gone" give the earlier text, "same" and "new" the later one."""

    kind: PieceKind
    text: str


@dataclass(frozen=True)
class FieldDifference:
    """One field that is not the same: `field` as in EntryText (of a case "cases > VALUE > answer"), what it is called,
    and its words. An item of a list is a piece of its own."""

    field: str
    label: str
    pieces: tuple[Piece, ...]


def difference(before: EntryText | None, after: EntryText) -> tuple[FieldDifference, ...]:
    """The fields that differ, in the order in which an entry is read; none for the same texts. `before` is None for an
    entry that is new: everything that it says is new then."""
    earlier = before or EntryText(ruling=after.ruling)
    found = [
        FieldDifference(name, label, pieces(_listed(getattr(earlier, name)), _listed(getattr(after, name))))
        for name, label in LABELS.items()
        if getattr(earlier, name) != getattr(after, name) or (before is None and name == "ruling")
    ]
    return (*found, *_of_cases(earlier.cases, after.cases))


def pieces(before: Sequence[str], after: Sequence[str]) -> tuple[Piece, ...]:
    """Two lists of words (or of items) -> what of them is the same, gone, new."""
    found: list[Piece] = []
    for tag, first, last, start, end in matched(before, after):
        if tag == "equal":
            found.append(Piece("same", "".join(before[first:last])))
            continue
        found += [Piece("gone", "".join(before[first:last]))] if last > first else []
        found += [Piece("new", "".join(after[start:end]))] if end > start else []
    return tuple(found)


def _of_cases(before: Sequence[CaseText], after: Sequence[CaseText]) -> Iterator[FieldDifference]:
    earlier, later = ({case.value: case for case in cases} for cases in (_named_as(before, after), after))
    for value in dict.fromkeys([*earlier, *later]):
        one, other = earlier.get(value), later.get(value)
        for name in ("ruling", "badge", "answer", "why", "instead"):
            was, now = (getattr(case, name) if case else "" for case in (one, other))
            if was != now:
                yield FieldDifference(
                    f"cases > {value} > {name}", f"{LABELS[name]} ({value})", pieces(_listed(was), _listed(now))
                )


def _named_as(before: Sequence[CaseText], after: Sequence[CaseText]) -> Sequence[CaseText]:
    """The earlier cases under the names that they have now, where only a line was drawn elsewhere: what was said of
    those under 19 is compared with what is said of those under 21."""
    if len(before) != len(after):
        return before
    return [replace(was, value=now.value) for was, now in zip(before, after, strict=True)]


def _listed(value: object) -> list[str]:
    """A text as its words, each with the space after it; a list as its items, each on a line of its own."""
    if isinstance(value, str):
        return _WORD.findall(value)
    items = value if isinstance(value, tuple) else ()
    return [f"{each if isinstance(each, str) else f'{each.text} ({each.target})'}\n" for each in items]
