"""What is made of the trials of texts that were left out, with trials that are made up: none is learned."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from bot.answering.checking import LeftOut, check, leaving_out
from bot.answering.checking.leaving_out import _counted, _overmatches
from bot.answering.dialogue import Base
from bot.understanding import matcher
from bot.understanding.calibration import Trial
from bot.understanding.decision import OUTSIDE, Calibration, Classes
from bot.understanding.fitting import class_labels

SURE, UNSURE = (9.0, 9.0, 1.0, 1.0, 1.0, -6.0, 1.0), (-9.0, -9.0, 0.0, 0.0, 0.0, 0.0, 0.0)
OWNER, THIEF = "award-badge", "name-and-shame"
# The calibration that is served: sure where the first evidence is above nothing.
SERVED = Calibration(np.array([1, 0, 0, 0, 0, 0, 0, 0], dtype=np.float32), 0.5, 0.1)


class Trials:
    """Every text of the small base finds its own entry, surely, and nothing from outside or small talk is answered; but
    for what a test says."""

    def __init__(self, base: Base) -> None:
        self.knowledge = base.knowledge
        self.said = matcher.examples(base.knowledge)
        self.classes = Classes(base.knowledge.entries, class_labels(base.knowledge))
        self.tried = [self._found(row) for row in range(len(self.said))]

    def _found(self, row: int) -> Trial:
        own = self.classes.labels.index(self.said[row].label)
        is_entry = bool(self.classes.is_entry[own])
        evidence = np.array(SURE if is_entry else UNSURE, dtype=np.float32)
        return Trial(row, own, evidence, is_entry, not is_entry, not is_entry)

    def take(self, text: str, *, surely: bool = True, by: str = THIEF, right: bool = False) -> None:
        """Let another entry answer this text."""
        evidence = np.array(SURE if surely else UNSURE, dtype=np.float32)
        row = next(number for number, each in enumerate(self.said) if each.text == text)
        foreign = not self.classes.is_entry[self.classes.labels.index(self.said[row].label)]
        self.tried[row] = Trial(row, self.classes.labels.index(by), evidence, right, foreign, foreign)

    def counted(self) -> LeftOut:
        return _counted(self.knowledge, self.said, self.tried, self.classes, SERVED)


@pytest.fixture
def made(base: Base) -> Trials:
    return Trials(base)


def test_where_each_finds_its_own_nothing_is_lost(made: Trials) -> None:
    assert made.counted() == LeftOut(1.0, 1.0, 0.0, ())
    assert _overmatches(made.knowledge, made.counted()) == []


def test_a_phrasing_an_opposite_and_a_title_that_another_takes_are_faults(made: Trials) -> None:
    owner = made.knowledge.entries[OWNER]
    phrasing, opposite = owner.phrasings[0].text, owner.opposites[0].text
    for text in (phrasing, opposite, owner.title):
        made.take(text)
    found = made.counted()
    assert set(found.lost) == {(text, OWNER, THIEF) for text in (phrasing, opposite, owner.title)}
    faults = {(each.file, each.entry, each.field, each.problem): each for each in _overmatches(made.knowledge, found)}
    of = {text: f"left out, '{text}' is answered by '{THIEF}'" for text in (phrasing, opposite, owner.title)}
    assert faults.keys() == {
        (owner.file, OWNER, "phrasings", of[phrasing]),
        (owner.file, OWNER, "phrasings", of[opposite]),
        (owner.file, OWNER, "title", of[owner.title]),
    }
    assert faults[owner.file, OWNER, "title", of[owner.title]].remedy == "Reword it so that it fits only here"


def test_a_title_counts_for_what_is_lost_and_not_for_the_shares(made: Trials) -> None:
    made.take(made.knowledge.entries[OWNER].title)
    assert (made.counted().entry, made.counted().rule) == (1.0, 1.0)
    number = sum(len(entry.texts) for entry in made.knowledge.entries.values())
    made.take(made.knowledge.entries[OWNER].phrasings[0].text)
    assert made.counted().entry == made.counted().rule == pytest.approx(1 - 1 / number)


def test_what_is_taken_unsurely_or_by_an_entry_with_its_rule_is_not_lost(made: Trials) -> None:
    phrasings = made.knowledge.entries[OWNER].phrasings
    made.take(phrasings[0].text, surely=False)
    made.take(phrasings[1].text, right=True)
    number = sum(len(entry.texts) for entry in made.knowledge.entries.values())
    found = made.counted()
    assert not found.lost and found.entry == pytest.approx(1 - 2 / number)
    assert found.rule == pytest.approx(1 - 1 / number)


def test_a_look_alike_is_nobodys_to_lose(made: Trials) -> None:
    alike = next(each.text for each in made.said if each.label == OWNER and each.writer is None)
    assert alike == made.knowledge.entries[OWNER].title  # the small base has no look-alikes
    made.said.append(matcher.Said("a look-alike of the badge", OWNER))
    made.tried.append(made._found(len(made.said) - 1))
    made.take("a look-alike of the badge")
    assert made.counted().lost == ()


def test_what_is_answered_from_outside_is_a_share_of_what_is_outside(made: Trials) -> None:
    outside = [each.text for each in made.said if each.label.startswith(OUTSIDE)]
    made.take(outside[0])
    found = made.counted()
    assert not found.lost and found.outside_answered == pytest.approx(1 / len(outside))


def test_check_has_a_fault_for_what_was_lost(base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = LeftOut(1.0, 1.0, 0.0, ((base.knowledge.entries[OWNER].title, OWNER, THIEF),))
    monkeypatch.setattr(leaving_out, "left_out", lambda *_: lost)
    assert _overmatches(base.knowledge, lost)[0] in check(base.knowledge, None, dt.date(2026, 11, 23), tmp_path)
