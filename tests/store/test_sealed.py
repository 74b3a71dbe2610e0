"""Nothing that was written can be read in the database, and keys can be renewed."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.answering.dialogue import Conversation, NoteGap
from bot.concerns import Detail
from bot.concerns.escalation import Recipient
from bot.knowledge import School
from bot.store import Finished, Store, VaultError, new_key, open_store, schema
from bot.store.alerts.notices import recipient_if_readable
from bot.store.sealing.codec import dumps, loads
from bot.store.sealing.vault import open_vault
from tests.conftest import KEY, NOW
from tests.store.made import DSL, DSL_ACTOR, HEAD, MARKERS, log, report_of, rows


def test_nothing_that_was_written_can_be_read_in_the_database(either: Store, school: School, database: str) -> None:
    logged = log(either, school, report=report_of(about_adult=True))
    with either.concerns(school.id).work(logged.number, HEAD) as case:
        case.append("note", DSL_ACTOR, Detail(text="Seenmarker again", reason="Wordsmarker"), NOW)
        case.file_under("f1", "Zelda Marker")
    either.talk(school.id).finish_turn(
        "c", Finished(Conversation(None, None, {}, "Seenmarker?", NOW + dt.timedelta(1))), NOW
    )
    either.talk(school.id).finish_turn(
        "c", Finished(Conversation(), (NoteGap("Wordsmarker?", None, "no-answer"),)), NOW
    )
    either.sign_in(school.id).make_link("dsl", NOW)
    stored = repr([rows(database, table) for table in schema.metadata.sorted_tables])
    for marker in (*MARKERS, "Amara", "Bello", "'dsl'"):
        assert marker not in stored, marker


def test_no_sealed_value_says_when_it_was_sealed(either: Store, school: School, database: str, tmp_path: Path) -> None:
    log(either, school)
    gap = Finished(Conversation(None, None, {}, "Why?", NOW + dt.timedelta(1)), (NoteGap("When?", None, "no-answer"),))
    either.talk(school.id).finish_turn("c", gap, NOW)
    written = {column for column in schema.SEALED if column.table.name != "vault"}
    assert _times_of(database, written) == {0}
    both = open_store(database, (new_key(), KEY), tmp_path / "no.key")
    both.renew_seals()
    both.close()
    assert _times_of(database, written) == {0}


def _times_of(database: str, columns: Iterable[sa.Column[bytes]]) -> set[int]:
    """The seconds that stand in front of sealed values, for all to read."""
    found = (getattr(row, column.name) for column in columns for row in rows(database, column.table))
    return {int.from_bytes(base64.urlsafe_b64decode(bytes(sealed))[1:9]) for sealed in found if sealed}


def test_every_sealed_column_is_known_to_the_renewal() -> None:
    assert {f"{column.table.name}.{column.name}" for column in schema.SEALED} == {
        "vault.value", "conversations.state", "gaps.question", "concerns.about", "concerns.state", "events.by",
        "accounts.known", "received.payload", "events.detail", "notices.recipient", "notices.text", "files.name",
        "links.person", "places.place", "sessions.person", "tip_choices.by",
    }  # fmt: skip


def test_a_new_key_takes_over_and_the_old_one_can_go(
    either: Store, school: School, database: str, tmp_path: Path
) -> None:
    logged = log(either, school)
    fresh = new_key()
    both = open_store(database, (fresh, KEY), tmp_path / "no.key")
    assert both.renew_seals() > 5
    both.close()
    alone = open_store(database, (fresh,), tmp_path / "no.key")
    record = alone.concerns(school.id).read(logged.number, DSL, DSL_ACTOR, NOW)
    assert record.report.seen == "Seenmarker"
    assert alone.audit(school.id).verify() == ()
    assert log(alone, school).receipt == logged.receipt
    alone.close()
    with pytest.raises(VaultError, match="keys do not fit"):
        open_store(database, (KEY,), tmp_path / "no.key")


def test_a_wrong_key_stops_the_start_and_changes_nothing(
    either: Store, school: School, database: str, tmp_path: Path
) -> None:
    log(either, school)
    before = rows(database, schema.vault)
    with pytest.raises(VaultError, match="keys do not fit this database"):
        open_store(database, (new_key(),), tmp_path / "no.key")
    with pytest.raises(VaultError, match="not a key"):
        open_store(database, ("nonsense",), tmp_path / "no.key")
    assert rows(database, schema.vault) == before


def test_a_missing_demo_key_stops_the_start_and_no_other_is_made(tmp_path: Path) -> None:
    url, key = f"sqlite:///{tmp_path / 'demo.db'}", tmp_path / "demo.key"
    open_store(url, (), key).close()
    assert key.stat().st_mode & 0o777 == 0o600
    kept = key.read_text()
    open_store(url, (), key).close()
    assert key.read_text() == kept
    key.unlink()
    with pytest.raises(VaultError, match="Put the key back"):
        open_store(url, (), key)
    assert not key.exists()


def test_the_file_of_the_database_is_its_owners_alone(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'own.db'}", (KEY,), tmp_path / "no.key").close()
    assert (tmp_path / "own.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '"dsl"', '{"person": {}, "account": 3}', "\x00"])
def test_what_is_sealed_and_damaged_is_wrong_in_one_way_alone(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(loads(text, Recipient), Recipient)


@pytest.mark.parametrize("damage", ["another key", "another text"])
def test_whom_a_row_goes_to_is_nobody_where_it_cannot_be_read(damage: str) -> None:
    vault, other = (open_vault([key], Path(), None, lambda _: None) for key in (KEY, new_key()))
    sealed = other.seal(dumps(Recipient("dsl"))) if damage == "another key" else vault.seal("[1, 2")
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        row = connection.execute(sa.select(sa.literal(sealed).label("recipient"))).one()
    engine.dispose()
    assert recipient_if_readable(vault, row) is None
