"""Sentence rows of the base's own texts, kept between learnings and shipped with the base: what is new is embedded.

The model makes about a hundred of them a second, and a base has tens of thousands of texts. The rows are kept rounded:
turned so that few directions hold most of what they vary in (Pearson 1901), to whole steps, of which most are none and
pack well. What is learned is learned from the rounded rows wherever it happens, so that it comes out alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.encoder import Encoder, Matrix
from bot.understanding.kept.arrays import read_arrays, write_arrays

STEP = np.float32(0.025)  # leaves out three hundredths of what the rows vary in; finer ones find no more entries
_MOST = 127
TRIED = 8  # kept rows that are made again before any is trusted
_OTHERWISE = 0.005  # of their steps, on another processor: next to none
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Rounded:
    """Sentence rows by the hash of their text: `keys` (n,), `steps` (n, width). `middle` (width,) was taken off before
    they were turned into `basis` (width, width)."""

    middle: Matrix
    basis: npt.NDArray[np.float16]
    keys: Keys
    steps: npt.NDArray[np.int8]

    def missing(self, keys: Keys) -> Keys:
        """Those of the keys that it has no row of, each once."""
        return np.setdiff1d(keys, self.keys)

    def rows(self, keys: Keys) -> Matrix:
        """keys, each of which it has -> rows (n, width)."""
        chosen: Matrix = self._steps_of(keys) * STEP
        found: Matrix = chosen @ self.basis.astype(np.float32).T + self.middle
        return found

    def with_more(self, keys: Keys, rows: Matrix) -> Rounded:
        """These rows too, rounded as the others were."""
        steps = np.concatenate([self.steps, self._rounded(rows)])
        return Rounded(self.middle, self.basis, np.append(self.keys, keys), steps)

    def are(self, keys: Keys, rows: Matrix) -> bool:
        """Whether it keeps these rows for these keys, each of which it has."""
        apart = np.abs(self._rounded(rows).astype(np.int16) - self._steps_of(keys))
        return bool(apart.max(initial=0) <= 1 and apart.mean() <= _OTHERWISE)

    def _steps_of(self, keys: Keys) -> npt.NDArray[np.int8]:
        place = {key: number for number, key in enumerate(self.keys.tolist())}
        return self.steps[[place[key] for key in keys.tolist()]]

    def _rounded(self, rows: Matrix) -> npt.NDArray[np.int8]:
        turned = (rows - self.middle) @ self.basis.astype(np.float32)
        steps: npt.NDArray[np.int8] = np.clip(np.round(turned / STEP), -_MOST, _MOST).astype(np.int8)
        return steps

    def only(self, keys: Keys) -> Rounded:
        """The rows of these texts and no others."""
        chosen = np.flatnonzero(np.isin(self.keys, keys))
        return Rounded(self.middle, self.basis, self.keys[chosen], self.steps[chosen])


def embed_kept(encoder: Encoder, texts: Sequence[str], folder: Path | None, shipped: Path | None = None) -> Matrix:
    """texts -> rows (n, width), rounded, taken from the folder's file or the shipped one where it has them.

    The folder's file holds the rows of these texts afterwards, and no others. One that cannot be read is made anew.
    """
    keys = keys_of(texts)
    return _kept(encoder, texts, keys, folder, shipped).rows(keys)


def ship_rows(encoder: Encoder, texts: Sequence[str], folder: Path | None, shipped: Path) -> None:
    """Keep the rows of these texts in the folder that is shipped, packed small. Raises OSError."""
    keys = keys_of(texts)
    kept = _kept(encoder, texts, keys, folder, shipped)
    there = read_rounded(shipped / sentences_file(encoder.name))
    if there is None or not (np.array_equal(there.keys, kept.keys) and np.array_equal(there.steps, kept.steps)):
        write_rounded(shipped / sentences_file(encoder.name), kept, small=True)


def _kept(encoder: Encoder, texts: Sequence[str], keys: Keys, folder: Path | None, shipped: Path | None) -> Rounded:
    name, text_of = sentences_file(encoder.name), dict(zip(keys.tolist(), texts, strict=True))
    kept = _trusted(encoder, keys, text_of, [place / name for place in (shipped, folder) if place])
    missing = np.unique(keys) if kept is None else kept.missing(keys)
    if kept is None or len(missing):
        fresh = encoder.embed([text_of[key] for key in missing.tolist()])
        kept = (kept or _nothing_yet(fresh)).with_more(missing, fresh)
    kept = kept.only(keys)
    if folder and len(missing):
        write_rounded(folder / name, kept)
    return kept


def _trusted(encoder: Encoder, keys: Keys, text_of: Mapping[int, str], files: Sequence[Path]) -> Rounded | None:
    """The rows of the file that lacks the fewest, if the model still makes them of their texts: what reads them into
    words, or another making of the model, may have changed since."""
    had = {path: np.intersect1d(keys, arrays["keys"]) for path in files if (arrays := read_arrays(path, {"keys"}))}
    for path in sorted(had, key=lambda each: -len(had[each])):
        some = had[path][:: max(len(had[path]) // TRIED, 1)][:TRIED]
        kept = read_rounded(path) if len(some) else None
        if kept and kept.are(some, encoder.embed([text_of[key] for key in some.tolist()])):
            return kept
    return None


def sentences_file(model: str) -> str:
    """What the file with the rows of this model is called."""
    return f"sentences-{model[:16]}.npz"


def read_rounded(path: Path) -> Rounded | None:
    """What a file keeps, or None where there is none that can be read."""
    arrays = read_arrays(path)
    return None if arrays is None or not set(arrays) >= _FIELDS else _checked(arrays)


def write_rounded(path: Path, kept: Rounded, *, small: bool = False) -> None:
    """Keep it in this file. `small` takes seconds longer. Raises OSError."""
    by_direction = np.asfortranarray(kept.steps)  # what lies side by side is then alike
    arrays: dict[str, npt.NDArray[Any]] = {"middle": kept.middle, "basis": kept.basis, "keys": kept.keys}
    write_arrays(path, {**arrays, "step": np.array([STEP]), "steps": by_direction}, small)


_FIELDS = {"middle", "basis", "keys", "steps", "step"}


def _checked(arrays: Mapping[str, npt.NDArray[Any]]) -> Rounded | None:
    middle, basis, keys, steps = arrays["middle"], arrays["basis"], arrays["keys"], arrays["steps"]
    width = len(middle)
    fits = basis.shape == (width, width) and steps.shape == (len(keys), width)
    typed = [each.dtype.str for each in (middle, basis, keys, steps)] == ["<f4", "<f2", "<u8", "|i1"]
    alike = np.array_equal(arrays["step"], np.array([STEP]))
    return Rounded(middle, basis, keys, steps) if fits and typed and alike else None


def _nothing_yet(rows: Matrix) -> Rounded:
    """The directions of these rows, by how much they vary in each; no row is kept yet."""
    middle = rows.mean(axis=0)
    rest = (rows - middle).astype(np.float64)
    basis = np.linalg.eigh(rest.T @ rest)[1][:, ::-1].astype(np.float16)
    width = rows.shape[1]
    none = np.zeros(0, dtype=np.uint64), np.zeros((0, width), dtype=np.int8)
    return Rounded(middle.astype(np.float32), basis, *none)


def keys_of(texts: Sequence[str]) -> Keys:
    """What the rows of these texts are known by."""
    return np.array([_key(text) for text in texts], dtype=np.uint64)


def _key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
