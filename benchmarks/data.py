"""Public data sets of labelled questions: read, and cut down to a few phrasings for each label.

CLINC150 (Larson et al. 2019; 150 labels and questions that none of them answers) as data_full.json, BANKING77
(Casanueva et al. 2020; 77 labels close to each other) as train.csv and test.csv, and any two files with the columns
text and label.
"""

from __future__ import annotations

import csv
import json
import os
import random
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.report import ROOT


class DataError(Exception):
    """A data set cannot be read."""


@dataclass(frozen=True)
class Split:
    """What is learned from (`texts` with `labels`, and `foreign` ones that no label answers), and what is asked:
    questions with the label expected, and `outside` ones that should be turned away."""

    name: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    asked: tuple[str, ...]
    expected: tuple[str, ...]
    outside: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def data_folder(given: str | None) -> Path:
    """The folder of the public data: as given, else from the environment, else beside the repository."""
    return Path(given or os.environ.get("ASKFIRST_BENCH_DATA") or ROOT.parent / "shared" / "data")


def clinc(folder: Path) -> Split:
    """CLINC150, all of it. Its training examples of what is out of scope are not used."""
    path = folder / "clinc150" / "data_full.json"
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise DataError(_advice(path)) from fault
    texts, labels = zip(*parts["train"], strict=True)
    asked, expected = zip(*parts["test"], strict=True)
    return Split("CLINC150", texts, labels, asked, expected, tuple(text for text, _ in parts["oos_test"]))


def banking(folder: Path) -> Split:
    """BANKING77, all of it. It has no questions that are out of scope."""
    texts, labels = _columns(folder / "banking77" / "train.csv", "category")
    asked, expected = _columns(folder / "banking77" / "test.csv", "category")
    return Split("BANKING77", texts, labels, asked, expected)


def from_csv(train: Path, test: Path, oos: str | None) -> Split:
    """Two files with the columns text and label; `oos` is the label of what no other label answers."""
    learned, asked = (list(zip(*_columns(path, "label"), strict=True)) for path in (train, test))
    inside = [pair for pair in learned if pair[1] != oos]
    expected = [pair for pair in asked if pair[1] != oos]
    return Split(
        train.stem,
        tuple(text for text, _ in inside),
        tuple(label for _, label in inside),
        tuple(text for text, _ in expected),
        tuple(label for _, label in expected),
        tuple(text for text, label in asked if label == oos),
        tuple(text for text, label in learned if label == oos),
    )


def few(split: Split, each: int, seed: int) -> Split:
    """A split with all its questions, and only so many texts for each label, drawn by chance."""
    rng = random.Random(seed)
    of_label: dict[str, list[str]] = defaultdict(list)
    for text, label in zip(split.texts, split.labels, strict=True):
        of_label[label].append(text)
    drawn = [(text, label) for label, texts in of_label.items() for text in rng.sample(texts, min(each, len(texts)))]
    return replace(split, texts=tuple(text for text, _ in drawn), labels=tuple(label for _, label in drawn))


def fewer_questions(split: Split, inside: int, outside: int, seed: int = 0) -> Split:
    """A split with all its texts, and only so many of the questions, drawn by chance."""
    rng = random.Random(seed)
    chosen = rng.sample(range(len(split.asked)), min(inside, len(split.asked)))
    return replace(
        split,
        asked=tuple(split.asked[row] for row in chosen),
        expected=tuple(split.expected[row] for row in chosen),
        outside=tuple(rng.sample(split.outside, min(outside, len(split.outside)))),
    )


def _columns(path: Path, label: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as fault:
        raise DataError(_advice(path)) from fault
    if not rows or not {"text", label} <= set(rows[0]):
        raise DataError(f"{path}: needs a first line with the columns text,{label} and lines below it")
    return tuple(row["text"] for row in rows), tuple(row[label] for row in rows)


def _advice(path: Path) -> str:
    return f"{path}: cannot be read. --data (or ASKFIRST_BENCH_DATA) says where clinc150/ and banking77/ lie"
