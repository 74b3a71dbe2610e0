"""A concern about an adult, in Teams: who is picked, and who then hears and who does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.teams.reporting import WHO_IS_THIS
from bot.answering.dialogue import Base
from bot.concerns import Reader
from bot.service.core import Core
from bot.store import Store
from tests.conftest import SCHOOL
from tests.teams.school import (
    STAFF,
    AtSchool,
    first_screen,
    logs_a_concern,
    record_of,
)
from tests.teams.seeing import dialog_of, fields_of
from tests.teams.server import Teams

AN_ADULT = ("An adult at the school",)
SEEN = {"What did you see or hear?": "Seenmarker"}


@pytest.mark.parametrize(
    "how", ["from the school's list", "from the directory, by id", "from the directory, by account"]
)
async def test_a_picked_adult_neither_hears_of_it_nor_reads_it(
    teams: Teams, base: Base, store: Store, how: str
) -> None:
    school = AtSchool(teams, _with_id_of_the_deputy(base, store, teams, how))
    async with school.open():
        teacher, deputy = school["teacher"], school["deputy-1"]
        await school.everybody("deputy-1", "dsl", "head")
        picked = "Mr Owen Pryce, Deputy Designated Safeguarding Lead" if "list" in how else deputy
        await teacher.uses_compose_action()
        await logs_a_concern(teacher, about=AN_ADULT, written={**SEEN, "The adult": picked})
        assert "Mrs Ruth Calder" in dialog_of(teacher)
        (number,) = school.numbers()
        adult = record_of(school, number, "head").report.adult
        assert adult and adult.person == "deputy-1"
        await school.sends()
        assert number not in " ".join(message.text for message in deputy.messages)
        assert number in school["head"].messages[-1].text
        inbox = school.core.store.inbox(SCHOOL)
        assert inbox.summaries(Reader("deputy-1", school.core.school().roles_of("deputy-1"))) == ()


@pytest.mark.parametrize("how", ["by address", "by principal name", "by what Teams said before"])
async def test_a_picked_guest_account_of_somebody_in_the_file_shuts_them_out(
    teams: Teams, fernbank: AtSchool, how: str
) -> None:
    """Teams calls them Bob, the school's file Owen. Where Teams says nothing now, what it said before counts."""
    teacher = fernbank["teacher"]
    bob = teams.person("Bob", "o.pryce@fernbank.example", aad="b0b00000-0000-4000-8000-000000000001", guest=True)
    bob.member.shows_email = how != "by principal name"
    await fernbank.everybody("deputy-1", "head")
    staff_room = teams.channel("Staff room", teacher, bob)
    await bob.mentions("hello", staff_room)
    await fernbank.settled()
    said = await bob.says("Seenmarker", staff_room)
    await teacher.uses_message_action(said)
    if "before" in how:
        await first_screen(teacher)
        await teacher.reads("Whom is it about?")
        teams.faults.fail("member", times=None)
        await teacher.fills(**{"Whom is it about?": list(AN_ADULT), "The adult": bob})
        await teacher.submits("Log this concern")
    else:
        await logs_a_concern(teacher, about=AN_ADULT, written={"The adult": bob})
    (number,) = fernbank.numbers()
    adult = record_of(fernbank, number, "head").report.adult
    assert adult and adult.person == "deputy-1"


async def test_an_adult_who_is_in_no_file_is_named_as_teams_named_them(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await fernbank.everybody("colleague")
    await teacher.uses_compose_action()
    written = {**SEEN, "The adult": fernbank["colleague"], "Not in the list: their role": "Coach"}
    await logs_a_concern(teacher, about=AN_ADULT, written=written)
    (number,) = fernbank.numbers()
    adult = record_of(fernbank, number, "head").report.adult
    assert adult and (adult.name, adult.role, adult.person) == ("Dev Anand", "Coach", None)


async def test_a_picked_person_whom_nobody_knows_is_asked_for_by_name(fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    await teacher.uses_compose_action()
    await logs_a_concern(teacher, about=AN_ADULT, written={**SEEN, "The adult": colleague})
    assert f"✗ The adult: {WHO_IS_THIS}" in dialog_of(teacher)
    assert fields_of(teacher)["adult"] == colleague.aad
    assert fernbank.numbers() == []
    await teacher.fills(**{"The adult": None, "Not in the list: full name": "Dev Anand"})
    await teacher.submits()
    assert len(fernbank.numbers()) == 1


@pytest.mark.parametrize(("who", "number"), [("dsl", "020 7946 0101"), ("head", "020 7946 0100")])
async def test_nobody_is_told_to_ring_themselves_because_an_adult_is_not_known(
    fernbank: AtSchool, who: str, number: str
) -> None:
    person = fernbank[who]
    assert fernbank.core.school().people[who].phone == number
    await fernbank.everybody(who)
    await person.uses_compose_action()
    written = {**SEEN, "The adult": fernbank["colleague"]}
    await logs_a_concern(person, danger="Yes", about=AN_ADULT, written=written)
    assert WHO_IS_THIS in dialog_of(person)
    assert number not in dialog_of(person)


async def test_a_picked_person_who_is_in_the_same_channel_is_known(teams: Teams, fernbank: AtSchool) -> None:
    teacher, head, colleague = fernbank["teacher"], fernbank["head"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, head, colleague)
    said = await colleague.says("Seenmarker", staff_room)
    await teacher.uses_message_action(said)
    await logs_a_concern(teacher, about=AN_ADULT, written={"The adult": head})
    (number,) = fernbank.numbers()
    assert record_of(fernbank, number, "chair").report.head, "a concern about the headteacher goes to the chair"


def _with_id_of_the_deputy(base: Base, store: Store, teams: Teams, how: str) -> Core:
    """The school; with "by id" its file names the deputy's account, and no address."""
    if "by id" not in how:
        return Core(lambda: base, store)
    school = base.knowledge.school
    deputy = replace(school.people["deputy-1"], email="", chats={"teams": teams.person(*STAFF["deputy-1"]).aad.upper()})
    changed = replace(school, people={**school.people, "deputy-1": deputy})
    whole = replace(base, knowledge=replace(base.knowledge, school=changed))
    return Core(lambda: whole, store)
