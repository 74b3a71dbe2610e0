"""The review as channels see it: one call for each thing that somebody does.

Every call takes the school (its id), `who` (an id of people in school.yaml whom a channel has signed in) and `now`.
Each is one transaction. Raises ReadinessError with a sentence for what cannot be, StoreError where the database cannot
be used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from bot.concerns import Actor, Detail, IncompleteError
from bot.concerns.standing_in import as_of
from bot.concerns.typed import NOTHING_WRITTEN
from bot.knowledge import Knowledge
from bot.readiness import (
    Done,
    Judged,
    Judgement,
    KnownFact,
    Knows,
    PlanLine,
    SelfReview,
    current_plan,
    missing,
    review_of,
)
from bot.readiness.facts import today_at
from bot.readiness.reading import LIMITS, of_text
from bot.service.readiness.model import (
    GivenStatement,
    NoReviewError,
    NotCompleteError,
    NotForYouError,
    ReadinessError,
    ReadinessView,
    SavedPart,
)
from bot.service.readiness.saving import FilledIn, sorted_out
from bot.store import KeptReview, ReviewStep, Store

ANSWERING = frozenset({"dsl", "deputy-dsl", "head", "approver"})
READING = ANSWERING | {"chair"}  # governors get the PDF and nothing else
_NONE_OPEN = "No review is open. Begin one first"
_NOTHING_TO_REVIEW = "There is no readiness.yaml here, so nothing to review. Take it from the demo school"
_NOT_YOURS = "The review is answered by the DSL, the deputies, the headteacher and whoever approves answers"
_CLOSED = "This review was closed meanwhile, so that nothing was saved. Begin the next one to go on"


def may_answer(roles: Collection[str]) -> bool:
    """Whether somebody with these parts answers the review."""
    return not ANSWERING.isdisjoint(roles)


def may_take_out(roles: Collection[str]) -> bool:
    """Whether somebody with these parts may have the PDF."""
    return not READING.isdisjoint(roles)


class ReadinessDesk:
    """The reviews of the schools that `bases` gives at the time: school id -> its knowledge. `sources` are whoever
    knows how statements stand; of two that know the same the later one counts."""

    def __init__(
        self, bases: Callable[[], Mapping[str, Knowledge]], store: Store, sources: Sequence[Knows] = ()
    ) -> None:
        self._bases, self._store, self._sources = bases, store, tuple(sources)

    # --- seen

    def view(self, school: str, who: str, now: dt.datetime) -> ReadinessView:
        """How it stands."""
        self._check(school, who, now, READING)
        answers = may_answer(self._roles(school, who, now))
        return self._seen(school, now, answers)

    def plan(self, school: str, now: dt.datetime) -> tuple[PlanLine, ...]:
        """What is to be done as of now, out of the open review and the last one. For reminders, and whoever looks."""
        view = self._seen(school, now, True)
        return current_plan(view.open, view.last)

    def take_out(self, school: str, who: str, number: int, now: dt.datetime) -> tuple[SelfReview, SelfReview | None]:
        """A review for the PDF, and the one before it; that it was taken out is written down. Whoever does not answer
        gets closed ones alone."""
        self._check(school, who, now, READING)
        answers = may_answer(self._roles(school, who, now))
        found: list[SelfReview] = []
        # Before the school's log is locked for it: to gather facts takes a while, and concerns must not wait for it.
        facts = self._facts(self._bases()[school], now) if answers else ()

        def noted(kept: tuple[KeptReview, ...]) -> ReviewStep:
            view = self._view(school, kept, answers, facts)
            wanted = [each for each in (view.open, *view.closed) if each and each.number == number]
            if not wanted or (wanted[0].closed_at is None and not answers):
                raise NoReviewError("There is no such review")
            before = [each for each in view.closed if each.number < number]
            found.extend((wanted[0], *before[:1]))
            return ReviewStep("readiness-printed", self._actor(school, who), Detail(reference=str(number), way="pdf"))

        self._store.readiness(school).change(noted, now)
        return found[0], (found[1] if len(found) > 1 else None)

    # --- done

    def begin(self, school: str, who: str, now: dt.datetime) -> int:
        """Begin a review; where one is open already, that one. Its number."""
        self._check(school, who, now, ANSWERING)
        if not self._bases()[school].readiness.parts:
            raise ReadinessError(_NOTHING_TO_REVIEW)
        by = self._actor(school, who)

        def begun(kept: tuple[KeptReview, ...]) -> ReviewStep | None:
            if _open(kept):
                return None
            number = kept[-1].review.number + 1 if kept else 1
            return ReviewStep("readiness-begun", by, Detail(reference=str(number)), SelfReview(number, by, now))

        return self._store.readiness(school).change(begun, now)[-1].review.number

    def save(
        self, school: str, who: str, number: int, given: Mapping[str, GivenStatement], now: dt.datetime
    ) -> SavedPart:
        """Keep what was filled in about some statements: whatever can be kept is, whatever else is wrong. What was not
        touched stays as others have saved it."""
        self._check(school, who, now, ANSWERING)
        by, knowledge, saved = self._actor(school, who), self._bases()[school], list[SavedPart]()
        facts = self._facts(knowledge, now)

        def judged(kept: tuple[KeptReview, ...]) -> ReviewStep | None:
            open_ = _open(kept)
            if open_ is None or open_.review.number != number:
                raise NoReviewError(_CLOSED if number in {each.review.number for each in kept} else _NONE_OPEN)
            review = review_of(open_.review, knowledge, open_.newest, facts)
            people = [each.name for each in knowledge.school.people.values()]
            filled = FilledIn(given, people, by, now, today_at(knowledge.school, now))
            added, result = sorted_out(review, open_.versions, filled)
            saved.append(result)
            detail = Detail(reference=str(number), text=" ".join(result.saved))
            return ReviewStep("readiness-judged", by, detail, None, added) if added else None

        self._store.readiness(school).change(judged, now)
        return saved[0]

    def close(self, school: str, who: str, now: dt.datetime) -> SelfReview:
        """Close the open review: from now on it is kept as it was. Raises NotCompleteError."""
        self._check(school, who, now, ANSWERING)
        by, knowledge = self._actor(school, who), self._bases()[school]
        facts = self._facts(knowledge, now)

        def closed(kept: tuple[KeptReview, ...]) -> ReviewStep:
            open_ = _open(kept)
            if open_ is None:
                raise NoReviewError(_NONE_OPEN)
            review = review_of(open_.review, knowledge, open_.newest, facts)
            if left := tuple(missing(review)):
                raise NotCompleteError(left)
            review = replace(review, closed_by=by, closed_at=now)
            return ReviewStep("readiness-closed", by, Detail(reference=str(review.number)), review)

        return self._store.readiness(school).change(closed, now)[-1].review

    def done(self, school: str, who: str, number: int, statement: str, how: str, now: dt.datetime) -> None:
        """Somebody did what was planned in the last review that was closed. Raises IncompleteError."""
        self._check(school, who, now, ANSWERING)
        by, knowledge = self._actor(school, who), self._bases()[school]
        if wrong := of_text(how, [each.name for each in knowledge.school.people.values()], LIMITS["plan"]):
            raise IncompleteError({"how": wrong})
        if not how.strip():
            raise IncompleteError({"how": NOTHING_WRITTEN})

        def ticked(kept: tuple[KeptReview, ...]) -> ReviewStep | None:
            closed = [each for each in kept if each.review.closed_at and each.review.number == number]
            line = next((e for c in closed for e in c.review.plan() if e.statement.id == statement), None)
            if line is None:
                raise NoReviewError("There is no such line in the plan of a review that was closed")
            before = closed[0].newest.get(statement)
            if before and before.done:
                return None
            version, judged = (before.version, before.judged) if before else (0, Judged())
            tick = Judgement(statement, judged, by, now, version + 1, Done(by, today_at(knowledge.school, now), how))
            detail = Detail(reference=str(number), text=statement)
            return ReviewStep("readiness-done", by, detail, None, (tick,))

        self._store.readiness(school).change(ticked, now)

    # --- inside

    def _roles(self, school: str, who: str, now: dt.datetime) -> frozenset[str]:
        """The parts that somebody holds, themselves or standing in today."""
        found = self._bases()[school].school
        return found.roles_of(who) | as_of(found, now).roles_of(who)

    def _check(self, school: str, who: str, now: dt.datetime, roles: Collection[str]) -> None:
        if who not in self._bases()[school].school.people or not self._roles(school, who, now) & set(roles):
            raise NotForYouError(_NOT_YOURS)

    def _actor(self, school: str, who: str) -> Actor:
        return Actor(who, self._bases()[school].school.people[who].name)

    def _facts(self, knowledge: Knowledge, now: dt.datetime) -> tuple[KnownFact, ...]:
        return tuple(fact for source in self._sources for fact in source.facts(knowledge, now))

    def _seen(self, school: str, now: dt.datetime, answers: bool) -> ReadinessView:
        kept = self._store.readiness(school).all()
        facts = self._facts(self._bases()[school], now) if answers and _open(kept) else ()
        return self._view(school, kept, answers, facts)

    def _view(
        self, school: str, kept: tuple[KeptReview, ...], answers: bool, facts: tuple[KnownFact, ...]
    ) -> ReadinessView:
        knowledge, open_ = self._bases()[school], _open(kept)
        review = review_of(open_.review, knowledge, open_.newest, facts) if open_ and answers else None
        closed = tuple(_with_done(each) for each in reversed(kept) if each.review.closed_at)
        return ReadinessView(review, closed, answers)


def _open(kept: tuple[KeptReview, ...]) -> KeptReview | None:
    return kept[-1] if kept and kept[-1].review.closed_at is None else None


def _with_done(kept: KeptReview) -> SelfReview:
    """A closed review as it was, with what was done of its plan since."""
    done = {name: each for name, each in kept.newest.items() if each.done}
    if not done:
        return kept.review
    parts = (
        replace(part, statements=tuple(
            replace(each, judgement=replace(each.judgement or done[each.id], done=done[each.id].done))
            if each.id in done else each
            for each in part.statements
        ))
        for part in kept.review.parts
    )  # fmt: skip
    return replace(kept.review, parts=tuple(parts))
