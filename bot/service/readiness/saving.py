"""What was filled in about some statements, held against what is kept: what is new, what is wrong, what clashes. Pure.

Two people may have the same page open. Each saves what they changed and nothing else; where both changed the same
statement, the second is shown what the first wrote.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.concerns import Actor, IncompleteError
from bot.readiness import FIELDS, Judged, Judgement, SelfReview, read_judged
from bot.service.readiness.model import GivenStatement, NoReviewError, SavedPart

Versions = Mapping[str, tuple[Judgement, ...]]


@dataclass(frozen=True)
class FilledIn:
    """What somebody filled in: by statement, by whom, when. `people` are the names of school.yaml."""

    given: Mapping[str, GivenStatement]
    people: Sequence[str]
    by: Actor
    now: dt.datetime
    today: dt.date


def sorted_out(review: SelfReview, versions: Versions, filled: FilledIn) -> tuple[tuple[Judgement, ...], SavedPart]:
    """What is to be added, and what is said of it. Raises NoReviewError for a statement that is not in the review."""
    added: list[Judgement] = []
    problems: dict[str, Mapping[str, str]] = {}
    clashes: dict[str, Judgement] = {}
    for name, given in filled.given.items():
        before = versions.get(name, ())
        shown = _shown(before, given.version)
        # Before it is read: a fact may have changed meanwhile, and whoever did not touch it has nothing to put right.
        if review.find(name) and _is_as(given, shown):
            continue
        try:
            judged = _read(review, name, given, shown, filled)
        except IncompleteError as fault:
            problems[name] = fault.problems
            continue
        newest = before[-1] if before else None
        if newest and judged == newest.judged:
            continue
        if (newest.version if newest else 0) != given.version:
            clashes[name] = newest or Judgement(name, Judged(), filled.by, filled.now, 0)
        else:
            added.append(Judgement(name, judged, filled.by, filled.now, given.version + 1))
    return tuple(added), SavedPart(tuple(each.statement for each in added), problems, clashes)


def _read(review: SelfReview, name: str, given: GivenStatement, shown: Judged, filled: FilledIn) -> Judged:
    statement = review.find(name)
    if statement is None:
        raise NoReviewError("There is no such statement any more. Open the page anew")
    return read_judged(given.fields, statement.fact, filled.people, filled.today, shown)


def _is_as(given: GivenStatement, shown: Judged) -> bool:
    """Whether the form came back as it was drawn."""
    return all(given.fields.get(name, "").strip() == str(getattr(shown, name) or "") for name in FIELDS)


def _shown(versions: Iterable[Judgement], version: int) -> Judged:
    """What stood in the form when it was drawn."""
    return next((each.judged for each in versions if each.version == version), Judged())
