"""Alerts on Slack, and what people on a ladder do with them."""

from __future__ import annotations

import logging

import pytest

from adapters.chat.tasks import NOT_SHOWN
from adapters.slack.alerts import render
from bot.service.letters import Letter
from tests.slack.people import Person
from tests.slack.school import AtSchool
from tests.slack.server import Slack

NOT_YOURS = "There is no such concern, or it is not yours to read."
DSL_MAIL = "a.bello@fernbank.example"


async def test_an_alert_says_number_and_urgency_and_nothing_else(
    slack: Slack, fernbank: AtSchool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dsl = fernbank["dsl"]
    number = fernbank.log(danger=("yes",))
    await fernbank.sends()
    alert = dsl.messages[-1]
    assert f"IMMEDIATE: safeguarding concern {number}" in alert.text
    assert alert.notification == f"IMMEDIATE: safeguarding concern {number}"
    assert alert.labels == ["Acknowledge", "Open", "Pass on"]
    assert f"/inbox/concerns/{number}" in alert.text
    assert "arker" not in " ".join(fernbank.posts()) + caplog.text


async def test_acknowledging_stops_the_ladder_and_tells_the_reporter(slack: Slack, fernbank: AtSchool) -> None:
    dsl, deputy, teacher = fernbank["dsl"], fernbank["deputy-1"], fernbank["teacher"]
    number = fernbank.log()
    await fernbank.sends()
    await dsl.presses("Acknowledge")
    shown = await dsl.reads("Ms Amara Bello acknowledged it at 10:00 on 23 November.")
    assert number in shown
    assert "Acknowledge" not in dsl.messages[-1].labels
    fernbank.clock.moves(hours=2)
    await fernbank.sends()
    assert deputy.messages == []
    assert "Ms Amara Bello acknowledged it at 10:00" in teacher.messages[-1].text


async def test_an_alert_that_somebody_else_acknowledged_says_so(slack: Slack, fernbank: AtSchool) -> None:
    dsl, deputy = fernbank["dsl"], fernbank["deputy-1"]
    number = fernbank.log()
    await fernbank.sends()
    fernbank.clock.moves(minutes=31)
    await fernbank.sends()
    await dsl.presses("Acknowledge")
    await dsl.reads("Ms Amara Bello acknowledged it")
    await deputy.presses("Acknowledge")
    await deputy.reads("Ms Amara Bello acknowledged it at 10:31")
    assert deputy.messages[-1].labels == []
    assert fernbank.kinds(number).count("acknowledged") == 1


async def test_opening_shows_the_record_and_the_reading_is_recorded(slack: Slack, fernbank: AtSchool) -> None:
    dsl = fernbank["dsl"]
    number = fernbank.log(seen=("Seenmarker <!channel> *bold*",))
    await fernbank.sends()
    await dsl.presses("Open")
    shown = await dsl.reads("Zelda Pupilmarker, 7Groupmarker")
    assert "Seenmarker <!channel> *bold*" in shown
    assert "Your reading has been recorded" in shown
    assert fernbank.kinds(number)[-1] == "opened"
    with fernbank.core.store.concerns("fernbank").work_on_ladder(number) as case:
        assert case.events[-1].detail.way == "Slack"
    await dsl.presses("Acknowledge")
    await dsl.reads("Ms Amara Bello")
    await slack.settled(lambda: dsl.modal and "Acknowledge" not in dsl.modal.labels)


async def test_a_record_is_worked_on_until_it_is_closed(slack: Slack, fernbank: AtSchool) -> None:
    dsl, teacher = fernbank["dsl"], fernbank["teacher"]
    number = fernbank.log()
    await fernbank.sends()
    await dsl.presses("Open")
    await dsl.reads("Zelda")
    await _task(dsl, "Add a note", {"Note": "Notemarker"}, "The note was added.")
    await dsl.closes_modal()
    done = {"What is to be done, and by whom?": "Actionmarker", "By when?": "2026-11-24"}
    await _task(dsl, "Add an action", done, "The action was added.")
    await dsl.closes_modal()
    await _task(dsl, "Add a decision", {"Decision": "Decided", "Reason": "Why"}, "The decision was added.")
    await dsl.closes_modal()
    reader = fernbank.core.casework.reader("dsl")
    assert reader
    (action,) = fernbank.core.store.inbox(fernbank.core.school().id).open_actions(reader, number)
    closing = {f"What becomes of the action no. {action.number}": "It is done", "Outcome": "Spoken with home"}
    await _task(dsl, "Close it", {**closing, "Reason": "Resolved"}, "It was closed.")
    await dsl.presses("Open")
    await dsl.reads("Notemarker")
    wanted = ["note", "action", "decision", "closed"]
    assert [kind for kind in fernbank.kinds(number) if kind in wanted] == wanted
    await fernbank.sends()
    assert any("followed up and closed" in message.text for message in teacher.messages)
    assert "arker" not in "".join(message.text for message in dsl.messages + teacher.messages)


async def test_one_thing_after_another_is_done_in_one_sitting(slack: Slack, fernbank: AtSchool) -> None:
    """Slack lets three views lie on one another, and each task lies on the record."""
    dsl = fernbank["dsl"]
    number = fernbank.log()
    await fernbank.sends()
    await dsl.presses("Open")
    for count in range(1, 6):
        await dsl.reads("What happened since")
        await dsl.presses("Add a note")
        await slack.settled(lambda: dsl.modal and "Note" in dsl.modal.fields)
        await dsl.fills({"Note": f"Note {count}"})
        await dsl.submits()
        await dsl.reads("The note was added.")
        await dsl.presses("Open")
    await dsl.reads("Note 5")
    assert fernbank.kinds(number).count("note") == 5


@pytest.mark.parametrize("button", ["Open", "Pass on"])
@pytest.mark.parametrize("method", ["views.open", "views.update"])
async def test_whoever_presses_is_told_where_slack_does_not_show_it(
    slack: Slack, over_http: AtSchool, button: str, method: str
) -> None:
    dsl = over_http["dsl"]
    over_http.log()
    await over_http.sends()
    slack.faults.error("internal_error", method)
    await dsl.presses(button)
    await slack.settled(lambda: any(NOT_SHOWN in message.text for message in dsl.messages))
    if dsl.modal:
        await dsl.closes_modal()
    await dsl.presses(button)
    await dsl.reads("Zelda" if button == "Open" else "To whom?")


async def test_whoever_opens_it_at_home_is_told_by_direct_message_where_slack_does_not_show_it(
    slack: Slack, over_http: AtSchool
) -> None:
    dsl = over_http["dsl"]
    number = over_http.log()
    await dsl.opens_home()
    await dsl.reads("Waiting for you")
    slack.faults.error("internal_error", "views.open")
    await dsl.presses(f"Open {number}")
    await slack.settled(lambda: dsl.messages)
    assert NOT_SHOWN in dsl.messages[-1].text


async def test_passing_on_calls_somebody_else_first(slack: Slack, fernbank: AtSchool) -> None:
    dsl, deputy = fernbank["dsl"], fernbank["deputy-1"]
    number = fernbank.log()
    await fernbank.sends()
    await dsl.presses("Pass on")
    await dsl.reads("To whom?")
    await dsl.fills({"To whom?": "Mr Owen Pryce, Deputy Designated Safeguarding Lead", "Reason": "I am away"})
    await dsl.submits()
    await dsl.reads("It was passed on")
    await fernbank.sends()
    assert number in deputy.messages[-1].text


async def test_a_day_that_has_passed_is_said_beside_its_field(slack: Slack, fernbank: AtSchool) -> None:
    dsl = fernbank["dsl"]
    number = fernbank.log()
    await fernbank.sends()
    await dsl.presses("Open")
    await dsl.reads("Zelda")
    await dsl.presses("Close it")
    await dsl.reads("Outcome")
    await dsl.fills({"Outcome": "x", "Reason": "y", "Look at it again on": "2020-01-01"})
    await dsl.submits()
    assert "passed" in dsl.errors["Look at it again on"]
    assert "closed" not in fernbank.kinds(number)


@pytest.mark.parametrize("who", ["the reporter", "a colleague", "the subject", "a guest", "a stranger"])
async def test_who_clicks_is_checked_every_time(slack: Slack, over_http: AtSchool, who: str) -> None:
    """An alert that reached somebody who may not read the concern: each button tells them the same."""
    number = over_http.log(about=("adult",), adult=("deputy-1",), pupils=())
    person = _intruder(slack, over_http, who)
    await _given_an_alert(slack, over_http, person, number)
    before = over_http.kinds(number)
    await person.presses("Acknowledge")
    await person.reads(NOT_YOURS)
    await person.presses("Open")
    await slack.settled(lambda: person.modal and NOT_YOURS in person.modal.text)
    await person.closes_modal()
    await person.presses("Pass on")
    await slack.settled(lambda: person.modal and NOT_YOURS in person.modal.text)
    assert person.modal and not person.modal.raw["submit"]
    assert over_http.kinds(number) == before
    assert "arker" not in person.sees()


async def test_a_form_that_was_open_when_its_reader_lost_their_part_saves_nothing(
    slack: Slack, over_http: AtSchool
) -> None:
    number = over_http.log()
    dsl = over_http["dsl"]
    await over_http.sends()
    await dsl.presses("Open")
    await dsl.reads("Zelda")
    await dsl.presses("Add a note")
    await slack.settled(lambda: dsl.modal and "Note" in dsl.modal.fields)
    slack.workspace.users[dsl.id].guest = True
    await dsl.fills({"Note": "Notemarker"})
    await dsl.submits()
    assert dsl.errors["Note"] == NOT_YOURS
    assert "note" not in over_http.kinds(number)


async def test_a_number_that_does_not_exist_is_answered_alike(slack: Slack, over_http: AtSchool) -> None:
    dsl = over_http["dsl"]
    await _given_an_alert(slack, over_http, dsl, "ZZZZZ")
    await dsl.presses("Open")
    await slack.settled(lambda: dsl.modal and NOT_YOURS in dsl.modal.text)


async def test_whoever_logged_it_cannot_acknowledge_it(slack: Slack, over_http: AtSchool) -> None:
    number = over_http.log(by="dsl")
    dsl = over_http["dsl"]
    await _given_an_alert(slack, over_http, dsl, number)
    await dsl.presses("Acknowledge")
    await dsl.reads("somebody else has to acknowledge it")


async def _task(person: Person, button: str, values: dict[str, str], saved: str) -> None:
    await person.presses(button)
    await person.reads(next(iter(values)))
    await person.fills(values)
    await person.submits()
    await person.reads(saved)


def _intruder(slack: Slack, school: AtSchool, who: str) -> Person:
    known = {"the reporter": "teacher", "a colleague": "colleague", "the subject": "deputy-1"}
    if who in known:
        return school[known[who]]
    if who == "a guest":
        return slack.person("U0GUEST", "Mrs Ruth Calder", "r.calder@fernbank.example", guest=True)
    return slack.person("U0STRANGE", "Mrs Ruth Calder", "r.calder@fernbank.example", team="T0OTHER")


async def _given_an_alert(slack: Slack, school: AtSchool, person: Person, number: str) -> None:
    """An alert in the direct messages of somebody, however it came there."""
    drawn = render(Letter("n", "alert", number, False, f"Safeguarding concern {number}", ("Waiting.",), ""))
    client = school.service.app.client
    await client.chat_postMessage(channel=person.id, text=drawn.text, blocks=list(drawn.blocks))
    await slack.settled(lambda: person.messages)
