"""Whom a message is for, once it is taken for a concern: what the words of it settle, whatever was learned."""

from __future__ import annotations

import numpy as np
import pytest

from bot.knowledge import Knowledge
from bot.messages import ABOUT, HANDOVER_KINDS, PERILS, HandoverKind
from bot.understanding.features import Row
from bot.understanding.language import Language, make_language
from bot.understanding.machine import Machine
from bot.understanding.reading import Reading
from bot.understanding.triage import OUTPUTS, Finding, Thresholds, Triage

LIMITS = Thresholds(0, 0, 0.2, -0.5, 0.9, 0.9, 0.9, np.array([1, 0], dtype=np.float32))


_LANGUAGES: dict[str, Language] = {}


def _language(knowledge: Knowledge) -> Language:
    """Its words, read once for all tests."""
    return _LANGUAGES.setdefault(
        knowledge.fingerprint, _LANGUAGES.get(knowledge.fingerprint) or make_language(knowledge)
    )


class Judged:
    """The triage of the real rules, where what is learned says the same of every message."""

    def __init__(self, knowledge: Knowledge, **outputs: float) -> None:
        self._language = _language(knowledge)
        bias = np.array([outputs.get(name.replace("-", "_"), -1) for name in OUTPUTS], dtype=np.float32)
        machine = Machine(np.zeros((1, len(OUTPUTS)), dtype=np.float32), bias, None, None, None)
        self._triage = Triage(knowledge.triage, machine, LIMITS)

    def sort(self, text: str) -> Finding:
        nothing = Row(np.array([], dtype=np.int32), np.array([], dtype=np.float32), 0)
        return self._triage.sort([Reading(self._language.normalise(text), nothing, None)])


@pytest.mark.parametrize(
    "text",
    [
        "head of maths keeps touching the sixth form girls",
        "the head of year shouted at a child and grabbed her arm",
        "our head of PE slept with a student",
        "deputy head slapped a child",
        "the assistant head touched a girl",
        "our head of sixth form texts the girls at night",
        "the vice principal was alone with a boy with the door locked",
        "head girl says the coach kissed her",
        "head of boarding comes into the dorm when they change",
        "the head cook pinched a Year 2",
        "a TA hit a boy on the back of the head",
    ],
)
def test_a_head_of_something_is_not_the_headteacher(knowledge: Knowledge, text: str) -> None:
    assert Judged(knowledge, grave=1, head=1).sort(text).kind == "adult"


@pytest.mark.parametrize(
    "text",
    [
        "the head hit a pupil",
        "our headteacher is messaging a Year 11 privately",
        "the HT kissed a sixth former",
        "Head teacher told me to delete the record",
        "our principal keeps a girl behind with the door shut",
        "the executive head shouted in a child's face",
        "acting head drove a boy home alone",
        "the head grabbed a Year 5 and the deputy head saw it",
    ],
)
def test_the_headteacher_by_any_title_is(knowledge: Knowledge, text: str) -> None:
    found = Judged(knowledge, grave=1, head=1).sort(text)
    assert (found.kind, found.about) == ("head", "head")


@pytest.mark.parametrize(
    "text", ["the DSL is drunk at work", "our safeguarding lead has been texting a pupil", "The DSL told me to drop it"]
)
def test_what_is_about_the_dsl_is_not_for_the_dsl(knowledge: Knowledge, text: str) -> None:
    assert Judged(knowledge, grave=1, adult=1).sort(text).kind == "dsl"


def test_what_was_told_to_the_dsl_is_not_about_them(knowledge: Knowledge) -> None:
    found = Judged(knowledge, grave=1, adult=1).sort("the coach slapped him, I told the DSL is that enough")
    assert found.kind == "adult"


@pytest.mark.parametrize(
    "text",
    ["she has taken a load of her nan's tablets", "he swallowed a button battery", "Y9 girl, overdose, says she's fine",
     "one of mine drank cleaning fluid"],
)  # fmt: skip
def test_what_was_swallowed_is_an_emergency(knowledge: Knowledge, text: str) -> None:
    found = Judged(knowledge, grave=1, emergency=1, medical=1).sort(text)
    assert (found.kind, found.urgency) == ("overdose", "immediate")


def test_a_child_who_may_be_in_danger_is_taken_to_be(knowledge: Knowledge) -> None:
    unsure = Judged(knowledge, grave=1, child=1, emergency=0.9, missing=0.4)
    assert unsure.sort("she is not where she should be").kind == "missing"
    surer = Judged(knowledge, grave=1, child=1, emergency=0.8, missing=0.4)
    assert surer.sort("she is not where she should be").kind == "child"


def test_what_somebody_did_themselves_is_handed_over_where_it_is_surer(knowledge: Knowledge) -> None:
    text = "I let one of them use my charger, is that ok"
    unsure = Judged(knowledge, grave=0.1, adult=1, own_conduct=1).sort(text)
    assert (unsure.urgency, unsure.note, unsure.kind) == (None, True, "own-conduct")
    assert Judged(knowledge, grave=0.3, adult=1, own_conduct=1).sort(text).urgency == "concern"
    assert Judged(knowledge, grave=0.1, adult=1).sort(text).kind == "adult"


def test_whoever_asks_whether_they_may_has_not_done_it(knowledge: Knowledge) -> None:
    unsure = Judged(knowledge, grave=0.2, adult=1)
    assert unsure.sort("can I add a Year 9 on Snapchat if she asked first?").urgency is None
    assert unsure.sort("he added a Year 9 on Snapchat because she asked first").urgency == "concern"
    assert Judged(knowledge, grave=0.2, child=1).sort("can I ring somebody about a boy").urgency == "concern"


def test_a_note_says_for_whom_it_would_be(knowledge: Knowledge) -> None:
    found = Judged(knowledge, grave=-0.2, adult=1).sort("is it ok to ask about a colleague")
    assert (found.urgency, found.note, found.kind) == (None, True, "adult")
    assert Judged(knowledge, grave=-0.6, adult=1).sort("is it ok").kind is None


@pytest.mark.parametrize("kind", HANDOVER_KINDS)
def test_every_kind_has_a_reader_and_every_danger_is_a_childs(kind: HandoverKind) -> None:
    assert ABOUT[kind] == "pupil" if kind in PERILS else kind in ABOUT
