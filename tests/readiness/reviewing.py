"""What the tests of the review share: a desk of the demo school, and its first review as it was filled in by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.concerns.ladder.escalation import Recipient, Step
from bot.knowledge import Knowledge
from bot.readiness import KnownFact, SelfReview
from bot.service.readiness.desk import ReadinessDesk
from bot.service.readiness.known import AskFirstKnows
from bot.service.readiness.model import GivenStatement, SavedPart
from bot.store import Store
from tests.conftest import NOW, SCHOOL

DSL, HEAD, ONLINE, CHAIR = "dsl", "head", "online", "chair"
_AWARD = Path(__file__).parent / "award.yaml"


@dataclass
class Elsewhere:
    """Another part of AskFirst that knows something: what a test says."""

    known: list[KnownFact] = field(default_factory=list)

    def facts(self, _: Knowledge, __: dt.datetime) -> Iterator[KnownFact]:
        yield from self.known


@dataclass
class Reviewing:
    """The review of one school, with a clock and files that a test can change."""

    knowledge: Knowledge
    store: Store
    now: dt.datetime = NOW
    elsewhere: Elsewhere = field(default_factory=Elsewhere)

    @property
    def desk(self) -> ReadinessDesk:
        return ReadinessDesk(lambda: {SCHOOL: self.knowledge}, self.store, (AskFirstKnows(self.store), self.elsewhere))

    def open(self, who: str = DSL) -> SelfReview:
        found = self.desk.view(SCHOOL, who, self.now).open
        assert found
        return found

    def last(self) -> SelfReview:
        found = self.desk.view(SCHOOL, DSL, self.now).last
        assert found
        return found

    def save(self, who: str, statement: str, version: int = 0, **fields: str) -> SavedPart:
        """One statement, as it was shown in this version."""
        given = {statement: GivenStatement(fields, version)}
        return self.desk.save(SCHOOL, who, self.open(who).number, given, self.now)

    def fill_in(self, only: str = "") -> None:
        """Everything that stands in award.yaml, or what one person answered of it."""
        for who, its in award().items():
            if only in ("", who):
                review = self.open()
                given = {name: GivenStatement(fields, _version(review, name)) for name, fields in its.items()}
                assert self.desk.save(SCHOOL, who, review.number, given, self.now).whole

    def file(self, **changes: object) -> None:
        """Somebody edits school.yaml."""
        self.knowledge = replace(self.knowledge, school=replace(self.knowledge.school, **changes))  # type: ignore[arg-type]

    def kinds(self) -> list[str]:
        return [line.kind for line in self.store.audit(SCHOOL).lines()]


def _version(review: SelfReview, statement: str) -> int:
    found = review.find(statement)
    return found.judgement.version if found and found.judgement else 0


@cache
def award() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """By person and statement, what they filled in."""
    found: dict[str, Any] = yaml.safe_load(_AWARD.read_text(encoding="utf-8"))["first"]
    return {
        who: {name: {field: str(text) for field, text in fields.items()} for name, fields in its.items()}
        for who, its in found.items()
    }


def answer_test_alerts(store: Store, *people: str) -> None:
    """The test alerts of November go out to everybody on a ladder, and these answer."""
    drills, at = store.drills(SCHOOL), dt.datetime(2026, 11, 2, 8, 0, tzinfo=dt.UTC)
    ladder = ("dsl", "deputy-1", "deputy-2", "head", "chair")
    drills.add("2026-11", [Step("test", at, Recipient(person)) for person in ladder])
    for each in drills.all():
        if each.person in people:
            drills.answer(each.notice, at)
