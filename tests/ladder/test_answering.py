"""What answers a concern and what comes after: reminders, passing it on, more from the reporter, actions with a day."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.concerns import Actor
from bot.service.casework import RefusedError
from bot.store import UnknownConcernError
from tests.ladder.world import DOINGS, TEACHER, World, at

# --- answering, and what comes after it


def test_answering_stops_the_ladder_and_the_reporter_hears_who_has_it(world: World) -> None:
    world.now = at("2026-09-03 10:00")  # summer time
    logged = world.log()
    world.until("2026-09-03 10:05")
    state = world.acknowledge("deputy-1", logged.number)
    world.until("2026-09-03 17:00")
    assert (state.status, state.holder) == ("acknowledged", Actor("deputy-1", "Mr Owen Pryce"))
    assert world.story() == ["Thu 10:00 alert: dsl", "Thu 10:05 news: reporter"]
    assert "Mr Owen Pryce acknowledged it at 10:05 on 3 September." in world.heard[-1].letter.text


def test_whoever_answers_and_does_nothing_is_reminded_and_then_everybody(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 10:05")
    world.acknowledge("deputy-1", logged.number)
    world.until("2026-11-26 10:00")
    assert world.story("2026-11-23 10:06") == [
        "Tue 10:05 follow-up: deputy-1",
        "Wed 10:05 follow-up: deputy-1, deputy-2, dsl, head",
    ]
    world.casework.note(world.reader("dsl"), logged.number, "Spoke to home.", world.now)
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-26 10:00") == []


def test_a_reminder_waits_for_the_next_school_day(world: World) -> None:
    world.now = at("2026-10-23 10:00")
    logged = world.log()
    world.acknowledge("dsl", logged.number)
    world.until("2026-11-02 11:00")
    assert world.story()[-1] == "Mon 10:00 follow-up: dsl"


def test_a_reminder_of_a_concern_about_an_adult_goes_to_nobody_else(world: World) -> None:
    logged = world.log(TEACHER)
    world.acknowledge("head", logged.number)
    world.until("2026-11-27 11:00")
    assert {each.who for each in world.heard if each.letter.kind == "follow-up"} == {"head"}


@pytest.mark.parametrize("doing", DOINGS)
def test_doing_something_about_it_stops_the_reminders_and_counts_as_answering(world: World, doing: str) -> None:
    logged = world.log()
    DOINGS[doing](world, logged.number)
    world.until("2026-11-27 17:00")
    assert {each.letter.kind for each in world.heard} == {"news"}
    assert "acknowledged" in world.kinds(logged.number)


def test_only_reading_it_does_not_stop_them(world: World) -> None:
    logged = world.log()
    world.acknowledge("dsl", logged.number)
    world.casework.read(world.reader("dsl"), logged.number, world.now)
    world.until("2026-11-24 10:00")
    assert world.story()[-1] == "Tue 10:00 follow-up: dsl"


def test_only_reading_it_does_not_stop_the_ladder_either(world: World) -> None:
    logged = world.log()
    world.casework.read(world.reader("dsl"), logged.number, world.now)
    world.until("2026-11-23 10:31")
    assert world.story()[-1] == "Mon 10:30 alert: deputy-1, deputy-2"


def test_one_that_is_taken_up_again_is_reminded_of_again(world: World) -> None:
    logged = world.log()
    DOINGS["closing"](world, logged.number)
    world.until("2026-12-01 12:00")
    world.casework.reopen(world.reader("deputy-2"), logged.number, "Heard more.", world.now)
    world.until("2026-12-02 12:00")
    assert world.story("2026-12-01 12:00") == ["Wed 12:00 follow-up: deputy-2"]


# --- passing it on


def test_whoever_it_is_passed_to_is_called_first_and_then_the_ladder_as_it_was(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 10:05")
    world.acknowledge("dsl", logged.number)
    with pytest.raises(UnknownConcernError):
        world.casework.read(world.reader("online"), logged.number, world.now)
    world.casework.reassign(world.reader("dsl"), logged.number, "online", "He knows her.", world.now)
    world.until("2026-11-23 12:06")
    assert world.story("2026-11-23 10:05") == [
        "Mon 10:05 alert: online",
        "Mon 10:05 news: reporter, reporter",
        "Mon 10:20 alert: online",
        "Mon 10:35 alert: dsl",
        "Mon 10:50 alert: dsl",
        "Mon 11:05 alert: deputy-1, deputy-2",
        "Mon 11:35 alert: head",
        "Mon 12:05 alert: online",
        "Mon 12:05 news: reporter",
    ]
    assert world.casework.read(world.reader("online"), logged.number, world.now).state.passed_to == "online"
    world.acknowledge("online", logged.number)
    world.until("2026-11-23 17:00")
    assert world.story("2026-11-23 12:06") == ["Mon 12:06 news: reporter"]


def test_more_from_the_reporter_does_not_take_it_from_whoever_it_was_passed_to(world: World) -> None:
    logged = world.log()
    world.casework.reassign(world.reader("dsl"), logged.number, "online", "He knows her.", world.now)
    world.casework.add(logged.receipt, "It was on Tuesday.", world.now)
    world.until("2026-11-23 12:10")
    assert [each.who for each in world.heard if each.at == at("2026-11-23 12:00")].count("online") == 1


@pytest.mark.parametrize("person", ["deputy-1", "online", "dsl", "lado", "nobody"])
def test_it_cannot_be_passed_to_whom_it_is_about_who_logged_it_oneself_or_nobody(world: World, person: str) -> None:
    about_adult = world.log(TEACHER, adult="deputy-1", adult_name="", you="online", you_name="", signed_in="online")
    head = world.reader("head")
    with pytest.raises(RefusedError):
        world.casework.reassign(head, about_adult.number, "head" if person == "dsl" else person, "x", world.now)
    world.until("2026-11-23 13:00")
    assert {each.who for each in world.heard} == {"head", "chair", "reporter"}


# --- more from the reporter


def test_more_from_the_reporter_calls_whoever_has_it_again_and_then_the_others(world: World) -> None:
    logged = world.log()
    world.acknowledge("deputy-1", logged.number)
    world.until("2026-11-23 13:00")
    world.casework.add(logged.receipt, "He said it again.", world.now)
    world.until("2026-11-23 14:01")
    assert world.story("2026-11-23 12:00") == [
        "Mon 13:00 alert: deputy-1",
        "Mon 13:15 alert: deputy-1",
        "Mon 13:30 alert: dsl",
        "Mon 13:45 alert: dsl",
        "Mon 14:00 alert: deputy-1, deputy-2",
    ]


def test_more_from_the_reporter_about_one_that_was_closed_calls_again_too(world: World) -> None:
    logged = world.log()
    DOINGS["closing"](world, logged.number)
    world.until("2026-11-24 13:00")
    world.casework.add(logged.receipt, "He said it again.", world.now)
    world.until("2026-11-24 13:01")
    assert world.story("2026-11-24 12:00") == ["Tue 13:00 alert: dsl"]
    assert world.acknowledge("dsl", logged.number).status == "acknowledged"


def test_more_from_the_reporter_before_anybody_answered_leaves_the_ladder_as_it_is(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 10:20")
    world.casework.add(logged.receipt, "He said it again.", world.now)
    world.until("2026-11-23 10:31")
    assert world.story() == ["Mon 10:00 alert: dsl", "Mon 10:15 alert: dsl", "Mon 10:30 alert: deputy-1, deputy-2"]


# --- an action with a day


def test_an_action_is_reminded_of_on_the_morning_of_its_day(world: World) -> None:
    logged = world.log()
    world.casework.action(world.reader("dsl"), logged.number, "Ring home", dt.date(2026, 12, 2), world.now)
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-24 00:00") == ["Wed 08:00 action-due: dsl"]


def test_an_action_that_was_done_is_not_reminded_of(world: World) -> None:
    logged = world.log()
    world.casework.action(world.reader("dsl"), logged.number, "Ring home", dt.date(2026, 12, 2), world.now)
    (action,) = [event for event in world.chronology(logged.number) if event.kind == "action"]
    world.casework.action_done(world.reader("dsl"), logged.number, action.number, world.now)
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-24 00:00") == []


@pytest.mark.parametrize(("becomes", "reminded"), [("kept", True), ("done", False), ("cancelled", False)])
def test_an_action_is_reminded_of_after_the_closing_only_if_it_was_kept(
    world: World, becomes: str, reminded: bool
) -> None:
    logged, dsl = world.log(), world.reader("dsl")
    world.casework.action(dsl, logged.number, "Ring home", dt.date(2026, 12, 2), world.now)
    action = world.chronology(logged.number)[-1].number
    world.casework.close(dsl, logged.number, "Done", "Done", None, world.now, {action: becomes})
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-24 00:00") == (["Wed 08:00 action-due: dsl"] if reminded else [])


def test_an_action_that_was_kept_can_be_done_after_the_closing_and_is_asked_about_again(world: World) -> None:
    logged, dsl = world.log(), world.reader("dsl")
    world.casework.action(dsl, logged.number, "Ring home", dt.date(2026, 12, 2), world.now)
    action = world.chronology(logged.number)[-1].number
    world.casework.close(dsl, logged.number, "Done", "Done", None, world.now, {action: "kept"})
    world.casework.reopen(dsl, logged.number, "It went on", world.now)
    with pytest.raises(RefusedError, match="an action is still open"):
        world.casework.close(dsl, logged.number, "Done", "Done", None, world.now)
    world.casework.close(dsl, logged.number, "Done", "Done", None, world.now, {action: "kept"})
    world.casework.action_done(dsl, logged.number, action, world.now)
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-24 00:00") == []


def test_whoever_it_was_passed_to_hears_that_it_is_closed(world: World) -> None:
    logged, dsl = world.log(), world.reader("dsl")
    world.casework.reassign(dsl, logged.number, "deputy-1", "He knows her", world.now)
    world.casework.close(dsl, logged.number, "Done", "Done", None, world.now)
    world.until("2026-11-27 17:00")
    (letter,) = [each for each in world.heard if each.letter.kind == "closed"]
    assert letter.who == "deputy-1"
    assert "which was passed on to you, has been closed" in letter.letter.text


def test_whoever_closes_it_is_not_told_that_it_is_closed(world: World) -> None:
    logged = world.log()
    world.casework.reassign(world.reader("dsl"), logged.number, "deputy-1", "He knows her", world.now)
    world.casework.close(world.reader("deputy-1"), logged.number, "Done", "Done", None, world.now)
    world.until("2026-11-27 17:00")
    assert "closed" not in {each.letter.kind for each in world.heard}


def test_nothing_is_sent_about_a_concern_that_was_deleted(world: World) -> None:
    logged = world.log()
    world.casework.action(world.reader("dsl"), logged.number, "Ring home", dt.date(2026, 12, 2), world.now)
    action = world.chronology(logged.number)[-1].number
    world.casework.close(world.reader("dsl"), logged.number, "Done", "Done", None, world.now, {action: "kept"})
    world.casework.ask_deletion(world.reader("dsl"), logged.number, "Logged by mistake", world.now)
    world.casework.answer_deletion(world.reader("head"), logged.number, True, "Agreed", world.now)
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-24 00:00") == []
