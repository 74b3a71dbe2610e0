"""What AskFirst itself knows of a school, gathered from its files and its store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from bot.knowledge import Knowledge
from bot.readiness import KnownFact, Rating
from bot.readiness.facts import answers_approved, dsl_named, test_alert, tips_on, today_at
from bot.service.accounts import AccountDesk, AccountFigures
from bot.service.policy_writing.composing import compose
from bot.service.required.desk import ReadCount, RequiredDesk
from bot.store import Store

_LATELY = dt.timedelta(days=60)
_BUILD = "knowledge/policy, and askfirst policy build"
_YEAR_BEGINS = 8  # the month: August in Scotland, September elsewhere, and nothing is due in between
_NAMED = 3  # texts that are named one by one


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


class DesksKnow:
    """`bot.readiness.Knows` of what the register of accounts and the list of required reading hold."""

    def __init__(self, accounts: AccountDesk, required: RequiredDesk) -> None:
        self._accounts, self._required = accounts, required

    def facts(self, knowledge: Knowledge, now: dt.datetime) -> Iterator[KnownFact]:
        """The accounts, and what was read this school year. Raises StoreError."""
        today = today_at(knowledge.school, now)
        if accounts := accounts_reviewed(self._accounts.counted(now), today):
            yield accounts
        if read := training_read(self._required.have_read(now), today):
            yield read


def accounts_reviewed(figures: AccountFigures, today: dt.date) -> KnownFact | None:
    """How the register stands; None where nothing is in it. Never "yes": whether an account is in use that nobody
    asked for is not known here."""
    if not figures.agreed and not figures.waiting:
        return None
    said = (
        f"The register has {figures.agreed} agreed, {figures.waiting} waiting for a decision and {figures.due} due for"
    )
    said += " a review or a hand-over; whether others are in use is not known here"
    rating: Rating = "partly" if figures.agreed else "not-yet"
    return KnownFact("accounts-reviewed", rating, said, today, "the inbox, under Accounts", "/inbox/accounts")


def training_read(counts: Sequence[ReadCount], today: dt.date) -> KnownFact | None:
    """How many have read what was to be read this school year; None where nothing was set. Never "yes": to have read
    is not to have been trained."""
    begins = dt.date(today.year - (today.month < _YEAR_BEGINS), _YEAR_BEGINS, 1)
    if not (read := [each for each in counts if each.of and each.due >= begins]):
        return None
    said = "; ".join(f"“{each.title}” was read by {each.done} of {each.of}" for each in read[:_NAMED])
    said += f"; and {len(read) - _NAMED} more" if len(read) > _NAMED else ""
    rating: Rating = "partly" if any(each.done for each in read) else "not-yet"
    said += "; who came to a training is not known here"
    return KnownFact("training-read", rating, said, today, "the inbox, under Reading", "/inbox/required")


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
