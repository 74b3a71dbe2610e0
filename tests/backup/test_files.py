"""A database into a file and back, on both kinds of database: whole, or refused."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sqlite3
import stat
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.dialogue import Conversation, NoteGap
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.store import Finished, Store, VaultError, new_key, schema
from bot.store.backup import manifest as files
from bot.store.backup.copying import beginning
from bot.store.backup.manifest import BackupError
from bot.store.backup.putting import KeyedDatabase
from bot.store.backup.taking import can_be_opened
from bot.store.opening import NEWEST
from tests.backup.places import backup, fill, migrated_to, opened, restore, rows_of, unchanged
from tests.conftest import KEY, NOW
from tests.databases import Cluster
from tests.store.aged import NUMBER, OLD_KEY, faults_but_the_dumps, old_database
from tests.store.made import DSL, DSL_ACTOR, change, log

ON_FILES = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL looks after its own
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def other(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of another empty database of the same kind."""
    if database.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'other.db'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture
def file(either: Store, school: School, database: str, tmp_path: Path) -> Path:
    """A backup of a database with something of everything in it."""
    fill(either, school)
    backup(database, tmp_path / "backup")
    return tmp_path / "backup"


# --- whole


def test_every_row_comes_back(file: Path, database: str, other: str) -> None:
    restore(other, file)
    assert unchanged(rows_of(other)) == unchanged(rows_of(database))
    with beginning(other, reading=True) as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    assert rows_of(other).keys() == rows_of(database).keys()


def test_the_log_of_what_was_put_back_is_whole_and_says_that_it_was(
    file: Path, other: str, school: School, tmp_path: Path
) -> None:
    restore(other, file)
    store = opened(other, tmp_path)
    chain = store.audit(school.id)
    assert chain.verify() == ()
    assert [line.kind for line in chain.lines()] == ["logged", "opened", "restored"]
    assert chain.lines()[-1].by.name == "the terminal"
    log(store, school, "after")
    store.talk(school.id).forget_gaps()
    store.close()


def test_rows_that_come_in_afterwards_get_numbers_of_their_own(
    file: Path, other: str, school: School, tmp_path: Path
) -> None:
    restore(other, file)
    store = opened(other, tmp_path)
    fill(store, replace(school, id="elsewhere"))
    assert len(rows_of(other)["gaps"]) == 2
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("towards", ["sqlite", "postgresql"])
def test_a_backup_moves_from_one_kind_of_database_to_the_other(
    towards: str, postgres: Cluster, school: School, tmp_path: Path
) -> None:
    file, sqlite, server = tmp_path / "backup", f"sqlite:///{tmp_path / 'one.db'}", postgres.new_database()
    source, target = (server, sqlite) if towards == "sqlite" else (sqlite, server)
    store = opened(source, tmp_path)
    fill(store, school)
    store.close()
    backup(source, file)
    restore(target, file)
    assert unchanged(rows_of(target)) == unchanged(rows_of(source))


def test_tables_that_a_library_keeps_beside_ours_come_along(
    either: Store, school: School, database: str, other: str, tmp_path: Path
) -> None:
    metadata = sa.MetaData()
    table = sa.Table(
        "slack_bots",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("team", sa.String(32), index=True),
        sa.Column("installed_at", sa.DateTime, nullable=False),
    )
    engine, _ = either.for_others(metadata)
    row = {"id": 7, "team": "T1", "installed_at": dt.datetime(2026, 1, 2, 3, 4)}
    with engine.begin() as connection:
        connection.execute(sa.insert(table), row)
    fill(either, school)
    backup(database, tmp_path / "backup")
    restore(other, tmp_path / "backup")
    assert rows_of(other)["slack_bots"] == [tuple(row.values())]


def test_while_others_write_a_backup_is_of_one_moment(
    either: Store, school: School, database: str, other: str, tmp_path: Path
) -> None:
    fill(either, school)
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        for number in range(1000):
            log(either, school, f"form {number}")
            written.set()
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(20)
    backup(database, tmp_path / "backup")
    stop.set()
    writer.join(20)
    restore(other, tmp_path / "backup")
    store = opened(other, tmp_path)
    assert store.audit(school.id).verify() == ()
    rows = rows_of(other)
    assert len(rows["concerns"]) == sum(row[4] == "logged" for row in rows["events"]) > 1
    store.close()


# --- the file


def test_it_is_for_its_owner_alone_and_holds_no_key(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path for path in file.parent.iterdir() if path.name.startswith(".")] == [], "nothing is left beside it"
    with zipfile.ZipFile(file) as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
        said = json.loads(archive.read("manifest.json"))
    assert KEY.encode() not in held and b"Zelda Marker" not in held
    assert (said["schools"], said["revision"], said["rows"]["concerns"]) == (["fernbank"], NEWEST, 1)
    assert dt.datetime.fromisoformat(said["taken_at"]) == NOW


@ON_FILES
def test_what_was_deleted_is_not_in_it(either: Store, database: str, tmp_path: Path) -> None:
    change(database, "CREATE TABLE beside (text VARCHAR)")
    change(database, "INSERT INTO beside VALUES ('" + "ERASEDMARKER" * 500 + "')")
    change(database, "DELETE FROM beside")
    backup(database, tmp_path / "backup")
    with zipfile.ZipFile(tmp_path / "backup") as archive:
        assert b"ERASEDMARKER" not in archive.read("askfirst.db")


def test_an_older_backup_of_that_name_is_replaced_and_nothing_else_is(
    file: Path, database: str, tmp_path: Path
) -> None:
    backup(database, file)
    note = tmp_path / "note.txt"
    note.write_text("mine", encoding="utf-8")
    with pytest.raises(BackupError, match="no backup of AskFirst"):
        backup(database, note)
    assert note.read_text(encoding="utf-8") == "mine"
    if database.startswith("sqlite"):
        before = rows_of(database)
        with pytest.raises(BackupError, match="is the database itself"):
            backup(database, Path(database.removeprefix("sqlite:///")))
        assert rows_of(database) == before


def test_where_there_is_no_database_there_is_no_backup(other: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no database of AskFirst yet"):
        backup(other, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_keys_that_do_not_open_it_are_found_out_when_it_is_made(file: Path) -> None:
    can_be_opened(file, KeyedDatabase("", (KEY,), file.with_name("no.key")))
    with pytest.raises(VaultError):
        can_be_opened(file, KeyedDatabase("", (new_key(),), file.with_name("no.key")))


# --- damaged


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
def test_a_damaged_or_cut_off_file_is_refused_or_gives_the_very_same_rows(
    damaged: tuple[bytes, bytes, Path], place: float, bit: int, cut: bool
) -> None:
    whole, rows, folder = damaged
    at = int(place * len(whole))
    changed = whole[:at] if cut else whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :]
    (folder / "damaged").write_bytes(changed)
    try:
        files.unpack(folder / "damaged", folder / "rows")
    except BackupError as fault:
        assert "damaged" in str(fault) or "newer" in str(fault)
    else:
        assert (folder / "rows").read_bytes() == rows


@pytest.fixture(scope="module")
def damaged(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, Path]:
    """A whole backup, the rows in it, and a folder."""
    folder = tmp_path_factory.mktemp("damaged")
    backup(f"sqlite:///{migrated}", folder / "backup")
    files.unpack(folder / "backup", folder / "rows")
    return (folder / "backup").read_bytes(), (folder / "rows").read_bytes(), folder


def test_a_damaged_backup_leaves_the_database_as_it_is(file: Path, database: str) -> None:
    before = rows_of(database)
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(BackupError, match="damaged"):
        restore(database, file, replace=True)
    assert rows_of(database) == before


# --- refused


def test_a_database_with_something_in_it_is_replaced_only_when_asked_for(
    file: Path, either: Store, database: str, school: School, tmp_path: Path
) -> None:
    before = rows_of(database)
    with pytest.raises(BackupError, match="--replace"):
        restore(database, file)
    assert rows_of(database) == before
    log(either, school, "after the backup")
    either.close()
    kept = restore(database, file, replace=True).aside
    assert len(rows_of(database)["concerns"]) == 1
    if database.startswith("sqlite"):
        assert len(rows_of(f"sqlite:///{kept}")["concerns"]) == 2
        assert stat.S_IMODE(Path(kept).stat().st_mode) == 0o600
    else:
        with beginning(database) as connection:
            count = f"SELECT count(*) FROM {kept.removeprefix('the schema ')}.concerns"
            assert connection.execute(sa.text(count)).scalar() == 2


def test_a_database_that_was_only_opened_is_no_hindrance(file: Path, other: str, tmp_path: Path) -> None:
    opened(other, tmp_path).close()
    assert restore(other, file).aside == "" or other.startswith("sqlite")
    assert len(rows_of(other)["concerns"]) == 1


@pytest.mark.parametrize("seen", ["a beat", "a lease"])
def test_while_a_server_runs_nothing_is_put_back(
    file: Path, either: Store, database: str, school: School, seen: str
) -> None:
    if seen == "a beat":
        either.outbox((school.id,)).claim(LATER - dt.timedelta(seconds=9), limit=0)
    else:
        assert either.outbox((school.id,)).claim(LATER)
        change(database, "DELETE FROM beats")
    either.close()
    before = rows_of(database)
    with pytest.raises(BackupError, match="is running on this database"):
        restore(database, file, LATER, replace=True)
    assert rows_of(database) == before
    restore(database, file, LATER + dt.timedelta(seconds=30), replace=True)


@ON_FILES
def test_a_process_that_has_the_file_open_is_noticed_without_a_beat(file: Path, database: str, tmp_path: Path) -> None:
    with sqlite3.connect(database.removeprefix("sqlite:///")) as reader:
        reader.execute("SELECT count(*) FROM concerns").fetchone()
        with pytest.raises(BackupError, match="is running on this database"):
            restore(database, file, replace=True)
    reader.close()


def test_keys_that_do_not_fit_are_refused(file: Path, other: str) -> None:
    with pytest.raises(VaultError, match="keys do not fit"):
        restore(other, file, key=new_key())
    with pytest.raises(AskFirstError):
        backup(other, file.with_name("nothing"))


def test_a_newer_backup_is_refused(file: Path, other: str) -> None:
    rows = file.with_name("rows")
    manifest = files.unpack(file, rows)
    files.write(file, rows, replace(manifest, revision="9999", askfirst="9.0"))
    with pytest.raises(BackupError, match=r"made by AskFirst 9\.0, which is newer"):
        restore(other, file)


def test_a_newer_database_is_not_backed_up(either: Store, database: str, tmp_path: Path) -> None:
    change(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(BackupError, match="newer AskFirst"):
        backup(database, tmp_path / "backup")


@pytest.mark.parametrize("inside", ["CREATE TABLE mine (a)", "DELETE FROM vault"])
def test_a_file_that_holds_another_database_is_refused(file: Path, other: str, inside: str) -> None:
    rows = file.with_name("rows")
    manifest = files.unpack(file, rows)
    if inside.startswith("CREATE"):
        rows.unlink()
    with sqlite3.connect(rows) as connection:
        connection.execute(inside)
    connection.close()
    files.write(file, rows, replace(manifest, bytes=rows.stat().st_size, sha256=files.checksum(rows)))
    with pytest.raises(BackupError, match="no database of AskFirst"):
        restore(other, file)


# --- older, and broken


@pytest.mark.parametrize("revision", ["0004", "0005"])
def test_a_backup_of_an_older_version_is_migrated(database: str, other: str, tmp_path: Path, revision: str) -> None:
    with beginning(database) as connection:
        migrated_to(connection, revision)
        connection.execute(sa.text("INSERT INTO asked VALUES ('fernbank', '2026-11-23', 'an-entry', 3, 2, 1)"))
        index = {"value": Fernet(KEY).encrypt(secrets.token_bytes(32))}  # as those versions sealed it
        connection.execute(sa.text("INSERT INTO vault VALUES ('index', :value)"), index)
    assert backup(database, tmp_path / "backup").revision == revision
    restore(other, tmp_path / "backup")
    rows = rows_of(other)
    assert rows["alembic_version"] == [(NEWEST,)]
    with beginning(other, reading=True) as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    assert rows["asked"] == [("fernbank", dt.date(2026, 11, 23), "an-entry", 3, 2, 1)]


def test_what_an_older_version_has_sealed_is_read_and_proved_after_it(
    database: str, other: str, school: School, tmp_path: Path
) -> None:
    old_database(database, tmp_path)
    backup(database, tmp_path / "backup")
    restore(other, tmp_path / "backup", key=OLD_KEY)
    store = opened(other, tmp_path, OLD_KEY)
    assert store.concerns(school.id).read(NUMBER, DSL, DSL_ACTOR, LATER).report.seen == "Seenmarker"
    assert faults_but_the_dumps(store, school.id) == []
    store.close()


@pytest.mark.slow
def test_a_backup_of_postgresql_does_not_say_in_which_order_people_asked(
    postgres: Cluster, school: School, tmp_path: Path
) -> None:
    source, target = postgres.new_database(), f"sqlite:///{tmp_path / 'one.db'}"
    store = opened(source, tmp_path)
    gaps = tuple(NoteGap(f"question {number}", None, "no-match") for number in range(14))
    store.talk(school.id).finish_turn("talk", Finished(Conversation(), gaps=gaps), NOW)
    store.close()
    backup(source, tmp_path / "backup")
    restore(target, tmp_path / "backup")
    with sqlite3.connect(tmp_path / "one.db") as connection:
        ids = [id_ for (id_,) in connection.execute("SELECT id FROM gaps NOT INDEXED")]
        for table in ("gaps", "asked", "tip_opinions", "conversations"):
            with pytest.raises(sqlite3.OperationalError, match="no such column"):
                connection.execute(f"SELECT rowid FROM {table}")
    connection.close()
    assert len(ids) == 14 and ids == sorted(ids)


@ON_FILES
@pytest.mark.parametrize("damage", ["no database", "torn"])
def test_a_damaged_database_is_what_a_backup_is_for(
    file: Path, either: Store, database: str, tmp_path: Path, damage: str
) -> None:
    either.close()
    target = Path(database.removeprefix("sqlite:///"))
    for end in ("-wal", "-shm"):
        target.with_name(target.name + end).unlink(missing_ok=True)
    whole = target.read_bytes()
    target.write_bytes(b"x" * 9000 if damage == "no database" else whole[:4096] + b"\0" * (len(whole) - 4096))
    target.with_name(f"{target.name}-wal").write_bytes(b"left over")
    with pytest.raises(AskFirstError, match=r"damaged|cannot be"):
        backup(database, tmp_path / "second")
    with pytest.raises(BackupError, match="--replace"):
        restore(database, file)
    restore(database, file, replace=True)
    assert len(rows_of(database)["concerns"]) == 1
    assert not (tmp_path / "second").exists()


@ON_FILES
def test_what_lies_beside_a_database_that_is_gone_does_not_become_a_part_of_the_new_one(
    file: Path, either: Store, database: str
) -> None:
    target = Path(database.removeprefix("sqlite:///"))
    assert target.with_name(f"{target.name}-wal").exists()
    left = target.with_name(f"{target.name}-wal").read_bytes()
    either.close()
    target.unlink()
    target.with_name(f"{target.name}-wal").write_bytes(left)
    restore(database, file)
    assert not target.with_name(f"{target.name}-wal").exists() or rows_of(database)["restores"]
    assert len(rows_of(database)["concerns"]) == 1
