"""Letters on their way to Teams: what is tried again, what goes by mail, where people are reached, and what `askfirst
doctor` is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.delivering.mail import MailWay
from adapters.delivering.sender import UndeliveredError, unreachable
from adapters.teams import TeamsOut
from adapters.teams.activities import place_from
from adapters.teams.alerts import NOT_MET, OUTSIDE
from bot.answering.dialogue import Base
from bot.knowledge import School
from bot.service.core import Core
from bot.service.letters import REPEAT
from bot.store import Places, Store, StoreError
from tests.conftest import SCHOOL
from tests.teams.people import Person
from tests.teams.school import STAFF, AtSchool
from tests.teams.server import Teams
from tests.test_sender import Served

DSL_MAIL = "a.bello@fernbank.example"


@pytest.mark.parametrize("why", ["blocked", "not installed", "disabled", "gone"])
async def test_a_chat_that_takes_nothing_is_not_tried_again_and_mail_goes_at_once(
    teams: Teams, fernbank: AtSchool, mailbox: Served, why: str
) -> None:
    box, mail = mailbox
    await fernbank.everybody("dsl")
    teams.blocks(fernbank["dsl"], why)
    before = len(teams.calls_to("send"))
    number = fernbank.log()
    await fernbank.sends(MailWay(mail))
    (letter,) = box.to(DSL_MAIL)
    assert number in letter["Subject"]
    assert len(teams.calls_to("send")) == before + 1
    assert fernbank.kinds(number)[-2:] == ["alert-failed", "alert-sent"]
    assert "for them again" in _reasons(fernbank, number)[0]


async def test_somebody_who_has_not_met_the_app_is_sent_mail(fernbank: AtSchool, mailbox: Served) -> None:
    box, mail = mailbox
    number = fernbank.log()
    await fernbank.sends(MailWay(mail))
    assert len(box.to(DSL_MAIL)) == 1
    assert _reasons(fernbank, number) == [NOT_MET]


async def test_somebody_who_removed_the_app_is_sent_mail(teams: Teams, fernbank: AtSchool, mailbox: Served) -> None:
    box, mail = mailbox
    await fernbank.everybody("dsl")
    await fernbank["dsl"].uninstalls()
    sent = len(teams.calls_to("send"))
    number = fernbank.log()
    await fernbank.sends(MailWay(mail))
    assert len(box.to(DSL_MAIL)) == 1
    assert len(teams.calls_to("send")) == sent, "nobody knocks where the door was closed"
    assert _reasons(fernbank, number) == [NOT_MET]
    await fernbank.everybody("dsl")
    fernbank.log("two")
    await fernbank.sends(MailWay(mail))
    assert len(box.to(DSL_MAIL)) == 1, "once it is back, alerts come there again"


async def test_teams_that_cannot_be_reached_is_tried_again_and_then_mail(
    teams: Teams, fernbank: AtSchool, mailbox: Served
) -> None:
    box, mail = mailbox
    await fernbank.everybody("dsl")
    seen = len(fernbank["dsl"].messages)
    number = fernbank.log()
    with teams.faults.outage():
        for _ in range(8):
            await fernbank.sends(MailWay(mail))
            fernbank.clock.moves(seconds=20)
    assert len(box.to(DSL_MAIL)) == 1
    assert "Teams cannot be reached" in _reasons(fernbank, number)[0]
    assert len(fernbank["dsl"].messages) == seen


async def test_a_wait_that_teams_asks_for_is_kept(teams: Teams, fernbank: AtSchool) -> None:
    await fernbank.everybody("dsl")
    number = fernbank.log()
    teams.faults.rate_limit("send", retry_after=30)
    await fernbank.sends()
    fernbank.clock.moves(seconds=29)
    await fernbank.sends()
    assert _alerts(fernbank["dsl"], number) == []
    fernbank.clock.moves(seconds=2)
    await fernbank.sends()
    assert len(_alerts(fernbank["dsl"], number)) == 1


@pytest.mark.parametrize("kind", ["fail", "drop"])
async def test_a_short_fault_delays_an_alert_and_loses_none(teams: Teams, fernbank: AtSchool, kind: str) -> None:
    await fernbank.everybody("dsl")
    number = fernbank.log()
    getattr(teams.faults, kind)("send")
    await fernbank.sends()
    fernbank.clock.moves(seconds=30)
    await fernbank.sends()
    assert len(_alerts(fernbank["dsl"], number)) == 1


async def test_an_alert_that_may_be_there_already_says_that_it_is_a_repeat(teams: Teams, fernbank: AtSchool) -> None:
    await fernbank.everybody("dsl")
    number = fernbank.log()
    teams.faults.lose_answer("send")
    await fernbank.sends()
    assert len(_alerts(fernbank["dsl"], number)) == 1, "it is not sent again in the same breath"
    fernbank.clock.moves(seconds=30)
    await fernbank.sends()
    first, second = _alerts(fernbank["dsl"], number)
    assert ("repeat" in first, "repeat" in second) == (False, True)


async def test_an_alert_was_sent_though_nobody_could_write_down_where_it_stands(
    fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    await fernbank.everybody("dsl")
    number = fernbank.log()
    with monkeypatch.context() as patch:
        patch.setattr(Places, "keep", broken)
        await fernbank.sends()
    assert "alert-sent" in fernbank.kinds(number)
    fernbank.clock.moves(seconds=60)
    await fernbank.sends()
    assert len(_alerts(fernbank["dsl"], number)) == 1


# --- where people are reached


async def test_where_somebody_is_reached_is_sealed_and_follows_when_teams_moves(
    teams: Teams, fernbank: AtSchool, tmp_path: Path
) -> None:
    await fernbank.everybody("dsl")
    (kept,) = fernbank.core.store.places(SCHOOL, "teams").all()
    assert place_from(kept.address).service == teams.service_url
    written = b"".join(path.read_bytes() for path in tmp_path.glob("askfirst.db*"))
    for secret in (teams.service_url, fernbank["dsl"].chat.id, fernbank["dsl"].aad):
        assert secret.encode() not in written
    teams.desk.prefix = "/emea/"
    await _as_if_from(teams, fernbank["dsl"], "/emea/")
    await fernbank.settled()
    (moved,) = fernbank.core.store.places(SCHOOL, "teams").all()
    assert place_from(moved.address).service.endswith("/emea/")
    assert kept.name == moved.name
    teams.expected("the service has nothing here")  # the local one has one address only


async def test_doctor_is_told_for_whom_there_is_no_chat_and_what_to_do(
    teams: Teams, fernbank: AtSchool, school: School
) -> None:
    await fernbank.everybody("dsl", "deputy-1", "head")
    found = await unreachable(school, (fernbank.out.way,))
    assert set(found) == {"deputy-2", "chair"}
    assert found["chair"] == f"Teams: {NOT_MET}"
    assert "Teams admin centre" in NOT_MET and "say hello" in NOT_MET
    teams.blocks(fernbank["dsl"], "gone")
    found = await unreachable(school, (fernbank.out.way,))
    assert found["dsl"] == "Teams: this chat is no longer there. Install the app for them again"
    with pytest.raises(UndeliveredError) as fault:
        await fernbank.out.way.look("person:dsl")
    assert fault.value.permanent


async def test_somebody_who_asked_in_a_channel_alone_is_reached_once_they_were_answered(
    teams: Teams, fernbank: AtSchool
) -> None:
    dsl = fernbank["dsl"]
    staff_room = teams.channel("Staff room", dsl, fernbank["teacher"])
    await dsl.mentions("my concerns", staff_room)
    await dsl.reads("Concerns that you logged")
    number = fernbank.log()
    await fernbank.sends()
    assert len(_alerts(dsl, number)) == 1


async def test_people_who_are_named_by_their_id_are_reached(teams: Teams, base: Base, store: Store) -> None:
    dsl = teams.person(*STAFF["dsl"])
    known = replace(base.knowledge.school.people["dsl"], email="other@fernbank.example", chats={"teams": dsl.aad})
    core = Core(lambda: _with_dsl(base, known), store)
    school = AtSchool(teams, core)
    async with school.open():
        await school.everybody("dsl")
        number = school.log()
        await school.sends()
        assert len(_alerts(school["dsl"], number)) == 1


async def test_a_part_that_passed_to_somebody_else_takes_its_alerts_along(
    teams: Teams, base: Base, fernbank: AtSchool
) -> None:
    """The same id in school.yaml, another name and address: the old account hears nothing more."""
    await fernbank.everybody("dsl")
    new = teams.person("Ms Ira Nova", "i.nova@fernbank.example")
    known = replace(base.knowledge.school.people["dsl"], name="Ms Ira Nova", email="i.nova@fernbank.example")
    after = _with_dsl(base, known).knowledge.school
    out = TeamsOut(fernbank.settings, lambda: after, fernbank.core.store, http=fernbank.entra)
    with pytest.raises(UndeliveredError, match="not installed for them"):
        await out.way.look("person:dsl")
    assert new.messages == []


async def test_a_stranger_of_the_same_name_and_address_is_nobodys_alert(teams: Teams, fernbank: AtSchool) -> None:
    guest = teams.person("Ms Amara Bello", DSL_MAIL, guest=True)
    await guest.installs()
    await guest.says("hello")
    number = fernbank.log()
    await fernbank.sends()
    assert _alerts(guest, number) == []
    assert set(_reasons(fernbank, number)) == {NOT_MET}


async def test_an_address_that_was_put_right_in_the_file_takes_the_alerts_along(
    teams: Teams, base: Base, fernbank: AtSchool
) -> None:
    """The same person; the file had the address of somebody else before."""
    await fernbank.everybody("dsl")
    known = replace(base.knowledge.school.people["dsl"], email="amara@fernbank.example")
    after = _with_dsl(base, known).knowledge.school
    out = TeamsOut(fernbank.settings, lambda: after, fernbank.core.store, http=fernbank.entra)
    await fernbank.out.way.look("person:dsl")
    with pytest.raises(UndeliveredError, match="not installed for them"):
        await out.way.look("person:dsl")


@pytest.mark.parametrize("number", range(4))
async def test_of_two_accounts_of_one_person_the_one_with_a_chat_is_alerted(
    teams: Teams, fernbank: AtSchool, number: int
) -> None:
    old = teams.person(*STAFF["dsl"], aad=f"00000000-0000-4000-8000-{number:012}")
    await old.installs()
    await fernbank.settled()
    await old.uninstalls()
    await fernbank.everybody("dsl")
    concern = fernbank.log()
    await fernbank.sends()
    assert len(_alerts(fernbank["dsl"], concern)) == 1


async def test_a_guests_account_that_the_file_names_is_no_way_because_its_buttons_refuse(
    teams: Teams, base: Base, store: Store, mailbox: Served
) -> None:
    box, mail = mailbox
    guest = teams.person(*STAFF["dsl"], guest=True)
    named = replace(base.knowledge.school.people["dsl"], chats={"teams": guest.aad})
    known = _with_dsl(base, named)
    channels = {**known.knowledge.school.channels, "outsiders": ("log",)}
    school = replace(known.knowledge.school, channels=channels)
    whole = replace(known, knowledge=replace(known.knowledge, school=school))
    fernbank = AtSchool(teams, Core(lambda: whole, store))
    async with fernbank.open():
        await guest.installs()
        await guest.says("log a concern")
        await fernbank.settled()
        number = fernbank.log()
        await fernbank.sends(MailWay(mail))
        assert _alerts(guest, number) == []
        assert len(box.to(DSL_MAIL)) == 1
        assert _reasons(fernbank, number) == [OUTSIDE]


async def test_an_alert_after_which_teams_failed_is_repeated_as_such(teams: Teams, fernbank: AtSchool) -> None:
    await fernbank.everybody("dsl")
    number = fernbank.log()
    teams.faults.fail("send", status=502)
    await fernbank.sends()
    fernbank.clock.moves(seconds=30)
    await fernbank.sends()
    (alert,) = _alerts(fernbank["dsl"], number)
    assert REPEAT in alert


def _with_dsl(base: Base, dsl: object) -> Base:
    school = base.knowledge.school
    changed = replace(school, people={**school.people, "dsl": dsl})  # type: ignore[dict-item]
    return replace(base, knowledge=replace(base.knowledge, school=changed))


async def _as_if_from(teams: Teams, person: Person, prefix: str) -> None:
    """They say something; Teams' service has another address by now."""
    sent = len(teams.deliveries)
    teams.sender._good = ""  # a token is for one address
    await person.says("hello")
    await teams.settled(lambda: len(teams.deliveries) > sent)
    await teams.settled()
    assert teams.deliveries[-1].activity["serviceUrl"].endswith(prefix)


def _alerts(person: Person, number: str) -> list[str]:
    return [message.text for message in person.messages if f"concern {number}" in message.text.splitlines()[0]]


def _reasons(school: AtSchool, number: str) -> list[str]:
    with school.core.store.concerns(SCHOOL).work_on_ladder(number) as case:
        return [event.detail.reason for event in case.events if event.kind == "alert-failed"]
