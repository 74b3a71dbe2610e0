"""The triage's machine, with texts that are made up, against the plain formula."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.machine import RIDGE, Target, fit_machine, fit_more, machine_of
from tests.test_ranking import made_up


@pytest.mark.parametrize("sentences", [True, False])
def test_what_is_new_is_learned_beside_the_rest_so_that_it_comes_out_as_it_was_taught(sentences: bool) -> None:
    corpus = made_up(sentences=sentences)
    size = len(corpus.labels)
    everybody, some = np.arange(size), np.arange(0, size, 2)
    questions = [Target(corpus.labels < 3, everybody), Target(corpus.labels == 1, some)]
    whole, _ = fit_machine(corpus, questions, everybody)
    new = np.array([4, 5, 6, 20])
    before = whole.copy()
    before[new] = 0
    learned = fit_more(corpus, questions, before, new)
    assert learned == pytest.approx(whole, abs=1e-3), "where the rest was learned with it, it counts as it did"
    assert not learned[5, 1], "a text that a question does not learn from counts for nothing"
    machine = machine_of(corpus, fit_more(corpus, questions, 0 * whole, new))
    sentence = [None if corpus.semantic is None else corpus.semantic[number] for number in new]
    said = machine.decide([corpus.row(number) for number in new.tolist()], sentence)[:, 0]
    target = np.where(corpus.labels[new] < 3, 1, -1)
    assert said == pytest.approx(target - RIDGE * fit_more(corpus, questions, 0 * whole, new)[new, 0], abs=1e-3)
