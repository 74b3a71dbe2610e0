"""What the benchmarks stand on follows the shipped base: a benchmark that cannot start measures nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import run
from benchmarks.faults import FAULTS
from benchmarks.reverted import REVERTED, Reverted, take_back
from benchmarks.school import write_base
from bot.knowledge import load


def test_the_small_base_of_the_benchmarks_has_no_fault(tmp_path: Path) -> None:
    knowledge = load(write_base(tmp_path / "base"))
    assert knowledge.entries and knowledge.school.ladders.rungs["pupil"]


@pytest.mark.parametrize("each", REVERTED, ids=lambda each: each.name)
def test_every_mending_that_is_taken_back_stands_where_it_is_said_to(each: Reverted, tmp_path: Path) -> None:
    assert set(each.rows) <= {fault.name for fault in FAULTS}
    take_back(each, tmp_path)


def test_a_new_run_keeps_what_was_written_into_the_results_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, title = next(iter(run.BENCHMARKS.items()))
    monkeypatch.setattr(run, "RESULTS", tmp_path / "RESULTS.md")
    run.RESULTS.write_text(f"# Results\n\n## {title}\n\nold\n\n## By hand\n\nkept\n", encoding="utf-8")
    merged = run._merged({name: f"## {title}\n\nnew\n"})
    assert [part.split() for part in merged.split("\n## ")[1:]] == [[*title.split(), "new"], ["By", "hand", "kept"]]
