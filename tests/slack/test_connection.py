"""Socket Mode without a connection: whoever watches AskFirst is told, because no question and no press arrives."""

from __future__ import annotations

import asyncio

import pytest

from adapters.delivering.loops import Loops
from adapters.slack import SlackService, start
from bot.service.core import Core
from tests.conftest import NOW
from tests.slack.school import settings_for
from tests.slack.server import Slack


async def _until(loops: Loops, status: str) -> bool:
    """As soon as the loop of the connection stands so; whether that is well."""
    async with asyncio.timeout(20):
        while True:
            (state,) = [state for state in loops.states() if state.name == "slack connection"]
            if state.status == status:
                return state.well
            await asyncio.sleep(0.01)


async def test_a_connection_that_slack_refuses_is_red_until_it_stands(
    slack: Slack, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "_SETTLES_WITHIN", 0.0)
    monkeypatch.setattr(start, "_PING_EVERY", 0.1)
    slack.faults.error("invalid_auth", "apps.connections.open", times=None)
    loops = Loops()
    loops.add(*SlackService(core, settings_for(slack, "socket"), lambda: NOW).loops())
    running = asyncio.create_task(loops.run())
    assert not await _until(loops, "held up")
    slack.faults.clear()
    assert await _until(loops, "running")
    loops.stop()
    await running
