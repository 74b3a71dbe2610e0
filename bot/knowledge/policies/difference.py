"""Two texts word by word. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

# Pairs of the same word in both texts: of 3,000 words of English fewer. Few words over and over take minutes.
_MOST_PAIRS = 200_000


class WordRun(NamedTuple):
    """Words that stand in both texts, only in the old one, or only in the new one."""

    kind: Literal["same", "gone", "new"]
    words: str


def difference(old: str, new: str) -> tuple[WordRun, ...]:
    """The words of both texts in order, each with where it stands."""
    before, after = old.split(), new.split()
    runs: list[WordRun] = []
    for kind, start, end, begin, until in matched(before, after):
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
    blocks = list(matched(old.split(), new.split()))
    return [next((_at(block, cut) for block in blocks if block[1] <= cut <= block[2]), 0) for cut in cuts]


def _at(block: tuple[str, int, int, int, int], cut: int) -> int:
    kind, start, end, begin, until = block
    if kind == "equal":
        return begin + cut - start
    return until if cut == end else begin


def matched(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """What is equal, replaced, gone or new, as difflib names it; two texts that repeat themselves without end are not
    held against each other: the one takes the place of the other."""
    if list(before) == list(after):
        return [("equal", 0, len(before), 0, len(after))] if before else []
    there, here = Counter(before), Counter(after)
    if sum(number * here[word] for word, number in there.items()) > _MOST_PAIRS:
        return [("replace", 0, len(before), 0, len(after))]
    return list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
