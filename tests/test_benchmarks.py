"""What the benchmarks stand on follows the shipped base: a benchmark that cannot start measures nothing."""

from __future__ import annotations

from pathlib import Path

from benchmarks.school import write_base
from bot.knowledge import load


def test_the_small_base_of_the_benchmarks_has_no_fault(tmp_path: Path) -> None:
    knowledge = load(write_base(tmp_path / "base"))
    assert knowledge.entries and knowledge.school.ladders.rungs["pupil"]
