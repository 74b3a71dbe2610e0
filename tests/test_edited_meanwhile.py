"""Somebody saves a file of the base at the very moment at which it is read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.dialogue import Base
from bot.knowledge import Knowledge, fingerprint, load
from bot.service.live import base as live
from bot.service.live.base import LiveBase
from bot.service.live.last_good import LAST_GOOD
from bot.service.live.school import LiveSchool
from bot.settings import Settings, read_settings
from bot.understanding.fitting import learned_key
from tests.make_base import small_base

NAME, OTHER = "name: Fernbank Academy", "name: Elmbank Academy"
Save = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_base(), tmp_path / "knowledge"))


@pytest.fixture
def as_it_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Save:
    """Save a file anew right after it was read for the first time."""

    def save(name: str, before: str, after: str) -> None:
        path, read, left = folder / name, Path.read_bytes, [1]

        def reads(each: Path) -> bytes:
            found = read(each)
            if each == path and left:
                left.pop()
                each.write_bytes(found.replace(before.encode(), after.encode()))
            return found

        monkeypatch.setattr(Path, "read_bytes", reads)

    return save


def _learned(knowledge: Knowledge) -> str:
    return learned_key(knowledge.as_written(), None)


@pytest.mark.parametrize(
    ("name", "before", "after"), [("school.yaml", NAME, OTHER), ("entries/culture.yaml", "title: ", "title: Anew ")]
)
def test_what_is_served_and_its_fingerprint_come_from_the_same_bytes(
    folder: Path, as_it_is_read: Save, name: str, before: str, after: str
) -> None:
    first = fingerprint(folder)
    as_it_is_read(name, before, after)
    served, anew = load(folder), load(folder)
    assert (served.fingerprint, anew.fingerprint) == (first, fingerprint(folder))
    assert (served.school, served.as_written().entries) != (anew.school, anew.as_written().entries)
    assert (_learned(served) == _learned(anew)) is (name == "school.yaml")


def test_what_was_saved_meanwhile_is_served_at_the_next_look(folder: Path, as_it_is_read: Save) -> None:
    school = LiveSchool(folder)
    (folder / "outside.yaml").write_bytes((folder / "outside.yaml").read_bytes() + b"\n")
    as_it_is_read("school.yaml", NAME, OTHER)
    assert school.refresh() and school.current().name == "Fernbank Academy"
    assert school.refresh() and school.current().name == "Elmbank Academy"
    assert not school.refresh()


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    given = {"ASKFIRST_DATA": str(tmp_path / "data"), "ASKFIRST_KNOWLEDGE": str(folder), "ASKFIRST_MODEL": "none"}
    return read_settings(given)


@pytest.fixture
def serving(settings: Settings, lexical: Base, monkeypatch: pytest.MonkeyPatch) -> LiveBase:
    def understood(*_: object) -> object:
        return lexical.understanding

    monkeypatch.setattr(live, "understand", understood)  # nothing is asked here
    return LiveBase(settings)


def test_the_copy_of_the_last_good_files_is_of_what_was_read(
    serving: LiveBase, settings: Settings, folder: Path, as_it_is_read: Save
) -> None:
    (folder / "outside.yaml").write_bytes((folder / "outside.yaml").read_bytes() + b"\n")
    as_it_is_read("school.yaml", NAME, "name: [")
    assert serving.refresh()
    assert load(settings.data / LAST_GOOD).fingerprint == serving.current().knowledge.fingerprint
    assert not serving.refresh(), "the fault is refused, and the last good files stay"


def test_a_fault_that_is_mended_while_it_is_read_is_not_refused_for_ever(
    serving: LiveBase, folder: Path, as_it_is_read: Save
) -> None:
    path = folder / "school.yaml"
    path.write_bytes(path.read_bytes().replace(NAME.encode(), b"name: ["))
    as_it_is_read("school.yaml", "name: [", OTHER)
    assert not serving.refresh()
    assert serving.refresh() and serving.current().knowledge.school.name == "Elmbank Academy"


def test_a_calendar_whose_name_ends_in_capitals_is_looked_at_too(folder: Path) -> None:
    path = folder / "school.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  channels: [web]\n", "  channels: [web]\n  calendar: DATES.ICS\n"), encoding="utf-8")
    school = LiveSchool(folder)
    assert "there is no file" in school.current().tips.trouble
    (folder / "DATES.ICS").write_bytes(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    assert school.refresh() and not school.current().tips.trouble
