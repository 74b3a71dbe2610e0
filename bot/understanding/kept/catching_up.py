"""Learning what is new in an edited base, beside what was learned of the rest.

A phrasing more moves next to nothing of what tens of thousands have taught. So how much the others count stays as it
was learned, and only the new texts are fitted to it: a block of coordinates of the same problem, which takes no time.
What is taken out no longer counts. Thresholds stay: they rest on shares of thousands of texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bot.understanding.kept.lessons import Keys, Lessons
from bot.understanding.learning import Labels
from bot.understanding.machine import Target, fit_more
from bot.understanding.ranking.corpus import Corpus, Rows
from bot.understanding.ranking.linear import fit_dual_more

AT_MOST = 0.02  # of the texts; where more are new or gone, the whole is learned anew
OF_A_CLASS = 0.1  # ... and where more of one class are new


def is_near(lessons: Lessons, asked_keys: Keys, sorted_keys: Keys, classes: Labels) -> bool:
    """Whether a base with these texts is so like the one that was learned that it can be caught up with. `classes` are
    those of the texts that are asked. Of no class may much be new: what the others count for it stays as it was, so
    that it would draw everybody's questions."""
    pairs = ((lessons.asked_keys, asked_keys), (lessons.sorted_keys, sorted_keys))
    if any(len(np.setxor1d(old, new)) > AT_MOST * len(old) for old, new in pairs):
        return False
    new = ~np.isin(asked_keys, lessons.asked_keys)
    return bool((np.bincount(classes, new) <= OF_A_CLASS * np.bincount(classes)).all())


def caught_up(
    lessons: Lessons,
    asked: tuple[Corpus, Keys, Sequence[str]],
    sorting: tuple[Corpus, Keys, Sequence[Target]],
) -> Lessons:
    """The lessons for an edited base. `asked` is what the ranker learns from, its keys and the classes; `sorting` what
    the triage does, its keys and questions."""
    corpus, asked_keys, labels = asked
    dual, new = _carried(lessons.asked, lessons.asked_keys, asked_keys)
    moved = np.zeros((len(dual), len(labels)), dtype=np.float32)
    kept = [(labels.index(label), old) for old, label in enumerate(lessons.labels) if label in labels]
    moved[:, [now for now, _ in kept]] = dual[:, [old for _, old in kept]]
    if len(new):
        moved = fit_dual_more(corpus, labels, moved, new)
    graded, sorted_keys, questions = sorting
    outputs, unsorted = _carried(lessons.sorting, lessons.sorted_keys, sorted_keys)
    if len(unsorted):
        outputs = fit_more(graded, questions, outputs, unsorted)
    learned = replace(lessons, labels=tuple(labels), asked=moved, asked_keys=asked_keys)
    return replace(learned, sorting=outputs, sorted_keys=sorted_keys).rounded()


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
