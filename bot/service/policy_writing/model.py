"""A document of the school's policy as it is printed, whatever it is printed as."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bot.knowledge.school_policy.editions import ClauseChange, Edition


@dataclass(frozen=True)
class PrintedClause:
    """One numbered clause. `edition` and `on` say since when it stands in these words; `approved` whether somebody
    here has approved them."""

    id: str
    number: str
    text: str
    points: tuple[str, ...]
    edition: int
    on: dt.date
    approved: bool


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
    """One document. Where something is still to be done it is a draft, and `to_do` says what, sentence by sentence."""

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

    @property
    def is_draft(self) -> bool:
        return bool(self.to_do)

    @property
    def standing(self) -> str:
        """Which edition it is, of which day; or that it is a draft of it."""
        day = f"{self.edition.on.day} {self.edition.on:%B %Y}"
        return f"Draft of edition {self.edition.number}, {day}" if self.is_draft else (
            f"Edition {self.edition.number}, {day}"
        )  # fmt: skip

    def clauses(self) -> Iterator[PrintedClause]:
        for section in self.sections:
            yield from section.clauses
