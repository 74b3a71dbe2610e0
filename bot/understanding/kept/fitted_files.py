"""The tables that answer questions, as files that the next start only maps into memory."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding import learning, triage
from bot.understanding.decision import Calibration
from bot.understanding.kept.lessons import LIMITS
from bot.understanding.machine import Machine
from bot.understanding.ranking.linear import Linear
from bot.understanding.ranking.neighbours import Neighbours
from bot.understanding.ranking.persons import Persons
from bot.understanding.ranking.ranker import FirstLook, Ranker, SecondLook
from bot.understanding.triage import Thresholds

MOST_KEPT = 8  # states of a base; the next start makes any other again in seconds
_OF_SENTENCES = frozenset(("semantic", "semantic_centroids", "sentences", "support", "dual", "turn"))
_TABLES: Mapping[type, tuple[str, ...]] = {
    Linear: (
        "lexical",
        "lexical_centroids",
        "semantic",
        "semantic_centroids",
        "middle",
        "turn",
        "bias",
    ),
    Persons: ("columns", "rates"),
    Neighbours: ("starts", "offsets", "columns", "weights", "sentences"),
    SecondLook: ("middle", "spread", "weights"),
    Machine: ("lexical", "bias", "support", "dual", "middle"),
}


@dataclass(frozen=True)
class Fitted:
    """What is kept between starts."""

    names: list[str]
    idf: learning.Array
    matching: Ranker
    calibration: Calibration
    sorting: Machine
    thresholds: Thresholds
    weights: learning.Array


def folder_of(cache: Path, key: str, near: str | None = None) -> Path:
    """Where the tables lie that follow from what this key names; `near` names what was learned from, where the rest was
    caught up with."""
    return cache / (f"fitted-{key}" if near is None else f"fitted-{key}-near-{near[:12]}")


def is_kept(cache: Path, key: str) -> bool:
    """Whether tables that follow from what this key names lie there, learned whole or caught up with."""
    return any((folder / "state.json").is_file() for folder in cache.glob(f"fitted-{key}*"))


def has_tables(cache: Path) -> bool:
    """Whether tables of any base lie there."""
    return any(cache.glob("fitted-*/state.json"))


def write_fitted(folder: Path, fitted: Fitted) -> None:
    """Written aside and moved into place, so that a process that starts meanwhile never sees half of it. Of what is
    kept there the newest few stay. Where there is no room nothing is kept, and nothing is left lying."""
    aside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".fitting-"))
        _write_tables(aside, fitted)
        aside.rename(folder)  # fails where another process was quicker, with the same result
    except OSError:
        if aside:
            shutil.rmtree(aside, ignore_errors=True)
    _remove_all_but_the_newest(folder.parent)


def _write_tables(aside: Path, fitted: Fitted) -> None:
    limits = fitted.thresholds
    state = {
        "names": fitted.names,
        "labels": fitted.matching.labels,
        "calibration": [fitted.calibration.answer_at, fitted.calibration.offer_at],
        "thresholds": [*_limits(limits), limits.scaling.tolist(), limits.readers.tolist()],
    }
    np.save(aside / "idf.npy", fitted.idf)
    np.save(aside / "coefficients.npy", fitted.calibration.coefficients)
    np.save(aside / "gravity.npy", fitted.weights)
    first = fitted.matching.first
    for kept in (first.linear, first.neighbours, first.persons, fitted.matching.second, fitted.sorting):
        for table in _TABLES[type(kept)]:
            if getattr(kept, table) is not None:
                np.save(aside / f"{type(kept).__name__}.{table}.npy", getattr(kept, table))
    (aside / "state.json").write_text(json.dumps(state), encoding="utf-8")


def _remove_all_but_the_newest(place: Path) -> None:
    """Each is a quarter of a gigabyte, on the disk that concerns are written to. One that a process still reads goes on
    being read."""
    with contextlib.suppress(OSError):
        found = sorted(place.glob("fitted-*"), key=lambda each: each.stat().st_mtime, reverse=True)
        for old in found[MOST_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


def _limits(limits: Thresholds) -> list[float]:
    return [getattr(limits, name) for name in LIMITS]


def read_fitted(folder: Path) -> Fitted | None:
    """The kept state, or None where it cannot be read (it is then fitted anew)."""
    try:
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        answer_at, offer_at = state["calibration"]
        *limits, scaling, readers = state["thresholds"]
        coefficients = np.load(folder / "coefficients.npy")
        return Fitted(
            state["names"],
            np.load(folder / "idf.npy"),
            _read_ranker(folder, state["labels"]),
            Calibration(coefficients, answer_at, offer_at),
            Machine(**_read_tables(folder, Machine)),
            Thresholds(
                **dict(zip(LIMITS, limits, strict=True)),
                scaling=_shaped(np.array(scaling), 2),
                readers=_shaped(np.array(readers), len(triage.READERS) + 1, len(triage.READERS)),
            ),
            _shaped(np.load(folder / "gravity.npy"), 6),
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        shutil.rmtree(folder, ignore_errors=True)
        return None


def _shaped(table: npt.NDArray[Any], *shape: int) -> learning.Array:
    if table.shape != shape:
        raise ValueError(f"{table.shape} is not {shape}")
    return table.astype(np.float32)


def _read_ranker(folder: Path, labels: Sequence[str]) -> Ranker:
    first = FirstLook(
        Linear(tuple(labels), **_read_tables(folder, Linear)),
        Neighbours(**_read_tables(folder, Neighbours)),
        Persons(**_read_tables(folder, Persons)),
    )
    return Ranker(first, SecondLook(**_read_tables(folder, SecondLook)))


def _read_tables(folder: Path, kind: type) -> Any:
    """Every table of one kind. Raises FileNotFoundError where one is missing that is there without sentences too."""
    return {table: _read_table(folder / f"{kind.__name__}.{table}.npy", table) for table in _TABLES[kind]}


def _read_table(path: Path, table: str) -> Any:
    if table in _OF_SENTENCES or path.name in ("Linear.middle.npy", "Machine.middle.npy"):
        return np.load(path, mmap_mode="r") if path.is_file() else None
    return np.load(path, mmap_mode="r")
