"""Keys are changed while AskFirst runs; after a leak what was leaked is of no use against what is stored."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from slack_sdk.oauth.installation_store import Installation

from adapters.slack.installing import Installations
from bot.concerns import Account, Detail, Reader
from bot.knowledge import School
from bot.store import (
    Logged,
    Store,
    StoreError,
    UnknownConcernError,
    UnreadableSealsError,
    VaultError,
    new_key,
    open_store,
    schema,
)  # fmt: skip
from bot.store.access import Access
from bot.store.sealing.chain import START, Chain
from bot.store.sealing.renewing import covered_columns
from tests.conftest import KEY, NOW, SCHOOL
from tests.databases import wait_until
from tests.store.full import fill_everything, values_of
from tests.store.made import DSL, DSL_ACTOR, LATER, TIP_DAY, change, log, report_of, rows

FRESH = new_key()


@pytest.fixture
def full(either: Store, school: School) -> Logged:
    return fill_everything(either, school)


@pytest.fixture
def renewed(either: Store, full: Logged, database: str) -> Iterator[Store]:
    """The store after a leak was dealt with, opened with the new key alone."""
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    assert both.renew_keys().count > 60
    both.close()
    store = open_store(database, (FRESH,), Path("nowhere.key"))
    yield store
    store.close()


def test_whoever_runs_meanwhile_goes_on_while_the_sealing_key_is_changed(
    either: Store, full: Logged, database: str, school: School
) -> None:
    running = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    other = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    other.renew_seals()
    assert not log(running, school, "three").repeated
    assert len(running.inbox(SCHOOL).summaries(DSL)) == 3
    for store in (running, other):
        store.close()


@pytest.mark.slow
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_somebody_writes_while_everything_is_sealed_anew_is_kept(
    either: Store, full: Logged, database: str
) -> None:
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    sealing = threading.Thread(target=both.renew_seals)
    with either.concerns(SCHOOL).work(full.number, DSL) as case:
        case.append("acknowledged", DSL_ACTOR, Detail(), NOW)
        case.store()
        sealing.start()
        wait_until(lambda: _somebody_waits(database))
    sealing.join()
    (summary,) = (each for each in both.inbox(SCHOOL).summaries(DSL) if each.number == full.number)
    assert summary.state.status == "acknowledged"
    both.close()


def _somebody_waits(database: str) -> bool:
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        waiting = connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()
    engine.dispose()
    return bool(waiting)


def test_every_value_is_sealed_with_the_first_key(either: Store, full: Logged, database: str) -> None:
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    both.renew_seals()
    both.close()
    alone = open_store(database, (FRESH,), Path("nowhere.key"))
    assert all(value.read(alone, value.stored) is not None for value in values_of(database))
    alone.close()
    with pytest.raises(VaultError, match="do not fit"):
        open_store(database, (KEY,), Path("nowhere.key"))


@pytest.mark.parametrize("how", ["renew_seals", "renew_keys"])
def test_slacks_tokens_are_renewed_too_and_open_for_their_workspace_alone(
    either: Store, school: School, database: str, how: str
) -> None:
    here = replace(school, channels={"slack": ("T1", "T2")})
    kept = Installations(lambda: here, either, "client")
    for team, at in (("T1", 1.0), ("T2", 1.0), ("T1", 2.0)):
        asyncio.run(kept.async_save(_installation(team, f"xoxb-{team}-{at:.0f}", at)))
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    getattr(both, how)()
    both.close()
    alone = open_store(database, (FRESH,), Path("nowhere.key"))
    found = Installations(lambda: here, alone, "client")
    assert [_token(found, team) for team in ("T1", "T2")] == ["xoxb-T1-2", "xoxb-T2-1"]
    change(database, "UPDATE slack_bots SET bot_token = (SELECT bot_token FROM slack_bots WHERE team_id = 'T1')")
    with pytest.raises(VaultError):
        _token(Installations(lambda: here, alone, "client"), "T2")
    change(database, "UPDATE slack_bots SET bot_token = (SELECT question FROM gaps LIMIT 1) WHERE team_id = 'T1'")
    assert _token(Installations(lambda: here, alone, "client"), "T1") is None
    alone.close()


def _installation(team: str, token: str, at: float) -> Installation:
    return Installation(
        app_id="A1", team_id=team, user_id="U1", bot_token=token, bot_id="B", bot_user_id="U", installed_at=at
    )


def _token(kept: Installations, team: str) -> str | None:
    bot = asyncio.run(kept.async_find_bot(enterprise_id=None, team_id=team))
    return bot.bot_token if bot else None


def test_no_token_of_before_is_left(either: Store, full: Logged, database: str) -> None:
    before = _tokens(database)
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    both.renew_keys()
    both.close()
    assert before & _tokens(database) == set()
    assert len(before) > 40


def _tokens(database: str) -> set[str]:
    found = {getattr(row, column.key) for column in schema.every_token() for row in rows(database, column.table)}
    return found - {START, None}


def test_every_token_is_covered_or_proved_anew() -> None:
    assert {str(column) for column in covered_columns()} == {
        "conversations.id", "concerns.submission", "concerns.receipt", "concerns.reporter", "readers.reader",
        "excluded.person", "links.token", "sessions.token", "accounts.account", "accounts.person", "received.id",
        "places.id", "register.submission",
    }  # fmt: skip
    assert {str(column) for column in set(schema.every_token()) - set(covered_columns())} == {
        "events.digest", "events.previous", "events.hash", "chains.head", "chains.mark",
    }  # fmt: skip


def test_everything_is_found_and_proved_as_before(renewed: Store, full: Logged, school: School) -> None:
    record = renewed.concerns(SCHOOL).read(full.number, DSL, DSL_ACTOR, NOW)
    assert record.report.seen == "Seenmarker"
    assert record.files[0].name == "Filemarker one"
    assert renewed.inbox(SCHOOL).followed(full.receipt)
    assert len(renewed.inbox(SCHOOL).logged_by(report_of().reporter)) == 2
    assert renewed.talk(SCHOOL).conversation("Conversationmarker one", NOW).question == "Statemarker one"
    assert renewed.accounts(SCHOOL).who(Account("slack", "Uone"))
    assert len(renewed.accounts(SCHOOL).of("slack", "dsl")) == 2
    assert renewed.places(SCHOOL, "teams").find("place one") == "Placemarker one"
    assert renewed.received(SCHOOL, "slack").take("Deliverymarker one", "again", NOW) is None
    assert renewed.tips(SCHOOL).choices()[0].first == TIP_DAY
    for each in (SCHOOL, "elsewhere"):
        assert renewed.audit(each).verify() == ()
    with renewed.concerns(SCHOOL).work(full.number, DSL) as case:
        case.append("note", DSL_ACTOR, Detail(text="after"), LATER)
    assert renewed.audit(SCHOOL).verify() == ()


def test_whoever_is_shut_out_stays_shut_out(either: Store, school: School, database: str) -> None:
    logged = log(either, school)
    head = Reader("head", frozenset({"head", "dsl"}))
    with either._database.transaction() as connection:
        Access(either._database.vault, SCHOOL).shut_out(connection, logged.number, ("head",))
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    both.renew_keys()
    both.close()
    store = open_store(database, (FRESH,), Path("nowhere.key"))
    assert store.inbox(SCHOOL).summaries(head) == ()
    assert len(store.inbox(SCHOOL).summaries(DSL)) == 1
    store.close()


def test_the_same_form_gives_the_same_receipt(renewed: Store, full: Logged, school: School) -> None:
    again = log(renewed, school, "one")
    assert (again.number, again.receipt, again.repeated) == (full.number, full.receipt, True)


def test_everybody_is_signed_out(either: Store, full: Logged, database: str) -> None:
    sign_in = either.sign_in(SCHOOL)
    session = sign_in.use_link(sign_in.make_link("dsl", NOW), NOW) or ""
    assert sign_in.who(session, NOW) == "dsl"
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    both.renew_keys()
    both.close()
    store = open_store(database, (FRESH,), Path("nowhere.key"))
    assert store.sign_in(SCHOOL).who(session, NOW) is None
    assert rows(database, schema.links) == []
    store.close()


def test_the_leaked_keys_make_no_token_and_no_line_that_counts(
    either: Store, full: Logged, renewed: Store, database: str
) -> None:
    leaked = either._database.vault  # what somebody has who had the key and a copy
    thief = Reader("thief", frozenset())
    change(
        database,
        "INSERT INTO readers (school, concern, reader) VALUES "
        f"('{SCHOOL}', '{full.number}', '{Access(leaked, SCHOOL).person('thief')}')",
    )
    with pytest.raises(UnknownConcernError), renewed.concerns(SCHOOL).work(full.number, thief):
        pass
    receipt = f"{full.number}-FORGE"
    change(
        database,
        f"UPDATE concerns SET receipt = '{Access(leaked, SCHOOL).receipt(receipt)}' WHERE school = '{SCHOOL}' "
        f"AND number = '{full.number}'",
    )
    assert renewed.inbox(SCHOOL).followed(receipt) is None
    either._database._same_keys = lambda *_, **__: None  # type: ignore[method-assign]
    with either._database.transaction() as connection:
        Chain(either._database, SCHOOL).append(connection, full.number, "note", DSL_ACTOR, Detail(text="forged"), NOW)
    assert renewed.audit(SCHOOL).verify() != ()


def test_a_process_that_does_not_know_the_new_keys_stores_and_shows_nothing(
    either: Store, full: Logged, renewed: Store, school: School
) -> None:
    with pytest.raises(StoreError, match="Restart it"):
        log(either, school, "three")
    with pytest.raises(StoreError, match="Restart it"):
        either.inbox(SCHOOL).summaries(DSL)
    assert len(renewed.inbox(SCHOOL).summaries(DSL)) == 2


TAMPERED = [
    "UPDATE events SET at = at + 1 WHERE school = 'fernbank' AND number = 2",
    "DELETE FROM events WHERE school = 'fernbank' AND number = 2",
    "DELETE FROM events WHERE school = 'fernbank' AND number = 4",
    "UPDATE events SET detail = NULL WHERE school = 'fernbank' AND number = 2",
    "UPDATE events SET digest = 'forged' WHERE school = 'fernbank' AND number = 3",
    "UPDATE chains SET head = 'forged'",
    "DELETE FROM chains",
]


@pytest.mark.parametrize("statement", TAMPERED)
def test_what_somebody_changed_before_still_shows_afterwards(
    either: Store, full: Logged, database: str, statement: str
) -> None:
    change(database, statement)
    before = either.audit(SCHOOL).verify()
    assert before
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    both.renew_keys()
    store = open_store(database, (FRESH,), Path("nowhere.key"))
    after = store.audit(SCHOOL).verify()
    assert after == before
    for each in (both, store):
        each.close()


def test_what_was_deleted_by_two_stays_so_and_whole(either: Store, full: Logged, database: str) -> None:
    with either.concerns(SCHOOL).work(full.number, DSL) as case:
        case.delete(DSL_ACTOR, "agreed by two", NOW)
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    both.renew_keys()
    store = open_store(database, (FRESH,), Path("nowhere.key"))
    assert store.audit(SCHOOL).verify() == ()
    for each in (both, store):
        each.close()


def test_a_value_that_does_not_open_stops_either_and_nothing_is_changed(
    either: Store, full: Logged, database: str
) -> None:
    change(database, "UPDATE places SET place = (SELECT question FROM gaps LIMIT 1)")
    before = [rows(database, table) for table in schema.metadata.sorted_tables]
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    for renew in (both.renew_seals, both.renew_keys):
        with pytest.raises(VaultError, match=r"places\.place"):
            renew()
    both.close()
    assert [rows(database, table) for table in schema.metadata.sorted_tables] == before


DAMAGED = (
    "UPDATE places SET place = (SELECT question FROM gaps LIMIT 1) WHERE school = 'fernbank'",
    "UPDATE events SET detail = (SELECT question FROM gaps LIMIT 1) WHERE school = 'fernbank' AND number = 2",
    "UPDATE gaps SET question = 'typed by hand' WHERE school = 'elsewhere'",
)


@pytest.mark.parametrize("how", ["renew_seals", "renew_keys"])
def test_what_cannot_be_opened_is_named_by_its_place_and_left_where_somebody_says_so(
    either: Store, full: Logged, database: str, school: School, how: str
) -> None:
    for statement in DAMAGED:
        change(database, statement)
    before = either.audit(SCHOOL).verify()
    both = open_store(database, (FRESH, KEY), Path("nowhere.key"))
    with pytest.raises(UnreadableSealsError) as refused:
        getattr(both, how)()
    said = str(refused.value)
    assert f"events.detail: school fernbank, number 2, concern {full.number}" in said
    assert "gaps.question: id " in said and "places.place: school fernbank, id " in said
    assert "--leave-unreadable" in said and "typed by hand" not in said
    left = getattr(both, how)(NOW).left
    both.close()
    assert len(left) == 4 and all(f"  {each}" in said.splitlines() for each in left)
    store = open_store(database, (FRESH,), Path("nowhere.key"))
    assert sorted(_closed(store, database)) == sorted(f"{each.table}.{each.column}" for each in left)
    assert store.audit(SCHOOL).verify() == before, "the log holds as it did, with a line more"
    for each, theirs in ((SCHOOL, 3), ("elsewhere", 1)):
        line = store.audit(each).lines()[-1]
        assert (line.kind, line.by.name, line.remark.count(";") + 1) == ("left-sealed", "the terminal", theirs)
    assert log(store, school, "one").receipt == full.receipt
    assert store.inbox(SCHOOL).followed(log(store, school, "two").receipt), "whatever is whole is read as before"
    store.close()


def _closed(store: Store, database: str) -> list[str]:
    """The columns of the values that do not open."""
    found = []
    for value in values_of(database):
        try:
            value.read(store, value.row[value.column.name])
        except VaultError:
            found.append(str(value.column))
    return found


def test_it_can_be_done_more_than_once(renewed: Store, full: Logged, database: str, school: School) -> None:
    third = new_key()
    both = open_store(database, (third, FRESH), Path("nowhere.key"))
    both.renew_keys()
    both.close()
    store = open_store(database, (third,), Path("nowhere.key"))
    assert store.inbox(SCHOOL).followed(full.receipt)
    assert log(store, school, "one").receipt == full.receipt
    assert store.audit(SCHOOL).verify() == ()
    store.close()


def test_a_database_whose_index_keys_were_deleted_gets_no_others(either: Store, full: Logged, database: str) -> None:
    change(database, "DELETE FROM vault")
    with pytest.raises(VaultError, match="go back to a backup"):
        open_store(database, (KEY,), Path("nowhere.key"))
    with pytest.raises(StoreError):
        either.inbox(SCHOOL).summaries(DSL)
