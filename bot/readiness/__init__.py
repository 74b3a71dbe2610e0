"""The school's review of itself: what was judged, what AskFirst knows, the score and the plan that follow. Pure."""

from bot.readiness.facts import Knows
from bot.readiness.model import (
    RATINGS,
    Done,
    Judged,
    Judgement,
    KnownFact,
    PlanLine,
    Rating,
    ReadinessScore,
    RestsOn,
    ReviewedPart,
    ReviewedStatement,
    SelfReview,
)
from bot.readiness.reading import FIELDS, read_judged
from bot.readiness.review import current_plan, missing, review_of

__all__ = [
    "FIELDS",
    "RATINGS",
    "Done",
    "Judged",
    "Judgement",
    "KnownFact",
    "Knows",
    "PlanLine",
    "Rating",
    "ReadinessScore",
    "RestsOn",
    "ReviewedPart",
    "ReviewedStatement",
    "SelfReview",
    "current_plan",
    "missing",
    "read_judged",
    "review_of",
]
