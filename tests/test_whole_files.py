"""A file of the base is written whole or not at all, also where two write it at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.knowledge.files.whole import BeingWrittenError, write_whole


def test_whoever_takes_too_long_never_puts_half_of_the_others_file_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "approvals.yaml"
    path.write_text("as it was", encoding="utf-8")
    aside = tmp_path / ".approvals.yaml.new"

    def slow() -> str:
        os.utime(aside, (0, 0))  # so long ago was it begun
        write_whole(path, other)
        return "of the slow one"

    def other() -> str:
        with pytest.raises(BeingWrittenError):
            write_whole(path, lambda: "of a third one")
        return "of the other one"

    def slow_and_slower() -> str:
        os.utime(aside, (0, 0))
        aside.unlink()
        aside.write_text("half of the oth", encoding="utf-8")
        return "of the slow one"

    with pytest.raises(BeingWrittenError):
        write_whole(path, slow_and_slower)
    assert (path.read_text("utf-8"), aside.read_text("utf-8")) == ("as it was", "half of the oth")
    os.utime(aside, (0, 0))
    with pytest.raises(BeingWrittenError):
        write_whole(path, slow)
    assert path.read_text("utf-8") == "of the other one"
    assert [each.name for each in tmp_path.iterdir()] == ["approvals.yaml"]
