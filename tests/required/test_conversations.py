"""Whole conversations about something to read: the same words and the same record on every channel."""

from __future__ import annotations

import pytest

from bot.answering.dialogue import Base
from bot.store import Store
from tests.conftest import NOW, SCHOOL
from tests.required.world import PLAYERS, Conversation, conversations


@pytest.mark.parametrize("channel", PLAYERS)
@pytest.mark.parametrize("conversation", conversations(), ids=lambda each: each.name)
async def test_it_is_read_and_answered(channel: str, conversation: Conversation, base: Base, store: Store) -> None:
    play, known_how = PLAYERS[channel]
    core = await play(conversation, base, store)
    (count,) = core.required.have_read(NOW)
    assert (count.done, count.of) == (int(conversation.done), 3)
    lines = [line for line in store.audit(SCHOOL).lines() if line.kind == "required-done"]
    assert [line.remark.rpartition(", ")[2] for line in lines] == [known_how] * conversation.done
    assert "Shah" not in str(lines)
