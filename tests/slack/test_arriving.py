"""What people ask is answered once: whatever dies, is repeated, or cannot be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from adapters.chat.arriving import SORRY
from adapters.slack.arriving import SlackArrivals
from bot.service.core import Core
from bot.store import Received, StoreError
from tests.conftest import NOW, SCHOOL
from tests.slack.people import Person
from tests.slack.school import AtSchool, Clock
from tests.slack.screens import Shown
from tests.slack.server import Slack
from tests.slack.serving import Way

ASKED = "can parents have my mobile number?"
Patch = pytest.MonkeyPatch


async def _dies(*_: object) -> None:
    """A process that is killed before it begins to work."""


async def test_what_a_killed_process_had_taken_is_answered_by_another_once(
    slack: Slack, fernbank: AtSchool, monkeypatch: Patch
) -> None:
    teacher, other = fernbank["teacher"], AtSchool(slack, fernbank.core, clock=fernbank.clock)
    with monkeypatch.context() as patch:
        patch.setattr(SlackArrivals, "answer", _dies)
        await teacher.says(ASKED)
        await teacher.asks("/ask", ASKED)
        await slack.settled()
    assert await other.service.channel.work_off() == 0  # its lease still holds
    fernbank.clock.moves(seconds=31)
    assert await other.service.channel.work_off() == 2
    assert await other.service.channel.work_off() == 0
    await slack.settled()
    assert sorted(message.ephemeral for message in _answers(teacher)) == [False, True]


async def test_an_answer_that_was_posted_before_the_kill_is_not_posted_again(
    slack: Slack, fernbank: AtSchool, monkeypatch: Patch
) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    slack.channel("C1", "staffroom", (teacher, colleague))

    def killed(*_: object) -> None:
        raise StoreError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Received, "done", killed)
        await teacher.says(ASKED)
        await colleague.says(f"@AskFirst {ASKED}", in_channel="C1")
        await slack.settled(lambda: len(slack.calls_to("chat.postMessage")) == 2)
        await slack.settled()
    fernbank.clock.moves(seconds=31)
    assert await fernbank.service.channel.work_off() == 2
    assert len(slack.calls_to("chat.postMessage")) == 2
    assert await fernbank.service.channel.work_off() == 0


async def test_a_private_answer_that_was_posted_before_the_kill_is_not_posted_again(
    slack: Slack, over_http: AtSchool
) -> None:
    teacher = over_http["teacher"]
    slack.channel("C1", "staffroom", (teacher,))
    slack.faults.lose_answer("chat.postMessage")
    await teacher.says("@AskFirst a pupil just told me her stepdad hits her with a belt", in_channel="C1")
    await teacher.reads("Log this concern")
    await slack.settled()
    over_http.clock.moves(seconds=31)
    assert await over_http.service.channel.work_off() == 1
    assert len(slack.calls_to("chat.postMessage")) == 1


async def test_an_answer_whose_receipt_was_lost_is_not_posted_again(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    slack.faults.lose_answer("chat.postMessage")
    await teacher.says(ASKED)
    await slack.settled(lambda: slack.calls_to("chat.postMessage"))
    await slack.settled()
    assert len(_answers(teacher)) == 1
    fernbank.clock.moves(seconds=31)
    assert await fernbank.service.channel.work_off() == 1
    assert len(_answers(teacher)) == 1


async def test_a_repeated_event_is_answered_once(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    slack.faults.repeat_delivery()
    await teacher.says(ASKED)
    slack.faults.lose_ack(2)
    await teacher.says("hello")
    await slack.settled(lambda: len(slack.missed) > 0 and slack.missed[0].acknowledged)
    await slack.settled(lambda: len(_answers(teacher)) == 2)
    assert len(slack.deliveries[0].attempts) == 2
    await slack.settled()
    assert len(_answers(teacher)) == 2


async def test_a_question_that_waits_longer_than_its_lease_is_answered_once(slack: Slack, over_http: AtSchool) -> None:
    teacher, posts = over_http["teacher"], lambda: [call for call in slack.calls if call.method == "chat.postMessage"]
    slack.faults.rate_limit("chat.postMessage", retry_after=1)
    await teacher.says(ASKED)
    await slack.settled(posts)
    over_http.clock.moves(seconds=31)
    assert await over_http.service.channel.work_off() == 0
    await teacher.reads("Rests on:")
    await slack.settled()
    assert len(_answers(teacher)) == 1


async def test_two_processes_on_one_store_answer_once(slack: Slack, core: Core) -> None:
    clock = Clock()
    first, second = AtSchool(slack, core, clock=clock), AtSchool(slack, core, clock=clock)
    async with first.open():
        one = slack.sender.transport
        assert one
        async with second.open():
            teacher = first["teacher"]
            await teacher.says(ASKED)
            sent = slack.deliveries[0].body
            await asyncio.gather(*(one.deliver("events_api", sent, None, 3.0) for _ in range(4)))
            await slack.settled(lambda: _answers(teacher))
            await slack.settled()
    assert len(_answers(teacher)) == 1


async def test_an_outage_delays_an_answer_and_loses_none(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.says("hello")
    await teacher.reads("Hello")
    with slack.faults.outage("chat.*"):
        await teacher.says(ASKED)
        await slack.settled(lambda: slack.calls_to("chat.postMessage")[1:])
        await slack.settled()
    assert len(_answers(teacher)) == 1
    fernbank.clock.moves(seconds=31)
    assert await fernbank.service.channel.work_off() == 1
    await teacher.reads("This helped")


@pytest.mark.parametrize("kind", ["rate_limit", "fail", "error", "drop"])
async def test_whatever_slack_answers_the_question_is_answered_in_the_end(
    slack: Slack, over_http: AtSchool, kind: str
) -> None:
    teacher = over_http["teacher"]
    hit: dict[str, Callable[[], None]] = {
        "rate_limit": lambda: slack.faults.rate_limit("chat.postMessage", retry_after=1),
        "fail": lambda: slack.faults.fail("chat.postMessage"),
        "error": lambda: slack.faults.error("internal_error", "chat.postMessage"),
        "drop": lambda: slack.faults.drop("chat.postMessage"),
    }
    hit[kind]()
    await teacher.says(ASKED)
    if kind != "rate_limit":
        await slack.settled(lambda: len(slack.calls_to("chat.postMessage")) == 1)
        await slack.settled()
        over_http.clock.moves(seconds=31)
        await over_http.service.channel.work_off()
    await teacher.reads("This helped")
    assert len(_answers(teacher)) == 1


async def test_what_cannot_be_answered_is_given_up_and_said_so(slack: Slack, over_http: AtSchool) -> None:
    teacher = over_http["teacher"]
    slack.faults.error("internal_error", "chat.postMessage", times=5)
    await teacher.says(ASKED)
    await slack.settled(lambda: slack.calls_to("chat.postMessage"))
    for _ in range(6):
        over_http.clock.moves(seconds=31)
        await over_http.service.channel.work_off()
    assert [message.text for message in _answers(teacher)] == [SORRY]
    assert await over_http.service.channel.work_off() == 0
    unanswered = over_http.core.store.received(SCHOOL, "slack").unanswered(over_http.clock())
    assert (unanswered.count, unanswered.since) == (1, NOW)


@pytest.mark.parametrize("sorry", ["arrives", "fails as well"])
async def test_what_fails_in_a_way_that_nobody_expected_is_given_up_and_said_so(
    slack: Slack, over_http: AtSchool, monkeypatch: Patch, sorry: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("adapters.slack.asking.render", broken)
    if sorry != "arrives":
        monkeypatch.setattr("adapters.slack.answering.in_words", broken)
    teacher = over_http["teacher"]
    await teacher.says(ASKED)
    await slack.settled()
    for _ in range(6):
        over_http.clock.moves(seconds=31)
        await over_http.service.channel.work_off()
    assert [message.text for message in _answers(teacher)] == ([SORRY] if sorry == "arrives" else [])
    unanswered = over_http.core.store.received(SCHOOL, "slack").unanswered(over_http.clock())
    assert (unanswered.count, unanswered.since) == (1, NOW)
    with over_http.core.store._database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT payload FROM received WHERE payload IS NOT NULL").all()
    assert kept == [], "what was given up is not kept either"


async def test_an_event_that_cannot_be_written_down_is_sent_again(
    slack: Slack, fernbank: AtSchool, monkeypatch: Patch
) -> None:
    teacher, taken = fernbank["teacher"], Received.take

    def broken_once(*given: object) -> object:
        monkeypatch.setattr(Received, "take", taken)
        raise StoreError("the disk is full")

    monkeypatch.setattr(Received, "take", broken_once)
    await teacher.says(ASKED)
    await teacher.reads("This helped")
    await slack.settled()
    assert len(_answers(teacher)) == 1
    if fernbank.transport == "http":
        slack.expected("answered 503")
    else:
        slack.expected("no answer within")


async def test_a_command_that_cannot_be_written_down_is_said_so(
    slack: Slack, fernbank: AtSchool, monkeypatch: Patch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Received, "take", broken)
    await fernbank["teacher"].asks("/ask", ASKED)
    await fernbank["teacher"].reads(SORRY)


async def test_a_socket_that_was_dropped_is_opened_again(slack: Slack, core: Core) -> None:
    school = AtSchool(slack, core, "socket")
    async with school.open():
        await slack.sockets.drop()
        await slack.settled(lambda: slack.sockets.opened == 2 and slack.sockets.connected, within=20)
        await school["teacher"].says(ASKED)
        await school["teacher"].reads("This helped")


async def test_slack_that_is_away_at_the_start_is_tried_again(slack: Slack, core: Core, monkeypatch: Patch) -> None:
    monkeypatch.setattr("adapters.slack.start._PING_EVERY", 0.2)
    slack.faults.fail("apps.connections.open", times=3)
    school = AtSchool(slack, core, "socket")
    async with school.open():
        await school["teacher"].says(ASKED)
        await school["teacher"].reads("This helped")


async def test_what_is_left_over_is_looked_for_by_itself(slack: Slack, core: Core, monkeypatch: Patch) -> None:
    monkeypatch.setattr("adapters.slack.start._LEFT_OVER_EVERY", 0.05)
    way: Way = "socket"
    school = AtSchool(slack, core, way)
    teacher = school["teacher"]
    async with school.open():
        with monkeypatch.context() as patch:
            patch.setattr(SlackArrivals, "work", _dies)
            await teacher.says(ASKED)
        school.clock.moves(seconds=31)
        await teacher.reads("This helped")


def _answers(person: Person) -> list[Shown]:
    return [message for message in person.messages if message.from_app]
