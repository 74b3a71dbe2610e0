"""The school's reviews of itself: rows of one school. What they say is sealed.

A statement that is judged again gets one more row, so that nothing anybody wrote is lost, and whoever saves can be told
what has changed since they looked. A closed review is kept whole in its own row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import Actor, Detail, EventKind
from bot.readiness import Judgement, SelfReview
from bot.store.database import Database
from bot.store.desks.tables import judgements, self_reviews
from bot.store.sealing.cells import opened, sealed_row
from bot.store.sealing.chain import Chain
from bot.store.sealing.codec import dumps, loads


@dataclass(frozen=True)
class KeptReview:
    """A review as it is kept, with every version of every judgement, the oldest first: by statement."""

    review: SelfReview
    versions: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)

    @property
    def newest(self) -> Mapping[str, Judgement]:
        """How each statement was judged last."""
        return {name: found[-1] for name, found in self.versions.items()}


@dataclass(frozen=True)
class ReviewStep:
    """What becomes of a review: the review as it is then (None: as it was), judgements that are added, and the line
    that the log gets."""

    kind: EventKind
    by: Actor
    detail: Detail
    review: SelfReview | None = None
    added: Sequence[Judgement] = ()


class SelfReviews:
    """Every method is one transaction; it may be called from any thread."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school, self._vault = database, school, database.vault
        self._chain = Chain(database, school)

    def all(self) -> tuple[KeptReview, ...]:
        """Every review, the first first. Raises StoreError."""
        with self._database.reading() as connection:
            return self._all(connection)

    def change(
        self, decide: Callable[[tuple[KeptReview, ...]], ReviewStep | None], now: dt.datetime
    ) -> tuple[KeptReview, ...]:
        """Take one step. `decide` sees all reviews while nobody else can change one, and raises what it will: then
        nothing is changed; None changes nothing either. How they stand afterwards. Raises StoreError."""
        with self._database.transaction() as connection:
            self._chain.lock(connection)
            step = decide(self._all(connection))
            if step is None:
                return self._all(connection)
            if step.review:
                self._keep(connection, step.review)
            number = int(step.detail.reference)
            for each in step.added:
                connection.execute(sa.insert(judgements), self._row(number, each))
            self._chain.append(connection, "", step.kind, step.by, step.detail, now)
            return self._all(connection)

    def _all(self, connection: Connection) -> tuple[KeptReview, ...]:
        ours = sa.select(self_reviews).where(self_reviews.c.school == self._school).order_by(self_reviews.c.number)
        theirs = sa.select(judgements).where(judgements.c.school == self._school).order_by(judgements.c.version)
        found: dict[int, dict[str, tuple[Judgement, ...]]] = {}
        for row in connection.execute(theirs):
            judged = loads(opened(self._vault, judgements.c.content, row), Judgement)
            its = found.setdefault(row.review, {})
            its[row.statement] = (*its.get(row.statement, ()), judged)
        return tuple(
            KeptReview(loads(opened(self._vault, self_reviews.c.content, row), SelfReview), found.get(row.number, {}))
            for row in connection.execute(ours)
        )

    def _keep(self, connection: Connection, review: SelfReview) -> None:
        row = {"school": self._school, "number": review.number, "content": dumps(review)}
        stored = sealed_row(self._vault, self_reviews, row)
        if not self._database.insert_new(connection, self_reviews, stored):
            this = (self_reviews.c.school == self._school) & (self_reviews.c.number == review.number)
            connection.execute(sa.update(self_reviews).where(this).values(content=stored["content"]))

    def _row(self, review: int, judgement: Judgement) -> dict[str, object]:
        row = {
            "school": self._school,
            "review": review,
            "statement": judgement.statement,
            "version": judgement.version,
            "content": dumps(judgement),
        }
        return sealed_row(self._vault, judgements, row)
