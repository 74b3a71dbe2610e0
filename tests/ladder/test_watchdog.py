"""The watchdog of the ladder: what is late, and what has lost its steps."""

from __future__ import annotations

import pytest

from bot.concerns import Detail
from tests.ladder.world import DOINGS, SECOND, World, ask_database, at


def test_a_concern_whose_steps_are_gone_is_found_and_its_ladder_begun_anew(world: World, database: str) -> None:
    world.tampered = True
    lost, kept, answered = world.log(), world.log(seen="He fell."), world.log(seen="They fought.")
    world.acknowledge("dsl", answered.number)
    world.until("2026-11-23 10:05")
    for number in (lost.number, answered.number):
        ask_database(database, f"DELETE FROM notices WHERE school = '{world.school.id}' AND concern = '{number}'")
    health = world.delivery.health(world.now)
    assert health.missing == ((world.school.id, lost.number),)
    assert not health.well
    assert world.delivery.watch(world.now).missing == health.missing
    assert world.delivery.health(world.now).well
    assert world.delivery.watch(world.now).missing == ()
    world.until("2026-11-23 10:21")
    assert world.story("2026-11-23 10:05") == [
        "Mon 10:05 alert: dsl",
        "Mon 10:15 alert: dsl",
        "Mon 10:20 alert: dsl",
    ]
    assert {each.letter.number for each in world.heard if each.at == at("2026-11-23 10:05")} == {lost.number}
    assert {each.letter.number for each in world.heard if each.at == at("2026-11-23 10:15")} == {kept.number}


def test_a_step_is_late_when_a_minute_has_passed(world: World) -> None:
    world.log()
    assert world.delivery.health(world.now + 60 * SECOND).late == 0
    late = world.delivery.health(world.now + 61 * SECOND)
    assert (late.late, late.well, late.missing) == (1, False, ())
    world.until("2026-11-23 10:01")
    assert world.delivery.health(world.now + 61 * SECOND).well


def test_what_goes_as_it_should_is_never_late_and_never_missing(world: World) -> None:
    logged = world.log()
    for clock in ("10:00", "10:15", "10:30", "11:00", "11:30", "12:30"):
        world.until(f"2026-11-23 {clock}")
        assert world.delivery.health(world.now).well
    world.acknowledge("dsl", logged.number)
    world.until("2026-11-24 11:30")
    assert world.delivery.health(world.now).well
    DOINGS["closing"](world, logged.number)
    world.until("2026-11-24 11:31")
    assert world.delivery.health(world.now).waiting == 0


def damage(world: World, database: str, number: str) -> None:
    """Let the row of a concern be such that nothing can read it."""
    mine = f"school = '{world.school.id}' AND number = '{number}'"
    ask_database(database, f"UPDATE concerns SET about = state WHERE {mine}")


def test_a_step_that_always_fails_keeps_no_letter_from_being_sent(
    world: World, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.tampered = True
    bad, good = world.log(), world.log(seen="He fell.")
    damage(world, database, bad.number)
    mine = f"school = '{world.school.id}' AND concern = '{bad.number}'"
    ask_database(database, f"DELETE FROM notices WHERE {mine} AND kind <> 'ran-out'")
    ask_database(database, f"UPDATE notices SET next_at = 0 WHERE {mine}")
    world.until("2026-11-23 10:00:10")
    assert world.story() == ["Mon 10:00 alert: dsl"]
    assert {each.letter.number for each in world.heard} == {good.number}
    assert "a step of kind ran-out could not be taken on" in caplog.text
    assert not world.delivery.health(world.now).well


def test_a_letter_that_cannot_be_read_keeps_no_other_from_being_sent(world: World, database: str) -> None:
    world.tampered = True
    bad, good = world.log(), world.log(seen="He fell.")
    mine = f"school = '{world.school.id}' AND concern = '{bad.number}'"
    ask_database(database, f"UPDATE notices SET recipient = text, next_at = 0 WHERE {mine}")
    world.until("2026-11-23 10:00:10")
    assert {each.letter.number for each in world.heard} == {good.number}
    assert not world.delivery.health(world.now).well


def test_a_concern_that_cannot_be_read_keeps_no_other_without_a_ladder(world: World, database: str) -> None:
    world.tampered = True
    bad, good = world.log().number, world.log(seen="He fell.").number
    ask_database(database, f"DELETE FROM notices WHERE school = '{world.school.id}'")
    damage(world, database, bad)
    assert {number for _, number in world.delivery.watch(world.now).missing} == {bad, good}
    assert world.delivery.health(world.now).missing == ((world.school.id, bad),)


def test_a_concern_that_is_older_than_the_proof_goes_on_without_a_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that the log has never arranged stand for those of a new round: the proof at the end must allow for it."""

    def before(**fields: object) -> Detail:
        return Detail(**{name: value for name, value in fields.items() if name != "terms"})  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr("bot.store.concerns.Detail", before)
        world.log()
    world.until("2026-11-23 10:01")
    world.now = at("2026-11-26 10:00")  # nothing was sent for three days
    world.until("2026-11-26 10:00:05")
    assert world.store.audit(world.school.id).proof(world.now).older == 1
