"""Who stands in for somebody on leave, named in the inbox: who may, what follows from it at once, and what is told."""

from __future__ import annotations

import html
import re
import threading
from dataclasses import replace

import pytest

from adapters.command.audit import audit
from bot.concerns import Actor, IncompleteError, Reader
from bot.concerns.leave.covering import (
    BACKWARDS,
    HEAD_FOR_CHAIR,
    NOT_YOURS,
    NOT_YOURSELF,
    PAST,
    THEMSELVES,
    TOO_LONG,
)
from bot.knowledge import Cover
from bot.messages import Message
from bot.service.casework.covering import CoverDesk, Decider
from bot.service.core import Core
from bot.store import StoreError
from bot.store.alerts.covers import Covers
from tests.conftest import SCHOOL
from tests.inboxing import ABOUT_AN_ADULT, Seen, Visitor, World, answers

LEAVE = {"person": "dsl", "by": "online", "first": "2026-11-23", "last": "2026-11-27"}


def words(seen: Seen) -> str:
    """What the page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", seen.text)).split())


async def name(visitor: Visitor, **changes: str) -> Seen:
    """Fill in the form and press; the page that follows."""
    posted = await visitor.post("/inbox/cover", action="name", **{**LEAVE, **changes})
    return await visitor.get(posted.to) if posted.status == 303 else posted


async def end(visitor: Visitor, number: str) -> Seen:
    posted = await visitor.post("/inbox/cover", action="end", about=number)
    return await visitor.get(posted.to) if posted.status == 303 else posted


def number_on(page: Seen) -> str:
    found = re.search(r'name="about" value="(\d+)"', page.text)
    assert found
    return found[1]


def covers(world: World) -> list[Cover]:
    return [each.cover for each in world.store.covers(SCHOOL).all()]


def told(world: World) -> set[tuple[str, str]]:
    """Who is to be sent what by now."""
    delivery = world.core.delivery()
    delivery.watch(world.now)  # as every process does each minute
    return {(each.recipient.person, each.kind) for each in delivery.claim(world.now)}


async def test_a_stand_in_is_called_rung_and_let_in_from_the_moment_they_are_named(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("head")
    page = await name(visitor)
    assert "The stand-in is named" in words(page)
    assert "stands in for Ms Amara Bello" in words(page)
    assert ("online", "alert") in told(world)
    assert (await (await world.signed_in("online")).get(f"/inbox/concerns/{number}")).status == 200
    asked = world.core.assistant.handle(Message("a child told me that her dad hits her", "c"), world.now)
    assert asked.handover
    assert "Ms Amara Bello" not in {each.name for each in asked.handover.people}
    lines = audit(world.store, world.school)
    assert any("online for dsl, 2026-11-23 to 2026-11-27" in line and "head" in line for line in lines)


async def test_after_the_last_day_everything_is_as_before(world: World) -> None:
    world.log()
    await name(await world.signed_in("head"))
    stand_in = await world.signed_in("online")
    assert len(re.findall(r"/inbox/concerns/", stand_in.seen[-1].text)) == 1
    world.later(days=5)
    assert "/inbox/concerns/" not in (await world.signed_in("online")).seen[-1].text
    assert "Nobody is on leave" in words(await (await world.signed_in("dsl")).get("/inbox/cover"))


async def test_both_are_told_when_it_is_named_and_when_it_is_ended(world: World) -> None:
    visitor = await world.signed_in("head")
    page = await name(visitor)
    assert told(world) == {("online", "cover"), ("dsl", "cover")}
    assert "The stand-in is ended" in words(await end(visitor, number_on(page)))
    assert covers(world) == []
    assert told(world) == {("online", "cover"), ("dsl", "cover")}
    assert "ended already" in words(await end(visitor, "3"))


async def test_a_second_process_knows_it_after_its_next_look(world: World) -> None:
    other = Core(lambda: world.base, world.store)
    await name(await world.signed_in("head"))
    assert other.school().cover == ()
    other.cover.refresh()
    assert other.school().cover == (Cover("dsl", "online", world.now.date(), covers(world)[0].last),)
    assert other.base() is other.base(), "what is learned by the base is not made anew at every question"


@pytest.mark.parametrize(
    ("who", "person", "wrong"),
    [
        ("dsl", "dsl", ""),
        ("deputy-1", "dsl", ""),
        ("head", "dsl", ""),
        ("chair", "dsl", NOT_YOURS),
        ("dsl", "deputy-1", ""),
        ("head", "head", ""),
        ("chair", "head", ""),
        ("dsl", "head", NOT_YOURS),
        ("deputy-1", "head", NOT_YOURS),
        ("head", "chair", NOT_YOURS),
    ],
)
async def test_nobody_names_a_stand_in_for_those_above_them(world: World, who: str, person: str, wrong: str) -> None:
    page = await name(await world.signed_in(who), person=person)
    assert (wrong in words(page)) if wrong else (page.status == 200)
    assert len(covers(world)) == (not wrong)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"by": "deputy-1"}, NOT_YOURSELF),
        ({"by": "dsl"}, THEMSELVES),
        ({"by": "lado"}, "Pick from the list."),
        ({"by": ""}, "Pick from the list."),
        ({"person": ""}, "Pick from the list."),
        ({"person": "online"}, NOT_YOURS),
        ({"first": "2026-11-22"}, PAST),
        ({"first": ""}, "Pick a day."),
        ({"last": "never"}, "This is not a day."),
        ({"first": "2026-11-26", "last": "2026-11-25"}, BACKWARDS),
        ({"last": "2028-11-25"}, TOO_LONG),
        ({"first": "2028-11-25", "last": "2028-11-26"}, TOO_LONG),
        ({"first": "9999-12-30", "last": "9999-12-31"}, TOO_LONG),
    ],
)
async def test_what_cannot_be_meant_is_said_beside_its_field(world: World, changes: dict[str, str], wrong: str) -> None:
    page = await name(await world.signed_in("deputy-1"), **changes)
    assert page.status == 400 and wrong in words(page)
    assert covers(world) == []


async def test_two_do_not_stand_in_for_one_person_and_nobody_on_leave_stands_in(world: World) -> None:
    visitor = await world.signed_in("head")
    await name(visitor)
    assert "stands in from 23 November 2026 to 27 November 2026 already" in words(await name(visitor, by="deputy-1"))
    assert "is on leave from 23 November 2026" in words(await name(visitor, person="deputy-1", by="dsl"))
    assert len(covers(world)) == 1


async def test_nobody_gives_away_what_a_deputy_was_lent_by_somebody_above_them(world: World) -> None:
    await name(await world.signed_in("chair"), person="head", by="deputy-2")
    page = await name(await world.signed_in("dsl"), person="deputy-2", by="online")
    away, there = world.school.people["head"].name, world.school.people["deputy-2"].name
    assert f"{there} stands in for {away} on these days. End that first." in words(page)
    later = await name(await world.signed_in("dsl"), person="deputy-2", first="2026-11-30", last="2026-12-01")
    assert later.status == 200
    assert [cover.person for cover in covers(world)] == ["head", "deputy-2"]


@pytest.mark.parametrize("person", ["dsl", "deputy-1"])
async def test_whoever_stands_in_names_nobody_by_the_part_that_they_were_lent(world: World, person: str) -> None:
    await name(await world.signed_in("chair"), person="head", by="online")
    page = await name(await world.signed_in("online"), person=person, by="deputy-2", first="2026-11-26")
    assert page.status == 400 and "Pick who is on leave" not in words(page)
    assert [cover.by for cover in covers(world)] == ["online"]


async def test_the_head_does_not_stand_in_for_those_who_hear_what_is_about_the_head(world: World) -> None:
    chair = await world.signed_in("chair")
    assert HEAD_FOR_CHAIR in words(await name(chair, person="chair", by="head"))
    await name(chair, person="head", by="deputy-2")
    assert HEAD_FOR_CHAIR in words(await name(chair, person="chair", by="deputy-2"))
    assert "named" in words(await name(chair, person="chair", by="deputy-2", first="2026-11-30", last="2026-12-01"))
    assert [cover.person for cover in covers(world)] == ["head", "chair"]


@pytest.mark.parametrize("who", ["deputy-1", "chair", "online"])
async def test_only_who_may_name_one_or_stands_in_ends_it(world: World, who: str) -> None:
    page = await name(await world.signed_in("head"), person="head")
    ended = await end(await world.signed_in(who), number_on(page))
    assert (ended.status, len(covers(world))) == ((409, 1) if who == "deputy-1" else (200, 0))


async def test_a_stand_in_never_gets_what_is_about_them(world: World) -> None:
    number = world.log(ABOUT_AN_ADULT)
    await name(await world.signed_in("chair"), person="head", by="deputy-1")
    assert ("deputy-1", "alert") not in told(world)
    assert (await (await world.signed_in("deputy-1")).get(f"/inbox/concerns/{number}")).status == 404


async def test_a_leave_that_begins_later_calls_the_stand_in_then(world: World) -> None:
    world.log(answers())
    await name(await world.signed_in("head"), first="2026-11-25")
    assert ("online", "alert") not in told(world)
    world.later(days=2)
    assert ("online", "alert") in told(world)


async def test_for_somebody_without_a_part_there_is_no_such_page(world: World) -> None:
    visitor = await world.signed_in("online")
    assert "/inbox/cover" not in visitor.seen[-1].text
    assert {(await visitor.get("/inbox/cover")).status, (await name(visitor)).status} == {404}
    assert covers(world) == []


async def test_a_form_from_elsewhere_names_nobody(world: World) -> None:
    visitor = await world.signed_in("head")
    assert (await visitor.post("/inbox/cover", action="name", **LEAVE, token="0" * 64)).status == 403
    assert (await visitor.post("/inbox/cover", action="name", **LEAVE, extra="x")).status == 400
    assert (await visitor.post("/inbox/cover", action="burn")).status == 400
    assert covers(world) == []


async def test_who_has_left_the_school_stands_in_for_nobody(world: World) -> None:
    await name(await world.signed_in("head"))
    people = {key: person for key, person in world.school.people.items() if key != "online"}
    roles = {role: tuple(each for each in who if each != "online") for role, who in world.school.roles.items()}
    world.change_school(people=people, roles=roles)
    assert world.core.school().cover == ()
    assert "Nobody is on leave" in words(await (await world.signed_in("head")).get("/inbox/cover"))


def alerted(world: World) -> set[str]:
    return {person for person, kind in told(world) if kind == "alert"}


def tried_while_nobody_is_reached(world: World) -> set[str]:
    """Who is tried within ten minutes in which no letter arrives."""
    delivery, tried = world.core.delivery(), set[str]()
    for _ in range(10):
        while claimed := delivery.claim(world.now):
            for each in claimed:
                tried |= {each.recipient.person} if each.kind == "alert" else set()
                delivery.failed(each, "email", ["email"], "no way there", world.now)
        world.later(minutes=1)
    return tried


async def test_a_leave_that_begins_later_keeps_nobody_from_being_tried_early(world: World) -> None:
    world.log(answers())
    await name(await world.signed_in("head"), first="2026-12-07", last="2026-12-11")
    assert {"dsl", "deputy-1", "deputy-2"} <= tried_while_nobody_is_reached(world)


async def test_whoever_is_back_early_is_called_and_the_stand_in_no_more(world: World) -> None:
    visitor = await world.signed_in("head")
    page = await name(visitor)
    world.log(answers(danger="yes"))
    assert "online" in alerted(world) and "dsl" not in alerted(world)
    await end(visitor, number_on(page))
    world.later(minutes=2)
    called = alerted(world)
    assert "dsl" in called and "online" not in called


async def test_whoever_is_called_by_a_part_of_their_own_is_called_after_the_end_too(world: World) -> None:
    visitor = await world.signed_in("head")
    page = await name(visitor, by="deputy-1")
    world.log(answers())
    assert alerted(world) == {"deputy-1"}
    await end(visitor, number_on(page))
    assert alerted(world) == {"dsl"}
    world.later(minutes=31)
    assert "deputy-1" in alerted(world)


async def test_an_end_before_the_first_day_calls_nobody(world: World) -> None:
    world.log(answers())
    visitor = await world.signed_in("chair")
    page = await name(visitor, person="head", first="2026-11-25")
    assert alerted(world) == {"dsl"}
    await end(visitor, number_on(page))
    assert alerted(world) == set()


async def test_where_the_stand_in_must_not_hear_the_next_is_called_and_let_in(world: World) -> None:
    number = world.log(ABOUT_AN_ADULT)
    assert alerted(world) == {"head"}
    await name(await world.signed_in("chair"), person="head", by="deputy-1")
    assert alerted(world) == {"chair"}
    assert (await (await world.signed_in("chair")).get(f"/inbox/concerns/{number}")).status == 200


async def test_what_was_broken_off_after_it_was_stored_is_done_by_pressing_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise StoreError("broken off")

    world.log(answers())
    visitor = await world.signed_in("head")
    with monkeypatch.context() as broken:
        broken.setattr("bot.service.casework.covering.pass_over", break_off)
        assert (await visitor.post("/inbox/cover", action="name", **LEAVE)).status >= 500
    assert len(covers(world)) == 1
    assert "The stand-in is named" in words(await name(visitor))
    claimed = world.core.delivery().claim(world.now)
    assert [each.recipient.person for each in claimed if each.kind == "alert"].count("online") == 1
    assert len(covers(world)) == 1


async def test_of_two_processes_that_name_one_at_once_the_second_sees_the_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Core(lambda: world.base, world.store)
    decider = Decider(Actor("dsl", "Ms Amara Bello"), Reader("dsl", frozenset({"dsl"})))
    await name(await world.signed_in("head"))
    cover = covers(world)[0]
    monkeypatch.setattr(CoverDesk, "refresh", lambda _: None)  # `other` has looked before the first was named
    with pytest.raises(IncompleteError):
        other.cover.name(decider, replace(cover, by="deputy-2"), world.now.date(), world.now)
    assert covers(world) == [cover]


async def test_a_slow_look_does_not_take_back_what_the_page_has_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, read, begun, go_on = world.core.cover, Covers.all, threading.Event(), threading.Event()

    def slow(self: Covers) -> object:
        found = read(self)
        if threading.current_thread() is background:
            begun.set()
            go_on.wait(10)
        return found

    monkeypatch.setattr(Covers, "all", slow)
    background = threading.Thread(target=desk.refresh)
    background.start()
    assert begun.wait(10)
    world.store.covers(SCHOOL).name(
        Cover("dsl", "online", world.now.date(), world.now.date()), Actor("head", "Head"), lambda _: (), world.now
    )
    page = threading.Thread(target=desk.refresh)
    page.start()
    page.join(0.2)
    go_on.set()
    background.join(10)
    page.join(10)
    assert [each.cover.by for each in desk.named(world.now.date())] == ["online"]
