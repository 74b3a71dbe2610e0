"""Tips in Teams: once in each channel whatever fails, and their buttons."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.chat.buttons import NOT_OURS
from adapters.chat.tips import THANKS
from adapters.delivering.poster import TipPoster
from adapters.teams.asking import BELOW, IN_OWN_CHAT
from adapters.teams.tips import NOT_THERE
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store
from tests.conftest import NOW, SCHOOL
from tests.teams.people import Person, Shown
from tests.teams.school import AtSchool
from tests.teams.server import Teams
from tests.teams.world import Conversation, World
from tests.tip_schools import fresh

DAY = NOW.date()
LONG = {"seconds": 21}  # longer than a claim holds


@pytest.fixture
def channel() -> str:
    """The staff room, as school.yaml names it."""
    return f"teams:{World().add_shared('channel', 'Staff room', (), 'Staff', app=True).id}"


@pytest.fixture
def core(base: Base, store: Store, channel: str) -> Core:
    school = base.knowledge.school
    knowledge = fresh(base.knowledge, replace(school, tips=replace(school.tips, channels=(channel,))))
    whole = replace(base, knowledge=knowledge)
    return Core(lambda: whole, store)


def _poster(school: AtSchool) -> TipPoster:
    return TipPoster(school.core.tips, [school.out.tips], school.clock)


async def _staff_room(teams: Teams, school: AtSchool) -> Conversation:
    """The channel, with the app in it and two people."""
    found = teams.channel("Staff room", school["teacher"], school["colleague"])
    await teams.adds_app(found, school["teacher"])
    await school.settled()
    return found


@pytest.fixture
async def posted(teams: Teams, fernbank: AtSchool) -> AsyncIterator[AtSchool]:
    """The school on a day on which its tip has been posted."""
    await _staff_room(teams, fernbank)
    assert await _poster(fernbank).post_due() == 1
    yield fernbank


async def test_a_channel_gets_the_tip_as_a_post_of_its_own(teams: Teams, posted: AtSchool) -> None:
    (tip,) = _tips(posted["teacher"])
    assert "The rule:" in tip.text
    assert tip.buttons == ["Ask about this", "Not useful"]
    assert tip.thread == tip.id
    assert tip.post.activity["summary"].startswith("Tip of the day: ")
    assert await _poster(posted).post_due() == 0
    assert _states(posted) == ["posted"]


async def test_a_channel_that_the_app_was_never_in_is_reached_through_its_team(
    teams: Teams, fernbank: AtSchool
) -> None:
    """The team was told of in another channel of it."""
    await teams.adds_app(teams.channel("General", fernbank["teacher"]), fernbank["teacher"])
    await fernbank.settled()
    teams.channel("Staff room", fernbank["teacher"])
    assert await _poster(fernbank).post_due() == 1
    assert len(_tips(fernbank["teacher"])) == 1


async def test_asking_about_a_tip_is_answered_under_it_and_the_tip_stays(teams: Teams, posted: AtSchool) -> None:
    teacher, colleague = posted["teacher"], posted["colleague"]
    (tip,) = _tips(teacher)
    await teacher.presses("Ask about this")
    await teacher.reads(BELOW)
    await colleague.reads("Rests on:")
    (answer,) = [message for message in colleague.messages if message.thread == tip.id and message.id != tip.id]
    assert "Rests on:" in answer.text
    assert len(_tips(teacher)) == 1
    (opinion,) = posted.core.store.tips(SCHOOL).opinions(DAY)
    assert (opinion.asked, opinion.not_useful) == (1, 0)


async def test_who_asks_after_the_first_is_answered_alone(teams: Teams, posted: AtSchool) -> None:
    teacher, colleague = posted["teacher"], posted["colleague"]
    await teacher.presses("Ask about this")
    await teacher.reads(BELOW)
    public = len(teacher.messages)
    await colleague.presses("Ask about this")
    await colleague.reads(IN_OWN_CHAT)
    await posted.settled()
    assert len(teacher.messages) == public
    assert colleague.messages[-1].post.conversation == colleague.chat.id
    assert posted.core.store.tips(SCHOOL).opinions(DAY)[0].asked == 2


async def test_not_useful_is_counted_and_thanked_for_to_its_presser_alone(posted: AtSchool) -> None:
    teacher, colleague = posted["teacher"], posted["colleague"]
    await teacher.presses("Not useful")
    await teacher.reads(THANKS)
    assert THANKS not in colleague.sees()
    assert len(_tips(teacher)) == 1
    (opinion,) = posted.core.store.tips(SCHOOL).opinions(DAY)
    assert (opinion.asked, opinion.not_useful) == (0, 1)
    assert teacher.aad not in str(opinion)


async def test_todays_tip_is_shown_in_a_chat_of_ones_own(posted: AtSchool) -> None:
    teacher = posted["teacher"]
    await teacher.installs()
    await teacher.reads("Ask before you act")
    await teacher.says("tip")
    await teacher.reads("The rule:")
    await teacher.presses("Ask about this")
    await teacher.reads("Rests on:")
    assert len([each for each in posted["colleague"].messages if each.from_app]) == 1


async def test_a_button_that_names_no_tip_is_said_so(posted: AtSchool) -> None:
    teacher = posted["teacher"]
    for action, _ in _tips(teacher)[0].sheets[0].actions():
        action["data"]["do"] = f"{action['data']['do'].split()[0]} tip !"
    for button in ("Ask about this", "Not useful"):
        await teacher.presses(button)
        await teacher.reads(NOT_OURS)


# --- what goes wrong


@pytest.mark.parametrize("kind", ["lose_answer", "drop", "fail"])
async def test_where_nobody_knows_whether_it_is_there_it_is_left_out(
    teams: Teams, fernbank: AtSchool, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    await _staff_room(teams, fernbank)
    getattr(teams.faults, kind)("create")
    assert await _poster(fernbank).post_due() == 0
    assert len(teams.calls_to("create")) == 1, "what may be there is not posted again at once"
    fernbank.clock.moves(**LONG)
    for _ in range(3):
        await _poster(fernbank).post_due()
        fernbank.clock.moves(minutes=15)
    assert len(teams.calls_to("create")) == 1
    assert _states(fernbank) == ["left-out"]
    assert "it is left out" in caplog.text
    assert len(_tips(fernbank["teacher"])) == (1 if kind == "lose_answer" else 0)


async def test_a_limit_is_waited_for(teams: Teams, fernbank: AtSchool) -> None:
    await _staff_room(teams, fernbank)
    teams.faults.rate_limit("create", retry_after=30)
    assert await _poster(fernbank).post_due() == 0
    assert _states(fernbank) == ["waiting"]
    fernbank.clock.moves(seconds=29)
    assert await _poster(fernbank).post_due() == 0
    fernbank.clock.moves(seconds=2)
    assert await _poster(fernbank).post_due() == 1
    assert len(_tips(fernbank["teacher"])) == 1


@pytest.mark.parametrize("why", ["never met", "not in the team", "removed", "gone"])
async def test_a_channel_without_the_app_is_named_and_gets_its_tip_once_the_app_is_there(
    teams: Teams, fernbank: AtSchool, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    chat = teams.channel("Staff room", fernbank["teacher"], app=why != "not in the team")
    if why == "not in the team":
        await teams.adds_app(teams.channel("General", fernbank["teacher"], team="Other"), fernbank["teacher"])
    elif why != "never met":
        await teams.adds_app(chat, fernbank["teacher"])
        teams.blocks(chat, "gone" if why == "gone" else "not installed")
    await fernbank.settled()
    with caplog.at_level(logging.WARNING):
        assert await _poster(fernbank).post_due() == 0
    assert f"{chat.id} and is tried again: {NOT_THERE}" in caplog.text
    if why == "gone":
        teams.troubles.clear()
    teams.unblocks(chat)
    await teams.adds_app(chat, fernbank["teacher"])
    await fernbank.settled()
    fernbank.clock.moves(minutes=11)
    assert await _poster(fernbank).post_due() == 1
    assert len(_tips(fernbank["teacher"])) == 1


async def test_a_service_that_cannot_be_called_at_all_is_tried_again(
    teams: Teams, fernbank: AtSchool, channel: str
) -> None:
    """Nobody listens there: the tip was surely not posted."""
    await _staff_room(teams, fernbank)
    places = fernbank.core.store.places(SCHOOL, "teams-channel")
    for kept in places.all():
        places.keep(replace(kept, address=kept.address.replace(teams.service_url, "http://127.0.0.1:9/")))
    assert await _poster(fernbank).post_due() == 0
    assert _states(fernbank) == ["waiting"]
    await teams.adds_app(teams.channel("Staff room"), fernbank["teacher"])
    await fernbank.settled()
    fernbank.clock.moves(minutes=2)
    assert await _poster(fernbank).post_due() == 1
    assert len(_tips(fernbank["teacher"])) == 1


def _tips(person: Person) -> list[Shown]:
    return [message for message in person.messages if "Tip of the day" in message.text]


def _states(school: AtSchool) -> list[str]:
    return [post.state for post in school.core.store.tips(SCHOOL).since(DAY)]
