"""A document of the school's policy as it is printed, whatever it is printed as."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.concerns.words import day
from bot.knowledge.school_policy.editions import ClauseChange, Edition
from bot.service.policy_writing.outstanding import Outstanding


@dataclass(frozen=True)
class PrintedClause:
    """One numbered clause. `edition` and `on` say since when it stands in these words; `approved` whether somebody
    here has approved them, `review_by` until when."""

    id: str
    number: str
    text: str
    points: tuple[str, ...]
    edition: int
    on: dt.date
    approved: bool
    review_by: dt.date | None = None


@dataclass(frozen=True)
class PrintedTable:
    """A table with a row of headings; `about` says in words what is in it, for whoever does not see it."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    about: str
    widths: tuple[int, ...] = ()  # shares of the page, as many as columns


@dataclass(frozen=True)
class PrintedSteps:
    """Steps that are drawn as a picture, and what they say in words."""

    steps: tuple[tuple[str, str], ...]
    about: str


@dataclass(frozen=True)
class PrintedSection:
    """A numbered heading and what stands under it, in this order."""

    number: str
    heading: str
    clauses: tuple[PrintedClause, ...] = ()
    lead: str = ""
    table: PrintedTable | None = None
    steps: PrintedSteps | None = None
    signing: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyDocument:
    """One document, as on a day. Where something is still to be done it is a draft, and `to_do` says what, sentence by
    sentence (`outstanding` by its parts, `printed_to_do` for whoever holds it on paper). `notes` say what is not as in
    England."""

    id: str
    title: str
    subtitle: str
    school: str
    edition: Edition
    about: tuple[str, ...]
    sections: tuple[PrintedSection, ...]
    changes: tuple[ClauseChange, ...] = ()
    to_do: tuple[str, ...] = ()
    letter: tuple[str, ...] = ()
    pages: int = 0
    was_built: bool = False
    day: dt.date = dt.date.min
    outstanding: Outstanding = field(default_factory=Outstanding)
    notes: tuple[str, ...] = ()
    printed_to_do: tuple[str, ...] = ()

    @property
    def is_draft(self) -> bool:
        return bool(self.to_do)

    @property
    def standing(self) -> str:
        """Which edition it is, of which day; or that it is a draft of it."""
        kind = "Draft of edition" if self.is_draft else "Edition"
        return f"{kind} {self.edition.number}, {day(self.edition.on)}"

    @property
    def due(self) -> tuple[PrintedClause, ...]:
        """The clauses that somebody should have read again by now."""
        return tuple(each for each in self.clauses() if each.review_by and each.review_by < self.day)

    def clauses(self) -> Iterator[PrintedClause]:
        for section in self.sections:
            yield from section.clauses
