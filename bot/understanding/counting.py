"""How often many texts at once have each word and letter feature: for learning, where one by one takes ten times as
long. `features` says what the features are, and weighs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


def _numbered(names: Iterable[str]) -> tuple[list[str], Numbers]:
    """Each name once, in the order in which they came, and which of these each of them is."""
    every = list(names)
    number = {name: place for place, name in enumerate(dict.fromkeys(every))}
    return list(number), np.fromiter(map(number.__getitem__, every), np.int64, len(every))


def count(
    language: Language, forms: Sequence[NormalForm], letters_of: Callable[[str], tuple[str, ...]]
) -> FeatureCounts:
    """Normal forms -> FeatureCounts. `letters_of` gives the letter features of a word."""
    words, flat = _numbered(word for form in forms for word in form.words)
    text_of = np.repeat(np.arange(len(forms)), [len(form.words) for form in forms])
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
    found, columns = _numbered(name for names in names_of for name in names)
    rows = np.repeat(np.arange(len(names_of)), [len(names) for names in names_of])
    return Block(found, by_text @ _sparse(rows, columns, (len(names_of), len(found))))


def _pairs(flat: Numbers, text_of: Numbers, merged: Sequence[str], texts: int) -> Block:
    """Each two words that stand side by side in a text."""
    names, place = _numbered(merged)
    number = place[flat]
    together = np.flatnonzero(text_of[:-1] == text_of[1:])
    codes = number[together] * len(names) + number[together + 1]
    found, columns = np.unique(codes, return_inverse=True)
    named = [f"p:{names[code // len(names)]} {names[code % len(names)]}" for code in found.tolist()]
    return Block(named, _sparse(text_of[together], columns, (texts, len(named))))


def _beside(blocks: Sequence[Block]) -> Block:
    from scipy import sparse

    return Block([name for block in blocks for name in block.names], sparse.hstack([b.counts for b in blocks], "csr"))


def _sparse(rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> Any:
    """Ones at these places, which may be named several times."""
    from scipy import sparse

    return sparse.csr_matrix((np.ones(len(rows), dtype=np.float64), (rows, columns)), shape=shape)
