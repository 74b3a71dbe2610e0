"""Letters that cannot be handed over: tried again, by another way, then to the next rung."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.concerns import Detail
from bot.service.delivery import WHOEVER_LOGGED_IT
from bot.service.letters import REPEAT
from tests.ladder.world import LONDON, Broken, World, ask_database, at, with_roles


def test_where_one_way_fails_the_next_is_used_at_once(world: World) -> None:
    world.ways = ("slack", "email")
    world.broken["dsl", "slack"] = Broken()
    logged = world.log()
    world.until("2026-11-23 10:14")
    assert world.tries() == ["10:00:00 dsl slack", "10:00:00 dsl email"]
    lines = world.chronology(logged.number)[1:]
    assert [(line.kind, line.detail.way, line.detail.tries, line.detail.who) for line in lines] == [
        ("alert-failed", "slack", 1, "Ms Amara Bello"),
        ("alert-sent", "email", 2, "Ms Amara Bello"),
    ]
    assert lines[0].detail.reason == "no answer"
    assert not any(each.letter.text.count(REPEAT) for each in world.heard)


def test_somebody_is_tried_on_every_way_in_turn_every_minute_in_the_end(world: World) -> None:
    world.ways = ("slack", "email")
    for person in ("dsl", "deputy-1", "deputy-2", "head", "reporter"):
        for way in world.ways:
            world.broken[person, way] = Broken()
    world.log()
    world.until("2026-11-23 10:03")
    tries = [line for line in world.tries() if "dsl" in line]
    clock = ("10:00:00", "10:00:05", "10:00:15", "10:00:35", "10:01:35", "10:02:35")
    assert tries == [f"{at} dsl {way}" for at in clock for way in ("slack", "email")]


def test_when_nobody_on_a_rung_could_be_reached_for_a_while_the_next_is_called_early(world: World) -> None:
    world.broken["dsl", "email"] = Broken()
    logged = world.log()
    world.until("2026-11-23 10:10")
    assert world.story() == ["Mon 10:00 alert: deputy-1, deputy-2"]
    assert world.kinds(logged.number) == ["logged", *["alert-failed"] * 4, "alert-sent", "alert-sent", "alert-failed"]
    assert world.delivery.health(world.now).undelivered == 1
    world.broken.clear()
    world.until("2026-11-23 11:10")
    assert world.story("2026-11-23 10:01") == [
        "Mon 10:10 alert: dsl",
        "Mon 10:15 alert: dsl",
        "Mon 11:00 alert: head",
    ]
    assert world.delivery.health(world.now).well


def test_an_early_call_that_fails_too_uses_up_nothing(world: World) -> None:
    for person in ("dsl", "deputy-1", "deputy-2", "head"):
        world.broken[person, "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:20")
    assert {line.split()[1] for line in world.tries()} == {"dsl", "deputy-1", "deputy-2", "head"}
    world.broken.clear()
    world.until("2026-11-23 11:01")
    assert world.story("2026-11-23 10:01") == [
        "Mon 10:20 alert: dsl",
        "Mon 10:30 alert: deputy-1, deputy-2",
        "Mon 11:00 alert: head",
    ]


def test_in_danger_the_rest_of_the_ladder_is_called_early_too(world: World) -> None:
    for person in ("dsl", "deputy-1", "deputy-2"):
        world.broken[person, "email"] = Broken()
    world.log(danger="yes")
    world.until("2026-11-23 10:01")
    assert world.story() == ["Mon 10:00 alert: head"]


def test_a_way_that_is_shut_for_good_is_left_alone_for_a_while(world: World) -> None:
    world.ways = ("slack", "email")
    world.broken["dsl", "slack"] = Broken(permanent=True)
    world.broken["dsl", "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:10")
    tries = world.tries()
    assert tries[:3] == ["10:00:00 dsl slack", "10:00:00 dsl email", "10:00:05 dsl email"]
    assert [line for line in tries if line.endswith("slack") and "dsl" in line] == [
        "10:00:00 dsl slack",
    ]
    world.until("2026-11-23 10:12")
    assert [line.split()[0] for line in world.tries() if line.endswith("dsl slack")][1:2] >= ["10:10:00"]


def test_a_mailbox_that_was_shut_for_good_and_is_mended_is_found_again(world: World) -> None:
    world.broken["dsl", "email"] = Broken(permanent=True)
    world.log()
    world.until("2026-11-23 10:05")
    world.broken.clear()
    world.until("2026-11-23 10:14")
    assert world.story()[-1] == "Mon 10:10 alert: dsl"


@pytest.mark.parametrize(
    ("wait", "danger", "again"),
    [(1, "no", "10:00:05"), (90, "no", "10:01:30"), (86400, "no", "10:05:00"), (86400, "yes", "10:01:00")],
)
def test_a_way_that_asks_for_patience_gets_it_up_to_a_bound(world: World, wait: float, danger: str, again: str) -> None:
    for person in ("dsl", "deputy-1", "deputy-2", "head"):
        world.broken[person, "email"] = Broken(wait=wait)
    world.log(danger=danger)
    world.until("2026-11-23 10:08")
    assert [line.split()[0] for line in world.tries() if "dsl" in line][:2] == ["10:00:00", again]


def test_a_way_that_asks_for_patience_is_left_alone_and_the_others_are_not(world: World) -> None:
    world.ways = ("slack", "email")
    world.broken["dsl", "slack"], world.broken["dsl", "email"] = Broken(wait=120), Broken()
    world.log()
    world.until("2026-11-23 10:02:30")
    tries = [line.split()[0::2] for line in world.tries() if "dsl" in line]
    assert [at for at, way in tries if way == "slack"][0::1][:2] >= ["10:00:00", "10:02:00"]
    assert len([at for at, way in tries if way == "email"]) > 4


def test_a_way_that_comes_back_is_used(world: World) -> None:
    world.broken["dsl", "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:00:10")
    world.broken.clear()
    world.until("2026-11-23 10:14")
    assert world.tries() == ["10:00:00 dsl email", "10:00:05 dsl email", "10:00:15 dsl email"]
    assert world.story() == ["Mon 10:00 alert: dsl"]


def test_as_soon_as_one_letter_arrives_whoever_else_waits_hears_too(world: World) -> None:
    for person in ("dsl", "deputy-1", "deputy-2", "head"):
        world.broken[person, "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:31:10")
    world.log(seen="He fell.")
    world.broken.clear()
    world.until("2026-11-23 10:31:11")
    heard = [each for each in world.heard if each.arrived and each.letter.kind == "alert"]
    assert {each.at for each in heard} == {at("2026-11-23 10:31:10")}
    assert sorted(each.who for each in heard) == ["deputy-1", "deputy-2", "dsl", "dsl"]


def test_while_nobody_can_be_reached_the_reporter_is_told_once_with_numbers_to_ring(world: World) -> None:
    for person in ("dsl", "deputy-1", "deputy-2", "head"):
        world.broken[person, "email"] = Broken()
    logged = world.log()
    world.until("2026-11-23 10:20")
    (news,) = [each for each in world.heard if each.letter.kind == "news"]
    assert news.at < at("2026-11-23 10:01")
    text = news.letter.text
    assert text.index("call 999") < text.index("Ms Amara Bello on 020 7946 0101") < text.index("Mrs Ruth Calder on")
    assert "Nobody could be reached yet" in text
    followed = world.casework.follow(logged.receipt, world.now)
    assert followed
    assert any("Nobody could be reached by then" in step.text for step in followed.steps)
    assert [person.id for person in followed.ring] == ["dsl", "deputy-1", "deputy-2", "head"]
    assert world.kinds(logged.number).count("not-reached") == 1
    assert "ran-out" not in world.kinds(logged.number)


def test_what_the_reporter_would_hear_too_late_is_not_sent(world: World) -> None:
    for person in ("dsl", "deputy-1", "deputy-2", "head", "reporter"):
        world.broken[person, "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:20")
    world.broken.clear()
    world.until("2026-11-23 10:29")
    assert world.story() == ["Mon 10:20 alert: dsl"]


def test_somebody_who_gets_a_part_while_nobody_can_be_reached_is_called(world: World) -> None:
    for person in ("dsl", "deputy-1", "deputy-2", "head"):
        world.broken[person, "email"] = Broken()
    world.log(danger="yes")
    world.until("2026-11-23 10:11")
    world.school = with_roles(world.school, dsl=("duty",))
    world.until("2026-11-23 10:12:30")
    assert [each.who for each in world.heard if each.arrived and each.letter.kind == "alert"] == ["duty"]


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
def test_while_nobody_at_all_can_be_reached_the_record_is_not_filled_with_tries(world: World, danger: str) -> None:
    for person in ("dsl", "deputy-1", "deputy-2", "head"):
        world.broken[person, "email"] = Broken()
    logged = world.log(danger=danger)
    claims = 0
    while (due := world.delivery.next_due()) and due <= at("2026-11-23 10:20") and claims < 400:
        world.now = max(due, world.now)
        world.hand_over()
        claims += 1
    assert claims < 400, f"by {world.now.astimezone(LONDON):%H:%M:%S}, {len(world.tries())} letters had been tried"
    assert world.kinds(logged.number).count("alert-failed") < 40


# --- an alert that is said to have failed for good


def _told_as_failed(world: World, database: str) -> str:
    """An alert whose first try failed; then somebody who can write the table says that it is over."""
    world.broken["dsl", "email"] = Broken()
    logged = world.log()
    world.hand_over()
    mine = f"school = '{world.school.id}' AND concern = '{logged.number}'"
    ask_database(database, f"UPDATE notices SET state = 'failed' WHERE {mine} AND tries = 1")
    world.tampered = True
    return logged.number


def test_an_alert_that_failed_once_and_is_not_tried_again_is_a_fault(world: World, database: str) -> None:
    number = _told_as_failed(world, database)
    said = f"concern {number}: alerts: 1 are said to be dealt with"
    assert any(said in fault for fault in world.store.audit(world.school.id).verify(world.now))


def test_a_failed_alert_that_the_log_knows_as_not_over_calls_off_no_other_of_the_same_person(
    world: World, database: str
) -> None:
    number = _told_as_failed(world, database)
    with world.store.concerns(world.school.id).work_on_ladder(number) as case:
        arranged = case.events[0].detail.terms
    assert arranged
    theirs = ", ".join(f"'{each.id}'" for each in arranged.planned if each.person == "dsl" and each.kind == "alert")
    ask_database(database, f"UPDATE notices SET state = 'cancelled' WHERE state = 'waiting' AND id IN ({theirs})")
    said = f"concern {number}: alerts: {theirs.count(',') + 1} are said to be dealt with"
    assert theirs.count(",")
    assert any(said in fault for fault in world.store.audit(world.school.id).verify(world.now))


def test_what_failed_before_the_log_said_whether_it_is_over_is_not_provable(
    world: World, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def before(**fields: object) -> Detail:
        return Detail(**{name: value for name, value in fields.items() if name != "over"})  # type: ignore[arg-type]

    monkeypatch.setattr("bot.service.delivery.Detail", before)
    number = _told_as_failed(world, database)
    proof = world.store.audit(world.school.id).proof(world.now)
    (remark,) = proof.remarks(LONDON)
    assert (proof.faults, proof.unclear) == ((), (number,))
    assert "not provable" in remark and number in remark


def test_an_alert_to_somebody_who_has_left_is_over_by_the_log(world: World) -> None:
    world.log()
    people = {name: person for name, person in world.school.people.items() if name != "dsl"}
    world.school = replace(with_roles(world.school, dsl=()), people=people)
    world.until("2026-11-23 10:01")
    proof = world.store.audit(world.school.id).proof(world.now)
    assert (proof.faults, proof.unclear) == ((), ())
