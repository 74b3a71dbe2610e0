"""The daily summary: to the DSL, once a school day, of what they may read, with the line at which the log stands."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from bot.knowledge import Cover
from bot.messages import Elsewhere
from bot.service.letters import NO_DETAILS, Letter, letter_for
from bot.service.summaries import summary_due
from tests.ladder.world import ADDRESS, PUPIL, TEACHER, World, ask_database, at

MONDAY, TUESDAY = "2026-11-23 10:00", "2026-11-24 08:00"
_HELD_AGAINST = re.compile(r"askfirst audit verify --since (\S+)")


@pytest.fixture
def wanted(world: World) -> World:
    """The world of a school that wants it, with every line of it addressed to nobody by name of what is in it."""
    world.school = replace(world.school, summaries=True, test_alerts=False)
    return world


def sent(world: World, moment: str = "") -> list[tuple[str, Letter]]:
    """Two processes look at this moment; the summaries that they send, to whom."""
    world.now = at(moment) if moment else world.now
    for process in (world.delivery, world.worker()):
        process.watch(world.now)
    found = []
    for notice in world.delivery.claim(world.now):
        if notice.kind == "summary":
            letter = letter_for(world.school, notice, ADDRESS, world.now, world.delivery.head(notice))
            found.append((notice.recipient.person, letter))
        world.delivery.sent(notice, "email", world.now)
    return found


def test_the_dsl_gets_it_once_a_school_day_and_no_other_day(wanted: World) -> None:
    moments = (MONDAY, "2026-11-23 15:00", "2026-11-24 07:59", TUESDAY, "2026-11-24 18:00", "2026-11-28 10:00",
               "2026-12-25 10:00")  # fmt: skip
    assert [[who for who, _ in sent(wanted, moment)] for moment in moments] == [["dsl"], [], [], ["dsl"], [], [], []]


@pytest.mark.parametrize("how", ["never", "elsewhere"])
def test_it_can_be_switched_off_and_is_off_where_concerns_are_kept_elsewhere(wanted: World, how: str) -> None:
    assert summary_due(wanted.school, wanted.now) == "2026-11-23"
    changed = {"never": {"summaries": False}, "elsewhere": {"elsewhere": Elsewhere("CPOMS", "")}}[how]
    wanted.school = replace(wanted.school, **changed)  # type: ignore[arg-type]
    assert summary_due(wanted.school, wanted.now) == "" and sent(wanted) == []


def test_while_the_dsl_is_away_whoever_stands_in_gets_it(wanted: World) -> None:
    away = Cover("dsl", "deputy-2", dt.date(2026, 11, 23), dt.date(2026, 11, 23))
    wanted.school = replace(wanted.school, cover=(away,))
    assert [who for who, _ in sent(wanted)] == ["deputy-2"]


def test_it_counts_what_its_reader_may_read_and_says_nothing_of_it(wanted: World) -> None:
    wanted.log(PUPIL, pupils="Zelda Marker")
    acknowledged = wanted.log(PUPIL, pupils="Ned Marker", seen="He cried.")
    wanted.acknowledge("dsl", acknowledged.number)
    wanted.log(TEACHER, adult="dsl", adult_name="")  # of this the DSL must not even see that there is one
    ((_, letter),) = sent(wanted)
    assert "Waiting to be acknowledged: 1. Acknowledged and not closed yet: 1." in letter.text
    assert NO_DETAILS in letter.text and letter.link == f"{ADDRESS}/inbox" and letter.number == ""
    whole = f"{letter.subject} {letter.text}"
    for kept in ("Marker", "flinched", "cried", acknowledged.number, "Sam Teal", "pupil", "adult"):
        assert kept not in whole


def test_the_line_in_it_can_be_held_against_the_log_until_a_line_is_taken_out(wanted: World, database: str) -> None:
    wanted.tampered = True
    wanted.log()
    ((_, letter),) = sent(wanted)
    found = _HELD_AGAINST.search(letter.text)
    assert found and f"The audit log stands at {found[1]}." in letter.text
    audit = wanted.store.audit(wanted.school.id)
    wanted.log(pupils="Ned Lark, 7B")
    assert audit.proof(wanted.now, found[1]).faults == ()
    number = found[1].partition(":")[0]
    ask_database(database, f"DELETE FROM events WHERE school = '{wanted.school.id}' AND number >= {number}")
    assert audit.proof(wanted.now, found[1]).faults != ()


def test_where_the_end_of_the_log_was_tampered_with_it_says_so(wanted: World, database: str) -> None:
    wanted.tampered = True
    wanted.store.audit(wanted.school.id).begin(wanted.now)
    ask_database(database, f"UPDATE chains SET head = 'x' WHERE school = '{wanted.school.id}'")
    ((_, letter),) = sent(wanted)
    assert "Where the audit log stands could not be read." in letter.text and "--since" not in letter.text
