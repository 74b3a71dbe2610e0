"""What is kept of a question says neither who asked, nor when, nor after which other one."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading

import pytest
import sqlalchemy as sa

from bot.answering.dialogue import Conversation, NoteGap
from bot.knowledge import School
from bot.store import Finished, Store, schema
from bot.store.sealing.cells import opened
from tests.conftest import NOW
from tests.store.made import rows

QUESTIONS = [f"question {number}" for number in range(14)]  # in this order by chance: once in 87 thousand million


def _ask(store: Store, school: School, at: dt.datetime = NOW) -> None:
    for number, question in enumerate(QUESTIONS):
        state = Conversation("friend-ex-pupil", None, {}, question, at + dt.timedelta(minutes=30))
        turn = Finished(state, (NoteGap(question, None, "no-answer"),), f"entry-{number}")
        store.talk(school.id).finish_turn(f"cookie-{number}", turn, at + dt.timedelta(seconds=number))


def test_kept_questions_lie_in_no_order(either: Store, school: School, database: str) -> None:
    _ask(either, school)
    lying = rows(database, schema.gaps)
    vault = either._database.vault
    as_they_lie = [opened(vault, schema.gaps.c.question, row) for row in lying]
    assert sorted(as_they_lie) == sorted(QUESTIONS)
    assert as_they_lie != QUESTIONS and as_they_lie != QUESTIONS[::-1]
    shown = [gap.question for gap in either.talk(school.id).gaps()]
    assert shown not in (QUESTIONS, QUESTIONS[::-1])


@pytest.mark.parametrize("table", ["gaps", "asked", "tip_opinions", "conversations"])
def test_sqlite_numbers_no_rows_that_tell_of_questions(store: Store, school: School, table: str) -> None:
    _ask(store, school)
    path = store._database.engine.url.database
    assert path
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.OperationalError, match="no such column"):
        connection.execute(f"SELECT rowid FROM {table}")
    connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_says_of_the_questions_of_a_day_only_when_the_last_one_came(
    either: Store, school: School, database: str
) -> None:
    _ask(either, school)
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        written = connection.execute(sa.text("SELECT xmin::text, ctid::text FROM gaps ORDER BY ctid")).all()
    engine.dispose()
    assert len(written) == len(QUESTIONS)
    assert len({transaction for transaction, _ in written}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_of_questions_that_come_at_once_none_is_lost(either: Store, school: School, database: str) -> None:
    talk = either.talk(school.id)

    def ask(number: int) -> None:
        for again in range(10):
            gap = NoteGap(f"{number}-{again}", None, "no-answer")
            talk.finish_turn(f"c{number}", Finished(Conversation(), (gap,)), NOW)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {gap.question for gap in talk.gaps()} == {f"{n}-{again}" for n in range(4) for again in range(10)}


def test_nothing_in_the_open_says_at_which_second_somebody_asked(either: Store, school: School, database: str) -> None:
    at = NOW.replace(hour=10, minute=7, second=41, microsecond=123000)
    _ask(either, school, at)
    quarter = 15 * 60 * 1000
    assert {row.until % quarter for row in rows(database, schema.conversations)} == {0}
    assert {row.asked_on for row in rows(database, schema.gaps)} == {at.date()}


def test_a_conversation_still_ends_to_the_second(either: Store, school: School) -> None:
    talk = either.talk(school.id)
    until = NOW.replace(minute=7, second=41)
    talk.finish_turn("c", Finished(Conversation("friend-ex-pupil", None, {}, None, until)), NOW)
    assert talk.conversation("c", until - dt.timedelta(seconds=1)).entry == "friend-ex-pupil"
    assert talk.conversation("c", until) == Conversation()


def test_a_visitors_cookie_leads_to_nothing_without_the_keys(either: Store, school: School, database: str) -> None:
    _ask(either, school)
    stored = repr([rows(database, table) for table in schema.metadata.sorted_tables])
    assert "cookie-" not in stored
    assert either.talk(school.id).conversation("cookie-3", NOW).question == "question 3"


def test_of_what_a_chat_brought_the_hour_is_kept_once_it_is_dealt_with(
    either: Store, school: School, database: str
) -> None:
    at = NOW.replace(hour=10, minute=7, second=41, microsecond=123000)
    received = either.received(school.id, "slack")
    delivered = received.take("Ev1", "question", at)
    assert delivered
    received.done(delivered, at)
    (row,) = rows(database, schema.received)
    assert (row.payload, row.lease_until) == (None, None)
    assert row.at == round(at.replace(minute=0, second=0, microsecond=0).timestamp() * 1000)
    assert received.take("Ev1", "again", at) is None
