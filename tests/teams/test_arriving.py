"""What people ask is answered once: whatever dies, is repeated, or cannot be reached."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from adapters.chat.arriving import SORRY
from adapters.delivering.loops import Loops
from adapters.teams.arriving import TeamsArrivals
from bot.service.core import Core
from bot.store import Received, StoreError
from tests.conftest import NOW, SCHOOL
from tests.teams.deliveries import Delivery
from tests.teams.people import Person, Shown
from tests.teams.school import AtSchool
from tests.teams.server import Teams

ASKED = "can parents have my mobile number?"
Patch = pytest.MonkeyPatch


async def _dies(*_: object) -> None:
    """A process that is killed before it begins to work."""


async def test_what_teams_repeats_is_answered_once(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await _at(fernbank)
    teams.faults.repeat_delivery()
    await teacher.says(ASKED)
    await fernbank.settled()
    assert len(teams.deliveries[-1].answers) == 2
    assert len(_answers(teacher)) == 1


async def test_two_processes_on_one_store_answer_once(teams: Teams, core: Core) -> None:
    first, second = AtSchool(teams, core), AtSchool(teams, core)
    async with first.open():
        one = teams.sender.url
        async with second.open():
            teacher = await _at(first)
            await teacher.says(ASKED)
            sent, bearer = json.dumps(_question(teams).activity), f"Bearer {teams.tokens.good()}"
            two = teams.sender.url
            for address in (one, two, one, two):
                teams.sender.url = address
                assert (await teams.sender.post(sent, bearer)).status == 200
            await first.settled()
            await second.settled()
    assert len(_answers(teacher)) == 1


async def test_what_a_killed_process_had_taken_is_answered_by_another_once(
    teams: Teams, fernbank: AtSchool, monkeypatch: Patch
) -> None:
    teacher, other = await _at(fernbank), AtSchool(teams, fernbank.core)
    with monkeypatch.context() as patch:
        patch.setattr(TeamsArrivals, "answer", _dies)
        await teacher.says(ASKED)
        await fernbank.settled()
    assert _answers(teacher) == []
    other.clock = fernbank.clock
    other.service.channel._arrivals._clock = fernbank.clock
    await other.service.channel.tidy_up()
    assert _answers(teacher) == [], "its lease still holds"
    fernbank.clock.moves(seconds=31)
    await asyncio.gather(other.service.channel.tidy_up(), fernbank.service.channel.tidy_up())
    await other.service.close()
    await teacher.reads("Rests on:")
    assert len(_answers(teacher)) == 1


async def test_what_is_left_over_is_looked_for_by_itself(teams: Teams, fernbank: AtSchool, monkeypatch: Patch) -> None:
    monkeypatch.setattr("adapters.teams.start._TIDY_EVERY", 0.05)
    teacher, loops = await _at(fernbank), Loops()
    loops.add(*fernbank.service.loops())
    with monkeypatch.context() as patch:
        patch.setattr(TeamsArrivals, "answer", _dies)
        await teacher.says(ASKED)
        await fernbank.settled()
    fernbank.clock.moves(seconds=31)
    running = asyncio.create_task(loops.run())
    await teacher.reads("Rests on:")
    loops.stop()
    await running


async def test_an_outage_delays_an_answer_and_loses_none(teams: Teams, fernbank: AtSchool, monkeypatch: Patch) -> None:
    monkeypatch.setattr("adapters.teams.connector._PAUSE", 0.01)
    teacher = await _at(fernbank)
    with teams.faults.outage():
        await teacher.says(ASKED)
        await fernbank.settled()
    assert _answers(teacher) == []
    fernbank.clock.moves(seconds=31)
    await fernbank.service.channel.tidy_up()
    await teacher.reads("Rests on:")
    assert len(_answers(teacher)) == 1


@pytest.mark.parametrize("kind", ["rate_limit", "fail", "drop"])
async def test_whatever_teams_answers_the_question_is_answered_in_the_end(
    teams: Teams, fernbank: AtSchool, kind: str
) -> None:
    teacher = await _at(fernbank)
    hit: dict[str, Callable[[], None]] = {
        "rate_limit": lambda: teams.faults.rate_limit("send", retry_after=1),
        "fail": lambda: teams.faults.fail("send"),
        "drop": lambda: teams.faults.drop("send"),
    }
    hit[kind]()
    await teacher.says(ASKED)
    await teacher.reads("Rests on:")
    assert len(_answers(teacher)) == 1


async def test_what_cannot_be_answered_is_given_up_said_so_and_counted(
    teams: Teams, fernbank: AtSchool, monkeypatch: Patch
) -> None:
    monkeypatch.setattr("adapters.teams.connector._PAUSE", 0.01)
    teacher = await _at(fernbank)
    teams.faults.fail("send", times=5 * 4)  # every try of every turn
    await teacher.says(ASKED)
    await fernbank.settled()
    for _ in range(6):
        fernbank.clock.moves(seconds=31)
        await fernbank.service.channel.tidy_up()
    assert [message.text for message in _answers(teacher)] == [SORRY]
    unanswered = fernbank.core.store.received(SCHOOL, "teams").unanswered(fernbank.clock())
    assert (unanswered.count, unanswered.since) == (1, NOW)


async def test_a_chat_that_is_closed_is_not_written_to_again(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await _at(fernbank)
    teams.blocks(teacher)
    await teacher.says(ASKED)
    await fernbank.settled()
    tried = len(teams.calls_to("send"))
    fernbank.clock.moves(seconds=31)
    await fernbank.service.channel.tidy_up()
    assert len(teams.calls_to("send")) == tried


@pytest.mark.parametrize("kind", ["broken", "hanging"])
async def test_what_cannot_be_written_down_is_refused_and_taken_when_it_comes_again(
    teams: Teams, fernbank: AtSchool, monkeypatch: Patch, kind: str
) -> None:
    teacher = await _at(fernbank)

    def broken(*_: object) -> object:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        if kind == "broken":
            patch.setattr(Received, "take", broken)
        else:
            patch.setattr("adapters.teams.arriving._WRITTEN_WITHIN", 0.0)
        await teacher.says(ASKED)
    teams.expected("answered 503")
    assert _question(teams).answer.status == 503
    assert _question(teams).answer.seconds < 5
    if kind == "broken":
        await teams.sender.send(_question(teams).activity)
        await teacher.reads("Rests on:")
        assert len(_answers(teacher)) == 1


async def test_a_button_of_an_old_client_comes_as_a_message_and_is_answered_once(
    teams: Teams, fernbank: AtSchool
) -> None:
    teacher = await _at(fernbank)
    await teacher.says("can I friend an ex-pupil?")
    await teacher.reads("How old is the ex-pupil now?")
    for action, _ in _answers(teacher)[-1].sheets[0].actions():
        if action["title"] == "19 or over":
            action["type"] = "Action.Submit"
    teams.faults.repeat_delivery()
    await teacher.presses("19 or over")
    await teacher.reads("Not advised")
    await fernbank.settled()
    assert len(_answers(teacher)) == 1
    assert len(teams.calls_to("update")) == 1


async def _at(school: AtSchool) -> Person:
    """A teacher who has the app, and has read its welcome."""
    teacher = school["teacher"]
    await teacher.installs()
    await teacher.reads("Ask before you act")
    return teacher


def _answers(person: Person) -> list[Shown]:
    """What came after the welcome."""
    return [message for message in person.messages if message.from_app][1:]


def _question(teams: Teams) -> Delivery:
    return next(each for each in reversed(teams.deliveries) if each.name == "message")
