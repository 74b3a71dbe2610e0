"""Learning what is new in an edited base, beside what was learned of the rest.

A phrasing more moves next to nothing of what tens of thousands have taught. So how much the others count stays as it
was learned, and only the new texts are fitted to it: a block of coordinates of the same problem, which takes no time.
What is taken out no longer counts. An entry of which much is new is one more such block: how much every text counts
for it. Thresholds stay: they rest on shares of thousands of texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bot.understanding.kept.lessons import Keys, LearnedFrom, Lessons
from bot.understanding.machine import Target, fit_more
from bot.understanding.ranking.corpus import Corpus, Rows
from bot.understanding.ranking.linear import fit_classes, fit_dual_more
from bot.understanding.ranking.table import Table

AT_MOST = 0.02  # of the texts; where more are new or gone, the whole is learned anew
OF_A_CLASS = 0.1  # where more of one class are new, the others are told apart from it anew


def differing(one: LearnedFrom, other: LearnedFrom) -> int:
    """How many texts are in one of these and not in the other, each counted for either that learns from it."""
    pairs = ((one.asked_keys, other.asked_keys), (one.sorted_keys, other.sorted_keys))
    return sum(len(np.setxor1d(*pair)) for pair in pairs)


def is_near(known: LearnedFrom, texts: LearnedFrom) -> bool:
    """Whether a base with these texts is so like the one that was learned that it can be caught up with."""
    pairs = ((known.asked_keys, texts.asked_keys), (known.sorted_keys, texts.sorted_keys))
    return all(len(np.setxor1d(old, new)) <= AT_MOST * len(old) for old, new in pairs)


def caught_up(lessons: Lessons, texts: LearnedFrom, table: Table, sorting: tuple[Corpus, Sequence[Target]]) -> Lessons:
    """The lessons for an edited base with these texts. `table` is what the ranker learns from; `sorting` what the
    triage does, and its questions."""
    asked = _asked(lessons, texts, table)
    graded, questions = sorting
    outputs, unsorted = _carried(lessons.sorting, lessons.texts.sorted_keys, texts.sorted_keys)
    if len(unsorted):
        outputs = fit_more(graded, questions, outputs, unsorted)
    return replace(lessons, texts=texts, asked=asked, sorting=outputs).rounded()


def _asked(lessons: Lessons, texts: LearnedFrom, table: Table) -> npt.NDArray[np.float32]:
    dual, new = _carried(lessons.asked, lessons.texts.asked_keys, texts.asked_keys)
    learned = np.zeros((len(dual), len(texts.labels)), dtype=np.float32)
    known = {label: old for old, label in enumerate(lessons.texts.labels)}
    kept = [(now, known[label]) for now, label in enumerate(texts.labels) if label in known]
    learned[:, [now for now, _ in kept]] = dual[:, [old for _, old in kept]]
    if len(new):
        learned = fit_dual_more(table, learned, new)
        if len(classes := _much_is_new(table, new)):
            learned = fit_classes(table, learned, classes)
    return learned


def _much_is_new(table: Table, new: Rows) -> Rows:
    """The classes of which much is new. What the others count for these was learned without it, so that they would draw
    everybody's questions."""
    number = len(table.names)
    of_all, of_new = (np.bincount(labels, minlength=number) for labels in (table.labels, table.labels[new]))
    return np.flatnonzero(of_new > OF_A_CLASS * of_all)


def _carried(table: npt.NDArray[np.float32], old: Keys, keys: Keys) -> tuple[npt.NDArray[np.float32], Rows]:
    """A row for each key, as it was, or none for what is new; and which are new. A text that stands twice counts
    twice."""
    rows: dict[int, list[int]] = {}
    for number, key in enumerate(old.tolist()):
        rows.setdefault(key, []).append(number)
    places = [found.pop(0) if (found := rows.get(key)) else -1 for key in keys.tolist()]
    place = np.array(places, dtype=np.int64)
    carried = table[place]
    carried[place < 0] = 0
    return carried, np.flatnonzero(place < 0)
