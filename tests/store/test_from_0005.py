"""A database from before values were bound to their place is carried over whole, or not at all."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.slack.installing import Installations
from bot.knowledge import School
from bot.store import Store, VaultError, new_key, open_store
from bot.store.sealing.vault import Vault
from tests.conftest import NOW, SCHOOL
from tests.store.aged import FERNET, NUMBER, OLD_KEY, RECEIPT, add_many, faults_but_the_dumps, old_database, stored
from tests.store.full import WRITTEN, values_of
from tests.store.made import DSL, DSL_ACTOR, LATER, change

MANY = 3000


@pytest.fixture
def old(database: str, tmp_path: Path) -> str:
    """The URL of an old database."""
    old_database(database, tmp_path)
    return database


def _open(url: str, *keys: str) -> Store:
    return open_store(url, keys or (OLD_KEY,), Path("nowhere.key"))


def test_everything_that_was_kept_is_read_as_before(old: str, school: School) -> None:
    store = _open(old)
    record = store.concerns(SCHOOL).read(NUMBER, DSL, DSL_ACTOR, NOW)
    assert (record.report.seen, record.events[1].detail.text) == ("Seenmarker", "Notemarker one")
    assert [file.name for file in record.files] == ["Filemarker one"]
    assert store.inbox(SCHOOL).followed(RECEIPT)
    assert {gap.question for gap in store.talk(SCHOOL).gaps()} == {"Questionmarker one", "Questionmarker two"}
    assert store.talk(SCHOOL).tallies(NOW.date())[0].answered == 2
    assert store.talk(SCHOOL).conversation("Conversationmarker one", NOW).question == "Statemarker one"
    assert {each.name for each in store.accounts(SCHOOL).all()} == {"Knownmarker one", "Knownmarker two"}
    assert store.places(SCHOOL, "teams").find("place two") == "Placemarker two"
    assert {each.payload for each in store.received(SCHOOL, "slack").left_over(LATER)} >= {"Payloadmarker one"}
    assert {each.by for each in store.tips(SCHOOL).choices()} == {"Tipmarker one", "Tipmarker two"}
    assert "Lettermarker two" in {each.text for each in store.outbox((SCHOOL,)).claim(LATER)}
    for each in (SCHOOL, "elsewhere"):
        assert faults_but_the_dumps(store, each) == []
    here = replace(school, channels={"slack": ("T0OURS",)})
    bot = asyncio.run(Installations(lambda: here, store, "client").async_find_bot(enterprise_id=None, team_id="T0OURS"))
    assert bot and bot.bot_token == "xoxb-old-2"
    store.close()


def test_nothing_of_it_is_in_the_old_form_afterwards(old: str) -> None:
    _open(old).close()
    values = values_of(old)
    assert len(values) > 60
    assert {value.stored[:1] for value in values} == {b"\x01"}
    text = repr(stored(old))
    assert "gAAAA" not in text and "Conversationmarker" not in text


def test_nothing_of_it_is_left_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    old_database(f"sqlite:///{file}", tmp_path)
    assert FERNET in file.read_bytes()
    store = _open(f"sqlite:///{file}")
    whole = b"".join(each.read_bytes() for each in tmp_path.glob("old.db*"))
    assert FERNET not in whole
    assert not [marker for marker in WRITTEN if marker.encode() in whole]
    store.close()


def test_a_process_of_the_edition_before_stores_nothing_any_more(old: str) -> None:
    _open(old).close()
    with pytest.raises(sa.exc.DBAPIError):
        change(old, "SELECT chains.school, chains.length, chains.head, chains.seal FROM chains")


def test_a_second_start_changes_nothing(old: str) -> None:
    _open(old).close()
    before = stored(old)
    _open(old).close()
    assert stored(old) == before


def test_thousands_of_values_are_carried_over(old: str) -> None:
    add_many(old, MANY, MANY)
    store = _open(old)
    assert {gap.question for gap in store.talk(SCHOOL).gaps()} >= {f"q{n}" for n in range(MANY)}
    places = store.places(SCHOOL, "many").all()
    assert {place.address for place in places} == {f"a{n}" for n in range(MANY)}
    store.close()


def _die_in_the_middle(url: str) -> None:
    """Start, and be gone after two thousand values, as in a power cut."""
    seal, count = Vault.seal, 0

    def counted(self: Vault, *given: object) -> bytes:
        nonlocal count
        count += 1
        if count > 2000:
            os._exit(9)
        return seal(self, *given)  # type: ignore[arg-type]

    Vault.seal = counted  # type: ignore[assignment]
    _open(url)


def test_whoever_dies_in_the_middle_leaves_it_as_it_was(old: str) -> None:
    add_many(old, MANY, MANY)
    before = stored(old)
    process = multiprocessing.get_context("spawn").Process(target=_die_in_the_middle, args=(old,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert stored(old) == before
    store = _open(old)
    assert len(store.talk(SCHOOL).gaps()) == MANY + 2
    assert faults_but_the_dumps(store, SCHOOL) == []
    store.close()


def test_several_keys_are_known_and_the_first_one_seals(old: str) -> None:
    fresh = new_key()
    _open(old, fresh, OLD_KEY).close()
    store = _open(old, fresh)
    assert store.inbox(SCHOOL).followed(RECEIPT)
    store.close()


@pytest.mark.parametrize(("key", "says"), [("A" * 43 + "=", "do not fit this database"), ("nonsense", "is not a key")])
def test_other_keys_stop_it_and_change_nothing(old: str, key: str, says: str) -> None:
    before = stored(old)
    with pytest.raises(VaultError, match=says):
        _open(old, key)
    assert stored(old) == before


def test_a_value_that_no_key_opens_stops_it_and_is_named(old: str) -> None:
    change(old, f"UPDATE tip_choices SET by = {_bytes(old, FERNET + b'A' * 95)}")
    before = stored(old)
    with pytest.raises(VaultError, match=r"tip_choices\.by .* Put every key .* into ASKFIRST_KEYS"):
        _open(old)
    assert stored(old) == before


def test_an_old_value_is_not_accepted_any_more(old: str) -> None:
    token = _stored_bytes(old, "gaps")
    _open(old).close()
    change(old, f"UPDATE gaps SET question = {_bytes(old, token)}")
    store = _open(old)
    with pytest.raises(VaultError, match="cannot be opened"):
        store.talk(SCHOOL).gaps()
    store.close()


@pytest.mark.parametrize("with_the_old_index", [False, True])
def test_old_values_cannot_be_smuggled_in_by_a_second_carrying_over(old: str, with_the_old_index: bool) -> None:
    token, index = (_stored_bytes(old, table) for table in ("gaps", "vault"))
    _open(old).close()
    change(old, f"UPDATE gaps SET question = {_bytes(old, token)}")
    change(old, "UPDATE alembic_version SET version_num = '0005'")
    change(old, "ALTER TABLE chains RENAME COLUMN mark TO seal")
    if with_the_old_index:
        change(old, f"UPDATE vault SET value = {_bytes(old, index)}")
    with pytest.raises(VaultError, match="put it together by hand"):
        _open(old)


def _stored_bytes(url: str, table: str) -> bytes:
    """The first sealed value of a table."""
    return stored(url)[table][0].split("b'")[1].split("'")[0].encode()


def _bytes(url: str, value: bytes) -> str:
    """Bytes, as this kind of database writes them."""
    engine = sa.create_engine(url)
    kind = engine.dialect.name
    engine.dispose()
    return f"X'{value.hex()}'" if kind == "sqlite" else f"'\\x{value.hex()}'::bytea"
