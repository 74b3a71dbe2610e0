"""Every page and form of a concern, walked by everybody: the right reader sees it, and nobody else anything. Which
routes there are, and what each of them answers to whom, is walked in test_walk.py."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.answering.dialogue import Base
from bot.service.casework import ACTIONS
from bot.store import Store
from tests.conftest import SCHOOL
from tests.inboxing import (
    ABOUT_A_STRANGER,
    ABOUT_AN_ADULT,
    ABOUT_THE_DSL,
    ABOUT_THE_HEAD,
    COOKIE,
    UNKNOWN,
    Seen,
    Visitor,
    World,
    answers,
    markers,
    opened,
)

PEOPLE = ("dsl", "deputy-1", "deputy-2", "head", "chair", "online")
# Concern -> whoever may read it. Each was logged by the online safety lead, who hears by receipt and reads nothing.
CONCERNS = {
    "about a pupil": (answers(), {"dsl", "deputy-1", "deputy-2", "head"}),
    "about a deputy": (ABOUT_AN_ADULT, {"head"}),
    "about a stranger": (ABOUT_A_STRANGER, {"head"}),
    "about the head": (ABOUT_THE_HEAD, {"chair"}),
    "about the dsl": (ABOUT_THE_DSL, {"head"}),
}
# Every form of a concern, filled in.
FORMS: tuple[dict[str, str], ...] = (
    {"action": "acknowledge"},
    {"action": "note", "text": "x"},
    {"action": "action", "text": "x", "due": ""},
    {"action": "done", "about": "1"},
    {"action": "decision", "text": "x", "reason": "x"},
    {"action": "correct", "about": "1", "text": "x"},
    {"action": "refer", "to": "x", "reference": "", "text": ""},
    {"action": "pass-on", "person": "online", "reason": "x"},
    {"action": "file", "file": "", "name": "x"},
    {"action": "close", "outcome": "x", "reason": "x", "review_on": ""},
    {"action": "reopen", "reason": "x"},
    {"action": "ask-deletion", "reason": "x"},
    {"action": "agree", "reason": "x"},
    {"action": "keep", "reason": "x"},
    {"action": "note", "text": ""},
    {"action": "action", "text": "x", "due": "never"},
)
# What a reader gets for each of them, sent one after the other: line 1 is no open action, an action is open when it is
# to be closed, and what is open is neither reopened nor deleted.
TAKEN = (303, 303, 303, 409, 303, 303, 303, 303, 303, 409, 409, 409, 409, 409, 400, 400)
PLACES = (
    "/inbox",
    "/inbox?show=closed",
    "/inbox/files",
    "/inbox/figures",
    "/inbox/tips",
    "/inbox/cover",
    "/inbox/accounts",
)


@pytest.fixture
async def world(base: Base, store: Store) -> AsyncIterator[World]:
    async with opened(base, store) as served:
        yield served


async def knock(visitor: Visitor, number: str, file: str) -> AsyncIterator[Seen]:
    """Everything that can be asked of one concern and one file."""
    yield await visitor.get(f"/inbox/concerns/{number}")
    for fields in FORMS:
        yield await visitor.post(f"/inbox/concerns/{number}", **fields)
    for way in ("pdf", "csv"):
        yield await visitor.post(f"/inbox/concerns/{number}/export", way=way)
        yield await visitor.post(f"/inbox/files/{file}/export", way=way)
    yield await visitor.get(f"/inbox/files/{file}")


async def look_around(visitor: Visitor) -> AsyncIterator[Seen]:
    """Every page that is of no concern in particular."""
    for path in (*PLACES, "/inbox/sign-in", "/inbox/enter", "/inbox/test-alert"):
        yield await visitor.get(path)
    for wanted in ("Zelda", "Seenm", "Wordsm", "Adam"):  # the page repeats what was looked for
        yield await visitor.post("/inbox", wanted=wanted)


async def in_a_file(world: World, number: str, readers: set[str]) -> str:
    """The concern put into a child's file by one of its readers; the file's id."""
    reader = world.core.casework.reader(sorted(readers)[0])
    assert reader
    return world.core.casework.file_under(reader, number, "", "Filemarker", world.now)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("which", CONCERNS)
async def test_the_right_reader_and_nobody_else(world: World, which: str, person: str) -> None:
    given, readers = CONCERNS[which]
    number = world.log(given)
    file = await in_a_file(world, number, readers)
    before = world.kinds(number)
    visitor = await world.signed_in(person)
    if person in readers:
        page = await visitor.get(f"/inbox/concerns/{number}")
        assert (page.status, "Seenmarker" in page.text) == (200, True)
        assert number in (await visitor.get("/inbox")).text
        assert "Filemarker" in (await visitor.get(f"/inbox/files/{file}")).text
        return
    unknown = [seen async for seen in knock(visitor, UNKNOWN, "0" * 12)]
    refused = [seen async for seen in knock(visitor, number, file)]
    for one, other in zip(refused, unknown, strict=True):
        assert one.status == 404, one.address
        assert (one.status, one.body, _kept(one)) == (other.status, other.body, _kept(other)), one.address
    around = [seen async for seen in look_around(visitor)]
    for seen in (*refused, *around):
        assert markers(seen.text) == [], seen.address
        assert number not in seen.text, seen.address
    assert world.kinds(number) == before


@pytest.mark.parametrize("person", sorted(CONCERNS["about a pupil"][1]))
async def test_every_form_of_a_concern_is_answered_with_exactly_this(world: World, person: str) -> None:
    number = world.log()
    visitor = await world.signed_in(person)
    sent = [await visitor.post(f"/inbox/concerns/{number}", **fields) for fields in FORMS]
    assert tuple(seen.status for seen in sent) == TAKEN
    assert {seen.to.partition("?")[0] for seen in sent if seen.status == 303} == {f"/inbox/concerns/{number}"}


def test_every_action_has_a_form_that_is_walked() -> None:
    """Files and records are made at addresses of their own."""
    assert {each.id for each in ACTIONS} - {"export"} == {fields["action"] for fields in FORMS}


def _kept(seen: Seen) -> dict[str, str]:
    """The headers, but for the time."""
    return {name: value for name, value in seen.headers.items() if name != "Date"}


async def test_somebody_it_is_about_stays_out_whatever_part_they_take_on(world: World) -> None:
    number = world.log(ABOUT_AN_ADULT)
    roles = {**world.school.roles, "head": ("deputy-1", "head"), "chair": ("deputy-1",), "dsl": ("dsl", "deputy-1")}
    world.change_school(roles=roles)
    visitor = await world.signed_in("deputy-1")
    assert (await visitor.get(f"/inbox/concerns/{number}")).status == 404
    async for seen in look_around(visitor):
        assert markers(seen.text) == []
        assert number not in seen.text
    head = await world.signed_in("head")
    page = await head.get(f"/inbox/concerns/{number}")
    assert 'value="deputy-1"' not in page.text
    refused = await head.post(f"/inbox/concerns/{number}", action="pass-on", person="deputy-1", reason="x")
    assert (refused.status, "cannot be passed on to this person" in refused.text) == (409, True)


async def test_a_part_counts_as_it_is_held_now(world: World) -> None:
    number = world.log()
    online = await world.signed_in("online")
    assert (await online.get(f"/inbox/concerns/{number}")).status == 404
    world.change_school(roles={**world.school.roles, "deputy-dsl": ("online",)})
    assert (await online.get(f"/inbox/concerns/{number}")).status == 200
    world.change_school(roles={**world.school.roles, "deputy-dsl": ("deputy-1",)})
    assert (await online.get(f"/inbox/concerns/{number}")).status == 404


async def test_the_figures_are_for_people_with_a_part(world: World) -> None:
    world.log()
    online = await world.signed_in("online")
    assert "Figures" in online.seen[-1].text
    roles = {role: tuple(each for each in held if each != "online") for role, held in world.school.roles.items()}
    world.change_school(roles=roles)
    assert (await online.get("/inbox/figures")).status == 404
    assert "Figures" not in (await online.get("/inbox")).text


async def test_somebody_who_has_left_the_school_is_signed_out(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("deputy-2")
    session = visitor.cookie()
    people = {name: person for name, person in world.school.people.items() if name != "deputy-2"}
    world.change_school(people=people, roles={**world.school.roles, "deputy-dsl": ("deputy-1",)})
    async for seen in everything(visitor, number):
        assert_turned_away(seen)
    assert visitor.cookie() == ""
    world.change_school(people=dict(world.base.knowledge.school.people))
    assert world.store.sign_in(SCHOOL).who(session, world.now) is None


async def everything(visitor: Visitor, number: str) -> AsyncIterator[Seen]:
    """Every address behind the sign-in."""
    async for seen in knock(visitor, number, "0" * 12):
        yield seen
    for path in PLACES:
        yield await visitor.get(path)
    yield await visitor.post("/inbox", wanted="Zelda")
    yield await visitor.post("/inbox/tips", action="pause")
    yield await visitor.post("/inbox/cover", action="end", about="1")
    yield await visitor.post("/inbox/sign-out")


def assert_turned_away(seen: Seen) -> None:
    """To the sign-in page; where somebody was writing, they get back what they wrote, and nothing else is there."""
    assert markers(seen.text) == [], seen.address
    assert (seen.status, seen.to) == (303, "/inbox/sign-in") or (
        seen.status == 403 and "nothing was saved" in seen.text
    ), seen.address


@pytest.mark.parametrize("who", ["nobody", "forged", "odd", "idle", "signed out"])
async def test_whoever_is_not_signed_in_sees_nothing(world: World, who: str) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl") if who in ("idle", "signed out") else await world.visitor()
    if who == "signed out":
        world.store.sign_in(SCHOOL).end(visitor.cookie())
    elif who == "idle":
        world.later(minutes=31)
    elif who == "forged":
        visitor.client.cookie_jar.update_cookies({COOKIE: "A" * 43}, world.server.make_url("/"))
    elif who == "odd":
        visitor.client.cookie_jar.update_cookies({COOKIE: "<script>'"}, world.server.make_url("/"))
    before = world.kinds(number)
    async for seen in everything(visitor, number):
        assert_turned_away(seen)
    assert world.kinds(number) == before


@pytest.mark.parametrize("how", ["used", "expired", "forged", "of another school"])
async def test_a_link_that_is_not_good_opens_nothing(world: World, how: str) -> None:
    number = world.log()
    school = "elsewhere" if how == "of another school" else SCHOOL
    link = "x" * 43 if how == "forged" else world.store.sign_in(school).make_link("dsl", world.now)
    if how == "used":
        world.store.sign_in(SCHOOL).use_link(link, world.now)
    elif how == "expired":
        world.later(minutes=10)
    visitor = await world.visitor()
    assert (await visitor.post("/inbox/enter", token=link)).status == 403
    assert visitor.cookie() == ""
    async for seen in everything(visitor, number):
        assert_turned_away(seen)


async def test_a_link_leads_nowhere_else(world: World) -> None:
    link = world.store.sign_in(SCHOOL).make_link("dsl", world.now)
    visitor = await world.visitor()
    path = "/inbox/enter?next=https://evil.example&to=//evil.example"
    entered = await visitor.post(path, token=link, next="https://evil.example")
    assert entered.to == "/inbox"
    number = world.log()
    await visitor.get("/inbox")
    odd = await visitor.post(f"/inbox/concerns/{number}%0d%0a", action="acknowledge")
    assert (odd.status, odd.to) == (303, f"/inbox/concerns/{number}%0D%0A?done=acknowledge")


async def test_no_content_in_addresses_titles_or_logs(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    number = world.log()
    head = await world.signed_in("head")
    await head.get(f"/inbox/concerns/{number}")
    for fields in FORMS[:7]:
        told = {name: "Typedmarker" if text == "x" else text for name, text in fields.items()}
        await head.act(number, **told)
    await head.act(number, "file", file="", name="Filemarker")
    await head.post(f"/inbox/concerns/{number}", action="decision", text="Typedmarker", reason="")
    await head.post(f"/inbox/concerns/{number}", action="reopen", reason="Typedmarker")
    await head.post("/inbox", wanted="Zelda Pupilmarker")
    [file] = re.findall(r'href="/inbox/files/(\w+)"', (await head.get("/inbox/files")).text)
    await head.get(f"/inbox/files/{file}")
    for way in ("pdf", "csv"):
        await head.post(f"/inbox/concerns/{number}/export", way=way)
        await head.post(f"/inbox/files/{file}/export", way=way)
    await head.get("/inbox/figures")
    assert any(seen.status == 400 for seen in head.seen) and any(seen.status == 409 for seen in head.seen)
    for seen in head.seen:
        assert markers(f"{seen.address} {seen.title} {seen.headers}") == []
        assert all(markers(address) == [] for address in _addresses(seen.text))
    assert markers(caplog.text) == []
    assert "Zelda" not in caplog.text


def _addresses(page: str) -> Iterator[str]:
    """Where the links and forms of a page lead."""
    yield from re.findall(r'(?:href|action|src)="([^"]*)"', page)
