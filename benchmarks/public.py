"""Accuracy on public data, side by side with what one would pick instead, all measured in the same run.

    python -m benchmarks.public [--quick] [--data FOLDER]
    python -m benchmarks.public --train TRAIN.csv --test TEST.csv [--oos LABEL]

The first is CLINC150 and BANKING77 with 10 phrasings for each label (the mean of three draws) and with all of them;
--quick takes one draw and a sample of the questions. The second takes any pair of files with the columns text and
label; texts with the label --oos stand for what no other label answers, and where there are any to learn from, they
are learned from.

"accuracy" and "top 3" count the questions that have an answer. "AUROC" is the chance that such a question gets more
confidence than one from outside; "turned away" is the share of those from outside below the threshold that keeps 95 %
of the questions that have an answer: a threshold set without knowing anything from outside. "best with outside" is the
best accuracy over all thresholds, everything counted, where turning away is right for a question from outside.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

import numpy as np

from benchmarks.data import DataError, Split, banking, clinc, data_folder, few, fewer_questions, from_csv
from benchmarks.figures import accuracy, auroc, best_total, hits, turned_away
from benchmarks.ours import Ours, Remembering, installed_encoder
from benchmarks.report import say, share, table
from benchmarks.rivals import Method, rivals

EACH = 10
SEEDS = (0, 1, 2)
COLUMNS = ("accuracy", "top 3", "AUROC", "turned away", "best with outside")


def main() -> int:
    """Print the tables; 1 where a data set cannot be read."""
    parsed = _arguments()
    encoder = installed_encoder()
    try:
        if parsed.train:
            tables = [_pair(from_csv(Path(parsed.train), Path(parsed.test), parsed.oos), encoder)]
        else:
            tables = list(_standard(data_folder(parsed.data), encoder, quick=parsed.quick))
    except DataError as fault:
        say(str(fault))
        return 1
    print("\n".join(tables))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--train", metavar="CSV", help="what to learn from: columns text, label")
    parser.add_argument("--test", metavar="CSV", help="what to ask: columns text, label")
    parser.add_argument("--oos", metavar="LABEL", help="the label of questions that should be turned away")
    parser.add_argument("--data", metavar="FOLDER", help="where clinc150/ and banking77/ lie")
    parser.add_argument("--quick", action="store_true", help="one draw and a sample of the questions")
    parsed = parser.parse_args()
    if bool(parsed.train) != bool(parsed.test):
        parser.error("--train and --test go together")
    return parsed


def _standard(folder: Path, encoder: Remembering | None, *, quick: bool) -> Iterator[str]:
    for whole in (clinc(folder), banking(folder)):
        split = fewer_questions(whole, 200, 100) if quick else whole
        draws = [few(split, EACH, seed) for seed in (SEEDS[:1] if quick else SEEDS)]
        yield _compared(f"{whole.name}, {EACH} phrasings for each label, mean of {len(draws)}", draws, encoder)
        if not quick:
            yield _compared(f"{whole.name}, all {len(whole.texts)} phrasings", [whole], encoder)


def _compared(title: str, draws: Sequence[Split], encoder: Remembering | None) -> str:
    """Every method on the same draws, as a table."""
    say(title)
    measured: dict[str, list[tuple[float | None, ...]]] = defaultdict(list)
    for split in draws:
        for method in [*rivals(encoder), *_ours(encoder, split)]:
            measured[method.name].append(_measure(method, split))
    rows = [(name, *map(_shown, zip(*figures, strict=True))) for name, figures in measured.items()]
    asked = f"{len(draws[0].asked)} questions, {len(draws[0].outside)} from outside."
    return table(title, ("method", *COLUMNS), rows, asked)


def _pair(split: Split, encoder: Remembering | None) -> str:
    rows = [
        (method.name, *((_shown((figure,))) for figure in _measure(method, split))) for method in _ours(encoder, split)
    ]
    asked = f"{len(split.texts)} texts, {len(split.asked)} questions, {len(split.outside)} from outside."
    return table(split.name, ("method", *COLUMNS), rows, asked)


def _ours(encoder: Remembering | None, split: Split) -> list[Method]:
    return [Ours(chosen, split.foreign) for chosen in ((None, encoder) if encoder else (None,))]


def _measure(method: Method, split: Split) -> tuple[float | None, ...]:
    """One method on one draw -> its figures, in the order of COLUMNS."""
    start = time.perf_counter()
    method.learn(split.texts, split.labels)
    inside, outside = method.answer(split.asked), method.answer(split.outside) if split.outside else None
    foreign = outside.confidence if outside else np.zeros(0)
    say(f"  {method.name}: {accuracy(inside, split.expected):.3f} after {time.perf_counter() - start:.0f} s")
    return (
        accuracy(inside, split.expected),
        accuracy(inside, split.expected, 3),
        auroc(inside.confidence, foreign),
        turned_away(inside.confidence, foreign),
        best_total(hits(inside, split.expected), inside.confidence, foreign) if outside else None,
    )


def _shown(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return share(sum(known) / len(known) if known else None)


if __name__ == "__main__":
    sys.exit(main())
