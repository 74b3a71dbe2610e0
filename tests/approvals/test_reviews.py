"""Answers that are to be read again: a month, a week and a day before, and weekly after, until somebody has."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from adapters.command.approval_lines import approval_lines
from adapters.delivering.answers import AnswerReminder
from adapters.delivering.sender import UndeliveredError
from bot.answering.dialogue import Base
from bot.knowledge import Knowledge, Person
from bot.knowledge.approvals.standing import reviews
from bot.service.approving.reviewing import MOST, review_lines
from bot.service.letters import Letter
from bot.store import Store
from tests.approvals.giving import DSL, HEAD, Folder
from tests.conftest import NOW
from tests.inboxing import opened

DUE = dt.date(2027, 6, 30)
UNTIL_JUNE = replace(DSL, review_by=DUE)


@dataclass
class Post:
    """A way on which letters arrive, save while it is broken."""

    name: str = "post"
    channel: str = "post"
    broken: bool = False
    arrived: list[tuple[str, Letter]] = field(default_factory=list)

    def address_of(self, person: Person) -> str | None:
        return person.email or None

    async def send(self, letter: Letter, to: str) -> None:
        if self.broken:
            raise UndeliveredError("nobody there")
        self.arrived.append((to, letter))

    async def look(self, to: str) -> str | None:
        return None


@pytest.fixture
def reviewed(begun: Folder) -> Knowledge:
    """Two answers of the DSL's are due by the end of June, one of the head's in September."""
    begun.approve(["trip-phone", "danger-999"], UNTIL_JUNE)
    begun.approve(["award-badge"], HEAD)
    return begun.load()


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + dt.timedelta(days=number) for number in range((last - first).days + 1))


def reminder(
    knowledge: Callable[[], Knowledge], store: Store, post: Post, clock: Callable[[], dt.datetime]
) -> AnswerReminder:
    return AnswerReminder(knowledge, store, (post,), clock, "http://localhost")


async def test_whoever_approved_is_written_to_a_month_a_week_a_day_before_and_weekly_after(
    reviewed: Knowledge, store: Store
) -> None:
    post = Post()
    sent: list[dt.date] = []
    for day in days(dt.date(2027, 5, 1), dt.date(2027, 7, 25)):
        noon = functools.partial(dt.datetime.combine, day, dt.time(12), dt.UTC)
        for _ in range(2):  # however often it is looked at, and by however many processes one after the other
            await reminder(lambda: reviewed, store, post, noon).remind()
        sent += [day] * (len(post.arrived) - len(sent))
    assert sent == [
        dt.date(2027, 5, 31), dt.date(2027, 6, 23), dt.date(2027, 6, 29),
        dt.date(2027, 7, 7), dt.date(2027, 7, 14), dt.date(2027, 7, 21),
    ]  # fmt: skip
    assert {to for to, _ in post.arrived} == {"a.bello@fernbank.example"}
    first, last = post.arrived[0][1], post.arrived[-1][1]
    assert "is to be read again by 30 June 2027" in first.text and "was to be read again by" in last.text
    assert first.text.count("- “") == 2
    assert "(award-badge)" not in last.text


async def test_after_an_approval_nobody_is_reminded(begun: Folder, reviewed: Knowledge, store: Store) -> None:
    begun.approve(["trip-phone", "danger-999"], replace(DSL, on=dt.date(2027, 6, 24)))
    post = Post()
    await reminder(begun.load, store, post, lambda: dt.datetime(2027, 6, 29, 12, tzinfo=dt.UTC)).remind()
    assert post.arrived == []


async def test_a_letter_that_did_not_arrive_is_sent_again(reviewed: Knowledge, store: Store) -> None:
    post = Post(broken=True)
    remind = reminder(lambda: reviewed, store, post, lambda: dt.datetime(2027, 6, 29, 12, tzinfo=dt.UTC))
    await remind.remind()
    post.broken = False
    await remind.remind()
    await remind.remind()
    assert len(post.arrived) == 1


async def test_nobody_is_woken_by_it(reviewed: Knowledge, store: Store) -> None:
    post = Post()
    await reminder(lambda: reviewed, store, post, lambda: dt.datetime(2027, 6, 29, 3, tzinfo=dt.UTC)).remind()
    assert post.arrived == []


async def test_where_whoever_approved_has_left_their_successor_is_written_to(
    begun: Folder, reviewed: Knowledge, store: Store
) -> None:
    begun.edit("school.yaml", "name: Ms Amara Bello", "name: Mr New Person")
    begun.edit("school.yaml", "a.bello@", "n.person@")
    post = Post()
    await reminder(begun.load, store, post, lambda: dt.datetime(2027, 6, 29, 12, tzinfo=dt.UTC)).remind()
    assert [to for to, _ in post.arrived] == ["n.person@fernbank.example"]


async def test_nobody_is_written_to_about_what_is_made_up(begun: Folder, store: Store) -> None:
    begun.approve(["trip-phone"], replace(UNTIL_JUNE, made_up=True))
    post = Post()
    await reminder(begun.load, store, post, lambda: dt.datetime(2027, 6, 29, 12, tzinfo=dt.UTC)).remind()
    assert post.arrived == []


@pytest.mark.parametrize(
    ("day", "found"),
    [("2027-05-30", 0), ("2027-05-31", 2), ("2027-06-30", 2), ("2027-08-02", 3), ("2030-01-01", 3)],
)
def test_they_are_listed_from_a_month_before_until_somebody_has_read_them(
    reviewed: Knowledge, day: str, found: int
) -> None:
    assert len(reviews(reviewed, dt.date.fromisoformat(day))) == found


def test_the_doctor_lists_them_and_what_waits(begun: Folder, reviewed: Knowledge) -> None:
    lines = list(approval_lines(lambda: reviewed, DUE + dt.timedelta(days=1)))
    assert "not approved and not served. askfirst approve says which" in lines[0]
    assert [line[:14] for line in lines[1:]] == ["WARN   review:"] * 2
    assert "(trip-phone) was to be read again by 30 June 2027" in " ".join(lines)
    begun.approve()
    assert list(approval_lines(begun.load, NOW.date())) == [
        f"ok     approvals: {len(reviewed.entries)} answers are approved"
    ]


def test_the_doctor_says_where_approvals_are_missing_where_none_are_given_and_what_is_made_up(begun: Folder) -> None:
    assert "FAULT  approvals: approvals.yaml is missing" in next(approval_lines(begun.load, NOW.date()))
    begun.approvals.write_text("approvals: []\n", encoding="utf-8")
    assert "WARN   approvals: nothing is approved yet" in next(approval_lines(begun.load, NOW.date()))
    begun.approve(signature=replace(DSL, made_up=True))
    assert "they are made up for the demo school" in next(approval_lines(begun.load, NOW.date()))


def test_of_many_the_first_are_named(begun: Folder) -> None:
    begun.approve()
    of_clauses, *lines = review_lines(begun.load(), dt.date(2027, 9, 15))
    assert "clauses of the school's own policy" in of_clauses
    assert len(lines) == MOST + 1 and lines[-1].startswith("and ")


async def test_the_inbox_lists_them_for_whoever_holds_a_role(reviewed: Knowledge, base: Base, store: Store) -> None:
    async with opened(Base(reviewed, base.understanding), store) as world:
        world.now = dt.datetime(2027, 6, 24, 9, 0, tzinfo=dt.UTC)
        page = (await (await world.signed_in("dsl")).get("/inbox")).text
    assert "Answers to read and approve" in page
    assert "” is to be read again by 30 June 2027." in page and "(trip-phone)" not in page
    assert "not approved and not served." in page
