"""After a restore: who hears of it, alerts that stand still, what a person says, and receipts that are gone."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.delivering.sender import Sender
from bot.concerns import Actor
from bot.knowledge import School
from bot.service.restoring import hold, let_run, standing
from bot.store import Restored, Store, new_key, open_store
from tests.backup.places import backup, restore
from tests.conftest import KEY
from tests.ladder.world import TEACHER, Broken, World, ask_database, at

FRESH = new_key()
QUIET = dt.timedelta(seconds=30)  # that no server has been running for
BY = Actor("dsl", "Ms Amara Bello")
RESTORED = "the log was restored from a backup, and somebody is to look (askfirst restored)"
TOLD = ["chair", "dsl", "head"]


class Server:
    """A school whose database is backed up at ten past ten and put back at a quarter to twelve, on a Monday."""

    def __init__(self, url: str, school: School, folder: Path) -> None:
        self.url, self._school, self._folder = url, school, folder
        self.world = self._opened("2026-11-23 10:00")

    def back_up(self, moment: str = "2026-11-23 10:10") -> None:
        self.world.until(moment)
        backup(self.url, self._folder / "backup", self.world.now)

    def put_back(self, moment: str = "2026-11-23 11:45") -> World:
        """The world that was put back, with everything that was heard so far."""
        self.world.until(f"{at(moment) - QUIET:%Y-%m-%d %H:%M:%S+00:00}")
        self.close()
        heard = self.world.heard
        restore(self.url, self._folder / "backup", at(moment), replace=True)
        self.world = self._opened(moment)
        self.world.heard = heard
        return self.world

    def put_back_with_a_concern(self) -> World:
        """The same, with a concern that was open when it was backed up."""
        self.world.log()
        self.back_up()
        return self.put_back()

    def change_leaked_key(self) -> World:
        """`askfirst keys leaked`: everything is stored under a new key, and the old one is of no use any more."""
        heard, now = self.world.heard, self.world.now
        self.close()
        both = open_store(self.url, (FRESH, KEY), self._folder / "no.key")
        both.renew_keys()
        both.close()
        self.world = self._opened(f"{now:%Y-%m-%d %H:%M:%S+00:00}", FRESH)
        self.world.heard = heard
        return self.world

    def close(self) -> None:
        self.world.store.close()

    def _opened(self, moment: str, key: str = KEY) -> World:
        return World(open_store(self.url, (key,), self._folder / "no.key"), self._school, at(moment))


@pytest.fixture
def server(database: str, school: School, tmp_path: Path) -> Iterator[Server]:
    made = Server(database, replace(school, summaries=False), tmp_path)
    yield made
    made.close()


def last(world: World) -> Restored:
    found = world.store.restores(world.school.id).last()
    assert found
    return found


# --- who is told


def test_whoever_is_called_first_on_a_ladder_hears_of_it_at_once_and_once(server: Server) -> None:
    logged = server.world.log()
    server.back_up()
    world = server.put_back()
    for _ in range(3):
        world.delivery.watch(world.now)
        world.delivery = world.worker()
    world.until("2026-11-23 11:50")
    assert world.story("2026-11-23 11:45") == [f"Mon 11:45 restored: {', '.join(TOLD)}"]
    letter = world.heard[-1].letter
    assert "restored from a backup of Monday 23 November at 10:10" in letter.text
    assert "stand still until Monday 23 November at 12:15" in letter.text
    assert logged.number not in letter.text and "flinched" not in letter.text
    assert letter.link.endswith("/inbox")


def test_nobody_is_told_again_once_a_leaked_key_was_changed(server: Server) -> None:
    world = server.put_back_with_a_concern()
    world.delivery.watch(world.now)
    world.until("2026-11-23 11:50")
    world = server.change_leaked_key()
    world.delivery.watch(world.now)
    world.until("2026-11-23 11:55")
    assert world.story("2026-11-23 11:45") == [f"Mon 11:45 restored: {', '.join(TOLD)}"]


def test_nobody_is_told_of_a_concern_that_is_kept_from_them(server: Server) -> None:
    server.world.log()
    server.world.log(TEACHER)
    server.back_up()
    world = server.put_back()
    world.delivery.watch(world.now)
    world.until("2026-11-23 11:50")
    said = {each.who: each.letter.text for each in world.heard if each.letter.kind == "restored"}
    assert "1 concern that you may read is open" in said["dsl"]
    assert "2 concerns that you may read are open" in said["head"]
    assert "0 concerns that you may read are open" in said["chair"]


def test_a_concern_that_cannot_be_opened_keeps_nobody_from_hearing_of_it(server: Server) -> None:
    broken = server.world.log(TEACHER)
    world = server.put_back_with_a_concern()
    ask_database(server.url, f"UPDATE concerns SET about = state WHERE number = '{broken.number}'")
    world.delivery.watch(world.now)
    world.until("2026-11-23 11:50")
    said = {each.who: each.letter.text for each in world.heard if each.letter.kind == "restored"}
    assert sorted(said) == TOLD
    assert "At least one concern in it cannot be opened" in said["head"]
    assert "askfirst audit verify" in said["head"]
    assert "Whatever was logged or done after that is not here" in said["head"]
    assert "1 concern that you may read is open" in said["dsl"], "who may not read it does not hear of it"
    assert "cannot be opened" not in said["dsl"]


def test_where_the_letter_cannot_be_delivered_monitoring_is_told(server: Server) -> None:
    server.back_up()
    world = server.put_back()
    world.broken = {(person, "email"): Broken() for person in TOLD}
    world.delivery.watch(world.now)
    world.until("2026-11-23 11:50")
    assert world.delivery.health(world.now).undelivered == len(TOLD)


def test_the_log_of_the_server_says_that_somebody_is_to_look_and_speaks_of_no_alert(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    world = server.put_back_with_a_concern()
    sender = Sender(world.delivery, (), lambda: world.now, "http://localhost")
    assert _errors_of_a_look(sender, caplog) == [f"safeguarding alerts: {RESTORED}"]
    world.broken = {("dsl", "email"): Broken()}
    world.until("2026-11-23 11:50")
    assert _errors_of_a_look(sender, caplog) == [
        "safeguarding alerts: 1 could not be delivered so far, 0 later than a minute, "
        f"0 concerns had no next step and got one; {RESTORED}"
    ]
    let_run(world.store, world.school, BY, world.now)
    world.broken = {}
    world.until("2026-11-23 13:00")
    assert _errors_of_a_look(sender, caplog) == []


def _errors_of_a_look(sender: Sender, caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    asyncio.run(sender.watch())
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


# --- the ladders


def test_ladders_stand_still_for_half_an_hour_and_then_go_on_by_themselves(server: Server) -> None:
    world = server.put_back_with_a_concern()
    world.delivery.watch(world.now)
    world.until("2026-11-23 12:14")
    assert [line for line in world.story("2026-11-23 11:45") if "restored" not in line] == []
    health = world.delivery.health(world.now)
    assert (health.late, health.missing, health.restored) == (0, (), 1)
    world.until("2026-11-23 12:20")
    assert world.story("2026-11-23 12:00") == ["Mon 12:15 alert: deputy-1, deputy-2, dsl, head"]
    assert all("This is a repeat" in each.letter.text for each in world.heard if each.at >= at("2026-11-23 12:15"))


def test_what_has_failed_before_is_not_woken_by_a_letter_that_arrives(server: Server) -> None:
    server.world.broken = {(person, "email"): Broken() for person in ("dsl", "deputy-1", "deputy-2", "head")}
    server.world.log()
    server.back_up()
    world = server.put_back("2026-11-23 10:20")
    world.delivery.watch(world.now)
    world.until("2026-11-23 10:45")
    assert world.story("2026-11-23 10:20") == [f"Mon 10:20 restored: {', '.join(TOLD)}"]


def test_a_concern_that_is_logged_after_the_restore_goes_its_ordinary_way(server: Server) -> None:
    world = server.put_back_with_a_concern()
    new = world.log(seen="He fell.")
    world.until("2026-11-23 12:05")
    heard = [each for each in world.heard if each.at >= at("2026-11-23 11:45") and each.letter.kind == "alert"]
    assert {each.letter.number for each in heard} == {new.number}
    hold(world.store, world.school, BY, world.now)
    world.until("2026-11-23 13:00")
    heard = [each for each in world.heard if each.at >= at("2026-11-23 12:30") and each.letter.kind == "alert"]
    assert {each.letter.number for each in heard} == {new.number}


def test_once_a_person_says_so_they_go_on_at_once(server: Server) -> None:
    world = server.put_back_with_a_concern()
    world.until("2026-11-23 11:50")
    let_run(world.store, world.school, BY, world.now)
    assert world.delivery.health(world.now).well
    world.until("2026-11-23 11:51")
    assert world.story("2026-11-23 11:50") == ["Mon 11:50 alert: deputy-1, deputy-2, dsl, head"]


def test_held_they_wait_for_a_day_and_monitoring_stays_red(server: Server) -> None:
    world = server.put_back_with_a_concern()
    hold(world.store, world.school, BY, world.now)
    world.until("2026-11-24 11:40")
    assert [line for line in world.story("2026-11-23 11:45") if "alert" in line] == []
    assert world.delivery.health(world.now).restored == 1
    assert "held until Tuesday 24 November at 11:45" in standing(world.school, last(world), world.now)
    world.until("2026-11-24 11:46")
    assert world.story("2026-11-24 11:40") == ["Tue 11:45 alert: deputy-1, deputy-2, dsl, head"]
    assert world.delivery.health(world.now).restored == 0


def test_what_was_held_can_be_let_go(server: Server) -> None:
    world = server.put_back_with_a_concern()
    hold(world.store, world.school, BY, world.now)
    world.until("2026-11-23 13:00")
    let_run(world.store, world.school, BY, world.now)
    world.until("2026-11-23 13:01")
    assert world.story("2026-11-23 13:00")[0] == "Mon 13:00 alert: deputy-1, deputy-2, dsl, head"


def test_whoever_acknowledges_meanwhile_ends_the_ladder(server: Server) -> None:
    logged = server.world.log()
    server.back_up()
    world = server.put_back()
    world.acknowledge("dsl", logged.number)
    world.until("2026-11-23 13:00")
    assert [line for line in world.story("2026-11-23 11:45") if "alert" in line] == []


def test_what_a_person_said_stands_in_the_log(server: Server) -> None:
    world = server.put_back_with_a_concern()
    hold(world.store, world.school, BY, world.now)
    let_run(world.store, world.school, BY, world.now)
    lines = world.store.audit(world.school.id).lines()
    assert [(line.by.name, line.kind) for line in lines[-3:]] == [
        ("the terminal", "restored"), (BY.name, "restored"), (BY.name, "restored")
    ]  # fmt: skip
    assert world.store.audit(world.school.id).verify() == ()


# --- the proof


SAID: dict[str, tuple[tuple[str, Callable[[Store, School, Actor, dt.datetime], object]], ...]] = {
    "nothing": (),
    "to go on": (("2026-11-23 11:50", let_run),),
    "to hold": (("2026-11-23 11:50", hold),),
    "to hold, after they went on": (("2026-11-23 12:20", hold),),
    "to hold, then to go on": (("2026-11-23 11:50", hold), ("2026-11-23 14:00", let_run)),
}


# On PostgreSQL the one in which everything is said that can be.
@pytest.mark.parametrize(
    ("database", "said"),
    [
        *(("sqlite", said) for said in SAID),
        pytest.param("postgresql", "to hold, then to go on", marks=pytest.mark.slow),
    ],
    indirect=["database"],
)
def test_the_proof_holds_after_it_and_while_the_ladders_run_on(server: Server, said: str) -> None:
    server.world.broken = {("deputy-1", "email"): Broken()}
    server.world.log()
    acknowledged = server.world.log(seen="He fell.")
    server.world.acknowledge("dsl", acknowledged.number)
    server.back_up()
    world = server.put_back()
    assert faults(world) == ()
    for moment, say in SAID[said]:
        world.until(moment)
        say(world.store, world.school, BY, world.now)
        assert faults(world) == ()
    world.log(TEACHER)
    for moment in ("23 14:01", "23 16:00", "24 11:44", "24 14:01"):
        world.until(f"2026-11-{moment}")
        assert faults(world) == (), moment


def test_the_proof_finds_what_waits_for_longer_than_a_person_said(server: Server) -> None:
    logged = server.world.log()
    server.back_up()
    world = server.put_back()
    hold(world.store, world.school, BY, world.now)
    assert faults(world) == ()
    ask_database(server.url, "UPDATE notices SET next_at = next_at + 120000 WHERE kind = 'alert'")
    assert any(f"{logged.number}: alerts: " in fault and "longer" in fault for fault in faults(world))


EDITED = (
    ("UPDATE restores SET restored_at = restored_at + 60000", "UPDATE restores SET restored_at = restored_at - 60000",
     ("1 that the log knows of", "1 stand in the table at a time at which the log knows of none")),
    ("UPDATE restores SET taken_at = taken_at + 60000", "UPDATE restores SET taken_at = taken_at - 60000",
     ("1 are not as the log says",)),
    ("UPDATE restores SET until = until + 60000", "UPDATE restores SET until = until - 60000",
     ("1 are not as the log says",)),
    ("UPDATE restores SET held = NOT held", "UPDATE restores SET held = NOT held", ("1 are not as the log says",)),
    ("UPDATE restores SET looked_at = looked_at + 1", "UPDATE restores SET looked_at = looked_at - 1",
     ("1 are not as the log says",)),
    ("INSERT INTO restores SELECT school, 1, taken_at, until, looked_at, held FROM restores",
     "DELETE FROM restores WHERE restored_at = 1", ("1 stand in the table",)),
    ("UPDATE notices SET restored_at = restored_at + 1", "UPDATE notices SET restored_at = restored_at - 1",
     ("come out of a backup that nobody put back",)),
    ("DELETE FROM restores", "", ("1 that the log knows of are gone",)),
)  # fmt: skip


def test_the_proof_finds_a_restore_that_somebody_moved_made_up_or_took_away(server: Server) -> None:
    world = server.put_back_with_a_concern()
    hold(world.store, world.school, BY, world.now)
    for edit, undo, said in EDITED:
        assert faults(world) == ()
        ask_database(server.url, edit)
        found = faults(world)
        assert all(any(each in fault for fault in found) for each in said), (edit, found)
        if undo:
            ask_database(server.url, undo)


def faults(world: World) -> tuple[str, ...]:
    return world.store.audit(world.school.id).proof(world.now).faults


# --- what must not come back


def test_nobody_is_signed_in_by_a_restore_and_no_link_works_again(server: Server) -> None:
    doors = server.world.store.sign_in(server.world.school.id)
    session = doors.use_link(doors.make_link("dsl", server.world.now), server.world.now) or ""
    link = doors.make_link("head", server.world.now)
    server.back_up()
    world = server.put_back("2026-11-23 10:11")
    doors = world.store.sign_in(world.school.id)
    assert doors.who(session, world.now) is None
    assert doors.use_link(link, world.now) is None


def test_a_receipt_that_is_gone_leads_to_people_and_not_to_unknown(server: Server) -> None:
    before = server.world.log()
    assert server.world.casework.not_here(server.world.now) == ()
    server.back_up()
    server.world.until("2026-11-23 10:30")
    after = server.world.log(seen="He fell.")
    world = server.put_back()
    assert world.casework.follow(before.receipt, world.now)
    assert world.casework.follow(after.receipt, world.now) is None
    said, *others = world.casework.not_here(world.now)
    assert said.heading == "It is not here" and said.urgent
    assert "between Monday 23 November at 10:10 and Monday 23 November at 11:45" in said.text
    assert [each.people[0].id for each in others if each.kind == "ring"] == ["dsl"]


def test_a_second_restore_is_told_anew(server: Server) -> None:
    world = server.put_back_with_a_concern()
    let_run(world.store, world.school, BY, world.now)
    server.back_up("2026-11-23 12:00")
    world = server.put_back("2026-11-23 12:30")
    assert last(world).taken_at == at("2026-11-23 12:00")
    assert last(world).wants_somebody(world.now)
    assert len(world.casework.not_here(world.now)[0].text.split(" or between ")) == 2
    let_run(world.store, world.school, BY, world.now)
    assert world.delivery.health(world.now).restored == 0


def test_a_clock_that_was_put_back_moves_the_wait_with_it(server: Server) -> None:
    world = server.put_back_with_a_concern()
    world.until("2026-11-23 11:50")
    world.delivery.claim(world.now)
    world.now -= dt.timedelta(hours=1)
    world.delivery.claim(world.now)
    world.until("2026-11-23 11:14")
    assert [line for line in world.story("2026-11-23 10:40") if "alert: dsl" in line and "11:1" in line] == []
    world.until("2026-11-23 11:20")
    assert any("Mon 11:15 alert" in line for line in world.story())
