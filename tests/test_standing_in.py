"""Somebody on leave names who stands in: ladders, numbers, handovers and the inbox follow, and it ends by itself."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.command.doctor import examine
from bot.answering.dialogue import Base
from bot.concerns import Adult, Answers, Report, Reporter, route
from bot.concerns.guidance import whom_to_ring
from bot.concerns.standing_in import as_of
from bot.knowledge import Cover, KnowledgeError, School, load
from bot.messages import Message
from bot.service.assistant import Assistant
from bot.service.delivery import Reach
from bot.settings import read_settings
from bot.store import Store
from tests.conftest import KEY, NOW
from tests.ladder.world import PUPIL, World, at
from tests.make_base import small_base

MONDAY, FRIDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 27)
DSL_AWAY = Cover("dsl", "deputy-1", MONDAY, FRIDAY)
HEAD_AWAY = Cover("head", "deputy-2", MONDAY, FRIDAY)


def away(school: School, *covers: Cover) -> School:
    return replace(school, cover=covers)


def about(adult: str | None = None, *, head: bool = False, by: str | None = None) -> Report:
    subject = Adult("", "", adult) if adult else None
    you = Reporter("A", "Teacher", by, known_by="slack")
    return Report(False, False, (), subject, head, "", "", None, "", "", "", "", (), "", you)


def called(school: School, report: Report, now: str = "2026-11-25 10:00") -> list[str]:
    found = [person for call in route(as_of(school, at(now)), report).calls for person in call.people]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        ("2026-11-22 23:59", "dsl"),
        ("2026-11-23 00:00", "deputy-1"),
        ("2026-11-25 12:00", "deputy-1"),
        ("2026-11-27 23:59", "deputy-1"),
        ("2026-11-28 00:00", "dsl"),  # a Saturday: the leave is over, whatever the day
        ("2026-11-30 08:00", "dsl"),
    ],
)
def test_the_stand_in_is_called_and_rung_from_the_first_day_to_the_last(
    school: School, moment: str, first: str
) -> None:
    school = away(school, DSL_AWAY)
    assert called(school, about(), moment)[0] == first
    assert ("dsl" in called(school, about(), moment)) is (first == "dsl")
    rung = [person.id for person in whom_to_ring(school, about(), None, at(moment)) if person.id != "duty"]
    assert rung[0] == first


def test_a_leave_over_a_weekend_counts_its_days_too(school: School) -> None:
    school = away(school, Cover("dsl", "deputy-1", dt.date(2026, 11, 27), dt.date(2026, 11, 30)))
    assert [called(school, about(), f"2026-11-{day} 12:00")[0] for day in (26, 27, 28, 29, 30)] == [
        "dsl", "deputy-1", "deputy-1", "deputy-1", "deputy-1",
    ]  # fmt: skip
    assert called(school, about(), "2026-12-01 00:00")[0] == "dsl"


@pytest.mark.parametrize(
    ("covers", "report", "wanted"),
    [
        ((DSL_AWAY,), about(), ["deputy-1", "deputy-2", "head"]),
        ((DSL_AWAY,), about(by="deputy-1"), ["deputy-2", "head"]),  # the stand-in logged it
        ((DSL_AWAY,), about("deputy-1"), ["head"]),  # about the stand-in: as about the DSL
        ((DSL_AWAY,), about("dsl"), ["head"]),
        ((HEAD_AWAY,), about("online"), ["deputy-2", "chair"]),
        ((HEAD_AWAY,), about("deputy-2"), ["chair"]),  # about who acts as the head: as about the head
        ((HEAD_AWAY,), about(head=True), ["chair"]),
        ((HEAD_AWAY,), about("head"), ["chair"]),
        ((HEAD_AWAY,), about("dsl"), ["deputy-2"]),
        ((DSL_AWAY, Cover("deputy-1", "online", MONDAY, FRIDAY)), about(), ["online", "deputy-2", "head"]),
        ((DSL_AWAY, Cover("deputy-1", "dsl", MONDAY, FRIDAY)), about(), ["dsl", "deputy-1", "deputy-2", "head"]),
    ],
)
def test_who_is_called_while_somebody_is_away(
    school: School, covers: tuple[Cover, ...], report: Report, wanted: list[str]
) -> None:
    assert called(away(school, *covers), report) == wanted


@pytest.mark.parametrize("report", [about("deputy-2"), about(head=True), about("online", by="deputy-2")])
def test_the_stand_in_is_never_rung_about_themselves_or_what_they_logged(school: School, report: Report) -> None:
    people = whom_to_ring(away(school, HEAD_AWAY), report, report.reporter.person, at("2026-11-25 10:00"))
    assert "deputy-2" not in {person.id for person in people} and people


# --- a whole ladder


@pytest.fixture
def world(store: Store, school: School) -> World:
    return World(store, away(school, DSL_AWAY), at("2026-11-23 10:00"))


def test_a_ladder_calls_whoever_is_there_when_a_rung_is_due(world: World) -> None:
    world.school = away(world.school, Cover("dsl", "online", dt.date(2026, 11, 20), dt.date(2026, 11, 22)))
    world.now = at("2026-11-22 12:00")  # a Sunday: the first rung now, the others on Monday, when the DSL is back
    world.log()
    world.until("2026-11-23 08:20")
    assert world.story() == ["Sun 12:00 alert: online", "Mon 08:15 alert: dsl"]


def test_the_stand_in_reads_while_the_leave_lasts_and_no_longer(world: World) -> None:
    world.school = away(world.school, Cover("dsl", "online", MONDAY, FRIDAY))
    number = world.log().number
    before, during, after = at("2026-11-22 12:00"), at("2026-11-25 12:00"), at("2026-11-28 12:00")
    seen = {}
    for moment in (before, during, after):
        reader = world.casework.reader("online", moment)
        assert reader
        found = world.store.inbox(world.school.id).summaries(reader)
        seen[moment] = [each.number for each in found]
    assert seen == {before: [], during: [number], after: []}


def test_what_is_about_the_stand_in_stays_hidden_from_them(world: World) -> None:
    world.school = away(world.school, HEAD_AWAY)
    logged = world.log({**PUPIL, "pupils": ""}, about="adult", adult="deputy-2")
    reader = world.casework.reader("deputy-2", world.now)
    assert reader and "head" in reader.roles
    assert world.store.inbox(world.school.id).summaries(reader) == ()
    world.until("2026-11-23 18:00")
    assert {each.who for each in world.heard if each.letter.kind == "alert"} == {"chair"}
    assert logged.number


def test_while_whoever_has_it_is_away_their_stand_in_is_reminded(world: World) -> None:
    world.school = away(world.school, Cover("dsl", "deputy-1", dt.date(2026, 11, 24), FRIDAY))
    logged = world.log()
    world.acknowledge("dsl", logged.number)
    world.until("2026-11-24 10:30")
    assert world.story("2026-11-24 00:00") == ["Tue 10:00 follow-up: deputy-1"]


# --- what staff and the doctor see


@pytest.mark.parametrize(("moment", "named"), [(NOW, "Mr Owen Pryce"), (NOW + dt.timedelta(days=7), "Ms Amara Bello")])
def test_a_handover_names_the_stand_in(base: Base, store: Store, moment: dt.datetime, named: str) -> None:
    school = away(base.knowledge.school, DSL_AWAY)
    assistant = Assistant(lambda: replace(base, knowledge=replace(base.knowledge, school=school)), store)
    reply = assistant.handle(Message("a pupil told me that her father hits her", "c"), moment)
    assert reply.handover
    assert reply.handover.people[0].name == named


def with_cover(tmp_path: Path, *lines: str) -> Path:
    folder = tmp_path / "knowledge"
    shutil.copytree(small_base(), folder)
    text = "\n".join(["", "cover:", *(f"  - {line}" for line in lines), ""])
    with (folder / "school.yaml").open("a", encoding="utf-8") as file:
        file.write(text)
    return folder


def test_the_doctor_says_who_stands_in(tmp_path: Path) -> None:
    folder = with_cover(
        tmp_path,
        "{person: dsl, by: deputy-1, from: 2026-11-23, to: 2026-11-27}",
        "{person: head, by: deputy-2, from: 2026-12-01, to: 2026-12-02}",
        "{person: chair, by: head, from: 2026-10-01, to: 2026-10-02}",
    )
    settings = read_settings(
        {"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(folder), "ASKFIRST_KEYS": KEY,
         "ASKFIRST_MODEL": "none"}
    )  # fmt: skip
    _, lines = examine(settings, lambda school: {each: Reach(True, "") for each in school.people}, NOW, True)
    (line,) = [line for line in lines if " cover: " in line]
    assert line == (
        "ok     cover: Mr Owen Pryce stands in for Ms Amara Bello from 23 November 2026 to 27 November 2026 (now); "
        "Mrs Hina Qureshi stands in for Mrs Ruth Calder from 1 December 2026 to 2 December 2026"
    )
    assert any(line.startswith("ok     dsl: Mr Owen Pryce") for line in lines)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{person: nobody, by: deputy-1, from: 2026-11-23, to: 2026-11-27}", "there is no person 'nobody'"),
        ("{person: dsl, by: nobody, from: 2026-11-23, to: 2026-11-27}", "there is no person 'nobody'"),
        ("{person: dsl, by: dsl, from: 2026-11-23, to: 2026-11-27}", "'dsl' cannot stand in for themselves"),
        ("{person: dsl, by: deputy-1, from: 2026-11-27, to: 2026-11-23}", "is before the first day"),
        ("{person: dsl, by: deputy-1, from: Monday, to: 2026-11-23}", "'Monday' is not a date"),
        ("{person: dsl, by: deputy-1, from: 2026-11-23}", "is missing"),
    ],
)
def test_a_line_that_cannot_be_meant_is_a_fault(tmp_path: Path, line: str, fault: str) -> None:
    with pytest.raises(KnowledgeError, match=re.escape(fault)):
        load(with_cover(tmp_path, line))


def test_answers_so_far_are_enough_to_ring_the_stand_in(school: School) -> None:
    so_far: Answers = {"about": ("pupil",)}
    assert whom_to_ring(away(school, DSL_AWAY), so_far, None, NOW)[0].id == "deputy-1"
