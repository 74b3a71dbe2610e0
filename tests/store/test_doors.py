"""Signing in, opening a database, and what conversations leave behind."""

from __future__ import annotations

import datetime as dt
import multiprocessing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.answering.dialogue import Conversation
from bot.knowledge import School
from bot.store import Finished, Store, StoreError, open_store, schema
from bot.store.talk import Talk
from tests.conftest import KEY, NOW
from tests.store.made import MARKERS, change, log

# --- signing in


def test_a_link_works_once_and_for_ten_minutes(either: Store, school: School) -> None:
    sign_in = either.sign_in(school.id)
    token = sign_in.make_link("dsl", NOW)
    assert sign_in.use_link(token, NOW + dt.timedelta(minutes=9))
    assert sign_in.use_link(token, NOW + dt.timedelta(minutes=9)) is None
    late = sign_in.make_link("dsl", NOW)
    assert sign_in.use_link(late, NOW + dt.timedelta(minutes=10)) is None


def test_a_session_ends_after_half_an_hour_without_use_and_after_half_a_day_of_use(
    either: Store, school: School
) -> None:
    sign_in = either.sign_in(school.id)
    session = sign_in.use_link(sign_in.make_link("dsl", NOW), NOW) or ""
    at = NOW
    for _ in range(26):
        at += dt.timedelta(minutes=29)
        found = sign_in.who(session, at)
        assert found == ("dsl" if at < NOW + dt.timedelta(hours=12) else None)
    other = sign_in.use_link(sign_in.make_link("dsl", NOW), NOW) or ""
    assert sign_in.who(other, NOW + dt.timedelta(minutes=30)) is None


# --- opening


def test_the_migrations_make_the_very_tables_of_the_schema(either: Store, database: str) -> None:
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    engine.dispose()


def test_replicas_that_start_together_migrate_once(database: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    # Each opens it, and ends; it loads no more than that takes.
    processes = [context.Process(target=open_store, args=(database, (KEY,), tmp_path / "no.key")) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]


def test_a_database_of_a_newer_version_is_refused(either: Store, database: str, tmp_path: Path) -> None:
    change(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer AskFirst"):
        open_store(database, (KEY,), tmp_path / "no.key")


@pytest.mark.parametrize(
    "url",
    ["sqlite:////proc/nowhere/x.db", "postgresql://nobody@127.0.0.1:1/x", "mysql://x/y", "nonsense"],
)
def test_a_database_that_cannot_be_opened_says_what_to_check(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="ASKFIRST_DATABASE_URL"):
        open_store(url, (KEY,), tmp_path / "no.key")


def test_a_fault_of_the_database_repeats_nothing_that_was_written(either: Store, school: School, database: str) -> None:
    change(database, "DROP TABLE notices")
    with pytest.raises(StoreError) as raised:
        log(either, school)
    shown = f"{raised.value!r} {raised.value.__cause__!r}"
    for marker in MARKERS:
        assert marker not in shown
    assert raised.value.__suppress_context__


# --- conversations and counts


def test_entries_are_counted_by_day_with_what_people_said_of_them(either: Store, school: School) -> None:
    talk: Talk = either.talk(school.id)
    for helped in (None, None, True, False, None):
        talk.finish_turn("c", Finished(Conversation(), (), "friend-ex-pupil", helped), NOW)
    talk.finish_turn("c", Finished(Conversation(), (), "other", None), NOW)
    talk.finish_turn("c", Finished(Conversation(), (), "other", None), NOW - dt.timedelta(days=40))
    found = talk.tallies(NOW.date() - dt.timedelta(days=7))
    assert [(tally.entry, tally.answered, tally.helped, tally.not_helped) for tally in found] == [
        ("friend-ex-pupil", 3, 1, 1),
        ("other", 1, 0, 0),
    ]
