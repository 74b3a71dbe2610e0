"""The commands of the app's menu in Teams, people from outside, and buttons that go wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.chat.buttons import NOT_OURS
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Received, Store, StoreError
from tests.conftest import SCHOOL
from tests.slack.school import changed
from tests.teams.people import Person
from tests.teams.school import MARKERS, AtSchool, logs_a_concern, sent_by
from tests.teams.seeing import answers_of, arrived
from tests.teams.server import Teams

EX_PUPIL = "can I friend an ex-pupil?"
NUMBER = "can parents have my mobile number?"
CONCERN = "a girl in my class has bruises and says her dad did it"
ALONE = "I am here for the staff of Fernbank Academy alone. If anyone is in danger now, call 999 first."
ELSEWHERE = "9d2f7b60-0c11-4f5e-9a3d-5b1e2c8f7a40"


async def test_the_commands_of_the_menu(fernbank: AtSchool) -> None:
    number = fernbank.log()
    teacher = await arrived(fernbank)
    await teacher.says("ask")
    await teacher.reads("Type a question")
    await teacher.says("Log a concern")
    assert "Ms Amara Bello, Designated Safeguarding Lead: 020 7946 0101" in await teacher.reads("call 999 first")
    await teacher.presses("Open the form")
    await teacher.reads("Is anyone in danger now?")
    teacher.closes_dialog()
    await teacher.says("my concerns")
    assert f"{number}: logged" in await teacher.reads("Concerns that you logged")
    await teacher.says("tip")
    await teacher.reads("There is no tip today.")


async def test_a_command_in_a_channel_is_answered_in_a_chat_of_ones_own(teams: Teams, fernbank: AtSchool) -> None:
    number = fernbank.log()
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    await teacher.mentions("my concerns", staff_room)
    await teacher.reads(number)
    await fernbank.settled()
    assert answers_of(colleague) == []


async def test_people_on_a_ladder_see_what_waits_for_them_and_nothing_of_its_content(
    teams: Teams, fernbank: AtSchool
) -> None:
    other, number = fernbank.log("three"), fernbank.log(danger=("yes",))
    hidden = fernbank.log("two", about=("pupil", "head"))
    dsl = await arrived(fernbank, "dsl")
    await dsl.says("my concerns")
    shown = await dsl.reads("Waiting for you")
    assert shown.index(f"{number}: IMMEDIATE") < shown.index(f"{other}: not marked as immediate")
    assert hidden not in shown
    assert not any(marker in sent_by(teams) for marker in MARKERS)
    await dsl.presses(f"Open {number}")
    await dsl.reads("Zelda Pupilmarker")


async def test_the_dsl_pauses_tips_in_their_own_chat_and_nobody_else_does(teams: Teams, fernbank: AtSchool) -> None:
    dsl, teacher = await arrived(fernbank, "dsl"), await arrived(fernbank)
    await teacher.says("no tips this week")
    await fernbank.settled()
    staff_room = teams.channel("Staff room", dsl, teacher)
    await dsl.mentions("no tips this week", staff_room)
    await fernbank.settled()
    assert fernbank.core.store.tips(SCHOOL).choices() == ()
    await dsl.says("No tips this week, please.")
    await dsl.reads("No tips until 2026-11-29, which is included.")
    await dsl.says("resume tips")
    await dsl.reads("Tips are posted again.")


@pytest.mark.parametrize("who", ["a guest", "somebody of another tenant"])
async def test_people_from_outside_get_a_polite_refusal_and_nothing_else(
    teams: Teams, fernbank: AtSchool, who: str
) -> None:
    fernbank.log()
    outsider = _outsider(teams, who)
    await outsider.installs()
    for words in (NUMBER, CONCERN, "log a concern", "my concerns", "no tips this week"):
        await outsider.says(words)
        await fernbank.settled()
        assert outsider.sees() == ALONE
    await outsider.uses_compose_action()
    assert outsider.dialog and "cannot log a concern here" in outsider.dialog.text
    outsider.closes_dialog()
    assert {message.text for message in answers_of(outsider)} == {ALONE}
    assert fernbank.core.store.places(SCHOOL, "teams").all() == ()


async def test_a_guest_who_may_log_is_shown_the_way_to_the_form_and_nothing_else(
    teams: Teams, base: Base, store: Store
) -> None:
    opened = changed(base, outsiders=("log",))
    school = AtSchool(teams, Core(lambda: opened, store))
    async with school.open():
        guest = _outsider(teams, "a guest")
        await guest.installs()
        await guest.says("log a concern")
        await guest.reads("Open the form")
        await guest.says(NUMBER)
        await school.settled()
        assert guest.sees() == ALONE
        stranger = teams.person("Kay Moss", "k.moss@elsewhere.example", tenant=ELSEWHERE)
        await stranger.installs()
        await stranger.says("log a concern")
        await stranger.reads(ALONE)


async def test_another_tenant_that_the_school_names_is_its_own(teams: Teams, base: Base, store: Store) -> None:
    known = base.knowledge.school
    both = replace(known, channels={**known.channels, "teams": (ELSEWHERE.upper(),)})
    whole = replace(base, knowledge=replace(base.knowledge, school=both))
    school = AtSchool(teams, Core(lambda: whole, store))
    async with school.open():
        person = teams.person("Kay Moss", "k.moss@fernbank.example", tenant=ELSEWHERE)
        await person.installs()
        await person.says(NUMBER)
        await person.reads("Rests on:")


async def test_a_guest_in_a_channel_is_refused_whatever_they_press(teams: Teams, fernbank: AtSchool) -> None:
    teacher, guest = fernbank["teacher"], _outsider(teams, "a guest")
    staff_room = teams.channel("Staff room", teacher, guest)
    await teacher.mentions(EX_PUPIL, staff_room)
    await guest.reads("How old is the ex-pupil now?")
    await guest.presses("19 or over")
    assert guest.troubles == [ALONE]
    assert "How old is the ex-pupil now?" in answers_of(teacher)[-1].text


async def test_a_button_that_is_none_of_ours_is_said_so(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await teacher.says(NUMBER)
    await teacher.reads("This helped")
    _spoils_buttons(teacher)
    await teacher.presses("This helped")
    await teacher.reads(NOT_OURS)


async def test_a_button_that_could_not_be_answered_leaves_the_card(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await teacher.says(EX_PUPIL)
    await teacher.reads("How old is the ex-pupil now?")
    teams.faults.fail("update", times=None)
    await teacher.presses("19 or over")
    await teacher.reads("Not advised")
    assert teams.deliveries[-1].answer.seconds < 5


async def test_a_form_is_not_lost_on_somebody_whose_hello_could_not_be_kept(
    teams: Teams, fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    teacher = fernbank["teacher"]
    with monkeypatch.context() as patch:
        patch.setattr(Received, "take", broken)
        await teacher.installs()
        teams.expected("answered 503")
    await teacher.uses_compose_action()
    await logs_a_concern(teacher)
    assert len(fernbank.numbers()) == 1


def _outsider(teams: Teams, who: str) -> Person:
    if who == "a guest":
        return teams.person("Ms Amara Bello", "a.bello@fernbank.example", guest=True)
    return teams.person("Ms Amara Bello", "a.bello@fernbank.example", tenant=ELSEWHERE)


def _spoils_buttons(person: Person) -> None:
    """Somebody else's buttons on a card of ours."""
    for sheet in answers_of(person)[-1].sheets:
        for action, _ in sheet.actions():
            if "data" in action:
                action["data"]["do"] = "pay tuppence"
