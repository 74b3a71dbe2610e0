"""Everything learned from one base: how to read a message, which entry it asks for, whether it is a concern.

Fitting takes seconds to a minute or two; the result is kept in a folder named by a digest of what is learned from, the
sentence model and the code that learned, so that the next start only maps files into memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.knowledge import Knowledge
from bot.understanding import (
    calibration,
    decision,
    features,
    language,
    learning,
    machine,
    matcher,
    triage,
    triage_fitting,
    wordlist,
)
from bot.understanding import encoder as encoder_module
from bot.understanding.decision import Calibration, Classes
from bot.understanding.embeddings import embed_kept
from bot.understanding.encoder import Encoder
from bot.understanding.features import Featuriser
from bot.understanding.language import Language, make_language
from bot.understanding.machine import Machine
from bot.understanding.matcher import Matcher
from bot.understanding.ranking import corpus as corpus_module
from bot.understanding.ranking import gravity as gravity_module
from bot.understanding.ranking import linear, metric, neighbours, persons, ranker
from bot.understanding.ranking.corpus import Corpus, prepare
from bot.understanding.ranking.gravity import Gravity
from bot.understanding.ranking.linear import Linear
from bot.understanding.ranking.neighbours import Neighbours
from bot.understanding.ranking.persons import Persons
from bot.understanding.ranking.ranker import FirstLook, Ranker, SecondLook, fit_first
from bot.understanding.reading import TextReader, harm_of
from bot.understanding.triage import Thresholds, Triage

_LEARNED_BY = (
    features, language, learning, machine, corpus_module, metric, linear, neighbours, ranker, gravity_module, triage,
    triage_fitting, calibration, decision, matcher, persons, encoder_module, wordlist,
)  # fmt: skip
_OF_SENTENCES = frozenset(("semantic", "semantic_centroids", "sentences", "support", "dual", "turn"))
_WORDS_FROM = ("symspellpy", "snowballstemmer")  # packages with which the texts are read: the word list and the stems
_LIMITS = tuple(field.name for field in fields(Thresholds) if field.name not in ("scaling", "readers"))
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
class Understanding:
    """What was learned from a base. `semantic` says whether the sentence model takes part."""

    reader: TextReader
    matcher: Matcher
    triage: Triage
    semantic: bool


@dataclass(frozen=True)
class _Fitted:
    """What is kept between starts."""

    names: list[str]
    idf: learning.Array
    matching: Ranker
    calibration: Calibration
    sorting: Machine
    thresholds: Thresholds
    weights: learning.Array


def understand(knowledge: Knowledge, encoder: Encoder | None, cache: Path | None) -> Understanding:
    """Take the fitted state from `cache` where it was learned from the same texts, else fit it and keep it there."""
    knowledge = knowledge.as_written()
    speech = make_language(knowledge)
    folder = cache / f"fitted-{learned_key(knowledge, encoder)}" if cache else None
    fitted = _read(folder) if folder and (folder / "state.json").is_file() else None
    if fitted is None:
        fitted = _fit(knowledge, speech, encoder, cache)
        if folder:
            _write(folder, fitted)
            fitted = _read(folder) or fitted  # mapped from the files, and no longer held in memory
    featuriser = Featuriser(speech, fitted.names, fitted.idf)
    reader = TextReader(speech, featuriser, encoder, harm_of(knowledge.triage))
    matching = Matcher(knowledge, fitted.matching, fitted.calibration)
    gravity = Gravity(fitted.matching, matching.classes.is_concern, fitted.weights)
    sorting = Triage(knowledge.triage, fitted.sorting, fitted.thresholds, gravity)
    return Understanding(reader, matching, sorting, encoder is not None)


def _fit(knowledge: Knowledge, speech: Language, encoder: Encoder | None, cache: Path | None) -> _Fitted:
    featuriser, corpus, graded = corpora(knowledge, speech, encoder, cache)
    labels, said = class_labels(knowledge), matcher.examples(knowledge)
    learned = triage_fitting.examples(knowledge)
    fold_of = calibration.folds(said)
    beside = graded, calibration.folds_beside(said, fold_of, [(each.without_aside, each.group) for each in learned])
    tried = calibration.trials(corpus, Classes(knowledge.entries, labels), fold_of, beside=beside)
    taught = triage_fitting.fit_triage(graded, learned, _watched(knowledge, speech, learned), tried.evidence)
    matching = Ranker(fit_first(corpus, labels), tried.second)
    calibrated = calibration.calibrate(tried.trials)
    return _Fitted(
        featuriser.names, featuriser.idf, matching, calibrated, taught.machine, taught.thresholds, taught.weights
    )


def _watched(knowledge: Knowledge, speech: Language, learned: Sequence[triage_fitting.Sorted]) -> npt.NDArray[np.bool_]:
    pattern = triage.watched_by(knowledge.triage)
    return np.array([bool(pattern.search(speech.normalise(each.text).text)) for each in learned])


def class_labels(knowledge: Knowledge) -> list[str]:
    """The ranker's classes in order: entries, the outside, the kinds of small talk, the kinds of concern."""
    return list(dict.fromkeys(label for _, label, _ in matcher.examples(knowledge)))


def corpora(
    knowledge: Knowledge, speech: Language, encoder: Encoder | None, cache: Path | None
) -> tuple[Featuriser, Corpus, Corpus]:
    """The features, what the matcher learns from, and what the triage learns from.

    Every text is read once, although most serve both.
    """
    asked, graded = matcher.examples(knowledge), triage_fitting.examples(knowledge)
    texts = list(dict.fromkeys([each.text for each in asked] + [each.text for each in graded]))
    forms = [speech.normalise(text) for text in texts]
    featuriser = Featuriser.learn(speech, forms)
    place = {text: number for number, text in enumerate(texts)}
    embedded = embed_kept(encoder, [form.text for form in forms], cache) if encoder else None

    def pick(chosen: list[str], labels: list[int]) -> Corpus:
        rows = [place[text] for text in chosen]
        return prepare(featuriser, [forms[row] for row in rows], labels, None if embedded is None else embedded[rows])

    labels = class_labels(knowledge)
    number = {label: position for position, label in enumerate(labels)}
    matching = pick([each.text for each in asked], [number[each.label] for each in asked])
    sorting = pick([each.text for each in graded], [triage_fitting.number_of(each.kind) for each in graded])
    return featuriser, matching, sorting


def learned_key(knowledge: Knowledge, encoder: Encoder | None) -> str:
    """What names the state that is learned: every text that is learned from and where it belongs, the words of the
    lexicon, the sentence model, the code that learns and the packages it reads words with. Another wording of an answer
    is none of them."""
    lexicon, watch = knowledge.lexicon, knowledge.triage.watch
    rules = {entry.id: (entry.file, sorted(entry.first_cites)) for entry in knowledge.entries.values()}
    words = (dict(lexicon.spellings), dict(lexicon.groups), sorted(lexicon.ordinary))
    digest = hashlib.sha256((encoder.name if encoder else "lexical").encode())
    for part in (
        matcher.examples(knowledge),
        triage_fitting.examples(knowledge),
        watch,
        rules,
        words,
        _versions(),
        triage.OUTPUTS,
    ):
        digest.update(repr(part).encode("utf-8", "backslashreplace"))
    for module in _LEARNED_BY:
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:24]


def _versions() -> list[str]:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):  # without one nothing is read: wordlist says so
        return [importlib.metadata.version(each) for each in _WORDS_FROM]
    return []


def _write(folder: Path, fitted: _Fitted) -> None:
    """Written aside and moved into place, so that a process that starts meanwhile never sees half of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".fitting-"))
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
    try:
        aside.rename(folder)
    except OSError:  # another process was quicker, with the same result
        shutil.rmtree(aside, ignore_errors=True)


def _limits(limits: Thresholds) -> list[float]:
    return [getattr(limits, name) for name in _LIMITS]


def _read(folder: Path) -> _Fitted | None:
    """The kept state, or None where it cannot be read (it is then fitted anew)."""
    try:
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        answer_at, offer_at = state["calibration"]
        *limits, scaling, readers = state["thresholds"]
        coefficients = np.load(folder / "coefficients.npy")
        return _Fitted(
            state["names"],
            np.load(folder / "idf.npy"),
            _read_ranker(folder, state["labels"]),
            Calibration(coefficients, answer_at, offer_at),
            Machine(**_read_tables(folder, Machine)),
            Thresholds(
                **dict(zip(_LIMITS, limits, strict=True)),
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
