"""The ladder of a concern, played through on a clock that is moved: who is told, when, and what ends it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.knowledge import Term
from tests.ladder.world import LONDON, MINUTE, TEACHER, World, at, with_roles, with_terms

# --- as it usually goes


def test_about_a_pupil_on_a_monday_morning(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 11:40")
    assert world.story() == [
        "Mon 10:00 alert: dsl",
        "Mon 10:15 alert: dsl",
        "Mon 10:30 alert: deputy-1, deputy-2",
        "Mon 11:00 alert: head",
        "Mon 11:30 alert: dsl",
        "Mon 11:30 news: reporter",
    ]
    assert world.kinds(logged.number) == ["logged", *["alert-sent"] * 5, "ran-out", "alert-sent"]
    lines = world.chronology(logged.number)
    assert (lines[1].detail.who, lines[1].detail.way) == ("Ms Amara Bello", "email")
    assert world.delivery.health(world.now).well


def test_the_ladder_begins_again_until_a_person_ends_it(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 14:30")
    told = [line for line in world.story() if "news" in line]
    assert told == ["Mon 11:30 news: reporter", "Mon 13:00 news: reporter", "Mon 14:30 news: reporter"]
    assert world.story("2026-11-23 13:00")[:3] == [
        "Mon 13:00 alert: dsl",
        "Mon 13:00 news: reporter",
        "Mon 13:15 alert: dsl",
    ]
    world.acknowledge("head", logged.number)
    world.until("2026-11-23 20:00")
    assert world.story("2026-11-23 14:31") == []


def test_the_reporter_hears_whom_to_ring_when_nobody_has_answered(world: World) -> None:
    world.log()
    world.until("2026-11-23 11:30")
    (news,) = [each.letter for each in world.heard if each.letter.kind == "news"]
    for person in ("Ms Amara Bello on 020 7946 0101", "Mr Owen Pryce on 020 7946 0102", "Mrs Ruth Calder on"):
        assert person in news.text
    assert "call 999" in news.text


def test_a_reporter_without_an_address_is_sent_nothing_and_sees_it_by_the_receipt(world: World) -> None:
    logged = world.log(you_email="")
    world.until("2026-11-23 11:35")
    assert not [line for line in world.story() if "news" in line]
    followed = world.casework.follow(logged.receipt, world.now)
    assert followed
    assert "Nobody had answered by then." in [step.text for step in followed.steps]
    assert [person.id for person in followed.ring] == ["dsl", "deputy-1", "deputy-2", "head"]


def test_in_danger_at_night_the_first_two_parts_hear_at_once_and_every_two_minutes(world: World) -> None:
    world.now = at("2026-11-23 23:00")
    world.log(danger="yes")
    world.until("2026-11-23 23:13")
    three = "deputy-1, deputy-2, dsl"
    assert world.story() == [
        *(f"Mon 23:0{minute} alert: {three}" for minute in (0, 2, 4, 6, 8)),
        f"Mon 23:10 alert: {three}, head",
        "Mon 23:10 news: reporter",
        f"Mon 23:12 alert: {three}, head",
    ]


def test_in_danger_the_rest_joins_in_time_even_if_alerts_are_seldom_repeated(world: World) -> None:
    world.school = replace(world.school, ladders=replace(world.school.ladders, again=20, joined=10))
    world.log(danger="yes")
    world.until("2026-11-23 10:12")
    assert "head" in {each.who for each in world.heard}


def test_on_a_friday_afternoon_the_rest_of_the_ladder_waits_for_monday(world: World) -> None:
    world.now = at("2026-11-27 16:20")
    world.log()
    world.until("2026-11-30 09:25")
    assert world.story() == [
        "Fri 16:20 alert: dsl",
        "Mon 08:05 alert: dsl",
        "Mon 08:20 alert: deputy-1, deputy-2",
        "Mon 08:50 alert: head",
        "Mon 09:20 alert: dsl",
        "Mon 09:20 news: reporter",
    ]


@pytest.mark.parametrize(
    ("logged", "monday"),
    [
        ("2026-11-28 11:00", "2026-11-30"),  # a Saturday
        ("2026-10-24 11:00", "2026-11-02"),  # half-term, and the clocks go back
        ("2026-12-26 11:00", "2027-01-04"),  # Christmas, up to an INSET day
    ],
)
def test_while_the_school_is_closed_the_dsl_hears_at_once_and_the_rest_when_it_opens(
    world: World, logged: str, monday: str
) -> None:
    world.now = at(logged)
    receipt = world.log()
    assert receipt.closed_until == at(f"{monday} 08:00")
    assert [person.id for person in receipt.out_of_hours] == ["duty"]
    world.until(f"{monday} 09:25")
    assert world.story() == [
        f"{world.heard[0].at:%a} 11:00 alert: dsl",
        "Mon 08:15 alert: dsl",
        "Mon 08:30 alert: deputy-1, deputy-2",
        "Mon 09:00 alert: head",
    ]


def test_in_the_summer_the_rest_waits_for_september_where_its_term_is_known(world: World) -> None:
    autumn = Term("Autumn 1", dt.date(2027, 9, 2), dt.date(2027, 10, 22))
    world.school = with_terms(world.school, *world.school.opening.terms, autumn)
    world.now = at("2027-08-04 12:00")
    world.log()
    world.until("2027-09-02 08:31")
    assert world.story() == [
        "Wed 12:00 alert: dsl",
        "Thu 08:15 alert: dsl",
        "Thu 08:30 alert: deputy-1, deputy-2",
    ]


def test_in_the_summer_minutes_are_counted_by_the_clock_where_no_term_is_known(world: World) -> None:
    world.now = at("2027-08-04 12:00")
    world.log()
    world.until("2027-08-04 13:05")
    assert world.story() == [
        "Wed 12:00 alert: dsl",
        "Wed 12:15 alert: dsl",
        "Wed 12:30 alert: deputy-1, deputy-2",
        "Wed 13:00 alert: head",
    ]


@pytest.mark.parametrize(
    ("nation", "logged", "after"),
    [("England", "2026-10-23 16:20", "2026-10-26"), ("Scotland", "2027-03-25 16:50", "2027-03-29")],
)
def test_over_a_change_of_the_clocks_everybody_hears_by_the_clock_on_the_wall(
    world: World, nation: str, logged: str, after: str
) -> None:
    year = Term("All year", dt.date(2026, 9, 1), dt.date(2027, 7, 31))
    world.school = replace(with_terms(world.school, year), nation=nation)
    world.now = at(logged)
    world.log()
    world.until(f"{after} 09:00")
    assert world.story()[1:] == [
        "Mon 08:05 alert: dsl",
        "Mon 08:20 alert: deputy-1, deputy-2",
        "Mon 08:50 alert: head",
    ]


@pytest.mark.parametrize("night", ["2026-10-25 01:55", "2027-03-28 00:55"])
def test_in_danger_every_minute_counts_while_the_clocks_change(world: World, night: str) -> None:
    world.now = begin = at(night)
    world.log(danger="yes")
    world.until(f"{(begin + dt.timedelta(minutes=9)).astimezone(LONDON):%Y-%m-%d %H:%M%z}")
    assert sorted({(each.at - begin) // MINUTE for each in world.heard if each.who == "dsl"}) == [0, 2, 4, 6, 8]


# --- whoever covers the hours in which the school is closed


def test_whoever_covers_the_evening_and_may_read_it_hears_at_once(world: World) -> None:
    world.school = with_roles(world.school, out_of_hours=("deputy-2", "duty"))
    world.now = at("2026-11-28 11:00")
    world.log()
    world.until("2026-11-28 12:00")
    assert world.story() == ["Sat 11:00 alert: deputy-2, dsl"]


def test_in_school_hours_they_hear_when_it_is_their_turn(world: World) -> None:
    world.school = with_roles(world.school, out_of_hours=("deputy-2",))
    world.log()
    world.until("2026-11-23 10:14")
    assert world.story() == ["Mon 10:00 alert: dsl"]


@pytest.mark.parametrize("filled", [TEACHER, {**TEACHER, "adult": "deputy-2", "adult_name": ""}])
def test_they_hear_nothing_of_what_they_may_not_read(world: World, filled: dict[str, str]) -> None:
    world.school = with_roles(world.school, out_of_hours=("deputy-2", "duty"))
    world.now = at("2026-11-28 11:00")
    world.log(filled)
    world.log({**filled, "danger": "yes"})
    world.until("2026-11-28 11:11")
    assert {each.who for each in world.heard} == {"head", "chair", "reporter"}


def test_in_danger_whoever_covers_the_night_hears_in_the_first_minute_too(world: World) -> None:
    world.school = with_roles(world.school, out_of_hours=("head",))
    world.now = at("2026-11-28 23:00")
    world.log(danger="yes")
    world.until("2026-11-28 23:01")
    assert world.story() == ["Sat 23:00 alert: deputy-1, deputy-2, dsl, head"]
