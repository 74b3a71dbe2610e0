"""A sealed value opens where it was put and nowhere else, whoever moves it there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.concerns import Account, ChildFile
from bot.knowledge import School
from bot.store import Logged, Store, VaultError, open_store, schema
from bot.store.concern import SHUT_NAME
from tests.conftest import KEY, NOW, SCHOOL
from tests.store.full import SOON, Value, fill_everything, values_of
from tests.store.made import DSL, DSL_ACTOR, LATER, change

NOT_ITS_PLACE = "cannot be opened"


@pytest.fixture
def full(either: Store, school: School) -> Logged:
    return fill_everything(either, school)


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory, school: School) -> Iterator[tuple[Store, list[Value]]]:
    """A store with everything in it, and every sealed value of it."""
    file = tmp_path_factory.mktemp("bound") / "askfirst.db"
    store = open_store(f"sqlite:///{file}", (KEY,), file.with_name("no.key"))
    fill_everything(store, school)
    yield store, values_of(f"sqlite:///{file}")
    store.close()


def test_there_is_a_value_in_every_sealed_column(values: tuple[Store, list[Value]]) -> None:
    filled = {str(value.column) for value in values[1]}
    assert filled == {str(column) for column in schema.every_sealed() if column.table.name != "vault"}


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_swap_of_two_values_is_refused(values: tuple[Store, list[Value]], data: st.DataObject) -> None:
    store, found = values
    one, other = data.draw(st.lists(st.sampled_from(found), min_size=2, max_size=2, unique_by=id))
    assert one.read(store, one.stored) is not None
    with pytest.raises(VaultError, match=NOT_ITS_PLACE):
        one.read(store, other.stored)
    with pytest.raises(VaultError, match=NOT_ITS_PLACE):
        other.read(store, one.stored)


def test_every_single_pair_is_refused(values: tuple[Store, list[Value]]) -> None:
    store, found = values
    assert len(found) > 50
    for one, other in itertools.permutations(found, 2):
        with pytest.raises(VaultError):
            one.read(store, other.stored)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_damaged_value_never_opens(values: tuple[Store, list[Value]], data: st.DataObject) -> None:
    store, found = values
    value = data.draw(st.sampled_from(found))
    place = data.draw(st.integers(0, len(value.stored) - 1))
    bits = data.draw(st.integers(1, 255))
    flipped = value.stored[:place] + bytes([value.stored[place] ^ bits]) + value.stored[place + 1 :]
    shorter = value.stored[: data.draw(st.integers(0, len(value.stored) - 1))]
    for damaged in (flipped, shorter, value.stored + b"\x00"):
        with pytest.raises(VaultError):
            value.read(store, damaged)


def _event(number: object) -> str:
    return f"(SELECT detail FROM events WHERE school = '{SCHOOL}' AND number = {number})"


def _read(store: Store, number: str) -> object:
    return store.concerns(SCHOOL).read(number, DSL, DSL_ACTOR, NOW)


@dataclass(frozen=True)
class Copy:
    """What somebody would copy where, and who would then show it. They are refused; or, where one damaged value must
    close nothing else, `left` is what `seen` makes of what they are shown. `told`: the proof tells of it."""

    statements: str
    show: Callable[[Store, str], Any]
    told: bool = False
    seen: Callable[[Any], object] | None = None
    left: object = None


def _files(store: Store, _: str) -> tuple[ChildFile, ...]:
    return store.inbox(SCHOOL).files(DSL)


def _file_names(shown: tuple[ChildFile, ...]) -> list[str]:
    return [file.name for file in shown]


COPIES = {
    "a report among the questions": Copy(
        f"UPDATE gaps SET question = {_event(1)}",
        lambda store, _: store.talk(SCHOOL).gaps(),
    ),
    "a report as a child's name": Copy(
        f"UPDATE files SET name = {_event(1)}", _files, seen=_file_names, left=[SHUT_NAME, SHUT_NAME]
    ),
    "another's report into one's own": Copy(
        f"UPDATE events SET detail = (SELECT detail FROM events WHERE school = '{SCHOOL}' AND kind = 'logged' AND "
        f"concern <> :number) WHERE school = '{SCHOOL}' AND kind = 'logged' AND concern = :number",
        _read,
        told=True,
    ),
    "another's lines hung on one's own": Copy("UPDATE events SET concern = :number", _read, told=True),
    "a report of another school": Copy(
        "UPDATE events SET detail = (SELECT detail FROM events AS theirs WHERE theirs.school = 'elsewhere' AND "
        f"theirs.number = events.number) WHERE school = '{SCHOOL}' AND number = 1",
        _read,
        told=True,
    ),
    "a whole row of another school": Copy(
        f"DELETE FROM files WHERE school = '{SCHOOL}'; UPDATE files SET school = '{SCHOOL}'",
        _files,
        seen=_file_names,
        left=[SHUT_NAME],
    ),
    "another's state": Copy(
        "UPDATE concerns SET state = (SELECT state FROM concerns WHERE school = 'elsewhere')",
        lambda store, _: store.inbox(SCHOOL).summaries(DSL),
        told=True,
        seen=lambda shown: [(each.kind, each.categories, each.state.status) for each in shown],
        left=[(None, (), "open"), (None, (), "open")],
    ),
    "a delivery as a place": Copy(
        "UPDATE places SET place = (SELECT payload FROM received WHERE school = 'elsewhere')",
        lambda store, _: store.places(SCHOOL, "teams").all(),
    ),
    "an account that is another's": Copy(
        "UPDATE accounts SET known = (SELECT known FROM accounts WHERE school = 'elsewhere')",
        lambda store, _: store.accounts(SCHOOL).who(Account("slack", "Uone")),
    ),
    "a question as a delivery": Copy(
        "UPDATE received SET payload = (SELECT question FROM gaps LIMIT 1)",
        lambda store, _: store.received(SCHOOL, "slack").left_over(LATER),
        seen=len,
        left=0,
    ),
    "a name as who decided": Copy(
        "UPDATE tip_choices SET by = (SELECT name FROM files WHERE school = 'elsewhere')",
        lambda store, _: store.tips(SCHOOL).choices(),
    ),
    "another's conversation": Copy(
        "UPDATE conversations SET state = (SELECT state FROM conversations WHERE school = 'elsewhere')",
        lambda store, _: store.talk(SCHOOL).conversation("Conversationmarker one", NOW),
    ),
}


@pytest.mark.parametrize("name", sorted(COPIES))
def test_what_was_copied_elsewhere_is_never_shown_and_the_proof_tells_what_it_can(
    either: Store, database: str, full: Logged, name: str
) -> None:
    copy = COPIES[name]
    assert copy.seen is None or copy.seen(copy.show(either, full.number)) != copy.left, "it shows something before"
    assert either.audit(SCHOOL).verify() == ()
    for statement in copy.statements.split(";"):
        _as_attacker(database, statement, full.number)
    if copy.seen:
        shown = copy.show(either, full.number)
        assert copy.seen(shown) == copy.left and "marker" not in repr(shown).casefold()
    else:
        with pytest.raises(VaultError, match=NOT_ITS_PLACE) as refused:
            copy.show(either, full.number)
        assert "marker" not in str(refused.value).casefold()
    assert bool(either.audit(SCHOOL).verify()) is copy.told


def test_a_letter_with_anothers_text_is_not_sent(either: Store, database: str, full: Logged) -> None:
    _as_attacker(database, f"UPDATE notices SET text = {_event(1)}", full.number)
    assert not either.outbox((SCHOOL,)).claim(SOON)


def test_a_letter_for_somebody_else_is_not_sent(either: Store, database: str, full: Logged) -> None:
    other = "(SELECT recipient FROM notices WHERE school = 'elsewhere' LIMIT 1)"
    _as_attacker(database, f"UPDATE notices SET recipient = {other}", full.number)
    assert not either.outbox((SCHOOL,)).claim(SOON)


@pytest.mark.parametrize("table", ["links", "sessions"])
def test_nobody_becomes_somebody_else_by_a_copied_session(
    either: Store, database: str, full: Logged, table: str
) -> None:
    sign_in = either.sign_in(SCHOOL)
    link = sign_in.make_link("deputy", NOW)
    session = sign_in.use_link(sign_in.make_link("deputy", NOW), NOW) or ""
    _as_attacker(
        database, f"UPDATE {table} SET person = (SELECT person FROM {table} WHERE school = 'elsewhere' LIMIT 1)", ""
    )
    with pytest.raises(VaultError, match=NOT_ITS_PLACE):
        sign_in.use_link(link, NOW) if table == "links" else sign_in.who(session, NOW)
    assert sign_in.end_all("deputy") >= 1, "what lets nobody in can still be cleared away"


def test_an_account_moved_to_another_person_is_not_taken_for_theirs(either: Store, database: str, full: Logged) -> None:
    mine = either.accounts(SCHOOL).who(Account("slack", "Uone"))
    assert mine and mine.person == "dsl"
    stolen = either.accounts(SCHOOL)._person("head")
    _as_attacker(database, f"UPDATE accounts SET person = '{stolen}'", "")
    assert either.accounts(SCHOOL).of("slack", "head") == ()


def test_a_key_that_was_not_there_first_opens_nothing(values: tuple[Store, list[Value]], tmp_path: Path) -> None:
    store, found = values
    with pytest.raises(VaultError, match="audit verify"):
        found[0].read(store, b"gAAAAABn" + b"A" * 92)


def _as_attacker(url: str, statement: str, number: str) -> None:
    change(url, statement.replace(":number", f"'{number}'"))
