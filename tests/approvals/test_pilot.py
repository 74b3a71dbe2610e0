"""A pilot: until a day only some colleagues get answers, and everybody gets what keeps somebody safe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters.chat.piloting import as_taking_part
from adapters.chat.replies import NOT_APPROVED
from adapters.console.chat import render
from adapters.web.security import Limits
from bot.answering.dialogue import Base, respond
from bot.answering.turns import Conversation
from bot.concerns import Account
from bot.knowledge import KnowledgeError
from bot.knowledge.schools.model import Pilot
from bot.messages import Message, Reply
from bot.presses import AskPolicy, DoAction, PickEntry, PickTopic, Press
from bot.service.core import Core
from bot.store import Known, Store
from tests.approvals.giving import PHONE, Folder
from tests.conftest import NOW
from tests.web.page import AT_RISK, ask, page_of

UNTIL = dt.date(2026, 12, 18)
PILOT = Pilot(UNTIL, frozenset({"a.bello@fernbank.example", "u0tess", "mr owen pryce"}))
AFTER = NOW.replace(month=12, day=19)


@pytest.fixture
def piloted(begun: Folder, base: Base) -> Base:
    """In which a pilot is on, and nothing is approved."""
    begun.approvals.write_text("approvals: []\n", encoding="utf-8")
    knowledge = begun.load()
    return Base(replace(knowledge, school=replace(knowledge.school, pilot=PILOT)), base.understanding)


def said(base: Base, text: str, *, trying: bool, action: Press | None = None, now: dt.datetime = NOW) -> Reply:
    return respond(base, Conversation(), Message(text, "one", action, trying=trying), now).reply


def test_whoever_takes_part_is_answered_also_with_what_nobody_has_approved_and_that_is_said(piloted: Base) -> None:
    reply = said(piloted, PHONE, trying=True)
    assert reply.entry == "trip-phone" and NOT_APPROVED in render(reply)


def test_everybody_else_hears_that_it_is_being_tried_until_when_and_whom_to_ask(piloted: Base) -> None:
    reply = said(piloted, PHONE, trying=False)
    assert (reply.kind, reply.answer, reply.form) == ("no-answer", None, True)
    assert "AskFirst is being tried by some colleagues until 18 December 2026" in reply.text
    assert reply.contact and reply.ask


@pytest.mark.parametrize(
    "text", ["a boy in my class told me his dad hits him", "i need to speak to someone about a child"]
)
def test_concerns_are_handed_over_whoever_takes_part(piloted: Base, text: str) -> None:
    assert said(piloted, text, trying=False) == said(piloted, text, trying=True)
    assert said(piloted, text, trying=False).handover


@pytest.mark.parametrize("text", ["log a concern", "who is the DSL", "help"])
def test_the_form_and_the_dsl_are_there_for_everybody(piloted: Base, text: str) -> None:
    assert said(piloted, text, trying=False) == said(piloted, text, trying=True)
    assert said(piloted, text, trying=False).kind == "action"


@pytest.mark.parametrize("action", [PickEntry("trip-phone"), PickTopic("departments"), DoAction("topics")])
def test_no_button_is_a_way_round_it(piloted: Base, action: Press) -> None:
    assert "is being tried" in said(piloted, "", trying=False, action=action).text


def test_behind_a_handover_the_way_to_a_person_stays(piloted: Base) -> None:
    reply = said(piloted, "", trying=False, action=AskPolicy(("trip-phone",)))
    assert "is being tried" in reply.text and reply.note and reply.note.people


def test_after_its_last_day_everybody_is_answered_with_what_is_approved(begun: Folder, piloted: Base) -> None:
    assert "is not approved for use" in said(piloted, PHONE, trying=True, now=AFTER).text
    begun.approve(["trip-phone"])
    school = piloted.knowledge.school
    after = replace(piloted, knowledge=replace(begun.load(), school=school))
    assert said(after, PHONE, trying=False, now=AFTER).entry == "trip-phone"
    assert said(after, PHONE, trying=False).entry is None


# --- who takes part


def known(**more: object) -> Known:
    return replace(Known(Account("slack", "T1:U1"), "", "Somebody", "", False), **more)  # type: ignore[arg-type]


def saying(who: Known) -> Callable[[], Awaitable[Known]]:
    async def ask() -> Known:
        return who

    return ask


@pytest.mark.parametrize(
    ("account", "who", "takes_part"),
    [
        ("U0TESS", known(), True),
        ("U1", known(emails=("A.Bello@fernbank.example",)), True),
        ("U1", known(person="dsl"), True),
        ("U1", known(person="deputy-1"), True),
        ("U1", known(person="head"), False),
        ("U1", known(), False),
        ("U1", known(name="Mr Owen Pryce"), False),  # anybody may call themselves that
        ("U1", known(emails=("a.bello@fernbank.example",), outside=True), False),
    ],
)
async def test_who_takes_part_is_told_by_account_address_or_person(
    piloted: Base, store: Store, account: str, who: Known, takes_part: bool
) -> None:
    core = Core(lambda: piloted, store)
    marked = await as_taking_part(core, Message(PHONE, "one"), account, saying(who), NOW)
    assert marked.trying == takes_part


async def test_nobody_is_looked_up_where_there_is_no_pilot(core: Core, piloted: Base, store: Store) -> None:
    async def who() -> Known:
        raise AssertionError

    message = Message(PHONE, "one")
    assert await as_taking_part(core, message, "U1", who, NOW) == message
    assert await as_taking_part(Core(lambda: piloted, store), message, "U1", who, AFTER) == message


async def test_the_page_knows_nobody_and_hands_over_all_the_same(piloted: Base, store: Store) -> None:
    page = page_of(Core(lambda: piloted, store), limits=Limits(burst=100))
    async with TestClient(TestServer(page)) as client:
        assert "is being tried by some colleagues" in await ask(client, PHONE)
        assert "Log this concern" in await ask(client, AT_RISK)


# --- the file


def test_it_stands_in_school_yaml(begun: Folder) -> None:
    line = "pilot: {until: 2026-12-18, people: [A.Bello@fernbank.example]}"
    begun.edit("school.yaml", "test_alerts: monthly", f"{line}\ntest_alerts: monthly")
    assert begun.load().school.pilot == Pilot(UNTIL, frozenset({"a.bello@fernbank.example"}))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("pilot: {until: 2026-12-18}", "pilot > people: is not a list"),
        ("pilot: {people: [dsl]}", "pilot > until: is missing"),
        ("pilot: {until: soon, people: [dsl]}", "'soon' is not a date"),
        ("pilot: {until: 2026-12-18, people: [dsl], who: all}", "who: is not a field"),
    ],
)
def test_what_is_wrong_with_it_is_a_fault(begun: Folder, line: str, fault: str) -> None:
    begun.edit("school.yaml", "test_alerts: monthly", f"{line}\ntest_alerts: monthly")
    with pytest.raises(KnowledgeError, match=fault.replace("(", r"\(")):
        begun.load()
