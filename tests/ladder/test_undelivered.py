"""Letters that cannot be handed over: tried again, by another way, then to the next rung."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.service.delivery import WHOEVER_LOGGED_IT
from bot.service.letters import REPEAT
from tests.ladder.world import LONDON, Broken, World, at, with_roles


def test_a_way_is_tried_three_times_and_then_the_next_one_is(world: World) -> None:
    world.ways = ("slack", "email")
    world.broken["dsl", "slack"] = Broken()
    logged = world.log()
    world.until("2026-11-23 10:14")
    assert world.tries() == ["10:00:00 dsl slack", "10:00:05 dsl slack", "10:00:25 dsl slack", "10:00:25 dsl email"]
    lines = world.chronology(logged.number)[1:]
    assert [(line.kind, line.detail.way, line.detail.tries, line.detail.who) for line in lines] == [
        ("alert-failed", "slack", 1, "Ms Amara Bello"),
        ("alert-failed", "slack", 2, "Ms Amara Bello"),
        ("alert-failed", "slack", 3, "Ms Amara Bello"),
        ("alert-sent", "email", 1, "Ms Amara Bello"),
    ]
    assert {line.detail.reason for line in lines[:3]} == {"no answer"}
    assert not any(each.letter.text.count(REPEAT) for each in world.heard)


def test_when_every_way_has_failed_the_next_rung_is_called_at_once(world: World) -> None:
    world.ways = ("slack", "email")
    for person, way in (("dsl", "slack"), ("dsl", "email")):
        world.broken[person, way] = Broken()
    logged = world.log()
    world.until("2026-11-23 10:10")
    assert world.tries()[:7] == [
        "10:00:00 dsl slack", "10:00:05 dsl slack", "10:00:25 dsl slack",
        "10:00:25 dsl email", "10:00:30 dsl email", "10:00:50 dsl email",
        "10:00:50 dsl slack",
    ]  # fmt: skip
    assert world.story() == ["Mon 10:01 alert: deputy-1, deputy-2"]
    assert world.kinds(logged.number).count("alert-failed") == 12
    assert world.delivery.health(world.now).undelivered == 2


def test_a_way_that_is_shut_for_good_is_left_at_once(world: World) -> None:
    world.ways = ("slack", "email")
    world.broken["dsl", "slack"] = Broken(permanent=True)
    world.log()
    world.until("2026-11-23 10:01")
    assert world.tries() == ["10:00:00 dsl slack", "10:00:00 dsl email"]


@pytest.mark.parametrize(
    ("wait", "tries"),
    [
        (1, ["10:00:00 dsl slack", "10:00:05 dsl slack", "10:00:25 dsl slack", "10:00:25 dsl email"]),
        (90, ["10:00:00 dsl slack", "10:01:30 dsl slack", "10:03:00 dsl slack", "10:03:00 dsl email"]),
        (300, ["10:00:00 dsl slack", "10:00:00 dsl email"]),
        (86400, ["10:00:00 dsl slack", "10:00:00 dsl email"]),
    ],
)
def test_a_way_that_asks_for_patience_gets_a_little_and_no_more(world: World, wait: float, tries: list[str]) -> None:
    world.ways = ("slack", "email")
    world.broken["dsl", "slack"] = Broken(wait=wait)
    world.log()
    world.until("2026-11-23 10:14")
    assert world.tries() == tries


def test_a_way_that_comes_back_is_used(world: World) -> None:
    world.broken["dsl", "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:00:10")
    world.broken.clear()
    world.until("2026-11-23 10:14")
    assert world.tries() == ["10:00:00 dsl email", "10:00:05 dsl email", "10:00:25 dsl email"]
    assert world.story() == ["Mon 10:00 alert: dsl"]


def test_while_one_of_two_on_a_rung_was_told_nothing_is_brought_forward(world: World) -> None:
    world.broken["deputy-1", "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:59")
    assert world.story()[-1] == "Mon 10:30 alert: deputy-2"
    world.until("2026-11-23 11:00")
    assert world.story()[-1] == "Mon 11:00 alert: head"


def test_while_one_of_two_on_a_rung_is_still_being_tried_nothing_is_brought_forward(world: World) -> None:
    world.broken["deputy-1", "email"] = Broken(permanent=True)
    world.broken["deputy-2", "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:30:10")
    del world.broken["deputy-2", "email"]
    world.until("2026-11-23 10:59")
    assert world.story() == ["Mon 10:00 alert: dsl", "Mon 10:15 alert: dsl", "Mon 10:30 alert: deputy-2"]


def test_somebody_who_has_left_is_passed_over_at_once(world: World) -> None:
    logged = world.log()
    people = {name: person for name, person in world.school.people.items() if name != "dsl"}
    world.school = replace(with_roles(world.school, dsl=()), people=people)
    world.until("2026-11-23 10:01")
    assert world.story() == ["Mon 10:00 alert: deputy-1, deputy-2"]
    assert world.chronology(logged.number)[1].detail.who == "somebody who has left"


def test_news_that_cannot_be_delivered_is_written_down_and_stops_nothing(world: World) -> None:
    world.broken["reporter", "email"] = Broken(permanent=True)
    logged = world.log()
    world.acknowledge("dsl", logged.number)
    world.until("2026-11-23 10:05")
    (line,) = [line for line in world.chronology(logged.number) if line.kind == "alert-failed"]
    assert line.detail.who == WHOEVER_LOGGED_IT


@pytest.mark.parametrize("danger", ["no", "yes"])
def test_while_nobody_at_all_can_be_reached_the_ladder_goes_round_at_a_walk(world: World, danger: str) -> None:
    """It must neither stop nor fill the record with thousands of lines."""
    for person in ("dsl", "deputy-1", "deputy-2", "head"):
        world.broken[person, "email"] = Broken(permanent=True)
    logged = world.log(danger=danger)
    claims = 0
    while (due := world.delivery.next_due()) and due <= at("2026-11-23 10:10") and claims < 60:
        world.now = max(due, world.now)
        world.hand_over()
        claims += 1
    assert claims < 60, f"by {world.now.astimezone(LONDON):%H:%M:%S}, {len(world.tries())} letters had been tried"
    assert "ran-out" in world.kinds(logged.number)
