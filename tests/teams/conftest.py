"""Fixtures: `teams` is a fresh local Teams; `bot` and `teacher` are the small bot and somebody who has added it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.service.core import Core
from tests.teams.people import Person
from tests.teams.school import AtSchool
from tests.teams.server import Teams
from tests.teams.small_bot import TOKEN, SmallBot, running
from tests.test_sender import mailbox

__all__ = ["mailbox"]


@pytest.fixture
async def teams() -> AsyncIterator[Teams]:
    """A fresh Teams. Whatever the bot sent that Teams would not have taken fails the test."""
    local = Teams()
    await local.start()
    yield local
    await local.stop()
    assert not local.troubles, "\n".join(local.troubles)


@pytest.fixture
async def bot(teams: Teams) -> AsyncIterator[SmallBot]:
    small = SmallBot()
    teams.desk.token = TOKEN
    async with running(teams, small):
        yield small
        await teams.settled()


@pytest.fixture
async def teacher(teams: Teams, bot: SmallBot) -> Person:
    person = teams.person("Priya Shah", "p.shah@fernbank.example")
    await person.installs()
    return person


@pytest.fixture
async def fernbank(teams: Teams, core: Core) -> AsyncIterator[AtSchool]:
    """The demo school at a fresh Teams."""
    school = AtSchool(teams, core)
    async with school.open():
        yield school
