"""A server takes over what was approved: words at once, new ways of asking as soon as they are learned apart."""

from __future__ import annotations

import errno
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.command.workshop import learner_of
from bot.answering.dialogue import ask_once
from bot.knowledge import BaseFiles, read_files
from bot.knowledge.authoring.writing import with_new_entry
from bot.service.live import learning
from bot.service.live.base import LiveBase
from bot.service.live.learning import Learner
from bot.settings import Settings
from tests.approvals.conftest import live as live
from tests.approvals.giving import PHONE as ASKED
from tests.approvals.giving import Folder
from tests.authoring.world import PHONE, own, settings_of
from tests.conftest import NOW

FILE, NEW, NEW_ASKED = "entries/personal.yaml", "hamsters", "can i bring my tortoise to class"


def answer(served: LiveBase, question: str) -> str:
    """The entry that staff are answered with, and what it says."""
    found = ask_once(served.current(), question, NOW).reply.answer
    return f"{found.entry}: {found.answer}" if found else ""


def test_what_is_taken_out_of_use_is_served_no_more_before_any_file_is_looked_at(
    live: Callable[[], LiveBase], folder: Folder
) -> None:
    served = live()
    assert answer(served, ASKED).startswith(PHONE)
    served.withhold(PHONE)
    assert answer(served, ASKED) == ""
    assert served.refresh(), "the files say whether it stays so"
    assert answer(served, ASKED).startswith(PHONE)


@pytest.fixture
def settings(folder: Folder, tmp_path: Path) -> Settings:
    return settings_of(folder, tmp_path)


def with_one_more(folder: Folder, title: str) -> BaseFiles:
    files = read_files(folder.path)
    text = (folder.path / FILE).read_text(encoding="utf-8")
    return BaseFiles(files.folder, {**files.contents, FILE: with_new_entry(text, NEW, own(title), FILE).encode()})


def learned(learner: Learner) -> None:
    """Wait for the process, and for the one after it."""
    while learner.is_busy():
        assert learner._process
        learner._process.wait(300)


@pytest.mark.slow
def test_while_ways_of_asking_are_learned_apart_words_go_live_and_out_of_use(
    folder: Folder, settings: Settings
) -> None:
    learner = learner_of(settings)
    served = LiveBase(settings, learner)
    with_one_more(folder, "Pets in class").copy_to(folder.path)
    folder.approve([NEW])
    assert served.refresh() and learner.is_busy()
    assert NEW in served.current().knowledge.entries
    folder.change_words(PHONE)
    folder.approve([PHONE])
    assert served.refresh(), "the words are served though something is being learned"
    assert "changed by hand" in answer(served, ASKED)
    served.withhold(PHONE)
    assert answer(served, ASKED) == ""
    learned(learner)
    assert served.refresh()
    assert answer(served, NEW_ASKED).startswith(NEW)
    served.refresh()
    assert not served.refresh()


def test_a_disk_without_room_keeps_nothing_of_what_could_not_be_learned(
    folder: Folder, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, files = Learner(settings.cache, None, None), read_files(folder.path)
    ended = subprocess.Popen(["true"])
    ended.wait()
    begun: list[object] = [ended]

    def one_begins(*_: object) -> object:
        if not begun:
            raise OSError(errno.ENOSPC, "No space left on device")
        return begun.pop()

    monkeypatch.setattr(learning, "begin_apart", one_begins)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    learner.begin(files, "first")
    learner._next = (files, "second")
    assert not learner.is_busy() and learner.has_failed("second")
    with pytest.raises(OSError, match="No space left"):
        learner.begin(files, "third")
    assert not list(tmp_path.glob("askfirst-learning-*"))


def test_what_is_learned_ahead_waits_its_turn_and_gives_way_to_what_is_live(
    folder: Folder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, files = Learner(settings.cache, None, None), read_files(folder.path)
    working = subprocess.Popen(["sleep", "60"])
    monkeypatch.setattr(learning, "begin_apart", lambda *_: working)
    learner.begin(files, "first")
    for key in ("ahead", "too many"):
        learner.begin_ahead(files, key)
    assert learner._next == (files, "ahead"), "it was sent while something else was learned, and is not forgotten"
    learner.begin(files, "live")
    learner.begin_ahead(files, "ahead")
    assert learner._next == (files, "live")
    learner._next = None
    working.kill()
    working.wait()
    assert not learner.is_busy()


@pytest.mark.wide
def test_what_was_sent_is_learned_while_it_waits_and_is_live_with_the_approval(
    folder: Folder, settings: Settings
) -> None:
    learner = learner_of(settings)
    served = LiveBase(settings, learner)
    files = with_one_more(folder, "Animals in class")
    served.learn_ahead(files)
    assert learner.is_busy()
    assert not served.refresh() and answer(served, NEW_ASKED) == ""
    learned(learner)
    files.copy_to(folder.path)
    folder.approve([NEW])
    assert served.refresh() and not learner.is_busy()
    assert answer(served, NEW_ASKED).startswith(NEW)


@pytest.mark.wide
def test_what_cannot_be_learned_apart_is_learned_all_the_same(folder: Folder, settings: Settings) -> None:
    learner = Learner(settings.cache, None, folder.path)  # no sentence model lies there
    served = LiveBase(settings, learner)
    with_one_more(folder, "Pets at school").copy_to(folder.path)
    folder.approve([NEW])
    assert served.refresh()
    learned(learner)
    assert served.refresh()
    assert answer(served, NEW_ASKED).startswith(NEW)
