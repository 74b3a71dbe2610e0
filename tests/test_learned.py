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
from bot.understanding import fitting, triage_fitting
from bot.understanding.encoder import Encoder, Matrix
from bot.understanding.fitting import learn_for_shipping, understand
from bot.understanding.kept import arrays, embeddings, fitted_files
from bot.understanding.kept.arrays import read_arrays
from bot.understanding.kept.embeddings import TRIED, embed_kept, keys_of, read_rounded, sentences_file, ship_rows
from bot.understanding.kept.fitted_files import folder_of
from bot.understanding.kept.lessons import Lessons, lessons_file, read_lessons, write_lessons
from bot.understanding.kept.nearest import nearest
from bot.understanding.kept.source import read_source
from bot.understanding.triage import NONE
from bot.understanding.triage_fitting import Sorted
from tests.conftest import KNOWLEDGE, NOW, one_at_a_time
from tests.make_base import small_base, small_cache


@pytest.fixture(scope="module")
def small() -> Knowledge:
    return load(small_base(), approved=False)


@pytest.fixture(scope="module")
def shipped(small: Knowledge, base: Base) -> Path:
    """What `askfirst learn` keeps beside the small base. The fixture `base` has learned it: no second half minute. It
    is kept by the way in which it was learned, as `base` is."""
    folder = small_cache() / f"shipped-{fitting.learned_key(small, None)}"
    with one_at_a_time(small_cache()):
        if not folder.is_dir() and (learned := small_cache() / lessons_file(None)).is_file():
            folder.mkdir()
            shutil.copy(learned, folder)
        learn_for_shipping(small, None, None, folder)
    return folder


@pytest.fixture
def nothing_is_learned() -> Iterator[None]:
    with patch.object(fitting, "_learn", side_effect=AssertionError("it was learned anew")):
        yield


def _asked(knowledge: Knowledge, base: Base) -> list[Outcome]:
    """What is answered to a part of the base's own texts, and to some that are in none."""
    texts = [text for entry in knowledge.entries.values() for text in entry.texts[::18]]
    texts += [each.text for each in knowledge.outside[::40]]
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
    before, after = ([(each.kind, each.entry) for each in _asked(small, tried)[:100]] for tried in (base, served))
    assert sum(one == other for one, other in zip(before, after, strict=True)) >= 99, "the rest is answered as before"


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


@pytest.mark.slow
@pytest.mark.usefixtures("nothing_is_learned")
def test_a_new_entry_with_twelve_phrasings_is_found_at_once_and_draws_nobody_elses_questions(
    small: Knowledge, knowledge: Knowledge, shipped: Path
) -> None:
    """An entry of the real base, that the small one lacks; asked by those whose phrasings the small one lacks too."""
    whole = knowledge.as_written().entries["school-email-own-phone"]
    given, left = whole.phrasings[::8][:12], whole.phrasings[1::8]
    new = replace(whole, phrasings=given, opposites=(), not_this=(), cites=small.entries["name-and-shame"].cites)
    edited = replace(small, entries={**small.entries, new.id: new})
    served = Base(edited, understand(edited, None, None, shipped))
    assert sum(_leads_to(served, each.text, new.id) for each in left) > len(left) / 2
    known = {text for entry in small.entries.values() for text in entry.texts}
    others = [text for each in small.entries for text in knowledge.entries[each].texts if text not in known][::24]
    assert sum(_leads_to(served, text, new.id) for text in others) < len(others) / 20


def _leads_to(base: Base, text: str, entry: str) -> bool:
    found = outcome_of(ask_once(base, text, NOW).reply)
    return entry in {found.entry, *(each.entry for each in found.choices)}


@pytest.mark.slow
@pytest.mark.usefixtures("nothing_is_learned")
def test_what_only_resembles_a_phrasing_that_was_taken_out_is_less_sure_of_its_entry(
    small: Knowledge, base: Base, shipped: Path
) -> None:
    entry = small.entries["name-and-shame"]
    gone = max(entry.phrasings, key=lambda each: len(each.text))
    fewer = replace(entry, phrasings=tuple(each for each in entry.phrasings if each != gone))
    served = understand(replace(small, entries={**small.entries, entry.id: fewer}), None, None, shipped)
    before, after = (
        next(each for each in kept.matcher.why(kept.reader.read(gone.text)).candidates if each.entry == entry.id)
        for kept in (base.understanding, served)
    )
    assert after.probability < before.probability


@pytest.fixture
def lessons(small: Knowledge, shipped: Path) -> Lessons:
    found = read_lessons(shipped / lessons_file(None), _way(small))
    assert found is not None
    return found


def _way(small: Knowledge) -> str:
    return fitting.learned_by(small.as_written(), None)


def _with_another_rule(small: Knowledge) -> Knowledge:
    """Two entries that had one rule have none in common any more: no text has changed."""
    clause = next(iter(small.entries["friend-pupil"].first_cites))
    told = [each for each in small.entries.values() if clause in each.first_cites]
    assert len(told) > 1
    others = {each.id: replace(each, cites=tuple(cite for cite in each.cites if cite != clause)) for each in told[1:]}
    return replace(small, entries={**small.entries, **others})


@pytest.mark.slow
def test_what_was_caught_up_with_gives_way_to_what_was_learned_of_the_base_itself(
    small: Knowledge, shipped: Path, lessons: Lessons, tmp_path: Path, nothing_is_learned: None
) -> None:
    edited, cache = _with_another_rule(small), tmp_path / "cache"
    texts = read_source(edited).texts
    key = fitting.learned_key(edited, None)
    understand(edited, None, cache, shipped)
    assert not folder_of(cache, key).exists() and folder_of(cache, key, lessons.texts.digest).exists()
    understand(edited, None, cache, shipped)
    write_lessons(tmp_path / "own" / lessons_file(None), replace(lessons, texts=texts), _way(small))
    understand(edited, None, cache, tmp_path / "own")
    assert folder_of(cache, key).exists()


@pytest.mark.slow
def test_entries_that_have_a_rule_in_common_no_more_are_learned_anew_when_asked_for_and_never_by_a_start(
    small: Knowledge, shipped: Path, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(shipped, tmp_path / LEARNED))
    with patch.object(fitting, "_learn", side_effect=RuntimeError("learned")):
        learn_for_shipping(small, None, None, own)
        understand(_with_another_rule(small), None, None, own)
        with pytest.raises(RuntimeError):
            learn_for_shipping(_with_another_rule(small), None, None, own)


@pytest.mark.slow
def test_the_nearest_lessons_are_taken_and_of_equally_near_ones_those_of_the_first_place(
    lessons: Lessons, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("far", "near", "as near", "another way", "too far")]
    for path, (new, way) in zip(files, ((9, "way"), (3, "way"), (3, "way"), (0, "other"), (2000, "way")), strict=True):
        keys = lessons.texts.asked_keys.copy()
        keys[:new] = np.arange(new)
        texts = replace(lessons.texts, asked_keys=keys, digest=path.name)
        write_lessons(path, replace(lessons, texts=texts), way)
    assert [each.path.name for each in nearest(files, "way", lessons.texts)] == ["near", "as near", "far"]
    itself = replace(lessons.texts, digest="far")
    assert nearest(files, "way", itself)[0].path.name == "far", "what was learned of the base itself, before all"


def test_a_text_that_plays_another_part_in_the_triage_counts_as_new() -> None:
    one = Sorted("the boiler is broken", NONE, "a")
    parts = {each.part for each in (one, replace(one, group="z3"), replace(one, aside=True), replace(one, kind="dsl"))}
    assert len(parts) == 4
    assert replace(one, group="b").part == one.part


def test_one_more_sentence_beside_the_point_moves_few(small: Knowledge) -> None:
    asides = (*small.triage.asides, "The kettle in the staff room hums again.")
    more = triage_fitting.examples(replace(small, triage=replace(small.triage, asides=asides)))
    before = {each.text for each in triage_fitting.examples(small)}
    assert 0 < len({each.text for each in more} - before) < len(before) / 100


@pytest.mark.parametrize("whole", [0.0, 0.5])
def test_a_damaged_file_is_as_none(shipped: Path, tmp_path: Path, small: Knowledge, whole: float) -> None:
    name, way = lessons_file(None), _way(small)
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


def test_an_array_that_would_take_too_much_room_is_as_none(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "kept.npz", small=np.zeros(3), large=np.zeros(10_000))
    with patch.object(arrays, "MOST", 50_000):
        assert read_arrays(tmp_path / "kept.npz") is None
        assert read_arrays(tmp_path / "kept.npz", {"small"}) is not None


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
    assert (first.embedded, second.embedded) == (199, TRIED + 1)
    assert rows.shape == (200, 24)
    assert np.abs(rows[:-1] - _Counting().embed(texts)).max() < 0.06, "rounded, and no more"
    third = _Counting()
    assert np.array_equal(embed_kept(third, [*texts, "b" * 300], tmp_path / "own"), rows)
    assert third.embedded == TRIED


class _ReadsOtherwise(_Counting):
    """The same weights, but texts become other words."""

    def embed(self, texts: object) -> Matrix:
        assert isinstance(texts, list)
        return super().embed([f"{text}!" for text in texts])


def test_rows_that_the_model_no_longer_makes_are_made_anew(tmp_path: Path) -> None:
    texts = ["a" * length for length in range(1, 200)]
    ship_rows(_Counting(), texts, None, tmp_path)
    otherwise = _ReadsOtherwise()
    rows = embed_kept(otherwise, texts, None, tmp_path)
    assert np.abs(rows - _ReadsOtherwise().embed(texts)).max() < 0.06
    assert otherwise.embedded == TRIED + 199
    ship_rows(_ReadsOtherwise(), texts, None, tmp_path)
    assert np.array_equal(embed_kept(_ReadsOtherwise(), texts, None, tmp_path), rows), "and are shipped so"


def test_rows_that_were_rounded_otherwise_are_as_none(tmp_path: Path) -> None:
    with patch.object(embeddings, "STEP", np.float32(0.01)):
        ship_rows(_Counting(), ["one", "three"], None, tmp_path)
    anew = _Counting()
    embed_kept(anew, ["one", "three"], None, tmp_path)
    assert anew.embedded == 2


@pytest.mark.slow
def test_what_comes_with_the_shipped_base_was_learned_from_it(knowledge: Knowledge, encoder: Encoder | None) -> None:
    """After an edit of what is learned from: askfirst learn."""
    written = knowledge.as_written()
    if encoder:
        kept_rows = read_rounded(KNOWLEDGE / LEARNED / sentences_file(encoder.name))
        assert kept_rows is not None
        assert set(kept_rows.keys.tolist()) == set(keys_of(fitting.written_forms(knowledge)).tolist())
    for with_model in [encoder, None] if encoder else [None]:
        kept = read_lessons(KNOWLEDGE / LEARNED / lessons_file(with_model), fitting.learned_by(written, with_model))
        assert kept is not None, "it was learned in another way"
        assert kept.texts.digest == read_source(written).texts.digest, "texts have changed, or what goes with them"
    assert sum(path.stat().st_size for path in (KNOWLEDGE / LEARNED).iterdir()) < 15_000_000
