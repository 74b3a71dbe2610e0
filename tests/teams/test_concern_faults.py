"""Logging a concern in Teams while something fails: it is logged once, or said to be NOT logged."""

from __future__ import annotations

import pytest

from adapters.chat.tasks import NOT_DONE
from bot.store import Accounts, Concerns, Received, Store, StoreError
from tests.conftest import SCHOOL
from tests.slack.school import hanging
from tests.teams.deliveries import Delivery
from tests.teams.people import Person
from tests.teams.school import WRITTEN, AtSchool, first_screen, logs_a_concern, record_of
from tests.teams.seeing import dialog_of
from tests.teams.server import Teams

SEEN = {"What did you see or hear?": "Seenmarker"}
NUMBERS = "Ring one of these people now: Ms Amara Bello on 020 7946 0101"


def _broken(*_: object) -> None:
    raise StoreError("the disk is full")


async def test_a_store_that_is_broken_is_said_at_once_and_the_form_works_afterwards(
    fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = await _with_the_form_filled_in(fernbank)
    with monkeypatch.context() as patch:
        patch.setattr(Concerns, "log", _broken)
        await teacher.submits()
    shown = dialog_of(teacher)
    assert "✗ This was NOT logged: AskFirst could not save it." in shown
    assert NUMBERS in shown
    assert "in danger now, call 999 first" in shown
    assert "begin with ✗" not in shown, "nothing is wrong with what they wrote"
    assert _everything_is_there(teacher)
    assert fernbank.numbers() == []
    await teacher.submits()
    assert len(fernbank.numbers()) == 1
    assert "Logged. Your receipt" in dialog_of(teacher)


async def test_a_store_that_cannot_say_who_it_is_keeps_nobody_from_logging(
    fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = await _with_the_form_filled_in(fernbank)
    with monkeypatch.context() as patch:
        for name in ("who", "keep"):
            patch.setattr(Accounts, name, _broken)
        await teacher.submits()
    assert "Logged. Your receipt" in dialog_of(teacher)
    assert len(fernbank.numbers()) == 1


async def test_a_store_that_hangs_is_said_before_teams_gives_up(teams: Teams, fernbank: AtSchool, store: Store) -> None:
    teacher = await _with_the_form_filled_in(fernbank)
    with hanging(store):
        await teacher.submits()
        assert "NOT logged" in dialog_of(teacher)
        assert NUMBERS in dialog_of(teacher)
        assert _everything_is_there(teacher)
        assert _last(teams).answer.seconds < 5
    await teacher.submits()
    assert "Logged. Your receipt" in dialog_of(teacher)
    assert len(fernbank.numbers()) == 1


async def test_somebody_who_is_new_is_told_in_time_as_well(teams: Teams, fernbank: AtSchool, store: Store) -> None:
    teacher = fernbank["teacher"]
    with hanging(store):
        await teacher.uses_compose_action()
        await first_screen(teacher)
        await teacher.fills(**{"Whom is it about?": ["A pupil or pupils"], **WRITTEN})
        await teacher.submits()
        assert "NOT logged" in dialog_of(teacher)
        assert all(each.answer.seconds < 5 for each in teams.deliveries)


async def test_whoever_it_is_about_is_not_the_one_to_ring(fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher = fernbank["teacher"]
    await teacher.uses_compose_action()
    await first_screen(teacher)
    await teacher.fills(**{"Whom is it about?": ["The headteacher"], **SEEN})
    monkeypatch.setattr(Concerns, "log", _broken)
    await teacher.submits()
    (line,) = [line for line in dialog_of(teacher).splitlines() if "NOT logged" in line]
    assert "Mr Tomasz Zielinski on 020 7946 0110" in line
    assert "Calder" not in line


async def test_the_form_opens_though_the_store_is_broken(fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = fernbank.teams.channel("Staff room", teacher, colleague)
    said = await colleague.says("Seenmarker", staff_room)
    with monkeypatch.context() as patch:
        for kind, names in ((Accounts, ("who", "keep")), (Received, ("take", "kept"))):
            for name in names:
                patch.setattr(kind, name, _broken)
        await teacher.uses_message_action(said)
        await first_screen(teacher)
    assert "Whom is it about?" in dialog_of(teacher)


async def test_the_form_opens_though_the_store_hangs(teams: Teams, fernbank: AtSchool, store: Store) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    said = await colleague.says("Seenmarker", teams.channel("Staff room", teacher, colleague))
    with hanging(store):
        await teacher.uses_message_action(said)
        assert teams.deliveries[-1].answer.seconds < 5
        await first_screen(teacher)
        assert "Whom is it about?" in dialog_of(teacher)


async def test_teams_that_does_not_say_who_it_is_keeps_nobody_from_logging(teams: Teams, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    teams.faults.delay(6, "member", times=None)
    await teacher.uses_compose_action()
    about = ("An adult at the school",)
    await logs_a_concern(teacher, about=about, written={**SEEN, "The adult": colleague})
    assert "I cannot tell who this is" in dialog_of(teacher)
    await teacher.fills(**{"The adult": None, "Not in the list: full name": "Dev Anand"})
    await teacher.submits()
    assert "Logged. Your receipt" in dialog_of(teacher)
    assert all(each.answer.seconds < 5 for each in teams.deliveries)
    (number,) = fernbank.numbers()
    assert record_of(fernbank, number, "head").report.reporter.name == "Priya Shah"
    teams.faults.clear()


async def test_a_lost_answer_and_another_press_are_one_concern(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await _with_the_form_filled_in(fernbank)
    teams.faults.delay(1.2, "member")
    teams.sender.pace.invoke = 0.6
    await teacher.submits()
    teams.sender.pace.invoke = 5.0
    teams.expected("no answer within")
    assert "Unable to reach app" in dialog_of(teacher)
    await teams.settled(lambda: fernbank.numbers())
    await teacher.submits()
    assert "Logged. Your receipt" in dialog_of(teacher)
    await fernbank.settled()
    assert len(fernbank.numbers()) == 1
    assert len([message for message in teacher.messages if "You logged concern" in message.text]) == 1


async def test_a_receipt_that_cannot_be_sent_was_shown_in_the_form(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await _with_the_form_filled_in(fernbank)
    teams.blocks(teacher)
    await teacher.submits()
    assert "Logged. Your receipt" in dialog_of(teacher)
    assert "Copy this number now. I also try to send it" in dialog_of(teacher), "it is shown before it is tried"
    await fernbank.settled()
    assert len(fernbank.numbers()) == 1


async def test_what_is_pressed_is_answered_in_time_and_what_was_written_is_not_cut_off(
    teams: Teams, fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step has its own time; all together would be more than the five seconds that Teams waits."""
    teacher, room = fernbank["teacher"], teams.channel("Staff room", fernbank["teacher"], fernbank["colleague"])
    await teacher.uses_compose_action(chat=room)
    await first_screen(teacher)
    await teacher.fills(**{"Whom is it about?": ["A pupil or pupils"], **WRITTEN})
    monkeypatch.setattr("adapters.teams.invokes._ALTOGETHER", 0.2)
    teams.faults.delay(0.6, "member", times=None)
    await teacher.submits()
    assert "Logged. Your receipt" in dialog_of(teacher)
    teacher.closes_dialog()
    await fernbank.everybody("dsl")
    fernbank.log("two")
    await fernbank.sends()
    await fernbank["dsl"].presses("Open")
    assert NOT_DONE in dialog_of(fernbank["dsl"])
    assert teams.deliveries[-1].answer.seconds < 0.6
    teams.faults.clear()


async def test_what_sort_a_channel_is_is_not_asked_while_somebody_waits_for_a_receipt(
    teams: Teams, fernbank: AtSchool, store: Store
) -> None:
    teacher, room = fernbank["teacher"], teams.channel("Staff room", fernbank["teacher"], fernbank["colleague"])
    await teacher.uses_compose_action(chat=room)
    await first_screen(teacher)
    await teacher.fills(**{"Whom is it about?": ["A pupil or pupils"], **WRITTEN})
    store.places(SCHOOL, "teams-channel").forget(room.id)
    asked = len(teams.calls_to("channels"))
    await teacher.submits()
    assert "Logged. Your receipt" in dialog_of(teacher)
    assert len(teams.calls_to("channels")) == asked


async def _with_the_form_filled_in(school: AtSchool) -> Person:
    """A teacher who has the app, and has filled in everything but not sent it."""
    await school.everybody("teacher")
    teacher = school["teacher"]
    await teacher.uses_compose_action()
    await first_screen(teacher)
    await teacher.fills(**{"Whom is it about?": ["A pupil or pupils"], **WRITTEN})
    return teacher


def _everything_is_there(person: Person) -> bool:
    assert person.dialog and person.dialog.sheet
    return {*WRITTEN.values()} <= {*person.dialog.sheet.values.values()}


def _last(teams: Teams) -> Delivery:
    """The last form that somebody sent."""
    return next(each for each in reversed(teams.deliveries) if "submit" in each.name)
