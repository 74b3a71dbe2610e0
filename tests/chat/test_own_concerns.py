"""What both chats show of somebody's concerns: the most urgent first, because only the first few are shown."""

from __future__ import annotations

import datetime as dt

import pytest

from adapters.chat.own_concerns import MOST, more_line, own_concerns
from adapters.slack.home import home_view
from adapters.teams.commands import my_concerns
from bot.concerns import Account, Reader, Reporter
from bot.service.core import Core
from tests.conftest import NOW
from tests.slack.school import LOGGED

DSL = Reader("dsl", frozenset({"dsl"}))
TEACHER = Reporter("Priya Shah", "", None, Account("slack", "T1:U1"))


def _log(core: Core, minutes: int, danger: str = "no") -> str:
    at = NOW + dt.timedelta(minutes=minutes)
    return core.casework.log(f"form {minutes}", {**LOGGED, "danger": (danger,)}, at, TEACHER).number


async def test_what_is_immediate_then_unanswered_then_newest_comes_first(core: Core) -> None:
    taken, plain, urgent, newest = _log(core, 0), _log(core, 1), _log(core, 2, "yes"), _log(core, 3)
    core.casework.acknowledge(DSL, taken, NOW + dt.timedelta(minutes=4))
    own = await own_concerns(core, TEACHER, DSL)
    assert [each.number for each in own.waiting] == [urgent, newest, plain, taken]
    assert [number for number, _, _ in own.logged] == [newest, urgent, plain, taken]


async def test_no_crowd_of_older_ones_hides_an_immediate_one_in_either_chat(core: Core) -> None:
    for minutes in range(MOST):
        _log(core, minutes)
    urgent = _log(core, MOST, "yes")
    school, own = core.school(), await own_concerns(core, TEACHER, DSL)
    for shown in (str(home_view(school, own, None, ())), str(my_concerns(school, own))):
        assert f"{urgent}: IMMEDIATE" in shown
        assert f"{urgent}: logged" in shown
        assert "1 more is in the inbox on the page." in shown


@pytest.mark.parametrize(("more", "line"), [(0, ""), (2, "2 more are in the inbox on the page.")])
async def test_how_many_are_not_shown(core: Core, more: int, line: str) -> None:
    for minutes in range(MOST + more):
        _log(core, minutes)
    own = await own_concerns(core, TEACHER, DSL)
    assert more_line(own.waiting) == line
