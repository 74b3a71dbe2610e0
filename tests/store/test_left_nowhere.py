"""What people wrote is readable in no byte of the database, and what was deleted is in none of them even sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.answering.dialogue import Conversation
from bot.concerns import Account
from bot.knowledge import School
from bot.store import Finished, Logged, Store, schema
from tests.conftest import NOW, SCHOOL
from tests.store.full import WRITTEN, fill_everything, values_of
from tests.store.made import DSL, DSL_ACTOR, log, report_of, rows
from tests.store.unwiped import careless, kept, place

__all__ = ["careless", "kept", "place"]  # fixtures


def _whole(place: Path) -> bytes:
    """Every byte of the database: its file with the free pages, and the write-ahead log."""
    return b"".join(each.read_bytes() for each in place.parent.glob(f"{place.name}*"))


def _found(markers: tuple[str, ...], whole: bytes) -> list[str]:
    lower = whole.lower()
    forms = {marker: {marker.lower().encode(), marker.lower().encode("utf-16-le")} for marker in markers}
    return [marker for marker, written in forms.items() if any(each in lower for each in written)]


def _fill(store: Store, school: School) -> Logged:
    """As `fill_everything`, and somebody who must never read of a concern."""
    first = fill_everything(store, school)
    log(store, school, "adult", replace(report_of(), head=True))
    return first


def _delete_everything(store: Store, number: str) -> None:
    with store.concerns(SCHOOL).work(number, DSL) as case:
        case.delete(DSL_ACTOR, "agreed by two", NOW)
    talk = store.talk(SCHOOL)
    talk.forget_gaps()
    for key in ("one", "two"):
        talk.finish_turn(f"Conversationmarker {key}", Finished(Conversation()), NOW)
        store.accounts(SCHOOL).forget(Account("slack", f"U{key}"))
        store.places(SCHOOL, "teams").forget(f"place {key}")
        store.received(SCHOOL, "slack").forget(f"Deliverymarker {key}")


def test_nothing_that_was_written_can_be_read_in_any_byte_of_the_files(
    kept: Store, school: School, place: Path
) -> None:
    first = _fill(kept, school)
    before = _whole(place)
    assert len(before) > place.stat().st_size, "the write-ahead log is searched too"
    assert _found(WRITTEN, before) == []
    _delete_everything(kept, first.number)
    assert _found(WRITTEN, _whole(place)) == []
    kept.close()
    assert _found(WRITTEN, _whole(place)) == []


# What holds no word of anybody: names of tips, channels and entries, or what a part without people leaves.
OF_NOBODY = {
    "beats.school", "restores.school", "notices.lease_owner", "gaps.entry", "tip_choices.channel",
    "posts.school", "posts.channel", "posts.tip", "posts.state", "posts.lease_owner",
    "tip_opinions.school", "tip_opinions.tip",
}  # fmt: skip


def test_every_column_that_can_hold_a_word_is_filled_where_words_are_searched_for(store: Store, school: School) -> None:
    """A new column fails here until something is written into it, or it is said to hold nobody's words."""
    _fill(store, school)
    empty = set[str]()
    for table in schema.metadata.sorted_tables:
        found = [row._mapping for row in rows(str(store._database.engine.url), table)]
        texts = [column for column in table.columns if isinstance(column.type, sa.String | sa.LargeBinary)]
        empty |= {str(column) for column in texts if not any(row[column.name] for row in found)}
    assert empty == OF_NOBODY


def test_nothing_that_was_written_can_be_read_in_the_tables(either: Store, school: School, database: str) -> None:
    first = _fill(either, school)
    assert _in_tables(database) == []
    _delete_everything(either, first.number)
    assert _in_tables(database) == []


def _in_tables(database: str) -> list[str]:
    stored = repr([rows(database, table) for table in schema.metadata.sorted_tables]).lower()
    return [marker for marker in (*WRITTEN, "Amara", "Bello", "'dsl'") if marker.lower() in stored]


DELETIONS: dict[str, tuple[str, Callable[[Store, str], object]]] = {
    "a concern": ("events.detail", lambda store, number: _erase(store, number)),
    "its letters": ("notices.recipient", lambda store, number: _erase(store, number)),
    "who logged it": ("events.by", lambda store, number: _erase(store, number)),
    "what it is about": ("concerns.about", lambda store, number: _erase(store, number)),
    "a child's file with its last concern": ("files.name", lambda store, number: _erase(store, number)),
    "questions": ("gaps.question", lambda store, _: store.talk(SCHOOL).forget_gaps()),
    "an account": ("accounts.known", lambda store, _: store.accounts(SCHOOL).forget(Account("slack", "Uone"))),
    "a place": ("places.place", lambda store, _: store.places(SCHOOL, "teams").forget("place one")),
    "a delivery": (
        "received.payload",
        lambda store, _: store.received(SCHOOL, "slack").forget("Deliverymarker one"),
    ),
}


def _erase(store: Store, number: str) -> None:
    with store.concerns(SCHOOL).work(number, DSL) as case:
        case.delete(DSL_ACTOR, "agreed by two", NOW)


@pytest.mark.parametrize("what", DELETIONS)
def test_what_was_deleted_is_in_no_byte_of_the_files_even_sealed(
    kept: Store, school: School, place: Path, what: str
) -> None:
    first = fill_everything(kept, school)
    column, delete = DELETIONS[what]
    url = f"sqlite:///{place}"
    before = {value.stored for value in values_of(url) if str(value.column) == column}
    assert [value for value in before if value not in _whole(place)] == []
    delete(kept, first.number)
    gone = before - {value.stored for value in values_of(url) if str(value.column) == column}
    assert gone
    assert [value for value in gone if value in _whole(place)] == []


def test_what_was_asked_is_gone_from_the_log_once_the_sender_has_looked(
    kept: Store, school: School, place: Path
) -> None:
    fill_everything(kept, school)
    url = f"sqlite:///{place}"
    before = {value.stored for value in values_of(url) if str(value.column) == "conversations.state"}
    for key in ("one", "two"):
        kept.talk(SCHOOL).finish_turn(f"Conversationmarker {key}", Finished(Conversation()), NOW)
    kept.outbox((SCHOOL,)).claim(NOW)
    gone = before - {value.stored for value in values_of(url) if str(value.column) == "conversations.state"}
    assert len(gone) == 2
    assert [value for value in gone if value in _whole(place)] == []


def test_somebody_who_reads_meanwhile_puts_it_off_and_stops_nothing(kept: Store, school: School, place: Path) -> None:
    fill_everything(kept, school)
    with kept._database.reading() as connection:
        connection.execute(sa.select(schema.gaps)).all()
        assert kept.talk(SCHOOL).forget_gaps() == 2
        assert not kept._database.settle()
    assert kept._database.settle()
