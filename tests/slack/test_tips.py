"""Posting tips in Slack: once in each channel, whatever dies or fails."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.command.ways import tip_channels
from adapters.delivering import poster as poster_module
from adapters.delivering.poster import NotPostedError
from adapters.delivering.sender import UndeliveredError
from adapters.slack import SlackTips, SlackWay, Workspaces
from adapters.slack.faults import SlackError
from adapters.slack.posting import HISTORY_PAGE
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.settings import Settings, read_settings
from bot.store import Store, StoreError, TipPosts
from bot.tips import TipCard, key_of
from tests.conftest import SCHOOL
from tests.slack.school import AtSchool
from tests.slack.server import Slack
from tests.slack.tipping import DAY, OFFICE, STAFFROOM, channels, poster, slack_tips, tips_of, wall, with_tips

LONG = {"seconds": 21}  # longer than a claim holds
CARD = TipCard("tip-x", "Lock your screen.", "Screens are locked.", "Code", "lock-screen", "Locking", DAY)
Log = pytest.LogCaptureFixture


@pytest.fixture
def core(base: Base, store: Store) -> Core:
    return Core(lambda: with_tips(base), store)


@pytest.fixture
def slack_settings(tmp_path: Path) -> Settings:
    return read_settings(
        {"ASKFIRST_DATA": str(tmp_path), "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret"}
    )


def _states(school: AtSchool) -> dict[str, str]:
    return {post.channel: post.state for post in school.core.store.tips(SCHOOL).since(DAY)}


async def test_each_channel_gets_the_tip_its_rule_and_two_buttons(slack: Slack, fernbank: AtSchool) -> None:
    teacher, colleague = channels(slack, fernbank)
    assert await poster(fernbank).post_due() == 2
    (tip,) = tips_of(teacher)
    assert "The rule:" in tip.text
    assert {"Ask about this", "Not useful"} <= set(tip.labels)
    assert tip.notification.startswith("Tip of the day: ")
    assert len(tips_of(colleague)) == 2
    assert await poster(fernbank).post_due() == 0
    assert _states(fernbank) == {STAFFROOM: "posted", OFFICE: "posted"}


async def test_two_posters_at_once_give_one_tip(
    slack: Slack, over_http: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poster_module, "_FRESH", 60.0)  # else a busy machine puts one off to the next turn
    _, colleague = channels(slack, over_http)
    posted = await asyncio.gather(*(poster(over_http).post_due() for _ in range(4)))
    assert sum(posted) == 2
    assert len(tips_of(colleague)) == 2


@pytest.mark.parametrize("sent", [False, True])
async def test_a_crash_between_the_claim_and_the_mark_gives_one_tip(
    slack: Slack, over_http: AtSchool, sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, colleague = channels(slack, over_http)
    with monkeypatch.context() as patch:

        def killed(*_: object) -> bool:
            raise StoreError("killed")

        async def dies(*_: object) -> None:
            raise StoreError("killed")

        if sent:
            patch.setattr(TipPosts, "posted", killed)
        else:
            patch.setattr(SlackTips, "post", dies)
        await poster(over_http).post_due()
    assert len(tips_of(colleague)) == (2 if sent else 0)
    assert _states(over_http) == {STAFFROOM: "claimed", OFFICE: "claimed"}
    over_http.clock.moves(**LONG)
    await poster(over_http).post_due()
    assert len(tips_of(colleague)) == 2
    assert _states(over_http) == {STAFFROOM: "posted", OFFICE: "posted"}


@pytest.mark.parametrize("fault", ["lose_answer", "drop", "internal_error", "fail"])
async def test_where_nobody_knows_whether_it_is_there_it_is_looked_for(
    slack: Slack, over_http: AtSchool, fault: str
) -> None:
    _, colleague = channels(slack, over_http)
    if fault == "internal_error":
        slack.faults.error(fault, "chat.postMessage", times=2)
    else:
        getattr(slack.faults, fault)("chat.postMessage", times=2)
    await poster(over_http).post_due()
    assert len(slack.calls_to("chat.postMessage")) == 2, "what may be there is not posted again at once"
    assert _states(over_http) == {STAFFROOM: "claimed", OFFICE: "claimed"}
    over_http.clock.moves(**LONG)
    await poster(over_http).post_due()
    assert len(slack.calls_to("conversations.history")) == 2
    assert len(tips_of(colleague)) == 2
    assert _states(over_http) == {STAFFROOM: "posted", OFFICE: "posted"}


async def test_a_history_that_cannot_be_read_is_asked_again(slack: Slack, over_http: AtSchool, caplog: Log) -> None:
    _, colleague = channels(slack, over_http)
    slack.faults.lose_answer("chat.postMessage", times=2)
    await poster(over_http).post_due()
    slack.faults.error("ratelimited", "conversations.history", times=2)
    over_http.clock.moves(**LONG)
    await poster(over_http).post_due()
    assert "Slack asks to wait" in caplog.text
    over_http.clock.moves(**LONG)
    await poster(over_http).post_due()
    assert len(tips_of(colleague)) == 2
    assert _states(over_http) == {STAFFROOM: "posted", OFFICE: "posted"}


async def test_a_limit_is_waited_for(slack: Slack, over_http: AtSchool) -> None:
    _, colleague = channels(slack, over_http)
    slack.faults.rate_limit("chat.postMessage", times=2, retry_after=30)
    assert await poster(over_http).post_due() == 0
    assert _states(over_http) == {STAFFROOM: "waiting", OFFICE: "waiting"}
    over_http.clock.moves(seconds=29)
    assert await poster(over_http).post_due() == 0
    assert len(slack.calls_to("chat.postMessage")) == 2
    over_http.clock.moves(seconds=2)
    assert await poster(over_http).post_due() == 2
    assert len(tips_of(colleague)) == 2


async def test_a_channel_without_the_app_is_named_and_gets_its_tip_once_the_app_is_invited(
    slack: Slack, over_http: AtSchool, caplog: Log
) -> None:
    teacher, _ = channels(slack, over_http, app=False)
    with caplog.at_level(logging.WARNING):
        assert await poster(over_http).post_due() == 1
    assert f"{STAFFROOM} and is tried again: AskFirst is not in this channel. Invite it there" in caplog.text
    assert tips_of(teacher) == []
    slack.workspace.conversations["C0STAFF"].members.add("U0ASKFIRST")
    assert await poster(over_http).post_due() == 0
    over_http.clock.moves(minutes=11)
    assert await poster(over_http).post_due() == 1
    assert len(tips_of(teacher)) == 1


async def test_the_history_is_looked_through_page_by_page(
    slack: Slack, over_http: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, _ = channels(slack, over_http)
    tips = slack_tips(over_http)
    await tips.post("C0STAFF", CARD, "the-key")
    for number in range(HISTORY_PAGE + 1):
        await teacher.says(f"line {number}", in_channel="C0STAFF")
    assert await tips.has("C0STAFF", "the-key") is True
    assert await tips.has("C0STAFF", "another") is False
    monkeypatch.setattr("adapters.slack.tips._PAGES", 1)
    assert await tips.has("C0STAFF", "the-key") is None


async def test_where_the_history_is_limited_one_page_a_minute_is_all_that_is_read(
    slack: Slack, over_http: AtSchool
) -> None:
    """As Slack limits an app that it counts as distributed: 15 messages, once a minute."""
    teacher, _ = channels(slack, over_http)
    tips = slack_tips(over_http)
    await tips.post("C0STAFF", CARD, "the-key")
    slack.limits_history()
    assert await tips.has("C0STAFF", "the-key") is True
    with pytest.raises(SlackError, match="asks to wait"):
        await tips.has("C0STAFF", "the-key")
    for number in range(HISTORY_PAGE + 1):
        await teacher.says(f"line {number}", in_channel="C0STAFF")
    slack.a_minute_passes()
    assert await tips.has("C0STAFF", "the-key") is None, "nobody can say, so it is left out: no tip is better than two"


async def test_an_unknown_workspace_is_no_post(slack: Slack, base: Base, store: Store) -> None:
    settings = replace(AtSchool(slack, Core(lambda: base, store)).settings, token="", client_id="c", client_secret="s")
    tips = SlackTips(Workspaces(settings, lambda: base.knowledge.school, store), wall)
    with pytest.raises(NotPostedError, match="channels > slack"):
        await tips.post("C0STAFF", CARD, key_of(SCHOOL, STAFFROOM, DAY))
    with pytest.raises(UndeliveredError, match="channels > slack"):
        await SlackWay(Workspaces(settings, lambda: base.knowledge.school, store)).look("person:dsl")


def test_serving_and_working_alone_both_post_in_slack(slack_settings: Settings, base: Base, store: Store) -> None:
    names = [channel.name for channel in tip_channels(slack_settings, lambda: base.knowledge.school, store)]
    assert {"web", "slack"} <= set(names)
    without = tip_channels(replace(slack_settings, slack=None), lambda: base.knowledge.school, store)
    assert "slack" not in [channel.name for channel in without]
