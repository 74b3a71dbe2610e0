"""How often many texts at once have each word and letter feature: for learning, where one by one takes ten times as
long. `features` says what the features are, and weighs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.language import Language, NormalForm, stem

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """`names` of the columns of `counts` (texts, names), which is sparse."""

    names: list[str]
    counts: Any

    def at_least(self, texts: int) -> tuple[list[str], Numbers]:
        """The names that so many texts have, and of each how many texts have it."""
        found = np.bincount(self.counts.indices, minlength=len(self.names))
        kept = np.flatnonzero(found >= texts)
        return [self.names[number] for number in kept.tolist()], found[kept].astype(np.int64)


@dataclass(frozen=True)
class FeatureCounts:
    """Of each text: words, the groups they stand in and pairs of them; sequences of letters; and the words alone."""

    words: Block
    letters: Block
    stems: Block


class _Numbered:
    """Names, each with a number in the order in which they came."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        return self.number.setdefault(name, len(self.number))

    @property
    def names(self) -> list[str]:
        return list(self.number)


def count(
    language: Language, forms: Sequence[NormalForm], letters_of: Callable[[str], tuple[str, ...]]
) -> FeatureCounts:
    """Normal forms -> FeatureCounts. `letters_of` gives the letter features of a word."""
    vocabulary = _Numbered()
    flat = np.array([vocabulary(word) for form in forms for word in form.words], dtype=np.int64)
    text_of = np.repeat(np.arange(len(forms)), [len(form.words) for form in forms])
    words = vocabulary.names
    by_text = _sparse(text_of, flat, (len(forms), len(words)))
    stems = _through(by_text, [(f"w:{stem(word)}",) for word in words])
    grouped = [language.group(word) for word in words]
    groups = _through(by_text, [(f"w:@{group}",) if group else () for group in grouped])
    merged = [f"@{group}" if group else stem(word) for word, group in zip(words, grouped, strict=True)]
    pairs = _pairs(flat, text_of, merged, len(forms))
    return FeatureCounts(
        _beside([stems, groups, pairs]), _through(by_text, [letters_of(word) for word in words]), stems
    )


def _through(by_text: Any, names_of: Sequence[tuple[str, ...]]) -> Block:
    """Words by text, and the names that each word has -> names by text."""
    numbered = _Numbered()
    columns = np.array([numbered(name) for names in names_of for name in names], dtype=np.int64)
    rows = np.repeat(np.arange(len(names_of)), [len(names) for names in names_of])
    return Block(numbered.names, by_text @ _sparse(rows, columns, (len(names_of), len(numbered.names))))


def _pairs(flat: Numbers, text_of: Numbers, merged: Sequence[str], texts: int) -> Block:
    """Each two words that stand side by side in a text."""
    numbered = _Numbered()
    number = np.array([numbered(name) for name in merged], dtype=np.int64)[flat]
    together = np.flatnonzero(text_of[:-1] == text_of[1:])
    codes = number[together] * len(numbered.number) + number[together + 1]
    found, columns = np.unique(codes, return_inverse=True)
    names = numbered.names
    named = [f"p:{names[code // len(names)]} {names[code % len(names)]}" for code in found.tolist()]
    return Block(named, _sparse(text_of[together], columns, (texts, len(named))))


def _beside(blocks: Sequence[Block]) -> Block:
    from scipy import sparse

    return Block([name for block in blocks for name in block.names], sparse.hstack([b.counts for b in blocks], "csr"))


def _sparse(rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> Any:
    """Ones at these places, which may be named several times."""
    from scipy import sparse

    return sparse.csr_matrix((np.ones(len(rows), dtype=np.float64), (rows, columns)), shape=shape)
