"""Every word that people write, planted in every field, is in no byte of the database, of its log, of what is logged
beside it and of its backups; and nothing that can be written in is left out."""

from __future__ import annotations

import base64
import datetime as dt
import logging
import sqlite3
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.concerns.chronology import (
    KINDS,
    OF_ACCOUNTS,
    OF_ANSWERS,
    OF_DOCUMENTS,
    OF_READINESS,
    OF_REQUIRED,
    Actor,
    EventKind,
)
from bot.concerns.form import TEXT, form_for
from bot.concerns.ladder.escalation import Recipient, Step
from bot.knowledge import Cover, School
from bot.service.casework import ACTIONS
from bot.store import Store, schema
from bot.store.schema import every_sealed
from tests.backup.places import backup
from tests.conftest import NOW
from tests.ladder.world import World
from tests.store.full import fill_everything, values_of
from tests.store.planted import REPORT, STRANGER, said_elsewhere, worked_on
from tests.store.unwiped import careless, kept, place

__all__ = ["careless", "kept", "place"]  # fixtures

WORDS = ("marker", "zelda", "neglect", "amara", "bello", "deputy-1")
# Line of the chronology -> what people write into it, or is a name. A new kind of line belongs here or among the rest.
WRITTEN_IN: dict[EventKind, set[str]] = {
    "note": {"text"}, "action": {"text"}, "decision": {"text", "reason"}, "correction": {"text"}, "added": {"text"},
    "reassigned": {"reason"}, "referred": {"who", "reference", "text"}, "closed": {"text", "reason"},
    "reopened": {"reason"}, "deletion-asked": {"reason"}, "deletion-refused": {"reason"},
}  # fmt: skip
# What AskFirst itself writes: names of people, ids, days. In "deleted" is the second reason: see test_deleted.py.
OF_OURS: set[EventKind] = {
    "logged", "nobody-to-tell", "alert-sent", "alert-failed", "ran-out", "acknowledged", "opened", "action-done",
    "linked", "exported", "deleted", "link-made", "signed-in", "forgotten", "not-reached", "action-cancelled",
    "action-kept", "arranged", "in-terminal", "begun", "restored", "left-sealed", "subject-access", "cover-set",
    "cover-ended", *OF_ANSWERS, *OF_READINESS, *OF_ACCOUNTS, *OF_REQUIRED,
    "policy-taken-in",
    *OF_DOCUMENTS,
    "policy-let-in",  # of no concern: whoever lets a document in says why, and that is sealed as every detail is
}  # fmt: skip
# Field of an action -> where it is kept: a file's name in the table of files, why somebody agrees in "deleted".
BY_ACTION: dict[str, tuple[EventKind, str] | None] = {
    "note.text": ("note", "text"), "action.text": ("action", "text"), "decision.text": ("decision", "text"),
    "decision.reason": ("decision", "reason"), "refer.to": ("referred", "who"), "refer.text": ("referred", "text"),
    "refer.reference": ("referred", "reference"), "pass-on.reason": ("reassigned", "reason"),
    "correct.text": ("correction", "text"), "file.name": None, "reopen.reason": ("reopened", "reason"),
    "close.outcome": ("closed", "text"), "close.reason": ("closed", "reason"), "agree.reason": None,
    "ask-deletion.reason": ("deletion-asked", "reason"), "keep.reason": ("deletion-refused", "reason"),
}  # fmt: skip
_TEXTS = ("text", "reason", "who", "reference")
_PAGE = 4_096  # bytes


def plant(store: Store, school: School) -> World:
    """Everything that can be written is, and nothing is deleted."""
    world = World(store, school, NOW)
    said_elsewhere(world)
    number = worked_on(world)
    dsl, head, work = world.reader("dsl"), world.reader("head"), world.casework
    work.ask_deletion(dsl, number, "Askedmarker", world.now)
    work.answer_deletion(head, number, False, "Refusedmarker", world.now)
    work.reopen(dsl, number, "Reopenedmarker", world.now)
    world.log(STRANGER)
    world.log({**STRANGER, "adult": "deputy-1", "adult_name": "", "adult_role": ""})
    actor = Actor("dsl", "Ms Amara Bello")
    cover = Cover("dsl", "deputy-1", dt.date(2026, 12, 1), dt.date(2026, 12, 4))
    store.covers(school.id).name(cover, actor, lambda _: (), world.now)
    store.drills(school.id).add("2026-11", (Step("test", world.now, Recipient("dsl")),))
    fill_everything(store, school)
    return world


def written_in(content: bytes, words: tuple[str, ...] = WORDS) -> list[str]:
    """Those of these words that can be read in it: as text of eight or sixteen bits, in hexadecimal, or in base64."""
    lower = content.lower()
    return [word for word in words if any(form in lower for form in _folded(word)) or _in_base64(word, content)]


def _folded(word: str) -> Iterator[bytes]:
    yield from (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"))
    yield from (each.encode().hex().encode() for each in (word, word.title(), word.upper()))


def _in_base64(word: str, content: bytes) -> bool:
    """At each of the three places at which it can begin, without the letters that its neighbours reach into."""
    return any(_middle(each.encode(), start) in content for each in (word, word.title()) for start in range(3))


def _middle(written: bytes, start: int) -> bytes:
    before, after = (0, 2, 3)[start], (start + len(written)) * 8 // 6
    return base64.b64encode(b"\0" * start + written)[before:after]


@pytest.mark.parametrize("start", ["", "x", "xy"])
def test_the_search_finds_a_word_in_every_form_in_which_it_looks_for_it(start: str) -> None:
    for written in (f"{start}Zelda Marker", f"{start}zelda marker"):
        encoded = written.encode()
        for content in (encoded, written.encode("utf-16-le"), encoded.hex().encode(), base64.b64encode(encoded)):
            assert written_in(b"\x00\x01" + content + b"\xff") == ["marker", "zelda"], content
    assert written_in(b"nothing of the kind") == []


def test_nothing_planted_can_be_read_in_the_files_in_the_log_or_in_a_backup(
    kept: Store, school: School, place: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    plant(kept, school)
    files = {each.name: each.read_bytes() for each in place.parent.glob(f"{place.name}*")}
    assert files.keys() == {"askfirst.db", "askfirst.db-wal", "askfirst.db-shm"} and all(files.values())
    assert {name: written_in(content) for name, content in files.items()} == {each: [] for each in files}
    assert written_in(caplog.text.encode()) == []
    assert written_in("".join(capsys.readouterr()).encode()) == []
    backup(f"sqlite:///{place}", place.with_name("kept.backup"))
    assert written_in(place.with_name("kept.backup").read_bytes()) == []
    with zipfile.ZipFile(place.with_name("kept.backup")) as packed:
        unpacked = {name: packed.read(name) for name in packed.namelist()}
    assert {name: written_in(each) for name, each in unpacked.items()} == {"manifest.json": [], "askfirst.db": []}


def test_every_sealed_column_holds_a_word_that_is_searched_for(kept: Store, school: School, place: Path) -> None:
    plant(kept, school)
    found = {
        str(value.column)
        for value in values_of(f"sqlite:///{place}")
        if written_in(value.read(kept, value.stored).encode())
    }
    assert found >= {str(column) for column in every_sealed()} - {"vault.value"}


def test_every_line_that_somebody_writes_holds_a_word_that_is_searched_for(store: Store, school: School) -> None:
    world = plant(store, school)
    found = defaultdict[str, set[str]](set)
    for number in _numbers(world):
        for event in world.chronology(number):
            found[event.kind] |= {name for name in _TEXTS if "marker" in getattr(event.detail, name)}
    assert {kind: found[kind] & names for kind, names in WRITTEN_IN.items()} == WRITTEN_IN
    assert set(KINDS) == WRITTEN_IN.keys() | OF_OURS


def _numbers(world: World) -> set[str]:
    inbox = world.store.inbox(world.school.id)
    return {each.number for person in ("dsl", "head") for each in inbox.summaries(world.reader(person))}


def test_every_field_of_the_form_holds_a_word_that_is_searched_for(school: School) -> None:
    form = form_for(school)
    asked = {field.id for screen in (form.first, form.report, form.reporter) for field in screen.fields
             if field.kind in ("line", "text")}  # fmt: skip
    planted = {name for report in (REPORT, STRANGER) for name, text in report.items() if "marker" in text.lower()}
    assert asked == planted


def test_every_field_of_an_action_is_among_the_lines_that_are_planted() -> None:
    asked = {f"{each.id}.{field.id}" for each in ACTIONS for field in each.fields if field.kind in ("line", "text")}
    assert asked == BY_ACTION.keys()
    written = {(kind, name) for kind, names in WRITTEN_IN.items() for name in names}
    assert written - set(BY_ACTION.values()) == {("added", "text")}


def test_what_was_deleted_is_in_no_free_page_either(kept: Store, school: School, place: Path) -> None:
    world = World(kept, school, NOW)
    long = "Longmarker " * ((TEXT - 11) // 11)
    number = world.log(REPORT, seen=long, words=long, done=long).number
    world.casework.close(world.reader("dsl"), number, "Outcome", "Closed", None, world.now)
    url = f"sqlite:///{place}"
    sealed = [value.stored for value in values_of(url) if "Longmarker" in value.read(kept, value.stored)]
    assert sealed and max(map(len, sealed)) > 2 * _PAGE
    world.casework.ask_deletion(world.reader("dsl"), number, "Past its day.", world.now)
    world.casework.answer_deletion(world.reader("head"), number, True, "I agree.", world.now)
    kept._database.settle()
    with sqlite3.connect(place) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone()[0] > 1, "there are free pages"
    connection.close()
    whole = b"".join(each.read_bytes() for each in place.parent.glob(f"{place.name}*"))
    pieces = [value[at : at + 64] for value in sealed for at in range(0, len(value) - 64, 1_000)]
    assert not [piece for piece in pieces if piece in whole]


def test_a_careless_sqlite_leaves_what_was_deleted_in_its_free_pages(tmp_path: Path) -> None:
    """Else the tests above would show nothing."""
    path = tmp_path / "careless.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute("CREATE TABLE a (b)")
    connection.execute("INSERT INTO a VALUES (?)", ("Longmarker " * 4_000,))
    connection.commit()
    connection.execute("DELETE FROM a")
    connection.commit()
    connection.close()
    assert written_in(path.read_bytes()) == ["marker"]


def test_every_table_has_a_row_where_words_are_searched_for(kept: Store, school: School, place: Path) -> None:
    plant(kept, school)
    connection = sqlite3.connect(place)
    tables = [table.name for table in schema.metadata.sorted_tables]
    empty = {name for name in tables if not connection.execute(f"SELECT 1 FROM {name}").fetchone()}
    connection.close()
    assert empty == {"restores", "posts", "tip_opinions"}
