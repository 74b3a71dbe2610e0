"""Alerts in Teams, and what people on a ladder do with them."""

from __future__ import annotations

import logging

import pytest

from adapters.chat.tasks import NOT_YOURS
from adapters.teams.alerts import render
from adapters.teams.casework import STILL_OPEN
from bot.concerns import Reader
from bot.service.letters import Letter
from bot.store import Concerns, Inbox, StoreError
from tests.conftest import SCHOOL
from tests.teams.people import Person
from tests.teams.school import MARKERS, AtSchool, sent_by
from tests.teams.seeing import alert_of, alerted, dialog_of
from tests.teams.server import Teams
from tests.teams.world import ADAPTIVE, BOT_ID


async def test_an_alert_says_number_and_urgency_and_nothing_else(
    teams: Teams, fernbank: AtSchool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dsl, number = await alerted(fernbank, danger=("yes",))
    alert = alert_of(dsl)
    assert alert.text.startswith(f"IMMEDIATE: safeguarding concern {number}")
    assert alert.post.activity["summary"] == f"IMMEDIATE: safeguarding concern {number}"
    assert alert.buttons == ["Acknowledge", "Open", "Pass on", "Open it on the page"]
    await dsl.presses("Open it on the page")
    assert dsl.opened[0].endswith(f"/inbox/concerns/{number}")
    await dsl.presses("Open")
    assert "Pupilmarker" in dialog_of(dsl)
    assert not any(marker in sent_by(teams) + caplog.text for marker in MARKERS)


async def test_acknowledging_stops_the_ladder_and_tells_the_reporter(fernbank: AtSchool) -> None:
    await fernbank.everybody("deputy-1", "teacher")
    dsl, number = await alerted(fernbank)
    await dsl.presses("Acknowledge")
    assert number in await dsl.reads("Ms Amara Bello acknowledged it at 10:00 on 23 November.")
    assert alert_of(dsl).buttons == ["Open"]
    fernbank.clock.moves(hours=2)
    await fernbank.sends()
    assert number not in _texts(fernbank["deputy-1"])
    assert "Ms Amara Bello acknowledged it at 10:00" in fernbank["teacher"].messages[-1].text


async def test_whoever_is_slower_is_told_who_was_quicker(fernbank: AtSchool) -> None:
    dsl, deputy, number = await _two_alerted(fernbank)
    await dsl.presses("Acknowledge")
    await dsl.reads("Ms Amara Bello acknowledged it")
    await deputy.presses("Acknowledge")
    await deputy.reads("Ms Amara Bello acknowledged it at 10:31")
    assert "Acknowledge" not in alert_of(deputy).buttons
    assert fernbank.kinds(number).count("acknowledged") == 1


@pytest.mark.parametrize("where", ["in Teams", "on the page"])
async def test_the_buttons_go_from_everybodys_alert_wherever_it_was_acknowledged(
    teams: Teams, fernbank: AtSchool, where: str
) -> None:
    dsl, deputy, number = await _two_alerted(fernbank)
    if where == "in Teams":
        await dsl.presses("Acknowledge")
    else:
        reader = Reader("dsl", fernbank.core.school().roles_of("dsl"))
        fernbank.core.casework.acknowledge(reader, number, fernbank.clock())
    await fernbank.service.channel.tidy_up()
    for person in (dsl, deputy):
        assert "Ms Amara Bello acknowledged it at 10:31" in alert_of(person).text
        assert alert_of(person).buttons == ["Open"]
    updates = len(teams.calls_to("update"))
    await fernbank.service.channel.tidy_up()
    assert len(teams.calls_to("update")) == updates


async def test_an_alert_that_nobody_has_acknowledged_keeps_its_buttons(teams: Teams, fernbank: AtSchool) -> None:
    dsl, _ = await alerted(fernbank)
    before = alert_of(dsl).text
    await fernbank.service.channel.tidy_up()
    assert teams.calls_to("update") == []
    assert await dsl.refreshes() == 1
    assert (alert_of(dsl).text, dsl.troubles) == (before, [])
    assert "Acknowledge" in alert_of(dsl).buttons


async def test_an_alert_is_refreshed_when_it_comes_to_be_seen(fernbank: AtSchool) -> None:
    dsl, deputy, _ = await _two_alerted(fernbank)
    await dsl.presses("Acknowledge")
    assert await deputy.refreshes() == 1
    assert "Ms Amara Bello acknowledged it at 10:31" in alert_of(deputy).text
    assert alert_of(deputy).buttons == ["Open"]


async def test_buttons_that_teams_would_not_take_away_are_taken_later(teams: Teams, fernbank: AtSchool) -> None:
    dsl, deputy, _ = await _two_alerted(fernbank)
    await dsl.presses("Acknowledge")
    teams.faults.fail("update", times=None, status=503)
    await fernbank.service.channel.tidy_up()
    assert "Acknowledge" in alert_of(deputy).buttons
    teams.faults.clear()
    await fernbank.service.channel.tidy_up()
    assert alert_of(deputy).buttons == ["Open"]
    assert fernbank.core.store.places(SCHOOL, "teams-alert").all() == ()


async def test_a_chat_that_is_gone_does_not_hold_up_the_others(teams: Teams, fernbank: AtSchool) -> None:
    dsl, deputy, _ = await _two_alerted(fernbank)
    await deputy.presses("Acknowledge")
    teams.blocks(dsl, "gone")
    await fernbank.service.channel.tidy_up()
    assert alert_of(deputy).buttons == ["Open"]
    assert fernbank.core.store.places(SCHOOL, "teams-alert").all() == ()


async def test_an_acknowledgement_that_failed_leaves_the_button(
    fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsl, number = await alerted(fernbank)
    with monkeypatch.context() as patch:
        patch.setattr(Concerns, "work", _broken)
        await dsl.presses("Acknowledge")
        await dsl.reads("That did not work")
    await dsl.presses("Acknowledge")
    await dsl.reads("Ms Amara Bello acknowledged it")
    assert fernbank.kinds(number).count("acknowledged") == 1


@pytest.mark.parametrize("who", ["the reporter", "a colleague", "the subject", "a guest", "another tenant"])
async def test_who_presses_is_checked_every_time(teams: Teams, fernbank: AtSchool, who: str) -> None:
    """An alert that reached somebody who may not read the concern: each button tells them the same."""
    number = fernbank.log(about=("adult",), adult=("deputy-1",), pupils=())
    person = await _intruder(teams, fernbank, who)
    outside = who in ("a guest", "another tenant")
    refusal = "I am here for the staff of Fernbank Academy alone" if outside else NOT_YOURS
    _given_an_alert(fernbank, person, number)
    before = fernbank.kinds(number)
    await person.presses("Acknowledge")
    await person.reads(refusal)
    for button in ("Open", "Pass on"):
        await person.presses(button)
        assert refusal in dialog_of(person)
        assert person.dialog and person.dialog.sheet and not person.dialog.sheet.actions()
        person.closes_dialog()
    await person.refreshes(by_hand=True)
    assert refusal in person.troubles[-1]
    assert fernbank.kinds(number) == before
    assert "arker" not in sent_by(teams)


async def test_a_number_that_does_not_exist_is_answered_alike(fernbank: AtSchool) -> None:
    dsl = fernbank["dsl"]
    await fernbank.everybody("dsl")
    _given_an_alert(fernbank, dsl, "ZZZZZ")
    await dsl.presses("Open")
    assert NOT_YOURS in dialog_of(dsl)


async def test_whoever_logged_it_cannot_acknowledge_it(fernbank: AtSchool) -> None:
    await fernbank.everybody("dsl")
    number = fernbank.log(by="dsl")
    _given_an_alert(fernbank, fernbank["dsl"], number)
    await fernbank["dsl"].presses("Acknowledge")
    await fernbank["dsl"].reads("somebody else has to acknowledge it")


async def test_an_alert_of_which_nothing_was_kept_says_how_it_stands(
    fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsl, number = await alerted(fernbank)
    _given_an_alert(fernbank, dsl, number)
    await dsl.refreshes()
    assert STILL_OPEN in dsl.troubles
    monkeypatch.setattr(Inbox, "summaries", _broken)
    await dsl.refreshes(by_hand=True)
    assert "That did not work" in dsl.troubles[-1]


def _broken(*_: object) -> None:
    raise StoreError("the disk is full")


async def _two_alerted(school: AtSchool) -> tuple[Person, Person, str]:
    """The DSL and, half an hour later, a deputy."""
    await school.everybody("deputy-1")
    dsl, number = await alerted(school)
    school.clock.moves(minutes=31)
    await school.sends()
    return dsl, school["deputy-1"], number


async def _intruder(teams: Teams, school: AtSchool, who: str) -> Person:
    known = {"the reporter": "teacher", "a colleague": "colleague", "the subject": "deputy-1"}
    if who in known:
        person = school[known[who]]
    elif who == "a guest":
        person = teams.person("Mrs Ruth Calder", "r.calder@fernbank.example", guest=True)
    else:
        elsewhere = "9d2f7b60-0c11-4f5e-9a3d-5b1e2c8f7a40"
        person = teams.person("Mrs Ruth Calder", "r.calder@fernbank.example", tenant=elsewhere)
    await person.installs()
    await school.settled()
    return person


def _given_an_alert(school: AtSchool, person: Person, number: str) -> None:
    """An alert in the chat of somebody, however it came there."""
    letter = Letter("n", "alert", number, False, f"Safeguarding concern {number}", ("Waiting.",), "")
    card = {"contentType": ADAPTIVE, "content": render(letter, person.id).content}
    school.teams.world.add(person.chat, BOT_ID, {"type": "message", "attachments": [card]})


def _texts(person: Person) -> str:
    return " ".join(message.text for message in person.messages)
