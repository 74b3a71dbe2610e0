"""The ladder when whoever logged it is on it, and when people change their parts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.knowledge import Person
from bot.service.casework import RefusedError
from bot.service.letters import LOGGED_IN_YOUR_NAME
from tests.ladder.world import DOINGS, PUPIL, TEACHER, World, at, with_roles

# --- whoever logged it
BY_THE_DSL = {**PUPIL, "you": "dsl", "you_name": "", "you_email": ""}


def test_a_dsl_who_logs_a_concern_is_not_called_about_it_and_others_must_answer(world: World) -> None:
    logged = world.log(BY_THE_DSL, signed_in="dsl")
    with pytest.raises(RefusedError, match="you logged this one"):
        world.acknowledge("dsl", logged.number)
    with pytest.raises(RefusedError, match="you logged this one"):
        DOINGS["closing"](world, logged.number)
    world.casework.note(world.reader("dsl"), logged.number, "I rang home.", world.now)
    world.until("2026-11-23 12:05")
    assert world.story() == [
        "Mon 10:00 alert: deputy-1, deputy-2",
        "Mon 10:30 alert: head",
        "Mon 11:00 alert: deputy-1, deputy-2",
        "Mon 11:00 news: reporter",
        "Mon 11:30 alert: head",
        "Mon 12:00 alert: deputy-1, deputy-2",
        "Mon 12:00 news: reporter",
    ]


def test_a_dsl_who_closed_what_they_logged_is_still_not_called_about_it(world: World) -> None:
    logged = world.log(BY_THE_DSL, signed_in="dsl")
    world.acknowledge("deputy-1", logged.number)
    DOINGS["closing"](world, logged.number)
    world.until("2026-11-24 10:00")
    world.casework.add(logged.receipt, "It happened again.", world.now)
    world.until("2026-11-24 10:01")
    assert world.story("2026-11-24 10:00") == ["Tue 10:00 alert: deputy-1, deputy-2"]


@pytest.mark.parametrize("signed_in", ["", "deputy-1"])
def test_a_dsl_in_whose_name_anybody_may_have_logged_it_is_called_and_told_so_every_time(
    world: World, signed_in: str
) -> None:
    logged = world.log(BY_THE_DSL, signed_in=signed_in)
    world.until("2026-11-23 11:31")
    assert world.story()[0] == "Mon 10:00 alert: dsl"
    assert "Mon 11:30 alert: dsl" in world.story()
    named = {each.who for each in world.heard if LOGGED_IN_YOUR_NAME in each.letter.lines}
    assert named == {"dsl"}
    assert all(LOGGED_IN_YOUR_NAME in each.letter.lines for each in world.heard if each.who == "dsl")
    assert world.acknowledge("dsl", logged.number).status == "acknowledged"


def test_a_false_name_does_not_let_the_chair_into_a_concern_about_an_adult(world: World) -> None:
    world.log(TEACHER, you="head", you_name="")
    world.until("2026-11-23 10:01")
    assert world.story() == ["Mon 10:00 alert: head"]


# --- when people change their parts


def test_whoever_takes_a_part_over_is_called_from_the_next_round_on(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 10:20")
    fresh = Person("dsl-2", "Mr Idris Vaughan", "Designated Safeguarding Lead", "020 7946 0106", "i@fernbank.example")
    people = {**world.school.people, "dsl-2": fresh}
    world.school = replace(with_roles(world.school, dsl=("dsl-2",)), people=people)
    world.until("2026-11-23 11:31")
    assert world.story("2026-11-23 11:30") == ["Mon 11:30 alert: dsl-2", "Mon 11:30 news: reporter"]
    assert world.acknowledge("dsl-2", logged.number).status == "acknowledged"


@pytest.mark.parametrize("change", ["the headteacher left", "the deputy became headteacher"])
def test_whoever_is_called_in_a_later_round_can_read_it(world: World, change: str) -> None:
    logged = world.log(TEACHER, adult="deputy-1", adult_name="")
    head = () if change == "the headteacher left" else ("deputy-1",)
    world.school = with_roles(world.school, head=head)
    world.until("2026-11-23 11:01")
    called = [each.who for each in world.heard if each.at == at("2026-11-23 11:00") and each.who != "reporter"]
    assert called == ["chair"]
    assert world.acknowledge("chair", logged.number).status == "acknowledged"
