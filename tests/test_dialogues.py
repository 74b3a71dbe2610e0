"""The plays of tests/dialogues on every channel: what a person says and presses, and what they then see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store
from tests.dialogues import Channel, Dialogue, all_dialogues
from tests.playing import ConsoleDriver, at_the_page, play
from tests.slack.driving import at_slack
from tests.slack.serving import Way
from tests.teams.driving import in_teams


def each_play(channel: Channel) -> Callable[..., object]:
    return pytest.mark.parametrize("dialogue", all_dialogues(channel), ids=lambda dialogue: dialogue.name)


@each_play("terminal")
async def test_at_the_terminal(dialogue: Dialogue, core: Core) -> None:
    await play(ConsoleDriver(core), dialogue)


@each_play("page")
async def test_at_the_page(dialogue: Dialogue, base: Base, store: Store) -> None:
    async with at_the_page(base, store) as driver:
        await play(driver, dialogue)


@pytest.mark.parametrize("transport", ["http", "socket"])
@each_play("Slack")
async def test_at_slack(dialogue: Dialogue, base: Base, store: Store, transport: Way) -> None:
    async with at_slack(base, store, transport) as driver:
        await play(driver, dialogue)


@pytest.mark.parametrize(
    "dialogue",
    [
        pytest.param(each, marks=[] if place < 3 else [pytest.mark.wide], id=each.name)
        for place, each in enumerate(all_dialogues("Slack"))
    ],
)
async def test_at_slack_with_the_agent_feature(dialogue: Dialogue, base: Base, store: Store) -> None:
    async with at_slack(base, store, "http", agent=True) as driver:
        await play(driver, dialogue)


@each_play("Teams")
async def test_in_teams(dialogue: Dialogue, base: Base, store: Store) -> None:
    async with in_teams(base, store, "standard") as driver:
        await play(driver, dialogue)


@pytest.mark.parametrize("sort", [pytest.param(sort, marks=pytest.mark.wide) for sort in ("private", "shared")])
@pytest.mark.parametrize(
    "dialogue",
    [each for each in all_dialogues("Teams") if any(step.does == "asks in the staff room" for step in each.steps)],
    ids=lambda dialogue: dialogue.name,
)
async def test_in_a_staff_room_of_another_sort(dialogue: Dialogue, base: Base, store: Store, sort: str) -> None:
    async with in_teams(base, store, sort) as driver:
        await play(driver, dialogue)
