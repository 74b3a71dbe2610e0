"""The bot's own matcher as one method among others: learned from labelled texts alone, asked one question at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.figures import Answers
from benchmarks.stand_in import base_of
from bot.knowledge import Knowledge
from bot.understanding import matcher
from bot.understanding.calibration import calibrate, folds, trials
from bot.understanding.decision import Classes
from bot.understanding.encoder import Encoder, Matrix, find_model, load_encoder
from bot.understanding.features import Featuriser, count_all
from bot.understanding.language import make_language
from bot.understanding.matcher import Matcher
from bot.understanding.ranking.corpus import prepare
from bot.understanding.ranking.ranker import Ranker, fit_first
from bot.understanding.reading import TextReader


class Remembering:
    """An encoder that embeds each text once: several methods and draws ask for the same ones."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._kept: dict[str, Matrix] = {}

    def embed(self, texts: Sequence[str]) -> Matrix:
        missing = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if missing:
            self._kept.update(zip(missing, self._encoder.embed(missing), strict=True))
        return np.array([self._kept[text] for text in texts], dtype=np.float32)


def installed_encoder() -> Remembering | None:
    """The installed sentence model, or None."""
    folder = find_model(None)
    return Remembering(load_encoder(folder)) if folder else None


class Ours:
    """Words and letters alone ("lexical"), or with the sentence model too ("semantic").

    The very code that reads, learns, calibrates and decides in the bot, without the school's lexicon.
    """

    def __init__(self, encoder: Encoder | None, foreign: Sequence[str] = ()) -> None:
        self.name = "AskFirst semantic" if encoder else "AskFirst lexical"
        self._encoder = encoder
        self._foreign = foreign

    def learn(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Fit, and calibrate by cross-validation on the same texts."""
        self._reader, self._matcher = _learned(base_of(texts, labels, self._foreign), self._encoder)

    def answer(self, questions: Sequence[str]) -> Answers:
        """Every question read and ranked by itself."""
        if self._encoder:  # all at once, so that none waits below
            self._encoder.embed([self._reader.language.normalise(text).text for text in questions])
        found = [self._matcher.why(self._reader.read(text)).candidates for text in questions]
        ranked = tuple(tuple(candidate.entry for candidate in candidates) for candidates in found)
        return Answers(ranked, np.array([candidates[0].confidence for candidates in found], dtype=np.float64))


def _learned(knowledge: Knowledge, encoder: Encoder | None) -> tuple[TextReader, Matcher]:
    language = make_language(knowledge)
    examples = matcher.examples(knowledge)
    labels = list(dict.fromkeys(label for _, label, _ in examples))
    number = {label: position for position, label in enumerate(labels)}
    forms = [language.normalise(text) for text, _, _ in examples]
    counted = count_all(language, forms)
    featuriser = Featuriser.learn(language, counted)
    sentences = encoder.embed([form.text for form in forms]) if encoder else None
    corpus = prepare(featuriser, counted, [number[label] for _, label, _ in examples], sentences)
    tried = trials(corpus, Classes(knowledge.entries, labels), folds(examples))
    ranker = Ranker(fit_first(corpus, labels), tried.second)
    return TextReader(language, featuriser, encoder), Matcher(knowledge, ranker, calibrate(tried.trials))
