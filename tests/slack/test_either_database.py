"""The main path on Slack on either kind of database: a question, a concern with its receipt, its alert, a tip."""

from __future__ import annotations

from dataclasses import replace

from adapters.delivering.poster import TipPoster
from adapters.slack import SlackTips, Workspaces
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store
from tests.conftest import SCHOOL
from tests.slack.school import AtSchool, first_screen, logs_a_concern, record_of
from tests.slack.server import Slack
from tests.tip_schools import fresh


def _school(slack: Slack, base: Base, store: Store) -> AtSchool:
    known = base.knowledge.school
    knowledge = fresh(base.knowledge, replace(known, tips=replace(known.tips, channels=("slack:C0STAFF",))))
    whole = replace(base, knowledge=knowledge)
    return AtSchool(slack, Core(lambda: whole, store))


async def test_a_conversation(slack: Slack, lexical: Base, either: Store) -> None:
    school = _school(slack, lexical, either)
    async with school.open():
        teacher = school["teacher"]
        slack.faults.repeat_delivery()
        await teacher.says("can I friend an ex-pupil?")
        await teacher.reads("How old is the ex-pupil now?")
        await teacher.presses("19 or over")
        await teacher.reads("Not advised")
        await teacher.says("why?")
        await teacher.reads("Why")
        await slack.settled()
        assert len([message for message in teacher.messages if message.from_app]) == 2
        assert either.received(SCHOOL, "slack").unanswered(school.clock()).count == 0


async def test_a_concern_from_the_command_to_its_close(slack: Slack, lexical: Base, either: Store) -> None:
    school = _school(slack, lexical, either)
    async with school.open():
        teacher, dsl = school["teacher"], school["dsl"]
        await teacher.asks("/concern", "Seenmarker")
        await logs_a_concern(teacher, slack)
        (number,) = school.numbers()
        await slack.settled(lambda: teacher.messages)
        assert f"You logged concern {number}" in teacher.messages[-1].text
        await school.sends()
        await dsl.presses("Open")
        await dsl.reads("Zelda Pupilmarker")
        await dsl.closes_modal(everything=True)
        await dsl.presses("Acknowledge")
        await dsl.reads("Ms Amara Bello acknowledged it")
        await school.sends()
        assert "Ms Amara Bello acknowledged it" in teacher.messages[-1].text
        await dsl.opens_home()
        await dsl.reads(f"Open {number}")
        assert record_of(school, number, "dsl").report.reporter.name == "Priya Shah"


async def test_a_draft_is_thrown_away_once_its_concern_is_logged(slack: Slack, lexical: Base, either: Store) -> None:
    school = _school(slack, lexical, either)
    async with school.open():
        teacher, colleague = school["teacher"], school["colleague"]
        await colleague.asks("/concern", "another one, which stays for an hour")
        await first_screen(colleague)
        await teacher.asks("/concern", "Seenmarker")
        await slack.settled(lambda: _drafts(either) == 2)
        await logs_a_concern(teacher, slack)
        await slack.settled(lambda: teacher.messages)
        assert _drafts(either) == 1
        school.clock.moves(minutes=59)
        await school.service.channel.tidy()
        assert _drafts(either) == 1
        school.clock.moves(minutes=2)
        await school.service.channel.tidy()
        assert _drafts(either) == 0


async def test_a_tip_and_what_is_said_to_it(slack: Slack, lexical: Base, either: Store) -> None:
    school = _school(slack, lexical, either)
    async with school.open():
        teacher = school["teacher"]
        slack.channel("C0STAFF", "staffroom", (teacher,))
        channel = SlackTips(Workspaces(school.settings, school.core.school, either), either.now)
        assert await TipPoster(school.core.tips, [channel], school.clock).post_due() == 1
        await teacher.presses("Ask about this")
        await teacher.reads("This helped")
        await teacher.presses("Not useful")
        await slack.settled()
        (opinion,) = either.tips(SCHOOL).opinions(school.clock().date())
        assert (opinion.asked, opinion.not_useful) == (1, 1)


def _drafts(store: Store) -> int:
    with store._database.reading() as connection:
        return int(
            connection.exec_driver_sql("SELECT count(*) FROM received WHERE channel = 'slack-draft'").scalar_one()
        )
