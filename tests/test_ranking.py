"""How the likeliest entries are found: with texts that are made up, against the plain formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from bot.understanding.features import Row
from bot.understanding.learning import Array
from bot.understanding.ranking import ranker
from bot.understanding.ranking.corpus import Corpus
from bot.understanding.ranking.linear import fit_classes, fit_dual, fit_dual_more
from bot.understanding.ranking.metric import learn_metric
from bot.understanding.ranking.neighbours import Cosines, neighbours_of
from bot.understanding.ranking.persons import persons_of
from bot.understanding.ranking.ranker import FEATURES, NEAREST, FirstLook, Looked, Ranker, fit_first, fit_second
from bot.understanding.ranking.table import CONSTANT, table_of

CLASSES, EACH, WORDS, WIDTH = 6, 9, 40, 8
LABELS = tuple("abcdef")
PEOPLE = np.array([0, 1])  # words that name somebody: those of the first two classes


def made_up(*, sentences: bool = True, seed: int = 1) -> Corpus:
    """Texts of six classes: each has words and a direction of its own, and noise."""
    draw = np.random.default_rng(seed)
    labels = np.repeat(np.arange(CLASSES), EACH)
    words = (draw.random((len(labels), WORDS)) < 0.15).astype(np.float32)
    words[np.arange(len(labels)), labels] = 1
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    own = np.eye(WIDTH, dtype=np.float32)[labels]
    rows = (own + 0.4 * draw.normal(size=(len(labels), WIDTH))).astype(np.float32)
    return Corpus(
        sparse.csr_matrix(words), rows if sentences else None, labels, np.ones(len(labels), dtype=np.float32), PEOPLE
    )


def looked(corpus: Corpus, first: FirstLook) -> list[Looked]:
    turned = first.linear.turned(corpus.semantic)
    return [first.look(corpus.row(n), None if turned is None else turned[n]) for n in range(len(corpus.labels))]


@pytest.mark.parametrize("sentences", [True, False])
def test_the_scores_are_those_of_the_kernel_which_is_never_made(sentences: bool) -> None:
    corpus = made_up(sentences=sentences)
    words = corpus.lexical.toarray() - corpus.lexical.toarray().mean(axis=0)
    kernel = words @ words.T + CONSTANT**2
    turned = None
    if corpus.semantic is not None:
        turned = learn_metric(corpus.semantic, corpus.labels, CLASSES).turned(corpus.semantic)
        kernel = kernel + turned @ turned.T
    dual = np.random.default_rng(2).normal(size=(len(corpus.labels), CLASSES)).astype(np.float32)
    table = table_of(corpus, LABELS)
    assert table.scores(dual) == pytest.approx(kernel @ dual, abs=1e-4)
    assert table.among(np.array([3, 30])) == pytest.approx(kernel[[3, 30]], abs=1e-4)


def test_in_the_metric_every_direction_spreads_as_little_inside_the_classes() -> None:
    corpus = made_up()
    assert corpus.semantic is not None
    stretched = corpus.semantic.copy()
    stretched[:, 7] *= 30  # what differs most, and says nothing
    turned = learn_metric(stretched, corpus.labels, CLASSES).turned(stretched)
    means = np.stack([turned[corpus.labels == number].mean(axis=0) for number in range(CLASSES)])
    spread = np.cov((turned - means[corpus.labels]).T)
    assert np.linalg.eigvalsh(spread).max() < 2 * np.linalg.eigvalsh(spread).min()
    assert np.mean(np.sum(turned**2, axis=1)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("sentences", [True, False])
def test_a_text_is_as_near_as_its_nearest_neighbours(sentences: bool) -> None:
    corpus = made_up(sentences=sentences)
    linear, near = fit_first(corpus, LABELS).linear, neighbours_of(table_of(corpus, LABELS))
    question = made_up(sentences=sentences, seed=5)
    turned = linear.turned(question.semantic)
    for number in (0, 13, 40):
        by_sense = near.by_sense(None if turned is None else turned[number])
        found = near.near(question.row(number), by_sense, np.array([2, 4]), WORDS)
        for place, own in enumerate((2, 4)):
            of = corpus.labels == own
            words = (corpus.lexical[of] @ question.lexical[number].T).toarray().max()
            assert found[place, 2] == pytest.approx(words, abs=1e-2)
            if turned is not None and (rows := linear.turned(corpus.semantic)) is not None:
                cosines = np.sort(_unit(rows[of]) @ _unit(turned[number]))
                assert found[place, :2] == pytest.approx([cosines[-1], cosines[-3:].mean()], abs=1e-2)


def between(cosines: Array) -> Cosines:
    return lambda start, stop: cosines[start:stop]


def test_many_texts_at_once_come_as_near_as_one_by_one() -> None:
    corpus, question = made_up(), made_up(seed=5)
    first = fit_first(corpus, LABELS)
    turned = first.linear.turned(question.semantic)
    assert turned is not None
    together = first.neighbours.cosines(turned)
    for number in (0, 13, 40):
        row = question.row(number)
        given = first.look(row, turned[number], between(together[number]))
        assert given.features == pytest.approx(first.look(row, turned[number]).features, abs=1e-5)


def test_a_text_without_any_feature_and_a_class_without_any_text_are_far_and_break_nothing() -> None:
    corpus = made_up()
    blank = corpus.lexical.toarray()
    blank[[0, 8, 9, 53]] = 0  # the first and the last of classes, and of all
    held_out = Corpus(sparse.csr_matrix(blank), corpus.semantic, corpus.labels, corpus.coverage, PEOPLE)
    first = fit_first(held_out, LABELS, np.flatnonzero(corpus.labels != 3))
    nothing = Row(np.array([], dtype=np.int32), np.array([], dtype=np.float32), 0.0)
    found = first.look(nothing, np.zeros(WIDTH, dtype=np.float32))
    assert np.isfinite(found.features).all()
    assert found.features[found.classes.tolist().index(3), NEAREST] == -1


def test_the_second_look_finds_what_the_first_mistook() -> None:
    """Where the first look always puts the next class first, and only the nearest phrasing says which it is."""
    classes = np.array([0, 1])
    draw = np.random.default_rng(4)
    rows, labels = [], []
    for number in range(200):
        label = number % 2
        features = draw.normal(size=(2, len(FEATURES))).astype(np.float32) * 0.1
        features[1 - label, 0] += 1  # the first look
        features[label, NEAREST] += 1
        rows.append(Looked(classes, features, 1.0, np.full(2, 0.5, dtype=np.float32)))
        labels.append(label)
    second = fit_second(rows[:100], np.array(labels[:100]), np.eye(2, dtype=bool))
    found = [int(np.argmax(second.judge(each).probabilities)) for each in rows[100:]]
    assert np.mean(np.array(found) == labels[100:]) > 0.95


def test_what_was_not_looked_at_keeps_its_order_far_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranker, "LOOKED_AT", 2)
    corpus = made_up()
    first = fit_first(corpus, LABELS)
    second = fit_second(looked(corpus, first), corpus.labels, np.eye(CLASSES, dtype=bool))
    assert corpus.semantic is not None
    found = Ranker(first, second).score(corpus.row(20), corpus.semantic[20])
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert int(np.argmax(found.probabilities)) == 2
    far = [number for number in range(CLASSES) if number not in found.looked.classes]
    assert len(far) == CLASSES - 2
    assert all(0 < found.probabilities[number] < 1e-5 for number in far)
    assert found.feature(NEAREST, far[0]) == 0


def test_whom_a_text_names_tells_apart_what_else_is_said_alike() -> None:
    corpus = made_up()
    persons = persons_of(corpus, CLASSES, np.arange(len(corpus.labels)))
    one, two = (Row(np.array([column], dtype=np.int32), np.ones(1, dtype=np.float32), 1.0) for column in PEOPLE)
    of_one, of_two = persons.fit(one, np.arange(CLASSES)), persons.fit(two, np.arange(CLASSES))
    assert int(np.argmax(of_one)) == 0 and int(np.argmax(of_two)) == 1
    assert np.isfinite(of_one).all()


def test_where_nothing_teaches_the_second_look_the_first_stands() -> None:
    features = np.ones((2, len(FEATURES)), dtype=np.float32)
    features[1] = 2
    looked = [Looked(np.array([0, 1]), features, 1.0, np.ones(3, dtype=np.float32))]
    second = fit_second(looked, np.array([2]), np.eye(3, dtype=bool))
    assert int(np.argmax(second.judge(looked[0]).probabilities)) == 1


def _unit(rows: Array) -> Array:
    unit: Array = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return unit


@pytest.mark.parametrize("sentences", [True, False])
def test_a_new_class_that_is_learned_beside_the_others_draws_none_of_their_texts(sentences: bool) -> None:
    """Where only its own texts were learned, the others were never told apart from it."""
    corpus, question = made_up(sentences=sentences), made_up(sentences=sentences, seed=5)
    table, last = table_of(corpus, LABELS), CLASSES - 1
    known, new = np.flatnonzero(corpus.labels != last), np.flatnonzero(corpus.labels == last)
    before = np.zeros((len(corpus.labels), CLASSES), dtype=np.float32)
    before[known] = fit_dual(table_of(corpus, LABELS, known))
    before[:, last] = 0
    alone = fit_dual_more(table, before, new)
    beside = fit_classes(table, alone, np.array([last]))
    assert np.array_equal(beside[:, :last], alone[:, :last])
    drawn = {}
    for name, dual in (("alone", alone), ("beside", beside), ("whole", fit_dual(table))):
        first = ranker.first_of(corpus, table, dual)
        chances = np.array([each.before[last] for each in looked(question, first)])
        drawn[name] = chances[question.labels != last].mean(), chances[question.labels == last].mean()
    assert drawn["beside"][0] < drawn["alone"][0] * 0.8
    assert drawn["beside"] == pytest.approx(drawn["whole"], abs=0.08)
