"""The review of readiness in lines: how it stands by part, statement by statement, and what is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from adapters.console.text import moment, wrapped
from bot.concerns.words import day
from bot.readiness import RATINGS, PlanLine, ReviewedStatement, SelfReview
from bot.service.readiness.model import SavedPart

NONE_YET = "No review was begun yet. Begin one: askfirst ready PERSON begin"


def review_lines(review: SelfReview, before: SelfReview | None, zone: ZoneInfo) -> Iterator[str]:
    """The score by part, then every statement."""
    yield wrapped(f"Review {review.number}: {_stands(review, zone)}")
    yield from _scores(review, before)
    for part in review.parts:
        yield ""
        yield f"{part.title}:"
        for each in part.statements:
            yield from _statement(each, before, zone)


def plan_lines(plan: Sequence[PlanLine], today: dt.date) -> Iterator[str]:
    """What is to be done, what is due first at the top."""
    for line in plan:
        judged = line.statement.judged
        who = judged.owner or "nobody is named yet"
        when = f"by {day(judged.due)}" if judged.due else "without a day yet"
        late = " OVERDUE." if line.is_late(today) else ""
        yield wrapped(f"{line.statement.id} (review {line.review}): {line.statement.task}")
        yield wrapped(f"  {who}, {when}.{late}")
        if line.done:
            yield wrapped(f"  Done on {day(line.done.on)}, says {line.done.by.name}: {line.done.how}")
    if not plan:
        yield "Nothing is to be done."


def saved_lines(saved: SavedPart) -> Iterator[str]:
    """What became of an answer."""
    yield from (f"Saved: {name}." for name in saved.saved)
    for name, problems in saved.problems.items():
        yield from (wrapped(f"NOT SAVED: {name}: {field}: {said}") for field, said in problems.items())
    for name, theirs in saved.clashes.items():
        yield wrapped(f"NOT SAVED: {name}: {theirs.by.name} saved it at this moment. Look at it, and answer again.")
    if saved.whole and not saved.saved:
        yield "That is what it says already."


def _stands(review: SelfReview, zone: ZoneInfo) -> str:
    if review.closed_at and review.closed_by:
        return f"closed on {moment(review.closed_at, zone)} by {review.closed_by.name}"
    score = review.score
    return f"open, {score.total - score.unanswered} of {score.total} answered"


def _scores(review: SelfReview, before: SelfReview | None) -> Iterator[str]:
    for part in review.parts:
        old = before.part(part.id) if before else None
        last = f", last time {old.score.percent}%" if old else ""
        yield f"  {part.title}: {part.score.percent}%{last}"
    last = f", last time {before.score.percent}%" if before else ""
    yield f"  All parts: {review.score.percent}%{last}"


def _statement(one: ReviewedStatement, before: SelfReview | None, zone: ZoneInfo) -> Iterator[str]:
    yield wrapped(f"  {one.id}: {one.says}")
    yield wrapped(f"    {RATINGS[one.rating].upper() if one.rating else 'NOT ANSWERED'}{_by(one, zone)}")
    if one.fact:
        whose = "" if one.by_askfirst else f"AskFirst has: {RATINGS[one.fact.rating]}. "
        yield wrapped(f"    {whose}{one.fact.said} (as of {day(one.fact.on)}; see {one.fact.look})")
    for label, text in (("Seen otherwise", one.judged.differs), ("Shown by", one.judged.evidence)):
        if text:
            yield wrapped(f"    {label}: {text}")
    if not one.judged.evidence and not one.fact:
        yield wrapped(f"    What counts: {one.evidence}")
    old = before.find(one.id) if before else None
    if old and old.rating:
        yield wrapped(f"    Last time: {RATINGS[old.rating]}")


def _by(one: ReviewedStatement, zone: ZoneInfo) -> str:
    if one.by_askfirst:
        return ", filled in by AskFirst"
    return f", {one.judgement.by.name}, {moment(one.judgement.at, zone)}" if one.judgement else ""
