"""Outages from ten seconds to three days: at their end exactly those know who should, in order and once."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.concerns import form_for, read_report, route
from bot.concerns.ladder.escalation import Step, ladder
from bot.knowledge import School
from bot.store import Store, open_store
from tests.conftest import KEY
from tests.ladder.world import MINUTE, PUPIL, SCHOOLS, Broken, World, at

LENGTHS = {
    "10 s": dt.timedelta(seconds=10),
    "2 min": dt.timedelta(minutes=2),
    "20 min": dt.timedelta(minutes=20),
    "3 h": dt.timedelta(hours=3),
    "1 day": dt.timedelta(days=1),
    "3 days": dt.timedelta(days=3),
}
DAYS = {"weekday": "2026-11-23 10:00", "weekend": "2026-11-28 11:00", "holiday": "2026-12-26 11:00"}
WAYS = {
    "one way": (("email",), {"email"}),
    "one of two": (("slack", "email"), {"slack"}),
    "both": (("slack", "email"), {"slack", "email"}),
}
DANGER = {"ordinary": "no", "immediate": "yes"}
A_TRY = dt.timedelta(seconds=61)  # within which a way that works again is noticed
IN_SHORT = {
    ("10 s", "weekday", "one way", "ordinary"),
    ("2 min", "weekend", "one way", "ordinary"),
    ("2 min", "holiday", "both", "immediate"),
    ("20 min", "weekday", "one of two", "immediate"),
    ("3 h", "weekday", "both", "ordinary"),
}
LONG = ("20 min", "3 h", "1 day", "3 days")


def _tried(case: tuple[str, str, str, str]) -> bool:
    """All of the short outages. Of the long ones every length with every day and way, in danger or not by turns: each
    day and way has both among the four lengths."""
    length, day, ways, danger = case
    places = [[*LENGTHS].index(length), [*DAYS].index(day), [*WAYS].index(ways)]
    return length not in LONG or case in IN_SHORT or [*DANGER].index(danger) == sum(places) % 2


PRODUCT = [
    pytest.param(*case, marks=[] if case in IN_SHORT else pytest.mark.wide, id=", ".join(case))
    for case in itertools.product(LENGTHS, DAYS, WAYS, DANGER)
    if _tried(case)
]


@dataclass
class Outage(dict[tuple[str, str], Broken]):
    """Which ways are away for everybody, and until when."""

    world: World
    ways: set[str]
    end: dt.datetime

    def get(self, line: tuple[str, str], _: object = None) -> Broken | None:  # type: ignore[override]
        return Broken() if line[1] in self.ways and self.world.now < self.end else None


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """SQLite where nothing waits for a disk, if there is such a place."""
    memory = Path("/dev/shm")
    folder = tmp_path_factory.mktemp("outages")
    place = memory / f"askfirst-{folder.name}-{id(folder)}.db" if memory.is_dir() else folder / "outages.db"
    opened = open_store(f"sqlite:///{place}", (KEY,), folder / "no.key")
    yield opened
    opened.close()
    for each in place.parent.glob(f"{place.name}*"):
        each.unlink()


@pytest.fixture
def outworld(quick: Store, school: School) -> World:
    return World(quick, replace(school, id=f"outage-{next(SCHOOLS)}"), at(DAYS["weekday"]))


@pytest.mark.parametrize(("length", "day", "ways", "danger"), PRODUCT)
def test_at_the_end_of_an_outage_exactly_those_know_who_should(
    outworld: World, length: str, day: str, ways: str, danger: str
) -> None:
    world = outworld
    world.now = begin = at(DAYS[day])
    world.ways, away = WAYS[ways]
    end = begin + LENGTHS[length]
    world.broken = Outage(world, away, end)
    number = world.log(danger=DANGER[danger]).number
    plan = planned(world, DANGER[danger], begin)
    run(world, begin, end, plan, all_away=len(away) == len(world.ways))
    should = [step.recipient.person for step in plan if step.due <= world.now]
    told = [each for each in world.heard if each.arrived and each.letter.kind == "alert"]
    if len(away) == len(world.ways):
        assert all(end <= each.at <= end + A_TRY for each in told)
        rungs = {step.recipient.person: step.rung for step in reversed(plan)}
        assert sorted(each.who for each in told) == sorted(set(should)), "once each"
        assert [rungs[each.who] for each in told] == sorted(rungs[each.who] for each in told), "in order"
    else:
        # Of one rung whoever's way works hears first.
        rungs = {step.recipient.person: step.rung for step in reversed(plan)}
        first = list(dict.fromkeys(each.who for each in told))
        assert sorted(first) == sorted(set(should))
        assert [rungs[who] for who in first] == sorted(rungs[who] for who in first), "in order"
        assert len({(each.who, each.at) for each in told}) == len(told), "nobody hears twice at a moment"
    assert world.delivery.health(world.now).well
    # The record is not flooded: where alerts are repeated for days, one line at most for each that arrived.
    kinds = world.kinds(number)
    assert kinds.count("alert-failed") <= 80 + kinds.count("alert-sent")
    world.acknowledge("dsl", number)
    before = len(world.heard)
    world.until((world.now + dt.timedelta(hours=1)).isoformat())
    assert all(each.letter.kind == "news" for each in world.heard[before:])


def planned(world: World, danger: str, begin: dt.datetime) -> list[Step]:
    """The first round, whoever is reached."""
    filled = {name: (value,) for name, value in {**PUPIL, "danger": danger}.items()}
    report = read_report(world.school, form_for(world.school), filled, begin.date(), None)
    steps = ladder(world.school, route(world.school, report), danger == "yes", begin)
    return sorted((step for step in steps if step.kind == "alert"), key=lambda step: (step.due, step.rung))


def run(world: World, begin: dt.datetime, end: dt.datetime, plan: list[Step], *, all_away: bool) -> None:
    """Until a minute after the outage; while somebody should know and does not, health is never "ok"."""
    over, stride = end + A_TRY, (end - begin) / 40
    while (due := world.delivery.next_due()) and max(due, world.now) <= over:
        world.now = max(due, world.now)
        # In the middle of a long one not every minute is looked at: a slow machine would not either.
        if begin + 5 * MINUTE < world.now < end - stride - 3 * MINUTE:
            world.now += stride
        if not world.hand_over():
            world.now += dt.timedelta(milliseconds=20)
        should = {step.recipient.person for step in plan if step.due < world.now}
        know = {each.who for each in world.heard if each.arrived}
        if all_away and world.now < end and should - know:
            assert not world.delivery.health(world.now).well, f"at {world.now}"
    world.now = over
