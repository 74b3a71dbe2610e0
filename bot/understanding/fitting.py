"""Everything learned from one base: how to read a message, which entry it asks for, whether it is a concern.

Learning takes minutes; what comes of it is small and may be shipped beside the base. Making the tables that answer out
of that and the texts takes seconds; they are kept in a folder named by a digest of what is learned from, the sentence
model and the code that learned, so that the next start only maps files into memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.knowledge import Knowledge
from bot.understanding import calibration, machine, matcher, triage, triage_fitting
from bot.understanding.decision import Classes
from bot.understanding.encoder import Encoder
from bot.understanding.features import Featuriser, count_all
from bot.understanding.kept.catching_up import caught_up
from bot.understanding.kept.embeddings import embed_kept, ship_rows
from bot.understanding.kept.fitted_files import Fitted, folder_of, read_fitted, write_fitted
from bot.understanding.kept.lessons import LearnedFrom, Lessons, lessons_file, read_lessons, write_lessons
from bot.understanding.kept.nearest import nearest
from bot.understanding.kept.source import Learnable, read_source
from bot.understanding.language import Language, make_language
from bot.understanding.matcher import Matcher
from bot.understanding.ranking import linear
from bot.understanding.ranking.corpus import Corpus, prepare
from bot.understanding.ranking.gravity import Gravity
from bot.understanding.ranking.ranker import Ranker, first_of
from bot.understanding.ranking.table import Table, table_of
from bot.understanding.reading import TextReader, harm_of
from bot.understanding.triage import Triage

# The modules that have a say in what is learned.
_LEARNED_BY = """
    calibration counting decision encoder features fitting language learning machine matcher triage triage_fitting
    wordlist kept/catching_up kept/embeddings kept/lessons kept/source ranking/corpus ranking/gravity ranking/linear
    ranking/metric ranking/neighbours ranking/persons ranking/ranker ranking/table
""".split()
_WORDS_FROM = ("symspellpy", "snowballstemmer")  # packages with which the texts are read: the word list and the stems


@dataclass(frozen=True)
class Understanding:
    """What was learned from a base. `semantic` says whether the sentence model takes part."""

    reader: TextReader
    matcher: Matcher
    triage: Triage
    semantic: bool


def understand(
    knowledge: Knowledge, encoder: Encoder | None, cache: Path | None, shipped: Path | None = None
) -> Understanding:
    """Take the fitted state from `cache` where it was made of the same texts, else make it and keep it there. What
    takes minutes is taken from the folder `shipped`, where the base came with it."""
    source = read_source(knowledge)
    knowledge, semantic = source.knowledge, encoder is not None
    speech = make_language(knowledge)
    fitted = _served(source, speech, encoder, [cache, shipped])
    featuriser = Featuriser(speech, fitted.names, fitted.idf)
    reader = TextReader(speech, featuriser, encoder, harm_of(knowledge.triage))
    matching = Matcher(knowledge, fitted.matching, fitted.calibration)
    gravity = Gravity(fitted.matching, matching.classes.is_concern, fitted.weights)
    sorting = Triage(knowledge.triage, fitted.sorting, fitted.thresholds, gravity, matching.plainly_asks)
    return Understanding(reader, matching, sorting, semantic)


def learn_for_shipping(knowledge: Knowledge, encoder: Encoder | None, cache: Path | None, shipped: Path) -> None:
    """Learn a base and keep in the folder `shipped` what takes minutes, so that no start has to. What is there already
    and was learned from just this stays. Raises OSError."""
    source = read_source(knowledge)
    speech, way = make_language(source.knowledge), learned_by(knowledge, encoder)
    path = shipped / lessons_file(encoder)
    known = read_lessons(path, way)
    if known is None or known.texts.digest != source.texts.digest:
        write_lessons(path, _learn(source, speech, _corpora(source, speech, encoder, [cache, shipped])), way)
    if encoder:
        ship_rows(encoder, [speech.normalise(text).text for text in source.written], cache, shipped)


def written_forms(knowledge: Knowledge) -> list[str]:
    """Every text that is learned from, once, as the sentence model reads it."""
    source = read_source(knowledge)
    speech = make_language(source.knowledge)
    return [speech.normalise(text).text for text in source.written]


def _served(source: Learnable, speech: Language, encoder: Encoder | None, places: Sequence[Path | None]) -> Fitted:
    """The tables that answer: as they are kept in the first of these places; else made of lessons in any of them that
    were learned from this base, or from one that is near; else learned."""
    way, cache, name = learned_by(source.knowledge, encoder), places[0], lessons_file(encoder)
    key = _key(way, source.texts)
    exact = folder_of(cache, key) if cache else None
    if exact and (fitted := read_fitted(exact)):
        return fitted
    corpora: _Corpora | None = None
    for kept in nearest([place / name for place in reversed(places) if place], way, source.texts):
        near = None if kept.texts.digest == source.texts.digest else kept.texts.digest
        folder = folder_of(cache, key, near) if cache else None
        if folder and (fitted := read_fitted(folder)):
            return fitted
        if lessons := kept.read():
            corpora = corpora or _corpora(source, speech, encoder, places)
            return _kept(folder, _fitted(corpora, _caught_up(lessons, source, corpora) if near else lessons))
    corpora = corpora or _corpora(source, speech, encoder, places)
    lessons = _learn(source, speech, corpora)
    if cache:
        with contextlib.suppress(OSError):
            write_lessons(cache / name, lessons, way)
    return _kept(exact, _fitted(corpora, lessons))


def _kept(folder: Path | None, fitted: Fitted) -> Fitted:
    if folder is None:
        return fitted
    write_fitted(folder, fitted)
    return read_fitted(folder) or fitted  # mapped from the files, and no longer held in memory


@dataclass(frozen=True)
class _Corpora:
    """The texts prepared for learning: the features, what the ranker learns from and what the triage does."""

    featuriser: Featuriser
    asked: Corpus
    graded: Corpus
    labels: Sequence[str]

    @cached_property
    def table(self) -> Table:
        """What the ranker's regression is learned from."""
        return table_of(self.asked, self.labels)


def _caught_up(lessons: Lessons, source: Learnable, corpora: _Corpora) -> Lessons:
    return caught_up(lessons, source.texts, corpora.table, (corpora.graded, triage_fitting.questions(source.graded)))


def _learn(source: Learnable, speech: Language, corpora: _Corpora) -> Lessons:
    said, learned, labels = source.said, source.graded, corpora.labels
    fold_of = calibration.folds(said)
    beside = (
        corpora.graded,
        calibration.folds_beside(said, fold_of, [(each.without_aside, each.group) for each in learned]),
    )
    tried = calibration.trials(corpora.asked, Classes(source.knowledge.entries, labels), fold_of, beside=beside)
    watched = _watched(source.knowledge, speech, learned)
    taught = triage_fitting.fit_triage(corpora.graded, learned, watched, tried.evidence)
    asked, calibrated = linear.fit_dual(corpora.table), calibration.calibrate(tried.trials)
    learned_so = tried.second, calibrated, taught.thresholds, taught.weights
    return Lessons(source.texts, asked, taught.dual, *learned_so).rounded()


def _fitted(corpora: _Corpora, lessons: Lessons) -> Fitted:
    """What answers questions, made of the texts and what was learned of them."""
    return Fitted(
        corpora.featuriser.names,
        corpora.featuriser.idf,
        Ranker(first_of(corpora.asked, corpora.table, lessons.asked), lessons.second),
        lessons.calibration,
        machine.machine_of(corpora.graded, lessons.sorting),
        lessons.thresholds,
        lessons.weights,
    )


def _watched(knowledge: Knowledge, speech: Language, learned: Sequence[triage_fitting.Sorted]) -> npt.NDArray[np.bool_]:
    pattern = triage.watched_by(knowledge.triage)
    return np.array([bool(pattern.search(speech.normalise(each.text).text)) for each in learned])


def class_labels(knowledge: Knowledge) -> list[str]:
    """The ranker's classes in order: entries, the outside, the kinds of small talk, the kinds of concern."""
    return list(dict.fromkeys(label for _, label, _ in matcher.examples(knowledge)))


def corpora(
    knowledge: Knowledge, speech: Language, encoder: Encoder | None, cache: Path | None, shipped: Path | None = None
) -> tuple[Featuriser, Corpus, Corpus]:
    """The features, what the matcher learns from, and what the triage learns from."""
    found = _corpora(read_source(knowledge), speech, encoder, [cache, shipped])
    return found.featuriser, found.asked, found.graded


def _corpora(source: Learnable, speech: Language, encoder: Encoder | None, places: Sequence[Path | None]) -> _Corpora:
    """Every text is read once, although many serve both."""
    texts, labels = source.written, source.texts.labels
    forms = [speech.normalise(text) for text in texts]
    counted = count_all(speech, forms)
    featuriser = Featuriser.learn(speech, counted)
    embedded = embed_kept(encoder, [form.text for form in forms], *places) if encoder else None
    whole = prepare(featuriser, counted, [0] * len(forms), embedded)
    place = {text: number for number, text in enumerate(texts)}
    number = {label: position for position, label in enumerate(labels)}
    asked = whole.chosen([place[each.text] for each in source.said], [number[each.label] for each in source.said])
    kinds = [triage_fitting.number_of(each.kind) for each in source.graded]
    graded = whole.chosen([place[each.text] for each in source.graded], kinds)
    return _Corpora(featuriser, asked, graded, labels)


def learned_key(knowledge: Knowledge, encoder: Encoder | None) -> str:
    """What names the state that is learned: what it is learned from, and the way in which it is learned."""
    return _key(learned_by(knowledge, encoder), read_source(knowledge).texts)


def _key(way: str, texts: LearnedFrom) -> str:
    return hashlib.sha256(f"{way} {texts.digest}".encode()).hexdigest()[:24]


def learned_by(knowledge: Knowledge, encoder: Encoder | None) -> str:
    """What names the way in which a base is learned: the words of the lexicon and of harm, the sentence model, the code
    that learns and the packages it reads words with."""
    lexicon, watch = knowledge.lexicon, knowledge.triage.watch
    words = (dict(lexicon.spellings), dict(lexicon.groups), sorted(lexicon.ordinary))
    digest = hashlib.sha256((encoder.name if encoder else "lexical").encode())
    for part in (watch, words, _versions(), triage.OUTPUTS):
        digest.update(repr(part).encode("utf-8", "backslashreplace"))
    for module in _LEARNED_BY:  # however a checkout ends its lines
        digest.update((Path(__file__).parent / f"{module}.py").read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:24]


def _versions() -> list[str]:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):  # without one nothing is read: wordlist says so
        return [importlib.metadata.version(each) for each in _WORDS_FROM]
    return []
