"""What was learned from a base and is shipped with it: it answers as if it had been learned here, and at once."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from adapters.command import learn
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import Outcome, outcome_of
from bot.errors import FileError
from bot.knowledge import Knowledge, load
from bot.settings import LEARNED, read_settings
from bot.understanding import fitting
from bot.understanding.encoder import Encoder, Matrix
from bot.understanding.fitting import learn_for_shipping, understand
from bot.understanding.kept import embeddings, fitted_files
from bot.understanding.kept.arrays import read_arrays
from bot.understanding.kept.catching_up import is_near
from bot.understanding.kept.embeddings import embed_kept, ship_rows
from bot.understanding.kept.lessons import lessons_file, read_lessons
from tests.conftest import KNOWLEDGE, NOW, one_at_a_time
from tests.make_base import small_base


@pytest.fixture(scope="module")
def small() -> Knowledge:
    return load(small_base(), approved=False)


@pytest.fixture(scope="module")
def shipped(small: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `askfirst learn` keeps beside the small base."""
    folder = tmp_path_factory.mktemp("shipped") / LEARNED
    with one_at_a_time(folder.parent):
        learn_for_shipping(small, None, None, folder)
    return folder


@pytest.fixture
def nothing_is_learned() -> Iterator[None]:
    with patch.object(fitting, "_learn", side_effect=AssertionError("it was learned anew")):
        yield


def _asked(knowledge: Knowledge, base: Base) -> list[Outcome]:
    """What is answered to a part of the base's own texts, and to some that are in none."""
    texts = [text for entry in knowledge.entries.values() for text in entry.texts[::9]]
    texts += [each.text for each in knowledge.outside[::20]]
    return [outcome_of(ask_once(base, f"hello, {text}", NOW).reply) for text in texts]


@pytest.mark.slow
def test_a_base_that_comes_learned_answers_as_one_that_is_learned_here(
    small: Knowledge, base: Base, shipped: Path, nothing_is_learned: None
) -> None:
    served = Base(small, understand(small, None, None, shipped))
    assert _asked(small, served) == _asked(small, base)


@pytest.mark.slow
@pytest.mark.usefixtures("nothing_is_learned")
def test_a_new_phrasing_is_found_at_once_and_one_that_was_taken_out_is_not(
    small: Knowledge, base: Base, shipped: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(small_base(), tmp_path / "knowledge"))
    path = folder / "entries" / "parents-conduct.yaml"
    written = path.read_text(encoding="utf-8")
    begun = written.index("  - id: name-and-shame\n")
    at = written.index("phrasings:\n", begun) + len("phrasings:\n")
    new = "Grandad wrote zibbledorf about the lollipop lady on the village notice wall. Do we answer him?"
    path.write_text(written[:at] + f'      anew:\n        - "{new}"\n' + written[at:], encoding="utf-8")
    edited = load(folder, approved=False)
    served = Base(edited, understand(edited, None, tmp_path / "cache", shipped))
    asked = outcome_of(
        ask_once(served, "grandad wrote zibbledorf about the lollipop lady on the notice wall", NOW).reply
    )
    assert "name-and-shame" in {asked.entry, *(each.entry for each in asked.choices)}
    before, after = ([(each.kind, each.entry) for each in _asked(small, tried)[:200]] for tried in (base, served))
    assert sum(one == other for one, other in zip(before, after, strict=True)) >= 198, "the rest is answered as before"


@pytest.mark.slow
def test_a_start_that_has_no_room_to_keep_its_tables_answers_and_leaves_nothing_lying(
    small: Knowledge, shipped: Path, tmp_path: Path
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with patch.object(np, "save", side_effect=full):
        served = Base(small, understand(small, None, tmp_path, shipped))
    assert outcome_of(ask_once(served, "can I friend an ex-pupil?", NOW).reply).entry == "friend-ex-pupil"
    assert list(tmp_path.glob("*fit*")) == []


@pytest.mark.slow
def test_of_many_states_the_newest_few_are_kept(small: Knowledge, shipped: Path, tmp_path: Path) -> None:
    for number in range(fitted_files.MOST_KEPT + 3):
        (old := tmp_path / f"fitted-{number}").mkdir()
        os.utime(old, (number, number))
    understand(small, None, tmp_path, shipped)
    left = {path.name for path in tmp_path.glob("fitted-*")}
    assert len(left) == fitted_files.MOST_KEPT and not left & {f"fitted-{number}" for number in range(4)}


def test_learning_says_at_once_that_it_may_not_write(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small_base(), tmp_path / "knowledge", ignore=shutil.ignore_patterns(LEARNED)))
    (folder / LEARNED).write_text("a file, and no folder", encoding="utf-8")
    settings = read_settings({"ASKFIRST_KNOWLEDGE": str(folder), "ASKFIRST_DATA": str(tmp_path)})
    with patch.object(learn, "learn_for_shipping") as learned, pytest.raises(FileError, match=LEARNED):
        learn.run(argparse.Namespace(folder=None), settings)
    assert not learned.called


@pytest.mark.slow
def test_where_much_is_new_or_gone_the_whole_is_learned(small: Knowledge, shipped: Path) -> None:
    fewer = replace(small, outside=small.outside[::2])
    with patch.object(fitting, "_learn", side_effect=RuntimeError("learned")), pytest.raises(RuntimeError):
        understand(fewer, None, None, shipped)


def test_where_much_of_one_entry_is_new_the_whole_is_learned(small: Knowledge, shipped: Path) -> None:
    """Else it would draw everybody's questions: what all others count for it stays as it was."""
    lessons = read_lessons(shipped / lessons_file(None), fitting.learned_by(small.as_written(), None))
    assert lessons is not None
    classes = np.repeat(np.arange(len(lessons.asked_keys) // 20 + 1), 20)[: len(lessons.asked_keys)]
    for new, near in ((2, True), (3, False), (20, False)):
        keys = lessons.asked_keys.copy()
        keys[:new] = np.arange(new)
        assert is_near(lessons, keys, lessons.sorted_keys, classes) is near


@pytest.mark.parametrize("whole", [0.0, 0.5])
def test_a_damaged_file_is_as_none(shipped: Path, tmp_path: Path, small: Knowledge, whole: float) -> None:
    name, way = lessons_file(None), fitting.learned_by(small.as_written(), None)
    assert read_lessons(shipped / name, way) is not None
    assert read_lessons(shipped / name, "another way") is None
    data = (shipped / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * whole)])
    assert read_lessons(tmp_path / name, way) is None
    (tmp_path / name).write_bytes(data[: len(data) // 2] + bytes(4000) + data[len(data) // 2 + 4000 :])
    assert read_lessons(tmp_path / name, way) is None


@pytest.mark.parametrize("array", [np.array([np.nan]), np.array(["text"], dtype=object)])
def test_what_is_no_number_is_as_none(tmp_path: Path, array: np.ndarray) -> None:
    np.savez(tmp_path / "kept.npz", array=array)
    assert read_arrays(tmp_path / "kept.npz") is None
    np.save(tmp_path / "alone.npy", np.zeros(3))
    assert read_arrays(tmp_path / "alone.npy") is None


class _Counting:
    """An encoder that says how many texts it was given."""

    name = "c" * 64

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, texts: object) -> Matrix:
        assert isinstance(texts, list)
        self.embedded += len(texts)
        rows = [np.random.default_rng(len(text)).normal(size=24) for text in texts]
        return (np.array(rows) * 0.2).astype(np.float32)


def test_sentence_rows_are_taken_from_what_came_with_the_base_and_only_new_texts_are_embedded(tmp_path: Path) -> None:
    texts = ["a" * length for length in range(1, 200)]
    first = _Counting()
    ship_rows(first, texts, None, tmp_path / "shipped")
    second = _Counting()
    rows = embed_kept(second, [*texts, "b" * 300], tmp_path / "own", tmp_path / "shipped")
    assert (first.embedded, second.embedded) == (199, 1)
    assert rows.shape == (200, 24)
    assert np.abs(rows[:-1] - _Counting().embed(texts)).max() < 0.06, "rounded, and no more"
    third = _Counting()
    assert np.array_equal(embed_kept(third, [*texts, "b" * 300], tmp_path / "own"), rows)
    assert third.embedded == 0


def test_rows_that_were_rounded_otherwise_are_as_none(tmp_path: Path) -> None:
    with patch.object(embeddings, "STEP", np.float32(0.01)):
        ship_rows(_Counting(), ["one", "three"], None, tmp_path)
    anew = _Counting()
    embed_kept(anew, ["one", "three"], None, tmp_path)
    assert anew.embedded == 2


def test_what_comes_with_the_shipped_base_was_learned_from_it(knowledge: Knowledge, encoder: Encoder | None) -> None:
    """After an edit of what is learned from: askfirst learn."""
    written = knowledge.as_written()
    for with_model in [encoder, None] if encoder else [None]:
        kept = read_lessons(KNOWLEDGE / LEARNED / lessons_file(with_model), fitting.learned_by(written, with_model))
        assert kept is not None, "it was learned in another way"
        assert fitting.of_these_texts(written, kept), "texts have changed"
    assert sum(path.stat().st_size for path in (KNOWLEDGE / LEARNED).iterdir()) < 15_000_000
