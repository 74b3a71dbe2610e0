"""What the letters of a concern say, and what none of them says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import pytest

from bot.concerns import Receipt
from bot.concerns.ladder.escalation import Recipient, Step
from bot.knowledge import School
from bot.service.letters import NO_DETAILS, Letter, letter_for
from bot.store import open_store
from tests.conftest import KEY
from tests.ladder.world import ADDRESS, PUPIL, TEACHER, World, ask_database, at

PLANTED = {
    "pupils": "Zelda Pupilmarker, Classmarker",
    "adult_name": "Yolanda Adultmarker",
    "adult_role": "Rolemarker",
    "seen": "Seenmarker",
    "words": "Wordsmarker",
    "time": "Timemarker",
    "where": "Wheremarker",
    "present": "Presentmarker",
    "done": "Donemarker",
    "link": "Linkmarker",
    "you_name": "Xenia Reportermarker",
    "you_role": "Yourolemarker",
}


def live_through(world: World, danger: str) -> Receipt:
    """One concern through everything that sends somebody a line, with a marker in whatever is typed."""
    filled = {**PUPIL, **PLANTED, "danger": danger, "date": "1999-12-31"}
    logged = world.log(filled, about=("pupil", "adult"), categories=("Neglect", "Conduct of an adult"))
    number, head = logged.number, world.reader("head")
    world.until("2026-11-23 11:35")  # alerts, and nobody answered
    world.acknowledge("head", number)
    world.until("2026-11-25 12:00")  # reminders
    world.casework.action(head, number, "Actionmarker", dt.date(2026, 11, 27), world.now)
    world.casework.note(head, number, "Notemarker", world.now)
    world.casework.decide(head, number, "Decisionmarker", "Whymarker", world.now)
    world.casework.refer(head, number, "Tomarker", "Refmarker", "Textmarker", world.now)
    world.until("2026-11-27 09:00")
    world.casework.add(logged.receipt, "Addedmarker", world.now)
    world.until("2026-11-27 09:20")
    world.casework.reassign(head, number, "online", "Passmarker", world.now)
    world.until("2026-11-27 09:40")
    actions = [event.number for event in world.chronology(number) if event.kind == "action"]
    becomes = dict.fromkeys(actions, "done")
    world.casework.close(head, number, "Outmarker", "Becausemarker", None, world.now, becomes)
    world.until("2026-11-27 10:00")
    return logged


@pytest.fixture(scope="module", params=["no", "yes"], ids=["ordinary", "immediate"])
def letters(
    request: pytest.FixtureRequest, school: School, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, bool, Sequence[Letter]]]:
    """Everything that is sent for one concern: its number, whether it is immediate, and the letters."""
    folder = tmp_path_factory.mktemp("letters")
    store = open_store(f"sqlite:///{folder / 'letters.db'}", (KEY,), folder / "no.key")
    world = World(store, school, at("2026-11-23 10:00"))
    number = live_through(world, request.param).number
    yield number, request.param == "yes", [each.letter for each in world.heard]
    store.close()


def test_every_kind_of_letter_is_among_them(letters: tuple[str, bool, Sequence[Letter]]) -> None:
    assert {letter.kind for letter in letters[2]} == {"alert", "follow-up", "action-due", "closed", "news"}


def test_no_letter_says_anything_that_was_written(letters: tuple[str, bool, Sequence[Letter]]) -> None:
    categories = ("neglect", "conduct")
    for letter in letters[2]:
        whole = f"{letter.subject} {letter.text} {letter.link}".casefold()
        for planted in ("marker", "zelda", "yolanda", "xenia", "1999", *categories):
            assert planted not in whole, letter


def test_every_letter_names_the_concern_by_its_number(letters: tuple[str, bool, Sequence[Letter]]) -> None:
    for letter in letters[2]:
        assert letter.number == letters[0]
        assert letters[0] in letter.subject
        assert letters[0] in letter.text


@pytest.mark.parametrize("kind", ["alert", "follow-up", "action-due"])
def test_every_letter_to_a_reader_says_how_urgent_it_is(letters: tuple[str, bool, Sequence[Letter]], kind: str) -> None:
    number, urgent, sent = letters
    found = [letter for letter in sent if letter.kind == kind]
    assert found
    for letter in found:
        assert letter.urgent == urgent
        assert "immediate" in letter.text.casefold(), letter.text
        assert ("not marked as immediate" in letter.text) != urgent
        assert ("IMMEDIATE" in letter.subject) == urgent
        assert NO_DETAILS in letter.text
        assert letter.link == f"{ADDRESS}/inbox/concerns/{number}"


def test_a_letter_to_the_reporter_leads_to_the_receipt_and_not_to_the_inbox(
    letters: tuple[str, bool, Sequence[Letter]],
) -> None:
    for letter in letters[2]:
        if letter.kind == "news":
            assert letter.link == f"{ADDRESS}/concern/receipt"
            assert "inbox" not in letter.text


@pytest.mark.parametrize("about", ["deputy-1", "dsl", "head", "chair"])
def test_no_letter_names_an_adult_of_the_list_whom_it_is_about_or_who_logged_it(world: World, about: str) -> None:
    logged = world.log(TEACHER, adult=about, adult_name="", you="online", you_name="")
    world.until("2026-11-23 11:05")
    world.acknowledge("chair" if about == "head" else "head", logged.number)
    world.until("2026-11-25 12:00")
    assert {each.letter.kind for each in world.heard} == {"alert", "follow-up", "news"}
    for each in world.heard:
        for person in (about, "online"):
            assert world.school.people[person].name not in f"{each.letter.subject} {each.letter.text}"


@pytest.mark.parametrize(("kind", "carries"), [("sign-in", True), ("alert", False), ("news", False)])
def test_letters_that_are_not_urgent_carry_the_end_of_the_log_out_of_the_house(
    world: World, kind: str, carries: bool
) -> None:
    logged = world.log(you_email="jo.marsh@fernbank.example")
    head = world.store.audit(world.school.id).head()
    outbox = world.store.outbox((world.school.id,))
    outbox.add(world.school.id, None, (Step("sign-in", world.now, Recipient("dsl"), text="token"),))
    if kind == "news":
        world.acknowledge("dsl", logged.number)
    (notice,) = [each for each in world.delivery.claim(world.now) if each.kind == kind]
    letter = letter_for(world.school, notice, ADDRESS, world.now, world.delivery.head(notice))
    assert (f"The audit log stands at {head}." in letter.text) == carries
    audit = world.store.audit(world.school.id)
    assert audit.proof(world.now, head).faults == ()


def test_where_the_end_of_the_log_was_tampered_with_no_letter_carries_it(world: World, database: str) -> None:
    world.tampered = True
    world.log()
    ask_database(database, f"UPDATE chains SET head = 'x' WHERE school = '{world.school.id}'")
    assert world.store.audit(world.school.id).head() == ""


def test_a_link_for_signing_in_goes_to_whoever_may_have_one_and_to_nobody_else(world: World) -> None:
    world.tampered = True  # a link is used here without the page, which writes a line
    outbox = world.store.outbox((world.school.id,))
    for address in (" A.Bello@Fernbank.example ", "office@fernbank.example", "stranger@mail.example", ""):
        outbox.add(world.school.id, None, (Step("sign-in", world.now, text=address),))
    world.until("2026-11-23 10:01")
    (heard,) = world.heard
    assert (heard.who, heard.letter.kind, heard.letter.number) == ("dsl", "sign-in", "")
    token = heard.letter.link.rpartition("token=")[2]
    session = world.store.sign_in(world.school.id).use_link(token, world.now)
    assert session
    assert world.store.sign_in(world.school.id).who(session, world.now) == "dsl"
