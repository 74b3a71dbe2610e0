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
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.knowledge import Knowledge
from bot.understanding import calibration, machine, matcher, triage, triage_fitting
from bot.understanding.decision import Classes
from bot.understanding.encoder import Encoder
from bot.understanding.features import Featuriser, count_all
from bot.understanding.kept.catching_up import caught_up, is_near
from bot.understanding.kept.embeddings import embed_kept, ship_rows
from bot.understanding.kept.fitted_files import Fitted, read_fitted, write_fitted
from bot.understanding.kept.lessons import Keys, Lessons, key_of, lessons_file, read_lessons, write_lessons
from bot.understanding.language import Language, make_language
from bot.understanding.matcher import Matcher, Said
from bot.understanding.ranking import linear
from bot.understanding.ranking.corpus import Corpus, prepare
from bot.understanding.ranking.gravity import Gravity
from bot.understanding.ranking.ranker import Ranker, first_of
from bot.understanding.reading import TextReader, harm_of
from bot.understanding.triage import Triage

# The modules that have a say in what is learned.
_LEARNED_BY = """
    calibration counting decision encoder features fitting language learning machine matcher triage triage_fitting
    wordlist kept/catching_up kept/embeddings kept/lessons ranking/corpus ranking/gravity ranking/linear ranking/metric
    ranking/neighbours ranking/persons ranking/ranker
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
    knowledge = knowledge.as_written()
    speech, key = make_language(knowledge), learned_key(knowledge, encoder)
    folder = cache / f"fitted-{key}" if cache else None
    fitted = read_fitted(folder) if folder and (folder / "state.json").is_file() else None
    if fitted is None:
        texts = _texts(knowledge, speech, encoder, cache, shipped)
        fitted = _fitted(texts, _taught(knowledge, speech, texts, encoder, [cache, shipped]))
        if folder:
            write_fitted(folder, fitted)
            fitted = read_fitted(folder) or fitted  # mapped from the files, and no longer held in memory
    featuriser = Featuriser(speech, fitted.names, fitted.idf)
    reader = TextReader(speech, featuriser, encoder, harm_of(knowledge.triage))
    matching = Matcher(knowledge, fitted.matching, fitted.calibration)
    gravity = Gravity(fitted.matching, matching.classes.is_concern, fitted.weights)
    sorting = Triage(knowledge.triage, fitted.sorting, fitted.thresholds, gravity, matching.plainly_asks)
    return Understanding(reader, matching, sorting, encoder is not None)


def learn_for_shipping(knowledge: Knowledge, encoder: Encoder | None, cache: Path | None, shipped: Path) -> None:
    """Learn a base and keep in the folder `shipped` what takes minutes, so that no start has to. What is there already
    for the same texts stays. Raises OSError."""
    knowledge = knowledge.as_written()
    speech = make_language(knowledge)
    texts = _texts(knowledge, speech, encoder, cache, shipped)
    known = read_lessons(shipped / lessons_file(encoder), way := learned_by(knowledge, encoder))
    if known is None or not of_these_texts(knowledge, known):
        write_lessons(shipped / lessons_file(encoder), _learn(knowledge, speech, texts), way)
    if encoder:
        written = _all_texts(matcher.examples(knowledge), triage_fitting.examples(knowledge))
        ship_rows(encoder, [speech.normalise(text).text for text in written], cache, shipped)


@dataclass(frozen=True)
class _Texts:
    """What is learned from, prepared: the features, the texts that the matcher learns from and those that the triage
    does, each with their keys, and the ranker's classes."""

    featuriser: Featuriser
    asked: Corpus
    sorted: Corpus
    labels: list[str]
    asked_keys: Keys
    sorted_keys: Keys


def _texts(
    knowledge: Knowledge, speech: Language, encoder: Encoder | None, cache: Path | None, shipped: Path | None
) -> _Texts:
    return _Texts(*corpora(knowledge, speech, encoder, cache, shipped), class_labels(knowledge), *_keys(knowledge))


def _keys(knowledge: Knowledge) -> tuple[Keys, Keys]:
    """Of what the matcher learns from, and of what the triage does."""
    asked = [key_of(each.text, each.label) for each in matcher.examples(knowledge)]
    graded = [key_of(each.text, each.kind) for each in triage_fitting.examples(knowledge)]
    return np.array(asked, dtype=np.uint64), np.array(graded, dtype=np.uint64)


def of_these_texts(knowledge: Knowledge, lessons: Lessons) -> bool:
    """Whether it is just the texts of this base, as written, that were learned from."""
    pairs = zip(_keys(knowledge), (lessons.asked_keys, lessons.sorted_keys), strict=True)
    return tuple(class_labels(knowledge)) == lessons.labels and all(np.array_equal(*pair) for pair in pairs)


def _taught(
    knowledge: Knowledge, speech: Language, texts: _Texts, encoder: Encoder | None, places: Sequence[Path | None]
) -> Lessons:
    """The lessons of these texts: as they are kept in one of the places, or caught up with from there; else learned,
    and kept in the first place."""
    way, name = learned_by(knowledge, encoder), lessons_file(encoder)
    known = [kept for place in places if place and (kept := read_lessons(place / name, way))]
    for kept in known:
        if of_these_texts(knowledge, kept):
            return kept
    for kept in known:
        if is_near(kept, texts.asked_keys, texts.sorted_keys, texts.asked.labels):
            questions = triage_fitting.questions(triage_fitting.examples(knowledge))
            asked, graded = (texts.asked, texts.asked_keys, texts.labels), (texts.sorted, texts.sorted_keys, questions)
            return caught_up(kept, asked, graded)
    lessons = _learn(knowledge, speech, texts)
    if places[0]:
        with contextlib.suppress(OSError):
            write_lessons(places[0] / name, lessons, way)
    return lessons


def _learn(knowledge: Knowledge, speech: Language, texts: _Texts) -> Lessons:
    said, learned = matcher.examples(knowledge), triage_fitting.examples(knowledge)
    fold_of = calibration.folds(said)
    beside = (
        texts.sorted,
        calibration.folds_beside(said, fold_of, [(each.without_aside, each.group) for each in learned]),
    )
    tried = calibration.trials(texts.asked, Classes(knowledge.entries, texts.labels), fold_of, beside=beside)
    watched = _watched(knowledge, speech, learned)
    taught = triage_fitting.fit_triage(texts.sorted, learned, watched, tried.evidence)
    asked, calibrated = linear.fit_dual(texts.asked, texts.labels), calibration.calibrate(tried.trials)
    learned_from = tuple(texts.labels), texts.asked_keys, asked, texts.sorted_keys, taught.dual
    return Lessons(*learned_from, tried.second, calibrated, taught.thresholds, taught.weights).rounded()


def _fitted(texts: _Texts, lessons: Lessons) -> Fitted:
    """What answers questions, made of the texts and what was learned of them."""
    return Fitted(
        texts.featuriser.names,
        texts.featuriser.idf,
        Ranker(first_of(texts.asked, texts.labels, lessons.asked), lessons.second),
        lessons.calibration,
        machine.machine_of(texts.sorted, lessons.sorting),
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
    """The features, what the matcher learns from, and what the triage learns from.

    Every text is read once, although many serve both.
    """
    asked, graded = matcher.examples(knowledge), triage_fitting.examples(knowledge)
    texts = _all_texts(asked, graded)
    forms = [speech.normalise(text) for text in texts]
    counted = count_all(speech, forms)
    featuriser = Featuriser.learn(speech, counted)
    embedded = embed_kept(encoder, [form.text for form in forms], cache, shipped) if encoder else None
    whole = prepare(featuriser, counted, [0] * len(forms), embedded)
    place = {text: number for number, text in enumerate(texts)}
    number = {label: position for position, label in enumerate(class_labels(knowledge))}
    matching = whole.chosen([place[each.text] for each in asked], [number[each.label] for each in asked])
    kinds = [triage_fitting.number_of(each.kind) for each in graded]
    return featuriser, matching, whole.chosen([place[each.text] for each in graded], kinds)


def _all_texts(asked: Sequence[Said], graded: Sequence[triage_fitting.Sorted]) -> list[str]:
    return list(dict.fromkeys([each.text for each in asked] + [each.text for each in graded]))


def learned_key(knowledge: Knowledge, encoder: Encoder | None) -> str:
    """What names the state that is learned: every text that is learned from and where it belongs, the rules, and the
    way in which it is learned. Another wording of an answer is none of them."""
    rules = {entry.id: (entry.file, sorted(entry.first_cites)) for entry in knowledge.entries.values()}
    digest = hashlib.sha256(learned_by(knowledge, encoder).encode())
    for part in (matcher.examples(knowledge), triage_fitting.examples(knowledge), rules):
        digest.update(repr(part).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:24]


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
