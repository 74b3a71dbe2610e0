"""How the triage's own output is weighed with what the ranker makes of a message."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.calibration import folds_beside, trials
from bot.understanding.decision import Classes
from bot.understanding.learning import Array
from bot.understanding.matcher import Said
from bot.understanding.ranking.gravity import UNWEIGHED, evidence_of, fit_weights, weighed_output
from bot.understanding.ranking.ranker import FEATURES, NEAREST, Looked, Scores
from tests.test_ranking import made_up

CONCERNS = np.array([False, False, True, True])


def scores(shares: list[float], near: list[float]) -> Scores:
    """What the ranker says of a text: of each class its share, and how near its nearest text comes."""
    features = np.zeros((len(shares), len(FEATURES)), dtype=np.float32)
    features[:, NEAREST] = near
    found = np.array(shares, dtype=np.float32)
    return Scores(found, Looked(np.arange(len(shares)), features, 1.0, found))


def test_the_shares_of_all_kinds_of_concern_count_together() -> None:
    first, second, concern, other = evidence_of(scores([0.3, 0.2, 0.25, 0.25], [0.4, 0.7, 0.6, 0.1]), CONCERNS)
    assert first == second == pytest.approx(0, abs=1e-6)
    assert (concern, other) == pytest.approx((0.6, 0.7))


def test_where_no_concern_was_looked_at_it_is_as_far_as_can_be() -> None:
    looked = Looked(np.array([0, 1]), np.full((2, len(FEATURES)), 0.5, dtype=np.float32), 1.0, np.full(4, 0.25))
    assert evidence_of(Scores(np.array([0.5, 0.5, 0, 0], dtype=np.float32), looked), CONCERNS)[2] == -1


def drawn() -> tuple[Array, Array, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Two hundred texts: the machine's output tells a little, the ranker's log-odds more."""
    draw = np.random.default_rng(3)
    grave = draw.random(200) < 0.3
    output = (0.4 * grave + draw.normal(size=200)).astype(np.float32)
    evidence = draw.normal(size=(200, 4)).astype(np.float32)
    evidence[:, 1] += 2 * grave
    return output, evidence, grave


def missed(output: Array, grave: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """The share of the concerns below the highest tenth of the others."""
    return float((output[grave] < np.quantile(output[~grave], 0.9)).mean())


def test_what_the_ranker_knows_finds_concerns_that_the_machine_misses() -> None:
    output, evidence, grave = drawn()
    weighed = weighed_output(fit_weights(output, evidence, grave), output, evidence)
    assert missed(weighed, grave) < missed(output, grave) - 0.2


def test_what_is_weighed_keeps_the_measure_of_the_output() -> None:
    output, evidence, grave = drawn()
    weighed = weighed_output(fit_weights(output, evidence, grave), output, evidence)
    assert float(weighed.std()) == pytest.approx(float(output.std()), rel=0.1)  # but for what is held


def test_a_message_that_the_machine_finds_grave_is_not_let_go_on_the_rankers_word() -> None:
    certain = np.array([0, 0, 0, 0, 0, -9], dtype=np.float32)
    assert weighed_output(certain, np.array([1.0], dtype=np.float32), np.zeros((1, 4), dtype=np.float32)) == 0.5


@pytest.mark.parametrize("all_are", [True, False])
def test_where_all_are_concerns_or_none_nothing_is_weighed(all_are: bool) -> None:
    output, evidence, grave = drawn()
    assert fit_weights(output, evidence, np.full_like(grave, all_are)) is UNWEIGHED


def test_unweighed_leaves_the_output_as_it_is() -> None:
    output, evidence, _ = drawn()
    assert weighed_output(UNWEIGHED, output, evidence) == pytest.approx(output)


def test_a_text_beside_goes_with_the_same_text_that_is_learned_else_with_what_its_writer_wrote() -> None:
    said = [Said("one", "a", "x"), Said("two", "a", "y")]
    texts = [("two", "p"), ("one", "q"), ("new", "r"), ("newer", "r"), ("by one of theirs", "y")]
    beside = folds_beside(said, np.array([0, 3]), texts)
    assert beside[:2].tolist() == [3, 0]
    assert beside[2] == beside[3]
    assert beside[4] == 1  # the second of the writers, as `folds` counts them


def test_concerns_teach_the_ranker_and_are_not_tried_as_questions() -> None:
    corpus = made_up()
    labels = ("a", "b", "c", "d", "e", "(concern) child")
    classes = Classes({}, labels)
    fold_of = np.arange(len(corpus.labels)) % 4
    tried = trials(corpus, classes, fold_of, hold_out_classes=False, beside=(corpus, fold_of))
    assert {int(corpus.labels[each.row]) for each in tried.trials} == {0, 1, 2, 3, 4}
    assert tried.evidence is not None
    assert tried.evidence.shape == (len(corpus.labels), 4)
    grave = corpus.labels == 5
    assert tried.evidence[grave, 1].min() > tried.evidence[~grave, 1].max()


@pytest.mark.parametrize("sentences", [True, False])
def test_a_text_beside_is_tried_where_its_own_fold_is_left_out(sentences: bool) -> None:
    corpus, classes = made_up(sentences=sentences), Classes({}, (*"abcde", "(concern) child"))
    fold_of = np.arange(len(corpus.labels)) % 4
    left_out = trials(corpus, classes, fold_of, hold_out_classes=False, beside=(corpus, fold_of)).evidence
    known = trials(corpus, classes, fold_of, hold_out_classes=False, beside=(corpus, (fold_of + 1) % 4)).evidence
    assert left_out is not None
    assert known is not None
    concerns = corpus.labels == 5
    assert known[concerns, 0].mean() > left_out[concerns, 0].mean()
