"""Wrong or out of date? What staff say of an answer: the same on every channel, and nobody's."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import get_args

import pytest

from adapters.chat.buttons import to_action, to_value
from bot.answering.dialogue import Base, ask_once
from bot.answering.remarks import REASONS, TELL_AUTHOR
from bot.messages import Message
from bot.presses import GiveFeedback, GiveRemark, Press, RemarkKind, TellAuthor
from bot.service.assistant import Assistant
from bot.service.core import Core
from bot.store import Store, schema
from bot.store.desks import tables
from bot.store.desks.drafts import MOST_A_DAY
from tests.conftest import NOW, SCHOOL
from tests.playing import ConsoleDriver, Driver, at_the_page
from tests.slack.driving import at_slack
from tests.store.made import remarked, rows
from tests.teams.driving import in_teams
from tests.test_handovers_drawn import each_channel, seen

EX_PUPIL = "friend-ex-pupil"
QUESTION = "can I friend an ex-pupil?"
TODAY = NOW.date()


@asynccontextmanager
async def at_the_terminal(base: Base, store: Store) -> AsyncIterator[Driver]:
    yield ConsoleDriver(Core(lambda: base, store))


Opened = Callable[[Base, Store], AbstractAsyncContextManager[Driver]]
DRIVERS: dict[str, Opened] = {
    "terminal": at_the_terminal,
    "page": at_the_page,
    "Slack": lambda base, store: at_slack(base, store, "http"),
    "Teams": in_teams,
}


def remark(assistant: Assistant, kind: RemarkKind = "out-of-date", entry: str = EX_PUPIL, who: str = "one") -> str:
    return assistant.handle(Message("", who, GiveRemark(entry, kind)), NOW).text


# --- every channel


@each_channel
def test_it_stands_below_what_to_do_whom_to_ask_and_what_the_answer_rests_on(channel: str, base: Base) -> None:
    reply = ask_once(base, QUESTION, NOW).reply
    assert reply.answer and reply.answer.contact
    drawn = seen(channel, reply)
    above = (reply.answer.badge, reply.answer.answer, reply.answer.contact.name, reply.answer.sources[0].document)
    places = [drawn.rindex(" ".join(text.split()[:2])) for text in above]
    assert max(places) < drawn.index(TELL_AUTHOR) and drawn.count(TELL_AUTHOR) == 1


@each_channel
def test_it_stands_under_answers_alone(channel: str, base: Base) -> None:
    for text in ("where do I park on Friday", "hello", "a girl in my form told me her stepdad hits her", "topics"):
        assert TELL_AUTHOR not in seen(channel, ask_once(base, text, NOW).reply)


@pytest.mark.parametrize("channel", DRIVERS)
async def test_each_reason_is_counted_under_its_own_name(channel: str, base: Base, store: Store) -> None:
    async with DRIVERS[channel](base, store) as driver:
        for kind, label in REASONS.items():
            await driver.says("teacher", QUESTION)
            await driver.presses("teacher", TELL_AUTHOR)
            assert remarked(store, TODAY).get(EX_PUPIL, {}).get(kind, 0) == 0
            await driver.presses("teacher", label)
            assert remarked(store, TODAY)[EX_PUPIL][kind] == 1
    assert store.talk(SCHOOL).gaps() == (), "what is said of an answer is no question"


def test_buttons_carry_ids_alone() -> None:
    remarks: list[Press] = [GiveRemark("a-b", kind) for kind in get_args(RemarkKind)]
    for action in (TellAuthor("e"), *remarks):
        assert to_action(to_value(action)) == action
    assert to_action("remark a-b Mr Smith wrote it") is None
    assert {each.name for each in dataclasses.fields(GiveRemark)} == {"entry", "kind"}


# --- nobody's


def test_it_is_kept_with_the_day_alone_and_nothing_of_the_conversation_is_written_with_it(
    either: Store, base: Base, database: str
) -> None:
    assistant = Assistant(lambda: base, either)
    assistant.handle(Message(QUESTION, "one"), NOW)
    before = rows(database, schema.conversations)
    for action in (TellAuthor(EX_PUPIL), GiveRemark(EX_PUPIL, "wrong")):
        assistant.handle(Message("", "one", action), NOW + dt.timedelta(minutes=3))
    assert rows(database, schema.conversations) == before
    assert [list(row) for row in rows(database, tables.remarks)] == [[SCHOOL, TODAY, EX_PUPIL, "wrong", 1]]
    assert len(rows(database, schema.events)) == 0


def test_the_day_is_that_of_the_school(assistant: Assistant, store: Store) -> None:
    late = dt.datetime(2027, 6, 1, 23, 30, tzinfo=dt.UTC)
    assistant.handle(Message("", "one", GiveRemark(EX_PUPIL, "wrong")), late)
    assert remarked(store, dt.date(2027, 6, 2)) == {EX_PUPIL: {"wrong": 1}}


def test_the_conversation_goes_on_as_if_nothing_had_been_said(assistant: Assistant, store: Store) -> None:
    assistant.handle(Message(QUESTION, "one"), NOW)
    remark(assistant)
    why = assistant.handle(Message("why?", "one"), NOW)
    assert (why.entry, why.focus) == (EX_PUPIL, "why")
    assistant.handle(Message(QUESTION, "one"), NOW)
    remark(assistant)
    assistant.handle(Message("", "one", GiveFeedback(EX_PUPIL, helped=False)), NOW)
    assert [gap.question for gap in store.talk(SCHOOL).gaps()] == [QUESTION]


# --- what counts


def test_however_often_it_is_pressed_a_day_counts_little(either: Store, base: Base) -> None:
    assistant = Assistant(lambda: base, either)
    for number in range(100):
        assert "Thank you" in remark(assistant, who=f"visitor {number % 3}")
    assert remarked(either, TODAY) == {EX_PUPIL: {"out-of-date": MOST_A_DAY}}
    tomorrow = NOW + dt.timedelta(days=1)
    assistant.handle(Message("", "one", GiveRemark(EX_PUPIL, "out-of-date")), tomorrow)
    remark(assistant, "wrong")
    assert remarked(either, TODAY) == {EX_PUPIL: {"out-of-date": MOST_A_DAY + 1, "wrong": 1}}
    assert remarked(either, tomorrow.date()) == {EX_PUPIL: {"out-of-date": 1}}


def test_of_an_answer_that_is_gone_nothing_is_counted(assistant: Assistant, store: Store) -> None:
    for action in (TellAuthor("no-such-entry"), GiveRemark("no-such-entry", "wrong")):
        reply = assistant.handle(Message("", "one", action), NOW)
        assert "has changed" in reply.text and reply.contact
    assert remarked(store, TODAY) == {}


@pytest.mark.parametrize("kind", REASONS)
def test_whoever_says_it_reads_what_becomes_of_it_and_whom_to_ask_now(
    assistant: Assistant, base: Base, kind: RemarkKind
) -> None:
    reply = assistant.handle(Message("", "one", GiveRemark(EX_PUPIL, kind)), NOW)
    assert "The people who look after this answer see that somebody" in reply.text
    assert "Nobody sees that it was you." in reply.text and "do not wait for a new answer" in reply.text
    answer = ask_once(base, QUESTION, NOW).reply.answer
    assert answer and reply.contact == answer.contact and reply.ask == answer.ask
