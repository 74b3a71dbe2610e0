"""Thresholds from the base itself: what the ranker says of texts that it has not learned from.

In each fold a part of every entry's phrasings is left out, and with it every phrasing of some whole entries, which
then stand for questions that the base does not answer (matching as in Larson et al. 2019, "An Evaluation Dataset for
Intent Classification and Out-of-Scope Prediction"; the held-out classes need no examples of what is out of scope).
What one writer wrote is left out together: whoever asks writes like none of them, and a text is found too easily by
another of the same hand. The examples of outside.yaml have writers too; what has none (titles, look-alikes, small talk)
is folded text by text. No labelled question file is ever used.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding.decision import Calibration, Classes
from bot.understanding.learning import Array, fit_logistic, logistic
from bot.understanding.matcher import Said
from bot.understanding.ranking.corpus import Corpus, Rows
from bot.understanding.ranking.gravity import evidence_of
from bot.understanding.ranking.neighbours import Cosines
from bot.understanding.ranking.ranker import FirstLook, Looked, Scores, SecondLook, fit_first, fit_second

Flags = npt.NDArray[np.bool_]
Folds = npt.NDArray[np.int64]

FOLDS = 4
_AT_A_TIME = 512
# Of the questions that the base answers, at most this share may be answered with another rule.
WRONG_AT_MOST = 0.03
# Of the texts that no entry answers, from outside and small talk, at most this share may be answered at all.
NO_ENTRY_AT_MOST = 0.03


@dataclass(frozen=True)
class Trial:
    """What was said of one left-out text: its row of the corpus, the entry that would speak, the evidence, and
    whether its rule is the text's own. `foreign` texts have no right answer: those of a class that was held out, save
    where an entry that was learned has its rule, and the `no_entry` ones, which are from outside or small talk."""

    row: int
    spoke: int
    evidence: Array
    right: bool
    foreign: bool
    no_entry: bool


def folds(said: Sequence[Said], number: int = FOLDS) -> Folds:
    """What the ranker learns from -> the fold of each text.

    It follows from the text itself or its writer, so that an edit elsewhere in the base leaves it where it was; a new
    writer moves the others. A class that would lose more than half of its texts in one fold is spread text by text.
    """
    known = _writers(said)
    spread = np.array([_spread(each.text, number) for each in said], dtype=np.int64)
    written = np.array(
        [
            alone if each.writer is None else known.index(each.writer) % number
            for each, alone in zip(said, spread, strict=True)
        ]
    )
    rows_of: dict[str, list[int]] = {}
    for row, each in enumerate(said):
        rows_of.setdefault(each.label, []).append(row)
    for rows in rows_of.values():
        if np.bincount(written[rows]).max() > len(rows) / 2:
            written[rows] = spread[rows]
    return written


def folds_beside(said: Sequence[Said], fold_of: Folds, texts: Sequence[tuple[str, str]]) -> Folds:
    """Texts beside those that the ranker learns from, each with the name of its group -> the fold of each.

    One that the ranker learns from too goes with it; any other with what its writer wrote, so that whoever wrote it is
    left out as one.
    """
    known = dict(zip((each.text for each in said), fold_of.tolist(), strict=True))
    number = int(fold_of.max()) + 1
    of_writer = {name: place % number for place, name in enumerate(_writers(said))}
    return np.array(
        [known.get(text, of_writer.get(group, _spread(group, number))) for text, group in texts], dtype=np.int64
    )


def _writers(said: Sequence[Said]) -> list[str]:
    return sorted({each.writer for each in said if each.writer is not None})


def _spread(text: str, number: int) -> int:
    return zlib.crc32(text.encode("utf-8", "replace")) % number


@dataclass(frozen=True)
class TrialRun:
    """What leaving out teaches: the second look; every text of the corpus, tried, but for the concerns, which nobody
    asks the base; and of the texts beside it what the ranker makes of them as concerns, (n, 4) as `gravity.evidence_of`
    gives it, or None where there are none."""

    second: SecondLook
    trials: list[Trial]
    evidence: Array | None = None


def trials(
    corpus: Corpus,
    classes: Classes,
    fold_of: Folds,
    *,
    hold_out_classes: bool = True,
    beside: tuple[Corpus, Folds] | None = None,
) -> TrialRun:
    """Every question of the corpus tried on a ranker whose first look has not learned from its fold; those of a class
    that is held out are tried once more, as if no entry had their answer. `beside` are more texts, with their folds:
    they meet a ranker that lacks some entries too, so ordinary ones look a little graver than they will.

    The second look is learned from all of these: its few weights are the same for every class, so that what they owe to
    any one text is next to nothing.
    """
    rng = np.random.default_rng(7)
    group_of = rng.permutation(len(classes.labels)) % (2 * FOLDS)
    looked: list[tuple[int, bool, Looked]] = []
    more: dict[int, Looked] = {}
    number = int(fold_of.max()) + 1
    for fold in range(number):
        hidden = (group_of == fold) & classes.is_entry & hold_out_classes
        foreign = hidden[corpus.labels]
        left_out = (fold_of == fold) | foreign
        first = fit_first(corpus, classes.labels, np.flatnonzero(~left_out))
        tested = (fold_of == fold) | (foreign & (fold_of == (fold + 1) % number))
        looked += [(row, bool(foreign[row]), each) for row, each in _looked(corpus, first, np.flatnonzero(tested))]
        if beside:
            more |= dict(_looked(beside[0], first, np.flatnonzero(beside[1] == fold)))
    taught = [(row, each) for row, foreign, each in looked if not foreign]
    rows = np.array([row for row, _ in taught])
    second = fit_second([each for _, each in taught], corpus.labels[rows], classes.agree)
    asked = [each for each in looked if not classes.is_concern[corpus.labels[each[0]]]]
    found = [_tried(corpus, classes, second.judge(each), row, foreign) for row, foreign, each in asked]
    grave = [evidence_of(second.judge(more[row]), classes.is_concern) for row in sorted(more)]
    return TrialRun(second, found, np.stack(grave) if grave else None)


def _looked(corpus: Corpus, first: FirstLook, rows: Rows) -> Iterator[tuple[int, Looked]]:
    """Some hundred sentence rows are turned and compared at once: one by one takes many times as long."""
    for start in range(0, len(rows), _AT_A_TIME):
        some = rows[start : start + _AT_A_TIME]
        turned = first.linear.turned(None if corpus.semantic is None else corpus.semantic[some])
        if turned is None:
            yield from ((row, first.look(corpus.row(row), None)) for row in some.tolist())
            continue
        near = first.neighbours.cosines(turned)
        for place, row in enumerate(some.tolist()):
            yield row, first.look(corpus.row(row), turned[place], _between(near[place]))


def _between(cosines: Array) -> Cosines:
    return lambda start, stop: cosines[start:stop]


def _tried(corpus: Corpus, classes: Classes, scores: Scores, row: int, foreign: bool) -> Trial:
    label = int(corpus.labels[row])
    spoke = classes.best(scores.probabilities)
    right = bool(classes.agree[spoke, label])
    return Trial(
        row,
        spoke,
        classes.evidence(scores, spoke),
        right,
        (foreign and not right) or not classes.is_entry[label],
        not classes.is_entry[label],
    )


def calibrate(found: Sequence[Trial]) -> Calibration:
    """Trials -> the confidence's coefficients and the thresholds."""
    evidence = np.array([trial.evidence for trial in found])
    right = np.array([trial.right for trial in found])
    foreign = np.array([trial.foreign for trial in found])
    no_entry = np.array([trial.no_entry for trial in found])
    coefficients = fit_logistic(evidence, right)
    confidence = logistic(evidence, coefficients)
    return Calibration(coefficients, answer_at(confidence, right, foreign, no_entry), offer_at(confidence, foreign))


def answer_at(confidence: Array, right: Flags, foreign: Flags, no_entry: Flags) -> float:
    """The lowest threshold that keeps both promises: few wrong rules, and next to nothing answered that no entry
    answers."""
    order = np.argsort(-confidence)
    wrong = np.cumsum((~foreign & ~right)[order]) / max(int((~foreign).sum()), 1)
    strayed = np.cumsum(no_entry[order]) / max(int(no_entry.sum()), 1)
    kept = (wrong <= WRONG_AT_MOST) & (strayed <= NO_ENTRY_AT_MOST)
    last = int(np.flatnonzero(kept)[-1]) if kept.any() else 0
    return float(confidence[order[last]])


def offer_at(confidence: Array, foreign: Flags) -> float:
    """Below this, nothing is offered: the quantile that keeps 97 % of the questions which the base answers."""
    return float(np.quantile(confidence[~foreign], 0.03))
