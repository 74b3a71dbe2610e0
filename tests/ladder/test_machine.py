"""What the machine under it does wrong: a clock that is put back, a database that takes no writes."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.store import Notice, StoreError
from tests.ladder.world import LONDON, MINUTE, SECOND, Broken, World

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def runs(world: World, real: dt.timedelta, back: dt.timedelta) -> list[str]:
    """So much real time passes, on a clock that was put back before; who hears, by what the clock should say."""
    end = world.now + real
    while world.now < end:
        world.hand_over()
        world.now += 20 * SECOND
    return [
        f"{(each.at + back).astimezone(LONDON):%H:%M} {each.who}" for each in world.heard if each.letter.kind == "alert"
    ]


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_a_clock_that_is_put_back_keeps_nobody_waiting(world: World, back: dt.timedelta) -> None:
    world.log()
    runs(world, 10 * MINUTE, 0 * MINUTE)
    world.now -= back
    told = runs(world, 22 * MINUTE, back)[1:]
    assert told[0] in ("10:14 dsl", "10:15 dsl", "10:16 dsl")
    assert [line.split()[1][:6] for line in told] == ["dsl", "deputy", "deputy"]


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_after_a_clock_was_put_back_a_dead_process_is_still_made_up_for(world: World, back: dt.timedelta) -> None:
    world.log()
    assert len(world.delivery.claim(world.now)) == 1  # and then the machine goes down, and comes back with another time
    world.delivery = world.worker()
    world.now -= back
    told = runs(world, 1 * MINUTE, back)
    assert [line.split()[1] for line in told] == ["dsl"]


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_what_waits_for_its_next_try_is_tried_though_the_clock_was_put_back(world: World, back: dt.timedelta) -> None:
    for person in ("dsl", "deputy-1", "deputy-2", "head"):
        world.broken[person, "email"] = Broken(wait=250)
    world.log()
    world.until("2026-11-23 10:01")
    world.broken.clear()
    world.heard.clear()
    world.now -= back
    told = runs(world, 6 * MINUTE, back)
    assert [line.split()[1] for line in told] == ["dsl"]


def test_a_correction_of_seconds_moves_nothing(world: World) -> None:
    world.log()
    world.until("2026-11-23 10:10")
    world.now -= 30 * SECOND
    world.until("2026-11-23 10:29")
    assert [f"{each.at.astimezone(LONDON):%H:%M:%S}" for each in world.heard] == ["10:00:00", "10:15:00"]


@contextmanager
def held_by_somebody(database: str) -> Iterator[None]:
    """Another program writes, and does not end."""
    connection = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def without_room(world: World) -> Iterator[None]:
    """Every write meets a full disk."""

    def refuse(*_: object) -> None:
        raise StoreError("the database cannot be used (OperationalError)")

    patch = pytest.MonkeyPatch()
    patch.setattr(type(world.delivery._outbox._database), "transaction", refuse)
    try:
        yield
    finally:
        patch.undo()


def test_what_cannot_be_marked_is_sent_once_and_marked_when_that_is_possible(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    logged = world.log()
    with without_room(world):
        for _ in range(30):
            for notice in claimed(world):
                with pytest.raises(StoreError):
                    world.post(notice)
            world.now += 10 * SECOND
    assert world.story() == ["Mon 10:00 alert: dsl"]
    assert "1 alerts are sent and cannot be marked" in caplog.text
    world.until("2026-11-23 10:16")
    assert world.story() == ["Mon 10:00 alert: dsl", "Mon 10:15 alert: dsl"]
    assert world.kinds(logged.number) == ["logged", "alert-sent", "alert-sent"]


def test_what_was_sent_without_a_mark_is_marked_before_later_rungs_are_called_off(world: World) -> None:
    """The proof at the end finds no alert called off for one that came before its time."""
    logged = world.log()
    with without_room(world):
        for _ in range(2):
            for notice in claimed(world):
                with pytest.raises(StoreError):
                    world.post(notice)
            world.now += 15 * MINUTE + 10 * SECOND
    assert world.story() == ["Mon 10:00 alert: dsl", "Mon 10:15 alert: dsl"]
    world.until("2026-11-23 10:31")
    assert world.story()[2:] == ["Mon 10:30 alert: deputy-1, deputy-2"]
    assert world.kinds(logged.number) == ["logged", *["alert-sent"] * 4]


def test_what_is_due_while_an_earlier_letter_is_not_marked_yet_goes_out(world: World) -> None:
    world.log()
    with without_room(world):
        (notice,) = world.delivery.claim(world.now)
        with pytest.raises(StoreError):
            world.post(notice)
    world.now += 15 * MINUTE
    world.until("2026-11-23 10:16")
    assert world.story() == ["Mon 10:00 alert: dsl", "Mon 10:15 alert: dsl"]


def test_what_was_sent_without_a_mark_and_is_answered_meanwhile_stands_in_the_log(world: World) -> None:
    logged = world.log()
    with without_room(world):
        (notice,) = world.delivery.claim(world.now)
        with pytest.raises(StoreError):
            world.post(notice)
    world.acknowledge("dsl", logged.number)
    world.until("2026-11-23 10:05")
    assert world.kinds(logged.number) == ["logged", "acknowledged", "alert-sent"]


def test_what_another_process_has_sent_and_marked_is_marked_once(world: World) -> None:
    logged = world.log()
    with without_room(world):
        (notice,) = world.delivery.claim(world.now)
        with pytest.raises(StoreError):
            world.post(notice)
    first, world.delivery = world.delivery, world.worker()
    world.hand_over()
    assert first.claim(world.now) == ()
    assert world.kinds(logged.number) == ["logged", "alert-sent"]


def test_what_cannot_be_marked_and_does_not_arrive_is_tried_every_minute(world: World) -> None:
    world.broken["dsl", "email"] = Broken()
    world.log()
    with without_room(world):
        for _ in range(30):
            for notice in claimed(world):
                with pytest.raises(StoreError):
                    world.post(notice)
            world.now += 10 * SECOND
    assert len(world.tries()) == 5


def claimed(world: World) -> tuple[Notice, ...]:
    try:
        return world.delivery.claim(world.now)
    except StoreError:
        return ()


def test_a_letter_that_was_sent_and_could_not_be_marked_is_not_sent_again(world: World) -> None:
    logged = world.log()
    (notice,) = world.delivery.claim(world.now)
    with without_room(world), pytest.raises(StoreError):
        world.post(notice)
    world.until("2026-11-23 10:05")
    assert world.story() == ["Mon 10:00 alert: dsl"]
    assert world.kinds(logged.number) == ["logged", "alert-sent"]


@pytest.mark.parametrize("claimed_before_it_arrives", [True, False])
def test_a_letter_on_its_way_while_there_is_room_again_is_not_sent_twice(
    world: World, claimed_before_it_arrives: bool
) -> None:
    logged = world.log()
    with without_room(world):
        (notice,) = world.delivery.claim(world.now)
    if claimed_before_it_arrives:
        assert world.delivery.claim(world.now) == ()
    world.post(notice)
    world.until("2026-11-23 10:05")
    assert world.story() == ["Mon 10:00 alert: dsl"]
    assert world.kinds(logged.number) == ["logged", "alert-sent"]


@pytest.mark.wide
def test_while_somebody_holds_the_database_due_alerts_go_out(world: World, database: str) -> None:
    if not database.startswith("sqlite"):
        pytest.skip("readers and writers of PostgreSQL do not keep each other out")
    world.log()
    with held_by_somebody(database):
        (notice,) = world.delivery.claim(world.now)
        with pytest.raises(StoreError):
            world.post(notice)
    world.until("2026-11-23 10:01")
    assert world.story() == ["Mon 10:00 alert: dsl"]
