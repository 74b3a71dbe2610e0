"""The frozen shapes of a review. A closed one is kept as these, so that it stays as it was whatever the files say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.concerns import Actor
from bot.knowledge.readiness import KnownKind

Rating = Literal["not-yet", "partly", "yes"]
RATINGS: Mapping[Rating, str] = {"not-yet": "Not yet", "partly": "Partly", "yes": "Yes"}


@dataclass(frozen=True)
class KnownFact:
    """What AskFirst knows of a statement by itself: how it stands, a sentence without a full stop, the day of which
    that is, and where to look (in words, and an address of the page where there is one)."""

    kind: KnownKind
    rating: Rating
    said: str
    on: dt.date
    look: str
    address: str = ""


@dataclass(frozen=True)
class Judged:
    """What somebody filled in. `rating` None leaves it to what AskFirst knows; `differs` says why they see it
    otherwise. `plan` is what is to be done, `owner` who does it by the day `due`."""

    rating: Rating | None = None
    evidence: str = ""
    plan: str = ""
    owner: str = ""
    due: dt.date | None = None
    differs: str = ""


@dataclass(frozen=True)
class Done:
    """Who said that a planned thing was done, when, and what came of it."""

    by: Actor
    on: dt.date
    how: str


@dataclass(frozen=True)
class Judgement:
    """One statement as somebody judged it; `version` counts how often that was saved."""

    statement: str
    judged: Judged
    by: Actor
    at: dt.datetime
    version: int
    done: Done | None = None


@dataclass(frozen=True)
class RestsOn:
    """A clause in the words that it had then, and its document."""

    id: str
    text: str
    source: str


@dataclass(frozen=True)
class ReviewedStatement:
    """One statement of a review, with all that is known of it."""

    id: str
    says: str
    evidence: str
    not_yet: str
    rests_on: tuple[RestsOn, ...] = ()
    fact: KnownFact | None = None
    judgement: Judgement | None = None

    @property
    def judged(self) -> Judged:
        """What somebody filled in; empty where nobody has."""
        return self.judgement.judged if self.judgement else Judged()

    @property
    def rating(self) -> Rating | None:
        """How it stands: as somebody says, else as AskFirst knows; None where neither does."""
        return self.judged.rating or (self.fact.rating if self.fact else None)

    @property
    def by_askfirst(self) -> bool:
        """Whether the rating is AskFirst's own."""
        return self.judged.rating is None and self.fact is not None

    @property
    def task(self) -> str:
        """What is to be done: in the school's own words, else in those of the file."""
        return self.judged.plan or self.not_yet


@dataclass(frozen=True)
class ReadinessScore:
    """How many statements stand how; `unanswered` are those of which nobody knows."""

    yes: int = 0
    partly: int = 0
    not_yet: int = 0
    unanswered: int = 0

    @property
    def total(self) -> int:
        return self.yes + self.partly + self.not_yet + self.unanswered

    @property
    def percent(self) -> int:
        """From 0 to 100: "partly" is half of "yes"."""
        return round(50 * (2 * self.yes + self.partly) / self.total) if self.total else 0


@dataclass(frozen=True)
class ReviewedPart:
    """The statements of one part."""

    id: str
    title: str
    statements: tuple[ReviewedStatement, ...]

    @property
    def score(self) -> ReadinessScore:
        return score_of(self.statements)


@dataclass(frozen=True)
class PlanLine:
    """One thing to be done, out of which review and part."""

    review: int
    part: str
    statement: ReviewedStatement

    @property
    def done(self) -> Done | None:
        return self.statement.judgement.done if self.statement.judgement else None

    def is_late(self, today: dt.date) -> bool:
        """Whether its day is over and nobody said that it was done."""
        due = self.statement.judged.due
        return due is not None and due < today and self.done is None


@dataclass(frozen=True)
class SelfReview:
    """A whole review. `closed_at` is None while people answer it."""

    number: int
    begun_by: Actor
    begun_at: dt.datetime
    parts: tuple[ReviewedPart, ...] = ()
    closed_by: Actor | None = None
    closed_at: dt.datetime | None = None

    def statements(self) -> Iterator[ReviewedStatement]:
        """Every statement, in order."""
        for part in self.parts:
            yield from part.statements

    def find(self, statement: str) -> ReviewedStatement | None:
        """One statement; None where it was not in this review."""
        return next((each for each in self.statements() if each.id == statement), None)

    def part(self, part: str) -> ReviewedPart | None:
        """One part; None where it was not in this review."""
        return next((each for each in self.parts if each.id == part), None)

    @property
    def score(self) -> ReadinessScore:
        return score_of(tuple(self.statements()))

    def plan(self) -> tuple[PlanLine, ...]:
        """What is to be done: whatever does not hold, what is due first at the top, what was done at the end."""
        found = [
            PlanLine(self.number, part.title, each)
            for part in self.parts
            for each in part.statements
            if each.rating in ("not-yet", "partly")
        ]
        return tuple(sorted(found, key=first_due))


def score_of(statements: tuple[ReviewedStatement, ...]) -> ReadinessScore:
    """How many stand how."""
    ratings = [each.rating for each in statements]
    return ReadinessScore(*(ratings.count(each) for each in ("yes", "partly", "not-yet", None)))


def first_due(line: PlanLine) -> tuple[bool, dt.date]:
    """In this order a plan is read."""
    return line.done is not None, line.statement.judged.due or dt.date.max
