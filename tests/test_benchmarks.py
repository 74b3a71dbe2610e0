"""What the benchmarks stand on follows the shipped base: a benchmark that cannot start measures nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

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
