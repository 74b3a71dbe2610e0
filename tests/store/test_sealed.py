"""Nothing that was written can be read in the database, and keys can be renewed."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.concerns.ladder.escalation import Recipient
from bot.knowledge import School
from bot.store import Store, VaultError, new_key, open_store, schema
from bot.store.alerts.notices import recipient_if_readable
from bot.store.sealing.cells import cell_of
from bot.store.sealing.codec import dumps, loads
from bot.store.sealing.vault import open_vault
from tests.conftest import KEY, NOW
from tests.store.full import fill_everything, values_of
from tests.store.made import DSL, DSL_ACTOR, log, rows


def test_no_sealed_value_has_room_for_the_time_of_its_sealing(either: Store, school: School, database: str) -> None:
    fill_everything(either, school)
    for value in values_of(database):
        text = value.read(either, value.stored).encode()
        version, nonce, tag = 1, 12, 16
        assert len(value.stored) == version + nonce + len(text) + tag, str(value)


def test_every_sealed_column_is_known_to_the_renewal() -> None:
    assert {f"{column.table.name}.{column.name}" for column in schema.every_sealed()} == {
        "vault.value", "conversations.state", "gaps.question", "concerns.about", "concerns.state", "events.by",
        "accounts.known", "received.payload", "events.detail", "notices.recipient", "notices.text", "files.name",
        "links.person", "places.place", "sessions.person", "tip_choices.by", "drafts.content",
        "judgements.content", "self_reviews.content", "register.content",
        "colleagues.content", "required_texts.content", "progress.content",
    }  # fmt: skip


def test_a_new_key_takes_over_and_the_old_one_can_go(
    either: Store, school: School, database: str, tmp_path: Path
) -> None:
    logged = log(either, school)
    fresh = new_key()
    both = open_store(database, (fresh, KEY), tmp_path / "no.key")
    assert both.renew_seals().count > 5
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
    named = {"id": "1", "school": "fernbank", "concern": None}
    cell = cell_of(schema.notices.c.recipient, named)
    sealed = other.seal(dumps(Recipient("dsl")), cell) if damage == "another key" else vault.seal("[1, 2", cell)
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        given = {**named, "recipient": sealed}
        columns: list[sa.Label[Any]] = [sa.literal(value).label(name) for name, value in given.items()]
        row: sa.Row[Any] = connection.execute(sa.select(*columns)).one()
    engine.dispose()
    assert recipient_if_readable(vault, row) is None
