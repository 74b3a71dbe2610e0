"""The main path in Teams on either kind of database: a question, a concern with its receipt, its alert, a tip."""

from __future__ import annotations

from dataclasses import replace

from adapters.delivering.poster import TipPoster
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store
from tests.conftest import SCHOOL
from tests.teams.school import AtSchool, logs_a_concern
from tests.teams.server import Teams
from tests.teams.world import World
from tests.tip_schools import fresh

STAFF_ROOM = World().add_shared("channel", "Staff room", (), "Staff", app=True).id


def _school(teams: Teams, base: Base, store: Store) -> AtSchool:
    known = base.knowledge.school
    knowledge = fresh(base.knowledge, replace(known, tips=replace(known.tips, channels=(f"teams:{STAFF_ROOM}",))))
    whole = replace(base, knowledge=knowledge)
    return AtSchool(teams, Core(lambda: whole, store))


async def test_a_question_and_a_concern(teams: Teams, lexical: Base, either: Store) -> None:
    school = _school(teams, lexical, either)
    async with school.open():
        teacher, dsl = school["teacher"], school["dsl"]
        await school.everybody("teacher", "dsl")
        teams.faults.repeat_delivery()
        await teacher.says("can I friend an ex-pupil?")
        await teacher.reads("How old is the ex-pupil now?")
        await teacher.presses("19 or over")
        await teacher.reads("Not advised")
        await teacher.says("log a concern")
        await teacher.reads("Open the form")
        await teacher.presses("Open the form")
        await logs_a_concern(teacher)
        (number,) = school.numbers()
        await school.settled()
        assert f"You logged concern {number}" in teacher.messages[-1].text
        await school.sends()
        await dsl.presses("Acknowledge")
        await dsl.reads("Ms Amara Bello acknowledged it")
        await school.sends()
        assert "Ms Amara Bello acknowledged it" in teacher.messages[-1].text
        assert either.received(SCHOOL, "teams").unanswered(school.clock()).count == 0


async def test_a_tip(teams: Teams, lexical: Base, either: Store) -> None:
    school = _school(teams, lexical, either)
    async with school.open():
        teacher = school["teacher"]
        await teams.adds_app(teams.channel("Staff room", teacher), teacher)
        await school.settled()
        assert await TipPoster(school.core.tips, [school.out.tips], school.clock).post_due() == 1
        await teacher.presses("Ask about this")
        await teacher.reads("This helped")
        await school.settled()
        (opinion,) = either.tips(SCHOOL).opinions(school.clock().date())
        assert opinion.asked == 1
