"""Tips in Slack: once in each channel, whatever dies or fails; their buttons, today's on the Home tab, and pauses."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.chat.tips import THANKS
from adapters.sender import UndeliveredError
from adapters.slack import SlackTips, SlackWay, Workspaces
from adapters.slack.arriving import SORRY
from adapters.tips import NotPostedError, TipPoster
from bot.core import Core
from bot.dialogue import Base
from bot.store import Opinion, Store, StoreError, TipPosts
from bot.tips import TipCard, key_of
from tests.conftest import SCHOOL
from tests.slack.people import Person
from tests.slack.school import AtSchool
from tests.slack.screens import Shown
from tests.slack.server import Slack
from tests.tipping import fresh

DAY = dt.date(2026, 11, 23)
STAFFROOM, OFFICE = "slack:C0STAFF", "slack:C0OFFICE"
LONG = {"seconds": 21}  # longer than a claim holds
CARD = TipCard("tip-x", "Lock your screen.", "Screens are locked.", "Code", "lock-screen", "Locking", DAY)
Log = pytest.LogCaptureFixture


@pytest.fixture
def tipped(base: Base) -> Base:
    """The school with two channels of Slack that get tips, and answers that are all fresh."""
    school = base.knowledge.school
    knowledge = fresh(base.knowledge, replace(school, tips=replace(school.tips, channels=(STAFFROOM, OFFICE))))
    return replace(base, knowledge=knowledge)


@pytest.fixture
def core(tipped: Base, store: Store) -> Core:
    return Core(lambda: tipped, store)


def _wall() -> dt.datetime:
    """The local Slack dates its messages by the clock of this machine."""
    return dt.datetime.now(dt.UTC)


def _poster(school: AtSchool) -> TipPoster:
    channel = SlackTips(Workspaces(school.settings, school.core.school, school.core.store), _wall)
    return TipPoster(school.core.tips, [channel], school.clock)


def _channels(slack: Slack, school: AtSchool, app: bool = True) -> tuple[Person, Person]:
    teacher, colleague = school["teacher"], school["colleague"]
    slack.channel("C0STAFF", "staffroom", (teacher, colleague), app=app)
    slack.channel("C0OFFICE", "office", (colleague,), private=True)
    return teacher, colleague


def _tips(person: Person) -> list[Shown]:
    return [message for message in person.messages if "Tip of the day" in message.text]


def _opinions(school: AtSchool) -> tuple[Opinion, ...]:
    return school.core.store.tips(SCHOOL).opinions(DAY)


def _states(school: AtSchool) -> dict[str, str]:
    return {post.channel: post.state for post in school.core.store.tips(SCHOOL).since(DAY)}


@pytest.fixture
async def posted(slack: Slack, fernbank: AtSchool) -> AsyncIterator[AtSchool]:
    """The school on a day on which its tips have been posted."""
    _channels(slack, fernbank)
    await _poster(fernbank).post_due()
    yield fernbank


# --- posting


async def test_each_channel_gets_the_tip_its_rule_and_two_buttons(slack: Slack, posted: AtSchool) -> None:
    (tip,) = _tips(posted["teacher"])
    assert "The rule:" in tip.text
    assert {"Ask about this", "Not useful"} <= set(tip.labels)
    assert tip.notification.startswith("Tip of the day: ")
    assert len(_tips(posted["colleague"])) == 2
    assert await _poster(posted).post_due() == 0
    assert _states(posted) == {STAFFROOM: "posted", OFFICE: "posted"}


async def test_two_posters_at_once_give_one_tip(slack: Slack, over_http: AtSchool) -> None:
    _, colleague = _channels(slack, over_http)
    posted = await asyncio.gather(*(_poster(over_http).post_due() for _ in range(4)))
    assert sum(posted) == 2
    assert len(_tips(colleague)) == 2


@pytest.mark.parametrize("sent", [False, True])
async def test_a_crash_between_the_claim_and_the_mark_gives_one_tip(
    slack: Slack, over_http: AtSchool, sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, colleague = _channels(slack, over_http)
    with monkeypatch.context() as patch:

        def killed(*_: object) -> bool:
            raise StoreError("killed")

        async def dies(*_: object) -> None:
            raise StoreError("killed")

        if sent:
            patch.setattr(TipPosts, "posted", killed)
        else:
            patch.setattr(SlackTips, "post", dies)
        await _poster(over_http).post_due()
    assert len(_tips(colleague)) == (2 if sent else 0)
    assert _states(over_http) == {STAFFROOM: "claimed", OFFICE: "claimed"}
    over_http.clock.moves(**LONG)
    await _poster(over_http).post_due()
    assert len(_tips(colleague)) == 2
    assert _states(over_http) == {STAFFROOM: "posted", OFFICE: "posted"}


@pytest.mark.parametrize("fault", ["lose_answer", "drop", "internal_error", "fail"])
async def test_where_nobody_knows_whether_it_is_there_it_is_looked_for(
    slack: Slack, over_http: AtSchool, fault: str
) -> None:
    _, colleague = _channels(slack, over_http)
    if fault == "internal_error":
        slack.faults.error(fault, "chat.postMessage", times=2)
    else:
        getattr(slack.faults, fault)("chat.postMessage", times=2)
    await _poster(over_http).post_due()
    assert len(slack.calls_to("chat.postMessage")) == 2, "what may be there is not posted again at once"
    assert _states(over_http) == {STAFFROOM: "claimed", OFFICE: "claimed"}
    over_http.clock.moves(**LONG)
    await _poster(over_http).post_due()
    assert len(slack.calls_to("conversations.history")) == 2
    assert len(_tips(colleague)) == 2
    assert _states(over_http) == {STAFFROOM: "posted", OFFICE: "posted"}


async def test_a_history_that_cannot_be_read_is_asked_again(slack: Slack, over_http: AtSchool, caplog: Log) -> None:
    _, colleague = _channels(slack, over_http)
    slack.faults.lose_answer("chat.postMessage", times=2)
    await _poster(over_http).post_due()
    slack.faults.error("ratelimited", "conversations.history", times=2)
    over_http.clock.moves(**LONG)
    await _poster(over_http).post_due()
    assert "Slack asks to wait" in caplog.text
    over_http.clock.moves(**LONG)
    await _poster(over_http).post_due()
    assert len(_tips(colleague)) == 2
    assert _states(over_http) == {STAFFROOM: "posted", OFFICE: "posted"}


async def test_a_limit_is_waited_for(slack: Slack, over_http: AtSchool) -> None:
    _, colleague = _channels(slack, over_http)
    slack.faults.rate_limit("chat.postMessage", times=2, retry_after=30)
    assert await _poster(over_http).post_due() == 0
    assert _states(over_http) == {STAFFROOM: "waiting", OFFICE: "waiting"}
    over_http.clock.moves(seconds=29)
    assert await _poster(over_http).post_due() == 0
    assert len(slack.calls_to("chat.postMessage")) == 2
    over_http.clock.moves(seconds=2)
    assert await _poster(over_http).post_due() == 2
    assert len(_tips(colleague)) == 2


async def test_a_channel_without_the_app_is_named_and_gets_its_tip_once_the_app_is_invited(
    slack: Slack, over_http: AtSchool, caplog: Log
) -> None:
    teacher, _ = _channels(slack, over_http, app=False)
    with caplog.at_level(logging.WARNING):
        assert await _poster(over_http).post_due() == 1
    assert f"{STAFFROOM} and is tried again: AskFirst is not in this channel. Invite it there" in caplog.text
    assert _tips(teacher) == []
    slack.workspace.conversations["C0STAFF"].members.add("U0ASKFIRST")
    assert await _poster(over_http).post_due() == 0
    over_http.clock.moves(minutes=11)
    assert await _poster(over_http).post_due() == 1
    assert len(_tips(teacher)) == 1


async def test_the_history_is_looked_through_page_by_page(
    slack: Slack, over_http: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, _ = _channels(slack, over_http)
    tips = SlackTips(Workspaces(over_http.settings, over_http.core.school, over_http.core.store), _wall)
    await tips.post("C0STAFF", CARD, "the-key")
    for number in range(5):
        await teacher.says(f"line {number}", in_channel="C0STAFF")
    monkeypatch.setattr("adapters.slack.tips._PAGE", 2)
    assert await tips.has("C0STAFF", "the-key") is True
    assert await tips.has("C0STAFF", "another") is False
    monkeypatch.setattr("adapters.slack.tips._PAGES", 1)
    assert await tips.has("C0STAFF", "the-key") is None


async def test_an_unknown_workspace_is_no_post(slack: Slack, tipped: Base, store: Store) -> None:
    settings = replace(
        AtSchool(slack, Core(lambda: tipped, store)).settings, token="", client_id="c", client_secret="s"
    )
    tips = SlackTips(Workspaces(settings, lambda: tipped.knowledge.school, store), _wall)
    with pytest.raises(NotPostedError, match="channels > slack"):
        await tips.post("C0STAFF", CARD, key_of(SCHOOL, STAFFROOM, DAY))
    with pytest.raises(UndeliveredError, match="channels > slack"):
        await SlackWay(Workspaces(settings, lambda: tipped.knowledge.school, store)).look("person:dsl")


# --- the buttons


async def test_asking_about_a_tip_is_answered_in_a_thread_under_it(slack: Slack, posted: AtSchool) -> None:
    teacher, colleague = posted["teacher"], posted["colleague"]
    (tip,) = _tips(teacher)
    await teacher.presses("Ask about this")
    await teacher.reads("This helped")
    (answer,) = [message for message in colleague.messages if message.thread]
    assert (answer.thread, answer.ephemeral) == (tip.ts, False)
    assert len(_tips(teacher)) == 1, "the tip stays as it is"
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
    assert len(_tips(teacher)) == 1
    (opinion,) = _opinions(posted)
    assert (opinion.asked, opinion.not_useful) == (0, 1)
    assert not any(teacher.id in str(opinion) for opinion in _opinions(posted))


async def test_a_thread_that_slack_refuses_is_no_missing_answer(slack: Slack, over_http: AtSchool) -> None:
    teacher, colleague = _channels(slack, over_http)
    await _poster(over_http).post_due()
    slack.faults.error("restricted_action", "chat.postMessage")
    await teacher.presses("Ask about this")
    await teacher.reads("This helped")
    assert not [message for message in colleague.messages if "This helped" in message.labels]


async def test_a_count_that_fails_keeps_nobody_from_their_answer(
    slack: Slack, over_http: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, _ = _channels(slack, over_http)
    await _poster(over_http).post_due()

    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(TipPosts, "count", broken)
    await teacher.presses("Ask about this")
    await teacher.reads("This helped")
    monkeypatch.setattr("bot.store.Received.take", broken)
    await teacher.presses("Ask about this")
    await teacher.reads(SORRY)


async def test_a_tip_that_is_gone_is_answered_and_not_counted(
    slack: Slack, over_http: AtSchool, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, _ = _channels(slack, over_http)
    await _poster(over_http).post_due()
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
    _, colleague = _channels(slack, fernbank)
    dsl = fernbank["dsl"]
    await dsl.says("No tips this week, please.")
    await dsl.reads("No tips until 2026-11-29, which is included.")
    assert await _poster(fernbank).post_due() == 0
    await dsl.opens_assistant()
    await dsl.says_in_assistant("resume tips")
    await dsl.reads("Tips are posted again.")
    assert await _poster(fernbank).post_due() == 2
    assert len(_tips(colleague)) == 2


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
