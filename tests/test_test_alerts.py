"""The monthly test alert: who gets it when, how it is answered, and where it is said that somebody did not."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.command.doctor import examine
from adapters.console.inbox import Terminal, list_inbox
from bot.answering.dialogue import Base
from bot.concerns.ladder.drills import Drill, drill_due, on_a_ladder, unanswered
from bot.concerns.ladder.escalation import Recipient, Step
from bot.knowledge import Cover, School, Term
from bot.service.drills import answer, not_answered
from bot.settings import read_settings
from bot.store import Store, open_for
from tests import inboxing
from tests.conftest import KEY, NOW
from tests.ladder.world import World, at, with_terms
from tests.make_base import small_base

EVERYBODY = ["chair", "deputy-1", "deputy-2", "dsl", "head"]
TUESDAY = "2026-12-01 08:00"  # the first school day of December


@pytest.fixture
def monthly(school: School) -> School:
    return replace(school, test_alerts=True, summaries=False)


@pytest.fixture
def world(store: Store, monthly: School) -> World:
    return World(store, monthly, at("2026-11-23 10:00"))


def looked(world: World, moment: str) -> None:
    """Two processes look at the ladders at this moment, and what is due is sent."""
    world.now = at(moment)
    for process in (world.delivery, world.worker()):
        process.watch(world.now)
    while world.hand_over():
        pass


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ("2026-11-30 12:00", ""),
        ("2026-12-01 07:59", ""),
        ("2026-12-01 08:00", "2026-12"),
        ("2026-12-03 23:00", "2026-12"),  # the server was away for two days
        ("2026-12-04 09:00", ""),
        ("2027-01-01 09:00", ""),  # a holiday
        ("2027-01-04 08:00", "2027-01"),  # a day without pupils
        ("2026-10-01 08:00", "2026-10"),
        ("2027-07-01 08:00", "2027-07"),
        ("2027-08-02 09:00", "2027-08"),  # no term is known to come: by the clock, as ladders are
    ],
)
def test_it_goes_out_as_the_first_school_day_of_a_month_begins(monthly: School, moment: str, month: str) -> None:
    assert drill_due(monthly, at(moment)) == month
    assert drill_due(replace(monthly, test_alerts=False), at(moment)) == ""


def test_a_month_without_school_has_none(monthly: School) -> None:
    autumn = Term("Autumn", dt.date(2027, 9, 2), dt.date(2027, 10, 22))
    known = with_terms(monthly, *monthly.opening.terms, autumn)
    moments = ("2027-08-02 09:00", "2027-09-01 09:00", "2027-09-02 09:00")
    assert [drill_due(known, at(moment)) for moment in moments] == ["", "", "2027-09"]


def test_everybody_on_a_ladder_gets_it_once(world: World) -> None:
    for moment in ("2026-11-30 17:00", TUESDAY, "2026-12-01 08:01", "2026-12-02 09:00", "2026-12-15 09:00"):
        looked(world, moment)
    assert sorted(each.who for each in world.heard) == EVERYBODY
    letter = world.heard[0].letter
    assert letter.kind == "test" and letter.number == ""
    assert "There is no concern." in letter.text and f"/inbox/test-alert?alert={letter.notice}" in letter.link
    looked(world, "2027-01-04 08:00")
    assert len(world.heard) == 2 * len(EVERYBODY)


def test_while_somebody_is_away_their_stand_in_gets_it(world: World) -> None:
    away = Cover("head", "online", dt.date(2026, 12, 1), dt.date(2026, 12, 1))
    assert set(on_a_ladder(replace(world.school, cover=(away,)), at(TUESDAY))) == {*EVERYBODY, "online"} - {"head"}


def test_who_has_not_answered_is_known_with_the_day(world: World) -> None:
    looked(world, TUESDAY)
    for each in world.heard:
        if each.who not in ("head", "chair"):
            assert answer(world.store, world.school, each.letter.notice, world.now)
    looked(world, "2027-01-04 08:00")
    late = {each.person.id: each.said for each in not_answered(world.store, world.school)}
    assert late["head"] == "Mrs Ruth Calder has not answered the test alert since 1 December 2026"
    assert late["dsl"] == "Ms Amara Bello has not answered the test alert since 4 January 2027"
    latest = next(each.letter.notice for each in reversed(world.heard) if each.who == "head")
    assert answer(world.store, world.school, latest, world.now)
    assert "head" not in {each.person.id for each in not_answered(world.store, world.school)}


def test_it_is_answered_once_and_only_where_there_is_one(world: World) -> None:
    looked(world, TUESDAY)
    notice = world.heard[0].letter.notice
    assert [answer(world.store, world.school, each, world.now) for each in (notice, notice, "f" * 32)] == [
        True, False, False,
    ]  # fmt: skip
    concern = world.log()
    (alert,) = [each for each in world.delivery.claim(world.now) if each.concern == concern.number]
    assert not answer(world.store, world.school, alert.id, world.now), "an alert is no test of one"


def test_an_answer_before_it_was_marked_as_sent_counts(world: World) -> None:
    world.now = at(TUESDAY)
    world.delivery.watch(world.now)
    notice, *_ = world.delivery.claim(world.now)
    assert answer(world.store, world.school, notice.id, world.now)
    world.delivery.sent(notice, "e-mail", world.now)
    assert notice.recipient.person not in {each.person.id for each in not_answered(world.store, world.school)}


def test_the_oldest_since_the_last_answer_counts() -> None:
    def drill(month: int, answered: bool) -> Drill:
        return Drill(str(month), "dsl", NOW + dt.timedelta(days=30 * month), answered)

    assert unanswered([drill(1, False), drill(2, True), drill(3, False), drill(4, False)])["dsl"].notice == "3"
    assert unanswered([drill(1, False), drill(2, True)]) == {}


# --- where it is said


async def test_the_page_answers_at_a_press_and_not_at_a_look(base: Base, store: Store) -> None:
    async with inboxing.opened(base, store) as world:
        school = world.core.school()
        store.drills(school.id).add("2026-11", _steps("dsl", "head"))
        dsl = await world.signed_in("dsl")
        listed = (await dsl.get("/inbox")).text
        assert "You have not answered the test alert." in listed
        assert "Mrs Ruth Calder has not answered the test alert since 23 November 2026." in listed
        mine = next(each.drill.notice for each in not_answered(store, school) if each.person.id == "dsl")
        for _ in range(2):
            assert "It has reached me" in (await dsl.get(f"/inbox/test-alert?alert={mine}")).text
        assert "dsl" in {each.person.id for each in not_answered(store, school)}
        assert "It is noted that you were reached" in (await dsl.post("/inbox/test-alert", alert=mine)).text
        assert (await dsl.post("/inbox/test-alert", alert=mine)).status == 410
        assert (await dsl.post("/inbox/test-alert", alert="' or 1=1")).status == 410
        assert "You have not answered" not in (await dsl.get("/inbox")).text


def test_the_terminal_and_the_doctor_say_it(base: Base, tmp_path: Path, migrated: Path) -> None:
    shutil.copy(migrated, tmp_path / "askfirst.db")
    settings = read_settings(
        {"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_KEYS": KEY,
         "ASKFIRST_MODEL": "none"}
    )  # fmt: skip
    store, school = open_for(settings), base.knowledge.school
    store.drills(school.id).add("2026-11", _steps("head"))
    world = World(store, school, NOW)
    desk = Terminal(world.casework, store, school, world.reader("dsl"), lambda: NOW)
    said = "Mrs Ruth Calder has not answered the test alert since 23 November 2026"
    assert f"{said}." in list(list_inbox(desk))
    store.close()
    _, lines = examine(settings, lambda _: {}, NOW, True)
    assert f"WARN   test alert: {said}. Ask whether it arrived" in lines


def _steps(*people: str) -> list[Step]:
    return [Step("test", NOW, Recipient(person)) for person in people]
