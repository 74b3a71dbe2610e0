"""Which questions the register answers, and which it leaves to the answers of the base."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.accounts.model import Registered
from bot.accounts.questions import LEADS_TO_REQUEST, found_by, question_in
from bot.answering.commands import command_of
from bot.answering.conversing.from_register import from_register
from bot.answering.dialogue import Base
from bot.knowledge import Knowledge
from bot.messages import Message
from bot.presses import AskAlso
from bot.service.accounts import AccountDesk
from bot.service.core import Core
from bot.store import Store
from tests.accounts.asking import REVIEW, agreed, asked, in_use
from tests.conftest import NOW, SCHOOL


@pytest.fixture
def register(knowledge: Knowledge, store: Store) -> tuple[Registered, ...]:
    """PE's Twitter and the school's Facebook in use, a Padlet approved, and a request of Drama's that waits."""
    desk = AccountDesk(lambda: knowledge, store)
    in_use(desk)
    in_use(desk, name="Fernbank", tool="Facebook", whose="school", audience=("parents",), years=(), age_limit="0")
    agreed(desk, name="Year 6 trip", tool="Padlet", years=("year-6",), age_limit="0")
    asked(desk, name="Drama", tool="TikTok")
    return store.register(SCHOOL).public()


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("is the PE Twitter approved?", {"PE (Twitter)"}),
        ("Has the PE department's twitter account been agreed?", {"PE (Twitter)"}),
        ("who runs the school Facebook?", {"Fernbank (Facebook)"}),
        ("Who has the login for our facebook page", {"Fernbank (Facebook)"}),
        ("which tools may I use with Year 6?", {"Year 6 trip (Padlet)"}),
        ("what apps can we use with yr 9", {"PE (Twitter)"}),
        ("what social media can I use with parents", {"PE (Twitter)", "Fernbank (Facebook)", "Year 6 trip (Padlet)"}),
        ("which accounts are approved?", {"PE (Twitter)", "Fernbank (Facebook)", "Year 6 trip (Padlet)"}),
        ("is the drama TikTok approved?", set()),  # it waits, and nobody is told so
        ("which tools may I use with Year 4?", set()),
        ("is Twitter approved?", {"PE (Twitter)"}),
        ("is PE twitter ok to use", {"PE (Twitter)"}),
        ("Hi, who approved the PE Twitter?", {"PE (Twitter)"}),
        ("has the PE Twitter been reviewed?", {"PE (Twitter)"}),
        ("is the physical education twitter approved?", {"PE (Twitter)"}),
        ("which tools may I use with years 5 and 6?", {"Year 6 trip (Padlet)"}),
        ("which tools may I use with years 7 to 9?", {"PE (Twitter)"}),
        ("which tools may I use with year nine?", {"PE (Twitter)"}),
        ("what apps can we use with KS3?", {"PE (Twitter)"}),
        ("which tools may I use with the sixth form?", set()),
    ],
)
def test_it_is_found_by_its_own_names(question: str, titles: set[str], register: tuple[Registered, ...]) -> None:
    found = question_in(question)
    assert found
    assert {each.title for each in found_by(found, register)} == titles


@pytest.mark.parametrize(
    "question",
    [
        "can I start an Instagram for PE?", "is Instagram allowed?", "can I use Padlet with Year 4",
        "who runs the school?",
        "who is in charge of the PE department",
        "is the new policy approved?", "who is in charge of the minibus", "which apps are good for phonics?",
        "is TikTok approved for pupils under 13", "is Padlet allowed?", "has it been reviewed?",
        "who runs the PE Twitter? a Year 8 is being bullied on it",
        "who runs the PE Twitter a boy posted on Instagram",
    ],
)  # fmt: skip
def test_every_other_question_is_left_alone(
    question: str, knowledge: Knowledge, register: tuple[Registered, ...]
) -> None:
    found = question_in(question)
    assert found is None or from_register(knowledge, register, found, NOW) is None


def test_no_way_of_asking_for_an_answer_is_taken_by_the_register(
    knowledge: Knowledge, register: tuple[Registered, ...]
) -> None:
    texts = [text for entry in knowledge.entries.values() for text in entry.texts]
    texts += [each.text for each in knowledge.outside]
    questions = [(text, question) for text in texts if (question := question_in(text))]
    assert [text for text, each in questions if from_register(knowledge, register, each, NOW)] == []
    assert [text for text in texts if command_of(text) == "new-account"] == []


def test_what_it_says_of_a_state(knowledge: Knowledge, register: tuple[Registered, ...]) -> None:
    def said(question: str, now: dt.datetime = NOW) -> str:
        found = question_in(question)
        assert found
        reply = from_register(knowledge, register, found, now)
        assert reply and not reply.text.startswith(("Yes", "No "))
        return reply.text

    assert "and in use. Its next review is on 1 June 2027" in said("is the PE Twitter approved?")
    due = dt.datetime.combine(REVIEW, dt.time(12), dt.UTC)
    assert "goes from Nursery and Reception to Year 13" in said("which tools may I use with Year 99?")
    assert "is approved by" in said("who approved the PE Twitter?")
    assert "Its review has been due since 1 June 2027" in said("is the PE Twitter approved?", due)
    assert "not in use yet" in said("is the year 6 trip padlet approved")
    assert "Reasonmarker" not in said("is the PE Twitter approved?")
    asked, late = question_in("is the PE Twitter approved?"), dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)
    at_night = [replace(each, decisions=tuple(replace(one, at=late) for one in each.decisions)) for each in register]
    reply = from_register(knowledge, at_night, asked, NOW) if asked else None
    assert reply and "on 1 July 2026" in reply.text


def test_a_damaged_line_of_the_register_keeps_nobody_from_a_handover(base: Base, either: Store, database: str) -> None:
    core = Core(lambda: base, either)
    in_use(core.accounts)
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE register SET content = :content"), {"content": b"damaged"})
    engine.dispose()
    text = "who runs the nudes of year 9 girls instagram page"
    assert question_in(text)
    assert core.assistant.handle(Message(text, "c"), NOW).kind == "handover"


def test_an_empty_register_says_so_and_an_answer_of_the_base_is_offered_at_most(base: Base, store: Store) -> None:
    reply = Core(lambda: base, store).assistant.handle(Message("Is the PE Instagram approved?", "c"), NOW)
    assert (reply.kind, reply.answer) == ("no-answer", None)
    assert "no approved account of that name" in reply.text and reply.contact
    assert all(isinstance(each.action, AskAlso) for each in reply.offers)
    assert reply.offers


def test_a_concern_is_looked_for_first(core: Core) -> None:
    """A message with the form of a question to the register that sounds like a child at risk is handed over."""
    in_use(core.accounts)
    text = "which apps can we use with Year 9? a girl in my form says her stepdad hits her and she is scared to go home"
    assert core.assistant.handle(Message(text, "c"), NOW).kind == "handover"
    assert core.assistant.handle(Message("is the PE Twitter approved?", "c"), NOW).kind == "action"


def test_every_answer_that_leads_to_a_request_is_there(knowledge: Knowledge) -> None:
    assert knowledge.entries.keys() >= LEADS_TO_REQUEST
