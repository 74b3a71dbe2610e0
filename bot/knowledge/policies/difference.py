"""Two texts word by word. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple


class WordRun(NamedTuple):
    """Words that stand in both texts, only in the old one, or only in the new one."""

    kind: Literal["same", "gone", "new"]
    words: str


def difference(old: str, new: str) -> tuple[WordRun, ...]:
    """The words of both texts in order, each with where it stands."""
    before, after = old.split(), new.split()
    runs: list[WordRun] = []
    for kind, start, end, begin, until in _matched(before, after):
        if kind == "equal":
            runs.append(WordRun("same", " ".join(before[start:end])))
            continue
        if end > start:
            runs.append(WordRun("gone", " ".join(before[start:end])))
        if until > begin:
            runs.append(WordRun("new", " ".join(after[begin:until])))
    return tuple(runs)


def carried(cuts: Sequence[int], old: str, new: str) -> list[int]:
    """Places between the words of the old text -> the places of the new one that answer to them."""
    blocks = list(_matched(old.split(), new.split()))
    return [next((_at(block, cut) for block in blocks if block[1] <= cut <= block[2]), 0) for cut in cuts]


def _at(block: tuple[str, int, int, int, int], cut: int) -> int:
    kind, start, end, begin, until = block
    if kind == "equal":
        return begin + cut - start
    return until if cut == end else begin


def _matched(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    return list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
