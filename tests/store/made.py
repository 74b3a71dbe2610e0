"""What the tests of the store share: a report with a marker in every field, and the database seen from outside."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from bot.concerns import Account, Actor, Reader, Report, Reporter, route
from bot.concerns.ladder.escalation import ladder
from bot.concerns.model import Adult, Pupil
from bot.knowledge import School
from bot.required.listing import StaffChange
from bot.required.model import Colleague, RequiredText
from bot.store import Logged, NewConcern, ProgressStep, Store
from tests.conftest import NOW, SCHOOL

DSL = Reader("dsl", frozenset({"dsl"}))
HEAD = Reader("head", frozenset({"head"}))
DSL_ACTOR = Actor("dsl", "Ms Amara Bello")
LATER = NOW + dt.timedelta(minutes=1)
TIP_DAY = NOW.date()
MARKERS = (
    "Zelda Marker", "7Marker", "Seenmarker", "Wordsmarker", "Timemarker", "Wheremarker", "Presentmarker", "Donemarker",
    "Linkmarker", "Reportermarker", "Rolemarker", "marker@mail.example", "Adultmarker", "Adultrole",
)  # fmt: skip


def report_of(*, danger: bool = False, about_adult: bool = False) -> Report:
    return Report(
        danger=danger,
        told=False,
        pupils=(Pupil("Zelda Marker", "7Marker"),),
        adult=Adult("Adultmarker", "Adultrole", None) if about_adult else None,
        head=False,
        seen="Seenmarker",
        words="Wordsmarker",
        happened_on=dt.date(2026, 11, 20),
        happened_at="Timemarker",
        where="Wheremarker",
        present="Presentmarker",
        done="Donemarker",
        categories=("Neglect",),
        link="Linkmarker",
        reporter=Reporter("Reportermarker", "Rolemarker", None, Account("email", "marker@mail.example")),
    )


def log(store: Store, school: School, key: str = "one", report: Report | None = None) -> Logged:
    report = report or report_of()
    routing = route(school, report)
    steps = ladder(school, routing, report.danger, NOW)
    return store.concerns(school.id).log(NewConcern(key, report, routing, steps), NOW)


def read_here(store: Store, school: School, key: str = "one") -> None:
    """Somebody on the list of staff, a text that is set, and how far they are with it."""
    required, id_ = store.required(school.id), key.rjust(32, "0")
    colleague = Colleague(id_, "Ana Listmarker", "list.marker@mail.example", "Teacher", "Maths")
    required.change_staff(lambda kept: StaffChange((*kept, colleague)), DSL_ACTOR, "", NOW)
    text = required.set(RequiredText("", "entry:danger-999", "Titlemarker", "", TIP_DAY, TIP_DAY), DSL_ACTOR, NOW)
    required.take(text.id, id_, lambda before: ProgressStep(replace(before, answered=1, standing="Editionmarker")), NOW)


def rows(url: str, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(sa.select(table)))
    engine.dispose()
    return found


def change(url: str, statement: str) -> None:
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text(statement))
    finally:
        engine.dispose()


def remarked(store: Store, since: dt.date) -> dict[str, dict[str, int]]:
    """By entry and kind, how often staff found fault with an answer from this day on."""
    found: dict[str, dict[str, int]] = {}
    for each in store.drafts(SCHOOL).remarked(since):
        its = found.setdefault(each.entry, {})
        its[each.kind] = its.get(each.kind, 0) + each.number
    return found
