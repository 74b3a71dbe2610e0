"""Logging a concern on Slack while something fails: it is logged once, or said to be NOT logged."""

from __future__ import annotations

import pytest

from bot.store import Concerns, Store, StoreError
from tests.slack.school import WRITTEN, AtSchool, first_screen, hanging, last_submission, logs_a_concern, record_of
from tests.slack.server import Slack

SEEN = {"What did you see or hear?": "Seenmarker"}


async def test_a_lost_answer_and_another_press_are_one_concern(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.asks("/concern")
    await first_screen(teacher)
    await teacher.fills({"Whom is it about?": ["A pupil or pupils"], **WRITTEN})
    slack.desk.subscribed = frozenset()  # the receipt's own event must not be the one whose answer is lost
    slack.faults.lose_ack()
    await teacher.submits()
    assert teacher.troubles
    await teacher.submits()
    assert len(fernbank.numbers()) == 1
    assert teacher.modal and "Logged. Your receipt" in teacher.modal.text


async def test_a_store_that_is_broken_is_said_at_once_and_the_form_works_afterwards(
    slack: Slack, fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = fernbank["teacher"]
    await teacher.asks("/concern")
    await first_screen(teacher)
    await teacher.fills({"Whom is it about?": ["A pupil or pupils"], **WRITTEN})

    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Concerns, "log", broken)
        await teacher.submits()
    problem = teacher.errors["Whom is it about?"]
    assert "NOT logged" in problem
    assert "020 7946 0101" in problem
    assert fernbank.numbers() == []
    await teacher.submits()
    assert len(fernbank.numbers()) == 1


async def test_whoever_it_is_about_is_not_the_one_to_ring(
    slack: Slack, over_http: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = over_http["teacher"]
    await teacher.asks("/concern")
    await first_screen(teacher)
    await teacher.fills({"Whom is it about?": ["The headteacher"], **SEEN})

    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Concerns, "log", broken)
    await teacher.submits()
    problem = teacher.errors["Whom is it about?"]
    assert "Mr Tomasz Zielinski on 020 7946 0110" in problem
    assert "Calder" not in problem


async def test_a_store_that_hangs_is_said_within_three_seconds(slack: Slack, fernbank: AtSchool, store: Store) -> None:
    teacher = fernbank["teacher"]
    await teacher.asks("/concern")
    await first_screen(teacher)
    await teacher.fills({"Whom is it about?": ["A pupil or pupils"], **WRITTEN})
    with hanging(store):
        await teacher.submits()
        assert "NOT logged" in teacher.errors["Whom is it about?"]
        assert last_submission(slack).attempts[0].seconds < 3
    await teacher.submits()
    assert teacher.modal and "Logged. Your receipt" in teacher.modal.text
    assert len(fernbank.numbers()) == 1


async def test_the_form_opens_though_the_store_hangs(slack: Slack, over_http: AtSchool, store: Store) -> None:
    teacher = over_http["teacher"]
    with hanging(store):
        await teacher.asks("/concern", "Seenmarker")
        await teacher.reads("Is anyone in danger now?", within=2.5)
        await first_screen(teacher)
        assert last_submission(slack).attempts[0].seconds < 3


async def test_slack_that_does_not_say_who_it_is_keeps_nobody_from_logging(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    slack.faults.delay(5, "users.info", times=None)
    await teacher.asks("/concern")
    await logs_a_concern(teacher, slack)
    assert teacher.modal and "Logged. Your receipt" in teacher.modal.text
    assert last_submission(slack).attempts[0].seconds < 3
    (number,) = fernbank.numbers()
    assert record_of(fernbank, number, "dsl").report.reporter.name == "priya.shah"


async def test_a_form_that_cannot_be_opened_says_whom_to_ring(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    slack.faults.fail("views.open", times=None)
    await teacher.asks("/concern")
    await teacher.reads("This was NOT logged: the form could not be opened")
    assert "020 7946 0101" in teacher.sees()
