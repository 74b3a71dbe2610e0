"""Knowledge bases of a given size for the benchmark of speed, fitted just enough to be asked.

What one question costs depends on how many phrasings, words and entries a base has, not on how well it was fitted. So
the tables have their full size, but are learned from a sample of the texts, with made-up sentence rows, and the
thresholds are set by hand: a base of 30,000 phrasings is then ready in a minute. Nothing here says anything about
accuracy.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.data import banking, clinc
from benchmarks.stand_in import clauses_of, entries_of
from bot.answering.dialogue import Base
from bot.knowledge import Entry, Knowledge
from bot.understanding import matcher, triage, triage_fitting
from bot.understanding.decision import Calibration
from bot.understanding.encoder import Encoder, Matrix
from bot.understanding.features import Featuriser, count_all
from bot.understanding.fitting import Understanding
from bot.understanding.language import NormalForm, make_language
from bot.understanding.machine import Machine, machine_of
from bot.understanding.matcher import Matcher
from bot.understanding.ranking.corpus import prepare
from bot.understanding.ranking.ranker import FEATURES, Ranker, SecondLook, fit_first
from bot.understanding.reading import TextReader
from bot.understanding.triage import Thresholds, Triage
from bot.understanding.triage_fitting import Sorted

T = TypeVar("T")
SAMPLE = 2500  # texts that the tables are learned from
CALIBRATION = Calibration(np.array([1, 0.5, 1, 1, 1, 0, 0, 0], dtype=np.float32), 0.5, 0.1)
# Nothing is handed over: the longer way.
THRESHOLDS = Thresholds(*(np.inf,) * 8, np.zeros(2, dtype=np.float32), np.zeros((6, 5), dtype=np.float32))


def small(knowledge: Knowledge, phrasings: int) -> Knowledge:
    """Entries of the shipped base, drawn by chance until there are so many phrasings."""
    return _with(knowledge, _until(knowledge.entries.values(), phrasings))


def large(knowledge: Knowledge, folder: Path, phrasings: int) -> Knowledge:
    """CLINC150 and BANKING77, every label an entry, filled up with entries of the shipped base."""
    public = [
        entry for split in (clinc(folder), banking(folder)) for entry in entries_of(split.texts, split.labels).values()
    ]
    missing = phrasings - sum(len(entry.phrasings) for entry in public)
    return _with(knowledge, [*public, *_until(knowledge.entries.values(), missing)])


def fitted(knowledge: Knowledge, encoder: Encoder | None) -> tuple[Base, Featuriser]:
    """A base that can be asked, and its features (for `fresh`)."""
    language = make_language(knowledge)
    asked = [(language.normalise(text), label) for text, label, _ in matcher.examples(knowledge)]
    graded = [(language.normalise(each.text), each) for each in triage_fitting.examples(knowledge)]
    featuriser = Featuriser.learn(language, count_all(language, [form for form, _ in asked + graded]))
    understanding = Understanding(
        TextReader(language, featuriser, encoder),
        Matcher(knowledge, _matching(featuriser, _sample(asked), asked, encoder), CALIBRATION),
        Triage(knowledge.triage, _sorting(knowledge, featuriser, graded, encoder), THRESHOLDS),
        encoder is not None,
    )
    return Base(knowledge, understanding), featuriser


def fresh(base: Base, featuriser: Featuriser) -> Base:
    """A base with nothing memoised: no spelling has been corrected yet."""
    old = base.understanding.reader
    language = make_language(base.knowledge)
    reader = TextReader(language, Featuriser(language, featuriser.names, featuriser.idf), old.encoder)
    return replace(base, understanding=replace(base.understanding, reader=reader))


def _matching(
    featuriser: Featuriser,
    sample: Sequence[tuple[NormalForm, str]],
    asked: Sequence[tuple[NormalForm, str]],
    encoder: Encoder | None,
) -> Ranker:
    labels = list(dict.fromkeys(label for _, label in asked))
    number = {label: position for position, label in enumerate(labels)}
    numbers = [number[label] for _, label in sample]
    corpus = prepare(featuriser, featuriser.count([form for form, _ in sample]), numbers, _rows(sample, encoder))
    every = np.ones(len(FEATURES), dtype=np.float32)
    return Ranker(fit_first(corpus, labels), SecondLook(0 * every, every, every))


def _sorting(
    knowledge: Knowledge, featuriser: Featuriser, graded: Sequence[tuple[NormalForm, Sorted]], encoder: Encoder | None
) -> Machine:
    """The triage's own learning, on all of its examples: it is quick enough. The first of them are its own."""
    pattern = triage.watched_by(knowledge.triage)
    watched = np.array([bool(pattern.search(form.text)) for form, _ in graded])
    numbers = [triage_fitting.number_of(each.kind) for _, each in graded]
    corpus = prepare(featuriser, featuriser.count([form for form, _ in graded]), numbers, _rows(graded, encoder))
    return machine_of(corpus, triage_fitting.fit_triage(corpus, [each for _, each in graded], watched).dual)


def _rows(texts: Sequence[object], encoder: Encoder | None) -> Matrix | None:
    """Made-up sentence rows, as wide as the model's."""
    if encoder is None:
        return None
    width = encoder.embed(["how wide"]).shape[1]
    rows = np.random.default_rng(3).normal(size=(len(texts), width)).astype(np.float32)
    unit: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _sample(texts: Sequence[T]) -> list[T]:
    return random.Random(5).sample(texts, min(SAMPLE, len(texts)))


def _until(entries: Iterable[Entry], phrasings: int) -> list[Entry]:
    chosen: list[Entry] = []
    for entry in random.Random(5).sample(sorted(entries, key=lambda entry: entry.id), len(list(entries))):
        if phrasings <= 0:
            break
        cut = replace(entry, phrasings=entry.phrasings[:phrasings])
        chosen.append(cut)
        phrasings -= len(cut.phrasings)
    return chosen


def _with(knowledge: Knowledge, entries: Sequence[Entry]) -> Knowledge:
    """The base with these entries only; what pointed to others is dropped."""
    kept = {entry.id for entry in entries}
    trimmed = [replace(entry, related=tuple(other for other in entry.related if other in kept)) for entry in entries]
    clauses = clauses_of(entry.id for entry in entries if not entry.file)
    return replace(
        knowledge, entries={entry.id: entry for entry in trimmed}, clauses={**knowledge.clauses, **clauses}, tips=()
    )
