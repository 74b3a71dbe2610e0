"""Whoever is named in the plan is reminded on their own way, a week before, on the day and weekly after, once each."""

from __future__ import annotations

import datetime as dt

import pytest

from adapters.delivering.planned import PlanReminder
from bot.knowledge import Knowledge
from bot.store import Store
from tests.approvals.test_reviews import Post
from tests.conftest import NOW, SCHOOL
from tests.readiness.reviewing import DSL, ONLINE, Reviewing

DUE = dt.date(2026, 12, 18)


@pytest.fixture
def closed(knowledge: Knowledge, store: Store) -> Reviewing:
    """The first review of the demo school, closed."""
    reviewing = Reviewing(knowledge, store)
    reviewing.desk.begin(SCHOOL, DSL, NOW)
    reviewing.fill_in()
    reviewing.desk.close(SCHOOL, DSL, NOW)
    return reviewing


async def reminded(closed: Reviewing, post: Post, day: dt.date, hour: int = 9) -> list[tuple[str, str]]:
    """To whom a letter goes on this day, and what it says."""
    closed.now = dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)
    school = closed.knowledge.school
    post.arrived.clear()
    await PlanReminder(lambda: school, closed.desk, closed.store, (post,), lambda: closed.now).remind()
    return [(to.partition("@")[0], letter.text) for to, letter in post.arrived]


async def test_a_week_before_on_the_day_and_weekly_after_and_never_twice(closed: Reviewing) -> None:
    post, found = Post(), dict[dt.date, list[str]]()
    for number in range(34):
        day = dt.date(2026, 12, 10) + dt.timedelta(days=number)
        for hour in (7, 9, 15):
            texts = [text for to, text in await reminded(closed, post, day, hour) if to == "office"]
            found.setdefault(day, []).extend(texts)
    days = [day for day, texts in found.items() if texts]
    assert days == [DUE + dt.timedelta(days=after) for after in (-7, 0, 7, 14, 21)]
    assert all(len(found[day]) == 1 for day in days)
    text = found[days[0]][0]
    assert "- Collect the nine signatures that are missing. Due by 18 December 2026." in text
    assert "Overdue since 18 December 2026." in found[days[-1]][0]


async def test_what_was_done_and_what_holds_by_now_is_not_spoken_of(closed: Reviewing) -> None:
    assert sorted(to for to, _ in await reminded(closed, Post(), dt.date(2026, 11, 27))) == [
        "a.bello",
        "b.ferreira",
        "j.asante",
    ]
    closed.desk.done(SCHOOL, ONLINE, 1, "two-can-get-in", "Done this morning.", closed.now)
    closed.desk.begin(SCHOOL, DSL, closed.now)
    closed.save(ONLINE, "policy-in-force", rating="yes", evidence="On the website.", differs="It was built by hand.")
    said = await reminded(closed, Post(), dt.date(2026, 12, 4))
    assert sorted(to for to, _ in said) == ["a.bello", "b.ferreira", "h.qureshi", "r.calder"]
    assert not any("Build the documents" in text for _, text in said)


async def test_for_somebody_who_is_not_in_the_file_whoever_answered_is_reminded(closed: Reviewing) -> None:
    closed.desk.begin(SCHOOL, DSL, NOW)
    closed.save(ONLINE, "parents-asked", rating="not-yet", plan="Ask them", owner="Ms Patel, Year 2", due="2026-11-24")
    texts = [text for to, text in await reminded(closed, Post(), NOW.date()) if to == "b.ferreira"]
    assert "- Ask them (Ms Patel, Year 2). Due by 24 November 2026." in texts[0]
    assert "they are not in school.yaml, so please tell them" in texts[0]


async def test_while_no_way_works_nothing_counts_as_told(closed: Reviewing) -> None:
    day = dt.date(2026, 12, 4)
    assert await reminded(closed, Post(broken=True), day) == []
    assert await reminded(closed, Post(), day)
