"""A concern in a dialog of Teams: reading it, and working on it until it is closed."""

from __future__ import annotations

import pytest

from adapters.chat.tasks import NOT_DONE, NOT_SAVED, NOT_YOURS, PERHAPS_SAVED
from bot.store import Accounts, Concerns, Store, StoreError
from tests.slack.school import hanging
from tests.teams.people import Person
from tests.teams.school import MARKERS, AtSchool, record_of, sent_by
from tests.teams.seeing import alert_of, alerted, dialog_of
from tests.teams.server import Teams

OWN_WORDS = ("Seenmarker **bold** [link](https://example.org) {{DATE(2026-01-01)}}\n\nSecond paragraph",)


async def test_opening_shows_the_record_and_the_reading_is_recorded(fernbank: AtSchool) -> None:
    dsl, number = await alerted(fernbank, seen=OWN_WORDS)
    await dsl.presses("Open")
    shown = dialog_of(dsl)
    assert "Zelda Pupilmarker, 7Groupmarker" in shown
    assert "Seenmarker **bold** [link](https://example.org) {\u200b{DATE(2026-01-01)}}\nSecond paragraph" in shown
    assert "Your reading has been recorded" in shown
    assert fernbank.kinds(number)[-1] == "opened"
    assert record_of(fernbank, number, "dsl").events[-2].detail.way == "Teams"


async def test_it_is_acknowledged_from_the_record_as_well(fernbank: AtSchool) -> None:
    dsl, number = await alerted(fernbank)
    await dsl.presses("Open")
    await dsl.presses("Acknowledge")
    assert "Somebody has acknowledged it and is following it up" in dialog_of(dsl)
    assert dsl.dialog and dsl.dialog.sheet
    assert "Acknowledge" not in [action["title"] for action, _ in dsl.dialog.sheet.actions()]
    assert "acknowledged" in fernbank.kinds(number)


async def test_a_record_is_worked_on_until_it_is_closed(teams: Teams, fernbank: AtSchool) -> None:
    await fernbank.everybody("teacher")
    dsl, number = await alerted(fernbank)
    await dsl.presses("Open")
    await _task(dsl, "Add a note", {"Note": "Notemarker"}, "The note was added.")
    done = {"What is to be done, and by whom?": "Actionmarker", "By when?": "2026-11-24"}
    await _task(dsl, "Add an action", done, "The action was added.")
    await _task(dsl, "Add a decision", {"Decision": "Decided", "Reason": "Why"}, "The decision was added.")
    assert "Notemarker" in dialog_of(dsl)
    await dsl.presses("Close it")
    await dsl.presses("Back")
    closing = {"What becomes of the action no. 7": "done", "Outcome": "Spoken with home", "Reason": "Resolved"}
    await _task(dsl, "Close it", closing, "It was closed.")
    wanted = ["note", "action", "decision", "closed"]
    assert [kind for kind in fernbank.kinds(number) if kind in wanted] == wanted
    dsl.closes_dialog()
    await fernbank.sends()
    assert any("followed up and closed" in message.text for message in fernbank["teacher"].messages)
    await fernbank.service.channel.tidy_up()
    assert "It has been closed" in alert_of(dsl).text
    assert not any(marker in sent_by(teams) for marker in (*MARKERS, "Notemarker", "Actionmarker", "Spoken with home"))


async def test_passing_on_calls_somebody_else_first(fernbank: AtSchool) -> None:
    await fernbank.everybody("deputy-1")
    dsl, number = await alerted(fernbank)
    await dsl.presses("Pass on")
    await dsl.fills(**{"To whom?": "Mr Owen Pryce, Deputy Designated Safeguarding Lead", "Reason": "I am away"})
    await dsl.submits("Save")
    assert "It was passed on" in dialog_of(dsl)
    await fernbank.sends()
    assert number in fernbank["deputy-1"].messages[-1].text


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(fernbank: AtSchool) -> None:
    dsl, number = await alerted(fernbank)
    await dsl.presses("Open")
    await dsl.presses("Close it")
    await dsl.submits("Save")
    assert dsl.errors == {"outcome": "This is needed.", "reason": "This is needed."}
    await dsl.fills(**{"Outcome": "Outmarker", "Reason": "y", "Look at it again on": "2020-01-01"})
    await dsl.submits("Save")
    lines = dialog_of(dsl).splitlines()
    (wrong,) = [line for line in lines if line.startswith("✗")]
    assert wrong.startswith("✗ Look at it again on: ")
    assert "passed" in wrong
    assert "Outmarker" in lines
    assert "closed" not in fernbank.kinds(number)


async def test_what_could_not_be_saved_is_said_and_still_there(
    fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsl, number = await alerted(fernbank)
    await dsl.presses("Open")
    await dsl.presses("Add a note")
    await dsl.fills(Note="Notemarker")
    with monkeypatch.context() as patch:
        patch.setattr(Concerns, "work", _broken)
        await dsl.submits("Save")
        assert f"✗ {NOT_SAVED}" in dialog_of(dsl)
        assert "Notemarker" in dialog_of(dsl)
    await dsl.submits("Save")
    assert "The note was added." in dialog_of(dsl)
    assert fernbank.kinds(number).count("note") == 1


async def test_a_form_that_was_open_when_its_reader_lost_their_part_saves_nothing(
    teams: Teams, fernbank: AtSchool
) -> None:
    dsl, number = await alerted(fernbank)
    await dsl.presses("Open")
    await dsl.presses("Add a note")
    await dsl.fills(Note="Notemarker")
    dsl.member.guest = True
    await dsl.submits("Save")
    assert NOT_YOURS in dialog_of(dsl)
    assert "note" not in fernbank.kinds(number)


async def test_a_store_that_hangs_is_said_before_teams_gives_up(teams: Teams, fernbank: AtSchool, store: Store) -> None:
    dsl, number = await alerted(fernbank)
    with hanging(store):
        await dsl.presses("Acknowledge")
        assert NOT_DONE in dsl.sees()
        await dsl.presses("Open")
        assert NOT_DONE in dialog_of(dsl)
        dsl.closes_dialog()
    await dsl.presses("Open")
    await dsl.presses("Add a note")
    await dsl.fills(Note="Notemarker")
    with hanging(store):
        await dsl.submits("Save")
        assert f"✗ {PERHAPS_SAVED}" in dialog_of(dsl)
        assert "Notemarker" in dialog_of(dsl)
    await dsl.submits("Save")
    assert "The note was added." in dialog_of(dsl)
    assert fernbank.kinds(number).count("note") == 1
    assert max(each.answer.seconds for each in teams.deliveries) < 5


async def test_a_record_that_cannot_be_reached_is_said_so(fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch) -> None:
    dsl, _ = await alerted(fernbank)
    monkeypatch.setattr(Accounts, "who", _broken)
    await dsl.presses("Open")
    assert "the concern log cannot be reached just now" in dialog_of(dsl)


async def _task(person: Person, button: str, values: dict[str, str], saved: str) -> None:
    """From the record to the form, to the record again."""
    await person.presses(button)
    await person.fills(**values)
    await person.submits("Save")
    assert saved in dialog_of(person)
    await person.presses("Open")


def _broken(*_: object) -> None:
    raise StoreError("the disk is full")
