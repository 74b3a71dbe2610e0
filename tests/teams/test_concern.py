"""Logging a concern in Teams: from the command, a button or a message to the receipt."""

from __future__ import annotations

import asyncio
import json

import pytest

from adapters.teams.form import FIRST
from tests.conftest import SCHOOL
from tests.teams.deliveries import Delivery
from tests.teams.people import Person
from tests.teams.school import (
    MARKERS,
    WRITTEN,
    AtSchool,
    first_screen,
    logs_a_concern,
    record_of,
    sent_by,
)
from tests.teams.seeing import dialog_of, fields_of
from tests.teams.server import Teams

EVERYTHING = {
    **WRITTEN,
    "Pupil or pupils": "Zelda Pupilmarker, 7B\nGus Pupilmarker, 9Groupmarker",
    "On which day did it happen?": "2026-11-20",
    "At what time?": "after lunch",
    "Who else was there?": "Kay",
    "What have you done already?": "Told Kay.\nRang home.",
    "What is it about?": ["Neglect", "Bullying or harm by another child"],
    "Link to a message or a post": "https://clip.example/1",
}


async def test_the_command_leads_through_the_form_to_a_receipt(teams: Teams, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await fernbank.everybody("teacher")
    await teacher.says("log a concern")
    await teacher.reads("Open the form")
    await teacher.presses("Open the form")
    assert "Whom is it about?" not in await teacher.reads("Is anyone in danger now?")
    await logs_a_concern(teacher, written=EVERYTHING)
    (number,) = fernbank.numbers()
    assert "Logged. Your receipt:" in dialog_of(teacher)
    assert "Who is told now\nMs Amara Bello (Designated Safeguarding Lead)." in dialog_of(teacher)
    teacher.closes_dialog()
    assert f"You logged concern {number}." in await teacher.reads("Keep it: with it you can look the concern up")
    assert teacher.messages[-1].post.conversation == teacher.chat.id
    report = record_of(fernbank, number, "dsl").report
    assert report.seen == WRITTEN["What did you see or hear?"]
    assert [(pupil.name, pupil.group) for pupil in report.pupils] == [
        ("Zelda Pupilmarker", "7B"),
        ("Gus Pupilmarker", "9Groupmarker"),
    ]
    assert report.categories == ("Neglect", "Bullying or harm by another child")
    assert report.done == "Told Kay.\nRang home."
    assert (report.reporter.name, report.reporter.person) == ("Priya Shah", None)
    assert not any(marker in sent_by(teams) for marker in MARKERS)


async def test_the_reporter_hears_in_their_chat_who_has_answered(fernbank: AtSchool) -> None:
    teacher, dsl = fernbank["teacher"], fernbank["dsl"]
    await fernbank.everybody("teacher", "dsl")
    await teacher.uses_compose_action()
    await logs_a_concern(teacher)
    teacher.closes_dialog()
    await fernbank.sends()
    await dsl.presses("Acknowledge")
    await fernbank.sends()
    await teacher.reads("Ms Amara Bello acknowledged it at 10:00")


async def test_danger_says_999_and_the_people_first(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.uses_compose_action()
    await first_screen(teacher, danger="Yes")
    text = dialog_of(teacher)
    assert text.index("Call 999 now") < text.index("020 7946 0101") < text.index("Whom is it about?")
    people = "Ms Amara Bello, Designated Safeguarding Lead: 020 7946 0101\nMr Owen Pryce"
    assert people in text, "each in a line of their own"
    await teacher.fills(**{"Whom is it about?": ["A pupil or pupils"], **WRITTEN})
    await teacher.submits()
    assert "Someone is in danger: call 999 now" in dialog_of(teacher)


async def test_a_message_is_filled_in_with_its_words_and_its_link(teams: Teams, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    said = await colleague.says("Seenmarker in the yard & <b>more</b>", staff_room)
    await teacher.uses_message_action(said)
    assert "Seenmarker" not in json.dumps(teams.deliveries[-1].answer.body), "it waits in the store"
    await first_screen(teacher)
    fields = fields_of(teacher)
    assert fields["seen"] == "Seenmarker in the yard & <b>more</b>"
    assert fields["link"].endswith(f"/{staff_room.id}/{said.id}")
    await teacher.fills(**{"Whom is it about?": ["A pupil or pupils"], "Pupil or pupils": "Zelda Pupilmarker"})
    await teacher.submits()
    await fernbank.settled()
    (number,) = fernbank.numbers()
    assert record_of(fernbank, number, "dsl").report.link == fields["link"]
    assert "concern" not in " ".join(message.text for message in colleague.messages if message.from_app)


async def test_what_was_filled_in_beforehand_is_forgotten_once_it_is_logged(fernbank: AtSchool) -> None:
    submission = await _from_a_message(fernbank)
    drafts = fernbank.core.store.received(SCHOOL, "teams-draft")
    assert "Seenmarker" in (drafts.kept(submission) or "")
    await logs_a_concern(fernbank["teacher"])
    await fernbank.settled()
    assert drafts.kept(submission) is None


async def test_what_was_filled_in_and_never_sent_is_thrown_away(fernbank: AtSchool) -> None:
    submission = await _from_a_message(fernbank)
    drafts = fernbank.core.store.received(SCHOOL, "teams-draft")
    fernbank.clock.moves(minutes=30)
    await fernbank.service.channel.tidy_drafts()
    assert drafts.kept(submission)
    fernbank.clock.moves(hours=1)
    await fernbank.service.channel.tidy_drafts()
    assert drafts.kept(submission) is None


async def test_what_a_dialog_carries_is_ids_only(teams: Teams, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.uses_compose_action()
    await logs_a_concern(teacher)
    for delivery in _submissions(teams):
        carried = {name: delivery.activity["value"]["data"].get(name) for name in ("submission", "danger", "told")}
        assert not any(marker in str(carried) for marker in MARKERS)


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.uses_compose_action()
    await logs_a_concern(
        teacher, written={**EVERYTHING, "On which day did it happen?": "2027-01-01", "Pupil or pupils": ""}
    )
    lines = dialog_of(teacher).splitlines()
    beside = lines.index("✗ On which day did it happen? This day is still to come. Check it, or leave it empty.")
    assert lines[beside + 1] == "On which day did it happen?"
    assert "✗ Pupil or pupils: Write the pupil’s name, even if you only know a part of it." in lines
    assert "✗ Nothing is logged yet. Look at the lines below that begin with ✗." in lines
    fields = fields_of(teacher)
    assert fields["seen"] == EVERYTHING["What did you see or hear?"]
    assert (fields["about"], fields["categories"], fields["date"]) == ("0", "3,5", "2027-01-01")
    assert fields["done"] == "Told Kay.\nRang home."
    assert fernbank.numbers() == []
    await teacher.fills(**{"Pupil or pupils": "Zelda Pupilmarker", "On which day did it happen?": "2026-11-20"})
    await teacher.submits()
    assert len(fernbank.numbers()) == 1


async def test_a_first_screen_without_an_answer_comes_back(teams: Teams, fernbank: AtSchool) -> None:
    """Teams itself asks for what is needed; a client that does not is answered alike."""
    teacher = fernbank["teacher"]
    await teacher.uses_compose_action()
    await teacher.submits("Continue")
    assert teacher.errors == {"danger": "This is needed.", "told": "This is needed."}
    del teacher.dialog.card["body"][0]["isRequired"]  # type: ignore[union-attr]
    await teacher.fills(told="No")
    await teacher.submits("Continue")
    assert "✗ Is anyone in danger now? Pick an answer." in dialog_of(teacher)
    assert fields_of(teacher)["told"] == "no"


async def test_a_receipt_never_stands_where_others_see_it(teams: Teams, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    teams.blocks(teacher, "not installed")
    said = await colleague.says("Seenmarker", staff_room)
    await teacher.uses_message_action(said)
    await logs_a_concern(teacher)
    await fernbank.settled()
    assert "Logged. Your receipt:" in dialog_of(teacher)
    assert [message for message in colleague.messages if message.from_app] == []


# --- once, and by the right people


async def test_the_same_form_repeated_is_one_concern_with_one_receipt(teams: Teams, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await fernbank.everybody("teacher")
    await teacher.uses_compose_action()
    await logs_a_concern(teacher)
    sent = _submissions(teams)[-1].activity
    bearer = f"Bearer {teams.tokens.good()}"
    answers = await asyncio.gather(*(teams.sender.post(json.dumps(sent), bearer) for _ in range(3)))
    await fernbank.settled()
    assert len(fernbank.numbers()) == 1
    assert ["Your receipt" in json.dumps(answer.body) for answer in answers] == [True] * 3, answers
    assert len([message for message in teacher.messages if "You logged concern" in message.text]) == 1


@pytest.mark.parametrize("who", ["a guest", "another tenant"])
async def test_people_from_outside_get_no_form(teams: Teams, fernbank: AtSchool, who: str) -> None:
    outsider = _outsider(teams, who)
    await outsider.installs()
    await outsider.uses_compose_action()
    assert "Guests and people of other organisations cannot log a concern here" in dialog_of(outsider)
    assert "Is anyone in danger now?" not in dialog_of(outsider)


async def test_a_guest_who_was_let_in_while_teams_was_silent_is_refused_in_the_end(
    teams: Teams, fernbank: AtSchool
) -> None:
    guest = _outsider(teams, "a guest")
    guest.member.installed = True  # of which the app has not been told
    teams.faults.delay(3, "member", times=2)
    await guest.uses_compose_action()
    await logs_a_concern(guest)
    assert "Guests and people of other organisations cannot log a concern here" in dialog_of(guest)
    assert fields_of(guest)["seen"] == WRITTEN["What did you see or hear?"]
    assert fernbank.numbers() == []


async def test_a_dialog_that_is_none_of_ours_is_said_so(teams: Teams, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.uses_compose_action()
    for wrong in ({"do": FIRST}, {"do": "fly"}, {"do": FIRST, "submission": "x" * 100}, {"do": 5}):
        teacher.dialog.card["body"][-1]["actions"][0]["data"] = wrong  # type: ignore[union-attr]
        del teacher.dialog.card["body"][:-1]  # type: ignore[union-attr]
        await teacher.submits()
        assert "This button no longer does anything" in dialog_of(teacher)
        teacher.closes_dialog()
        await teacher.uses_compose_action()
    assert fernbank.numbers() == []


async def _from_a_message(school: AtSchool) -> str:
    """The form is open, with the words of a message waiting for it; the form's key."""
    teacher, colleague = school["teacher"], school["colleague"]
    said = await colleague.says("Seenmarker", school.teams.channel("Staff room", teacher, colleague))
    await teacher.uses_message_action(said)
    assert teacher.dialog
    return str(teacher.dialog.card["body"][-1]["actions"][0]["data"]["submission"])


def _outsider(teams: Teams, who: str) -> Person:
    if who == "a guest":
        return teams.person("Gus Guest", "gus@elsewhere.example", guest=True)
    return teams.person("Ms Amara Bello", "a.bello@fernbank.example", tenant="9d2f7b60-0c11-4f5e-9a3d-5b1e2c8f7a40")


def _submissions(teams: Teams) -> list[Delivery]:
    return [each for each in teams.deliveries if each.name in ("task/submit", "composeExtension/submitAction")]
