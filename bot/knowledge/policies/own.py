"""The shape of a document of the school's own: its clauses in its own words, and what people said about them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

FOLDER = "policies/own"  # in the folder of the base
FORMER = f"{FOLDER}/former"  # files of editions that were replaced
_DIGITS = 12


@dataclass(frozen=True)
class Tick:
    """Somebody held a clause against an entry: whether they agree, or are `unrelated`, as both stood then (short
    digests)."""

    entry: str
    agrees: bool
    by: str
    role: str
    on: dt.date
    clause_words: str
    entry_words: str
    unrelated: bool = False

    @property
    def differs(self) -> bool:
        """Whether it was said that one of the two is to be changed."""
        return not self.agrees and not self.unrelated


@dataclass(frozen=True)
class LetIn:
    """Who looked at what was found about private persons, and why the document may be used all the same."""

    by: str
    role: str
    because: str
    on: dt.date


@dataclass(frozen=True)
class OwnClause:
    """One rule or paragraph. `pieces` are the paragraphs that a person joined to it, one where they joined none;
    `part_of` is the clause from which a person split it. `force` is empty until a person has marked it: until then no
    entry can rest on it. `changed` is the day on which a new edition changed it, or left it out (`gone`)."""

    id: str
    pieces: tuple[str, ...]
    heading: tuple[str, ...] = ()
    number: str = ""
    page: int | None = None
    lead: str = ""
    force: str = ""
    part_of: str = ""
    left_out: bool = False
    gone: bool = False
    changed: dt.date | None = None
    ticks: tuple[Tick, ...] = ()

    @property
    def own_text(self) -> str:
        """Its words without the lead-in."""
        return " ".join(self.pieces)

    @property
    def text(self) -> str:
        """Its words, with those that lead in to it."""
        return f"{self.lead} {self.own_text}".strip()

    @property
    def where(self) -> str:
        """Its place in words: number, heading, page."""
        named = " ".join(filter(None, (self.number.rstrip(".") if self.number[:1].isdigit() else self.number,
                                       self.heading[-1] if self.heading else "")))  # fmt: skip
        page = f"page {self.page}" if self.page is not None else ""
        return ", ".join(filter(None, (named, page)))

    @property
    def counts(self) -> bool:
        """Whether entries may rest on it: somebody marked its force, and did not leave it out."""
        return bool(self.force) and not self.left_out

    @property
    def words(self) -> str:
        """A short digest of its text."""
        return short_digest(self.text)


@dataclass(frozen=True)
class OwnDocument:
    """A document that the school put in: `file` is the name that it had, `digest` that of its bytes, `added` the day,
    `former` the editions that this one took the place of."""

    id: str
    title: str
    edition: str
    date: str
    nation: str
    file: str
    digest: str
    added: dt.date
    clauses: tuple[OwnClause, ...] = ()
    let_in: LetIn | None = None
    former: tuple[str, ...] = ()

    def clause(self, name: str) -> OwnClause | None:
        """The clause of this id; None where there is none."""
        return next((each for each in self.clauses if each.id == name), None)

    def next_number(self) -> int:
        """The number of the next new clause: none is ever used twice."""
        return 1 + max((int(each.id.rpartition("-")[2]) for each in self.clauses), default=0)


def clause_id(document: str, number: int) -> str:
    """The id of a clause."""
    return f"{document}-{number:02}"


def short_digest(text: str) -> str:
    """What changes with any word of a text."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:_DIGITS]
