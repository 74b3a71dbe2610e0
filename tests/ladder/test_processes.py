"""Processes that die, processes that meet, and somebody who answers while a letter is on its way."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.concerns import Actor, Detail
from bot.concerns.ladder.retrying import LEASE
from bot.service.letters import REPEAT
from bot.store import StoreError
from tests.databases import wait_until
from tests.ladder.world import LONDON, SECOND, Broken, World, ask_database, at

# --- processes that die, and processes that meet


@pytest.mark.parametrize(
    ("rung", "people"),
    [("10:00", ["dsl"]), ("10:15", ["dsl"]), ("10:30", ["deputy-1", "deputy-2"]), ("11:00", ["head"])],
)
def test_a_process_that_died_while_sending_is_made_up_for_by_the_next(
    world: World, rung: str, people: list[str]
) -> None:
    logged = world.log()
    _run_up_to(world, rung)
    taken = world.delivery.claim(world.now)  # and then the machine goes down
    dead, world.delivery = world.delivery, world.worker()
    before = len(world.heard)
    world.now += LEASE
    assert world.delivery.claim(world.now) == ()
    world.now += SECOND
    again = world.delivery.claim(world.now)
    assert {notice.id for notice in again} == {notice.id for notice in taken}
    assert sorted(notice.recipient.person for notice in again) == people
    assert [notice.repeat for notice in taken + again] == [False] * len(taken) + [True] * len(again)
    for notice in again:
        world.post(notice)
    assert all(REPEAT in each.letter.text for each in world.heard[before:])
    lines = world.kinds(logged.number)
    for notice in taken:  # the dead one was only slow
        dead.sent(notice, "email", world.now)
    assert world.kinds(logged.number) == lines


def _run_up_to(world: World, clock: str) -> None:
    """Everything before this moment, and then the moment itself, with nothing of it handed over."""
    moment = at(f"2026-11-23 {clock}")
    world.until((moment - SECOND).astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S"))
    world.now = moment


def test_after_a_restart_the_ladder_goes_on_where_it_was(world: World) -> None:
    world.log()
    for clock in ("10:05", "10:20", "10:45", "11:15", "11:31"):
        world.until(f"2026-11-23 {clock}")
        world.delivery = world.worker()
    assert world.story() == [
        "Mon 10:00 alert: dsl",
        "Mon 10:15 alert: dsl",
        "Mon 10:30 alert: deputy-1, deputy-2",
        "Mon 11:00 alert: head",
        "Mon 11:30 alert: dsl",
        "Mon 11:30 news: reporter",
    ]


def test_after_a_long_pause_nobody_is_passed_over(world: World) -> None:
    """Nothing was sent from ten to a quarter to twelve: everybody whose time has come hears at once, and once; the
    ladder does not end before they have had time to answer."""
    world.log()
    world.now = at("2026-11-23 11:45")
    world.until("2026-11-23 12:20")
    assert world.story() == [
        "Mon 11:45 alert: deputy-1, deputy-2, dsl, head",
        "Mon 12:15 alert: dsl",
        "Mon 12:15 news: reporter",
    ]


def test_two_processes_at_once_never_take_the_same_letter(world: World) -> None:
    for number in range(4):
        world.log(danger="yes", seen=f"She flinched {number} times.")
    taken: list[str] = []
    ready = threading.Barrier(2)

    def work() -> None:
        delivery = world.worker()
        ready.wait()
        while notices := delivery.claim(world.now, limit=1):
            taken.extend(notice.id for notice in notices)
            delivery.sent(notices[0], "email", world.now)

    at_once(work, work)
    assert len(taken) == len(set(taken)) == 12


def test_two_people_who_acknowledge_at_once_leave_one_holder(world: World) -> None:
    logged = world.log()
    holders: list[str] = []
    ready = threading.Barrier(2)

    def answer(person: str) -> Callable[[], None]:
        def run() -> None:
            ready.wait()
            holder = world.acknowledge(person, logged.number).holder
            holders.append(holder.person if holder else "")

        return run

    at_once(answer("dsl"), answer("head"))
    assert len(holders) == 2
    assert len(set(holders)) == 1
    assert world.kinds(logged.number) == ["logged", "acknowledged"]


def at_once(*runs: Callable[[], None]) -> None:
    threads = [threading.Thread(target=run) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- somebody answers while a letter is on its way


def test_a_letter_on_its_way_is_written_down_after_somebody_answered_and_is_the_last(world: World) -> None:
    logged = world.log()
    _run_up_to(world, "10:30")
    on_their_way = world.delivery.claim(world.now)
    world.acknowledge("dsl", logged.number)
    for notice in on_their_way:
        world.post(notice)
    world.until("2026-11-23 17:00")
    assert world.kinds(logged.number) == [
        "logged", "alert-sent", "alert-sent", "acknowledged", "alert-sent", "alert-sent",
    ]  # fmt: skip
    assert world.story("2026-11-23 10:31") == []


@pytest.mark.parametrize("permanent", [False, True])
def test_a_letter_that_fails_after_somebody_answered_is_not_tried_again(world: World, permanent: bool) -> None:
    logged = world.log()
    (on_its_way,) = world.delivery.claim(world.now)
    world.acknowledge("dsl", logged.number)
    world.broken["dsl", "email"] = Broken(permanent)
    world.post(on_its_way)
    world.until("2026-11-23 17:00")
    assert world.kinds(logged.number) == ["logged", "acknowledged", "alert-failed"]
    assert world.story() == ["Mon 10:00 news: reporter"]


def test_answering_and_marking_a_letter_at_the_same_moment_get_in_nobody_s_way(world: World, database: str) -> None:
    world.tampered = True  # the answer below is a line alone, and makes no reminder
    logged = world.log()
    (on_its_way,) = world.delivery.claim(world.now)
    faults: list[StoreError] = []

    def mark() -> None:
        try:
            world.delivery.sent(on_its_way, "email", world.now)
        except StoreError as fault:
            faults.append(fault)

    marking = threading.Thread(target=mark)
    with world.store.concerns(world.school.id).work(logged.number, world.reader("dsl")) as case:
        case.append("acknowledged", Actor("dsl", "Ms Amara Bello"), Detail(), world.now)
        marking.start()
        if database.startswith("postgresql"):
            wait_until(lambda: somebody_waits(database))
        case.stop_ladder()
    marking.join()
    assert faults == []
    assert world.kinds(logged.number) == ["logged", "acknowledged", "alert-sent"]


def somebody_waits(database: str) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(ask_database(database, waiting))


def test_a_step_that_was_called_off_after_it_was_claimed_is_not_taken(world: World) -> None:
    """Else a ladder that was passed on in that moment would run twice, and tell the reporter that nobody answered."""
    logged = world.log()
    _run_up_to(world, "11:30")
    outbox = world.store.outbox((world.school.id,))
    (ran_out,) = [notice for notice in outbox.claim(world.now) if notice.kind == "ran-out"]
    world.casework.reassign(world.reader("dsl"), logged.number, "online", "He knows her.", world.now)
    with world.store.concerns(world.school.id).work_on_ladder(logged.number) as case:
        assert not case.take(outbox, ran_out)
