"""What a chat sent is answered in the end, or given up and said so: the rule of Slack and Teams alike."""

from __future__ import annotations

import datetime as dt

import pytest

from adapters.chat.arriving import Arrivals
from adapters.chat.faults import ChatFaults
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.store import Delivered
from tests.conftest import NOW, SCHOOL


class AwayError(AskFirstError):
    """The chat does not answer."""


class GoneError(AskFirstError):
    """The chat is closed."""


FAULTS = ChatFaults(
    (AwayError, GoneError), lambda fault: isinstance(fault, GoneError), lambda fault: type(fault).__name__
)


class Chat:
    """The far end of a chat: `troubles` is what goes wrong with each question, at every try."""

    faults = FAULTS

    def __init__(self, troubles: dict[str, Exception]) -> None:
        self.troubles = troubles
        self.tried: list[str] = []
        self.answered: list[str] = []
        self.told: list[str] = []

    def read(self, payload: str) -> str:
        return payload

    async def answer(self, asked: str, delivered: Delivered) -> None:
        self.tried.append(asked)
        if trouble := self.troubles.get(asked):
            raise trouble
        self.answered.append(asked)

    async def sorry(self, asked: str) -> None:
        self.told.append(asked)


class Clock:
    """A moved clock."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


async def _left_by_a_dead_process(core: Core, *questions: str) -> None:
    dead = Arrivals(core, "slack", Chat({}), lambda: NOW)
    for question in questions:
        await dead.write_down(question, question, within=5)


async def _later(core: Core, chat: Chat, times: int = 6) -> Arrivals[str]:
    clock = Clock()
    arrivals = Arrivals(core, "slack", chat, clock)
    for _ in range(times):
        clock.now += dt.timedelta(seconds=31)
        await arrivals.work_off()
    return arrivals


async def test_what_was_written_down_once_is_not_taken_again(core: Core) -> None:
    arrivals = Arrivals(core, "slack", Chat({}), lambda: NOW)
    assert await arrivals.write_down("a message", "asked", within=5) is not None
    assert await arrivals.write_down("a message", "asked", within=5) is None


async def test_what_a_dead_process_left_is_answered_once(core: Core) -> None:
    await _left_by_a_dead_process(core, "one", "two")
    chat = Chat({})
    await _later(core, chat)
    assert sorted(chat.answered) == ["one", "two"]


async def test_a_chat_that_is_away_is_tried_five_times_and_then_told_sorry(core: Core) -> None:
    await _left_by_a_dead_process(core, "one")
    chat = Chat({"one": AwayError("away")})
    await _later(core, chat)
    assert chat.tried == ["one"] * 4  # the dead process had the first try
    assert chat.told == ["one"]
    assert core.store.received(SCHOOL, "slack").unanswered(NOW).count == 1


async def test_a_chat_that_is_gone_is_not_tried_again(core: Core) -> None:
    await _left_by_a_dead_process(core, "one")
    chat = Chat({"one": GoneError("gone")})
    await _later(core, chat)
    assert (chat.tried, chat.told) == (["one"], ["one"])


async def test_a_fault_that_nobody_foresaw_keeps_no_other_question_from_its_answer(
    core: Core, caplog: pytest.LogCaptureFixture
) -> None:
    await _left_by_a_dead_process(core, "one", "two")
    chat = Chat({"one": RuntimeError("what somebody wrote")})
    await _later(core, chat, times=1)
    assert chat.answered == ["two"]
    assert "a question was not answered yet and is tried again: RuntimeError" in caplog.text
    assert "what somebody wrote" not in caplog.text


async def test_what_cannot_be_written_down_in_time_is_said(core: Core) -> None:
    with pytest.raises(TimeoutError):
        await Arrivals(core, "slack", Chat({}), lambda: NOW).write_down("a message", "asked", within=0.0)
