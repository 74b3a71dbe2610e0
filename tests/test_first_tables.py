"""The tables with which a server answers are made in a process of its own, before anybody is answered."""

from __future__ import annotations

import gc
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from adapters.command.workshop import learner_of
from bot.answering.dialogue import Base, ask_once
from bot.knowledge import KnowledgeError, read_files
from bot.service.live import first_tables, learning
from bot.service.live.base import LiveBase
from bot.service.live.learning import Learner
from bot.settings import Settings, read_settings
from bot.uncollected import uncollected
from bot.understanding import fitting
from bot.understanding.kept.fitted_files import has_tables
from bot.understanding.kept.lessons import lessons_file
from tests.conftest import NOW
from tests.make_base import small_base, small_cache

TIPS = "entries/culture.yaml"


@pytest.fixture
def settings(tmp_path: Path, base: Base) -> Settings:
    """A server's on the small base, with the lessons of it, which `base` has learned, and no tables."""
    knowledge = shutil.copytree(small_base(), tmp_path / "knowledge")
    cache = tmp_path / "data" / "cache"
    cache.mkdir(parents=True)
    shutil.copy(small_cache() / lessons_file(None), cache)
    given = {"ASKFIRST_DATA": str(cache.parent), "ASKFIRST_KNOWLEDGE": str(knowledge), "ASKFIRST_MODEL": "none"}
    return read_settings(given)


@pytest.fixture
def none_are_made_here() -> Iterator[None]:
    with patch.object(fitting, "_corpora", side_effect=AssertionError("this process made tables")):
        yield


@pytest.fixture
def none_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        raise AssertionError("a process began")

    monkeypatch.setattr(learning, "begin_apart", refuse)


def instead(monkeypatch: pytest.MonkeyPatch, *command: str) -> list[subprocess.Popen[str]]:
    """Another command runs in the place of what makes the tables."""
    begun: list[subprocess.Popen[str]] = []

    def begin(*_: object) -> subprocess.Popen[str]:
        begun.append(subprocess.Popen(command, text=True))
        return begun[-1]

    monkeypatch.setattr(learning, "begin_apart", begin)
    return begun


def start(settings: Settings) -> LiveBase:
    return LiveBase(settings, learner_of(settings))


def answers(served: LiveBase) -> bool:
    found = ask_once(served.current(), "can I friend an ex-pupil?", NOW).reply.answer
    return found is not None and found.entry == "friend-ex-pupil"


@pytest.mark.slow
@pytest.mark.usefixtures("none_are_made_here")
def test_the_first_start_maps_what_another_process_made(settings: Settings) -> None:
    assert answers(start(settings))
    assert has_tables(settings.cache)


@pytest.mark.slow
def test_the_next_start_begins_no_process_and_does_not_look_for_the_name_of_its_tables(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(settings)
    begun = instead(monkeypatch, "false")
    with patch.object(first_tables, "learned_key", side_effect=AssertionError("it read every text once more")):
        assert answers(start(settings))
    assert not begun


@pytest.mark.slow
@pytest.mark.usefixtures("none_are_made_here")
def test_tables_that_went_since_the_last_start_are_made_apart_again(settings: Settings) -> None:
    start(settings)
    for folder in settings.cache.glob("fitted-*"):
        shutil.rmtree(folder)
    (settings.cache / "fitted-of-another").mkdir()
    (settings.cache / "fitted-of-another" / "state.json").write_text("{}", encoding="utf-8")
    assert answers(start(settings))


@pytest.mark.slow
def test_a_start_with_tables_of_another_base_alone_has_its_own_made_apart(
    settings: Settings, none_are_made_here: None
) -> None:
    (settings.cache / "fitted-of-another").mkdir()
    (settings.cache / "fitted-of-another" / "state.json").write_text("{}", encoding="utf-8")
    assert answers(start(settings))


@pytest.mark.slow
@pytest.mark.usefixtures("none_are_made_here", "none_is_begun")
def test_tables_that_were_made_without_a_server_are_taken(settings: Settings, base: Base) -> None:
    for kept in small_cache().glob("fitted-*"):
        shutil.copytree(kept, settings.cache / kept.name)
    assert answers(start(settings))


@pytest.mark.slow
def test_where_the_process_ends_with_a_fault_the_start_makes_them_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = instead(monkeypatch, "false")
    assert answers(start(settings))
    assert len(begun) == 1, "it is not tried twice"


@pytest.mark.slow
def test_where_no_process_begins_the_start_makes_them_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> object:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(learning, "begin_apart", refuse)
    assert answers(start(settings))
    assert "Resource temporarily unavailable" in caplog.text


@pytest.mark.slow
def test_the_last_good_copy_has_tables_of_its_own_made_apart(settings: Settings, none_are_made_here: None) -> None:
    start(settings)
    for made in settings.cache.glob("fitted-*"):
        shutil.rmtree(made)
    (settings.knowledge / TIPS).write_text("entries: [", encoding="utf-8")
    assert answers(start(settings))


def test_a_start_that_fails_ends_the_process_and_leaves_nothing_lying(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (settings.knowledge / TIPS).write_text("entries: [", encoding="utf-8")
    begun = instead(monkeypatch, "sleep", "60")
    with pytest.raises(KnowledgeError):
        start(settings)
    assert [each.poll() is not None for each in begun] == [True]
    assert not list(tmp_path.glob("askfirst-learning-*"))


@pytest.mark.parametrize(("first", "polite"), [(True, 0), (False, 5)])
def test_nobody_waits_behind_what_is_learned_but_before_the_first_answer_it_is_in_a_hurry(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, first: bool, polite: int
) -> None:
    told: list[dict[str, object]] = []

    def begin(_: str, what: dict[str, object]) -> subprocess.Popen[str]:
        told.append(what)
        return subprocess.Popen(["true"], text=True)

    monkeypatch.setattr(learning, "begin_apart", begin)
    learner, files = Learner(settings.cache, None, None), read_files(settings.knowledge)
    (learner.begin_first if first else learner.begin)(files, "key")
    learner.wait()
    assert [each["polite"] for each in told] == [polite]


def test_what_learns_keeps_its_memory_for_the_next_table_unless_somebody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "4096")
    monkeypatch.delenv("MALLOC_MMAP_THRESHOLD_", raising=False)
    with patch.object(subprocess, "Popen") as begun:
        learning.begin_apart("a.module", {})
    given = begun.call_args.kwargs["env"]
    assert (given["MALLOC_TRIM_THRESHOLD_"], given["MALLOC_MMAP_THRESHOLD_"]) == ("4096", str(2**28))


def test_nothing_is_looked_through_while_what_stays_is_made() -> None:
    assert gc.isenabled()
    with uncollected():
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled(), "whoever began it ends it"
    assert gc.isenabled()
