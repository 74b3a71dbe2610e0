"""What AskFirst itself knows of a school, gathered from its files and its store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.knowledge import Knowledge
from bot.readiness import KnownFact, Rating
from bot.readiness.facts import answers_approved, dsl_named, test_alert, tips_on, today_at
from bot.service.policy_writing.composing import compose
from bot.store import Store

_LATELY = dt.timedelta(days=60)
_BUILD = "knowledge/policy, and askfirst policy build"


class AskFirstKnows:
    """`bot.readiness.Knows` of everything that is kept here already."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def facts(self, knowledge: Knowledge, now: dt.datetime) -> Iterator[KnownFact]:
        """The parts, test alerts, policy, answers and tips. Raises StoreError."""
        school = knowledge.school
        today = today_at(school, now)
        yield dsl_named(school, now)
        yield test_alert(school, self._store.drills(school.id).all(), now)
        if policy := policy_in_force(knowledge, today):
            yield policy
        if answers := answers_approved(knowledge, today):
            yield answers
        tips = self._store.tips(school.id)
        posted = [each.day for each in tips.since(today - _LATELY) if each.state == "posted"]
        yield tips_on(school, posted, tips.choices(), today)


def policy_in_force(knowledge: Knowledge, today: dt.date) -> KnownFact | None:
    """Whether the school's documents were built in the words that are approved; None where the base has none."""
    documents = compose(knowledge, today)
    if not documents:
        return None

    def fact(rating: Rating, said: str) -> KnownFact:
        return KnownFact("policy-in-force", rating, said, today, _BUILD)

    drafts = [each for each in documents if each.is_draft]
    if not knowledge.policy.answers and not knowledge.policy.approved:
        return fact("not-yet", "No question of the school’s own policy was answered yet")
    if drafts:
        return fact("partly", f"“{drafts[0].title}” is a draft: something in it waits to be answered or approved")
    if not all(each.was_built for each in documents):
        return fact("partly", "The words of the policy are approved, and its documents were not built yet")
    if any(each.changes for each in documents):
        return fact("partly", "The policy was changed since it was last built")
    return fact("yes", "; ".join(f"“{each.title}”: {each.standing}" for each in documents))
