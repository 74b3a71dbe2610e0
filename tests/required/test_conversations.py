"""Whole conversations about something to read: the same words and the same record on every channel."""

from __future__ import annotations

import pytest

from bot.answering.dialogue import Base
from bot.store import Store
from tests.conftest import NOW, SCHOOL
from tests.required.world import PLAYERS, Conversation, conversations, set_up
from tests.slack.driving import at_slack
from tests.teams.driving import in_teams

# The chats are tried with all but the first, which the second holds too.
PLAYS = [
    pytest.param(channel, each, id=f"{channel}: {each.name}", marks=[pytest.mark.wide] * (chat and not number))
    for number, each in enumerate(conversations())
    for channel, chat in (("page", False), ("terminal", False), ("Slack", True), ("Teams", True))
]


@pytest.mark.parametrize(("channel", "conversation"), PLAYS)
async def test_it_is_read_and_answered(channel: str, conversation: Conversation, base: Base, store: Store) -> None:
    play, known_how = PLAYERS[channel]
    core = await play(conversation, base, store)
    (count,) = core.required.have_read(NOW)
    assert (count.done, count.of) == (int(conversation.done), 3)
    lines = [line for line in store.audit(SCHOOL).lines() if line.kind == "required-done"]
    assert [line.remark.rpartition(", ")[2] for line in lines] == [known_how] * conversation.done
    assert "Shah" not in str(lines)


async def test_my_reading_lists_it_in_either_chat_and_says_where_somebody_is_not_listed(
    base: Base, store: Store
) -> None:
    async with at_slack(base, store, "http") as driver:
        school = driver._school
        await school["teacher"].says("my reading")
        await school["teacher"].reads("is not on the school's list of staff")
        set_up(school.core, "entry:friend-pupil")
        await school["teacher"].says("What must I read?")
        assert "by 4 December 2026" in await school["teacher"].reads("What you have to read")
    async with in_teams(base, store) as driver:
        there = driver._school["teacher"]
        await there.says("my reading")
        await there.reads("What you have to read")
        await there.presses("A pupil's friend or follow request")
        await there.reads("Please read this by 4 December 2026")
