"""What people do with tips in Slack: the buttons, today's tip on the Home tab, and pauses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.chat.arriving import SORRY
from adapters.chat.tips import THANKS
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Opinion, Store, StoreError, TipPosts
from tests.conftest import SCHOOL
from tests.slack.school import AtSchool
from tests.slack.server import Slack
from tests.slack.tipping import DAY, channels, poster, tips_of, with_tips


@pytest.fixture
def core(base: Base, store: Store) -> Core:
    return Core(lambda: with_tips(base), store)


def _opinions(school: AtSchool) -> tuple[Opinion, ...]:
    return school.core.store.tips(SCHOOL).opinions(DAY)


@pytest.fixture
async def posted(slack: Slack, fernbank: AtSchool) -> AsyncIterator[AtSchool]:
    """The school on a day on which its tips have been posted."""
    channels(slack, fernbank)
    await poster(fernbank).post_due()
    yield fernbank


# --- the buttons


async def test_asking_about_a_tip_is_answered_in_a_thread_under_it(slack: Slack, posted: AtSchool) -> None:
    teacher, colleague = posted["teacher"], posted["colleague"]
    (tip,) = tips_of(teacher)
    await teacher.presses("Ask about this")
    await teacher.reads("This helped")
    (answer,) = [message for message in colleague.messages if message.thread]
    assert (answer.thread, answer.ephemeral) == (tip.ts, False)
    assert len(tips_of(teacher)) == 1, "the tip stays as it is"
    (opinion,) = _opinions(posted)
    assert (opinion.asked, opinion.not_useful) == (1, 0)
    await teacher.says("@AskFirst why?", in_channel="C0STAFF", thread=tip)
    await slack.settled(lambda: len([each for each in colleague.messages if each.thread and each.from_app]) == 2)


async def test_who_asks_after_the_first_is_answered_alone(slack: Slack, posted: AtSchool) -> None:
    teacher, head = posted["teacher"], posted["head"]
    slack.workspace.conversations["C0STAFF"].members.add(head.id)
    await teacher.presses("Ask about this")
    await teacher.reads("This helped")
    await head.presses("Ask about this")
    await slack.settled(lambda: any(message.ephemeral for message in head.messages))
    assert len([message for message in teacher.messages if message.thread]) == 1
    assert [message.ephemeral for message in teacher.messages if "This helped" in message.labels] == [False]
    assert _opinions(posted)[0].asked == 2


async def test_not_useful_is_counted_and_thanked_for_to_its_presser_alone(slack: Slack, posted: AtSchool) -> None:
    teacher, colleague = posted["teacher"], posted["colleague"]
    await teacher.presses("Not useful")
    await teacher.reads(THANKS)
    assert THANKS not in [message.text for message in colleague.messages]
    assert len(tips_of(teacher)) == 1
    (opinion,) = _opinions(posted)
    assert (opinion.asked, opinion.not_useful) == (0, 1)
    assert not any(teacher.id in str(opinion) for opinion in _opinions(posted))


async def test_a_thread_that_slack_refuses_is_no_missing_answer(slack: Slack, over_http: AtSchool) -> None:
    teacher, colleague = channels(slack, over_http)
    await poster(over_http).post_due()
    slack.faults.error("restricted_action", "chat.postMessage")
    await teacher.presses("Ask about this")
    await teacher.reads("This helped")
    assert not [message for message in colleague.messages if "This helped" in message.labels]


async def test_a_count_that_fails_keeps_nobody_from_their_answer(
    slack: Slack, over_http: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, _ = channels(slack, over_http)
    await poster(over_http).post_due()

    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(TipPosts, "count", broken)
    await teacher.presses("Ask about this")
    await teacher.reads("This helped")
    monkeypatch.setattr("bot.store.Received.take", broken)
    await teacher.presses("Ask about this")
    await teacher.reads(SORRY)


async def test_a_tip_that_is_gone_is_answered_and_not_counted(
    slack: Slack, over_http: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, _ = channels(slack, over_http)
    await poster(over_http).post_due()
    without = replace(over_http.core.base(), knowledge=replace(over_http.core.base().knowledge, tips=()))
    monkeypatch.setattr(over_http.core, "base", lambda: without)
    await teacher.presses("Ask about this")
    await teacher.reads("This helped")
    assert _opinions(over_http) == ()


# --- the Home tab


async def test_home_shows_todays_tip_and_answers_about_it_in_the_direct_messages(
    slack: Slack, posted: AtSchool
) -> None:
    teacher = posted["teacher"]
    await teacher.opens_home()
    shown = await teacher.reads("Today’s tip")
    assert "The rule:" in shown
    await teacher.presses("Ask about this")
    await slack.settled(lambda: any(message.channel == teacher.direct.id for message in teacher.messages))
    assert not [message for message in posted["colleague"].messages if message.thread]
    assert _opinions(posted)[0].asked == 1


async def test_home_shows_no_tip_on_a_day_without_one(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.opens_home()
    assert "Today’s tip" not in await teacher.reads("Ask before you act")


# --- pauses


async def test_the_dsl_pauses_and_resumes_tips_in_a_direct_message(slack: Slack, fernbank: AtSchool) -> None:
    _, colleague = channels(slack, fernbank)
    dsl = fernbank["dsl"]
    await dsl.says("No tips this week, please.")
    await dsl.reads("No tips until 2026-11-29, which is included.")
    assert await poster(fernbank).post_due() == 0
    await dsl.opens_assistant()
    await dsl.says_in_assistant("resume tips")
    await dsl.reads("Tips are posted again.")
    assert await poster(fernbank).post_due() == 2
    assert len(tips_of(colleague)) == 2


async def test_a_day_that_is_over_is_said_so(slack: Slack, over_http: AtSchool) -> None:
    await over_http["dsl"].says("no tips until 2026-01-01")
    await over_http["dsl"].reads("2026-01-01 is over. Name today or a later day.")


async def test_nobody_else_and_no_stranger_with_their_address_pauses_tips(slack: Slack, over_http: AtSchool) -> None:
    stranger = slack.person("U0STRANGE", "Ms Amara Bello", "a.bello@fernbank.example", team="T0OTHER")
    guest = slack.person("U0GUEST", "Ms Amara Bello", "a.bello@fernbank.example", guest=True)
    for person in (over_http["teacher"], stranger, guest):
        await person.says("no tips this week")
        await slack.settled()
    assert over_http.core.store.tips(SCHOOL).choices() == ()


async def test_in_a_channel_nobody_pauses_tips(slack: Slack, over_http: AtSchool) -> None:
    dsl = over_http["dsl"]
    slack.channel("C0STAFF", "staffroom", (dsl,))
    await dsl.says("@AskFirst no tips this week", in_channel="C0STAFF")
    await slack.settled()
    assert over_http.core.store.tips(SCHOOL).choices() == ()
