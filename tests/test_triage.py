"""Whom a message is for, once it is taken for a concern: what the words of it settle, whatever was learned."""

from __future__ import annotations

import numpy as np
import pytest

from bot.knowledge import Knowledge
from bot.messages import ABOUT, HANDOVER_KINDS, PERILS, HandoverKind
from bot.understanding.features import Row
from bot.understanding.language import Language, make_language
from bot.understanding.machine import Machine
from bot.understanding.reading import Reading, Role
from bot.understanding.triage import ASIDE, OUTPUTS, Finding, Thresholds, Triage

READERS_WEIGHTS = np.vstack([10 * np.eye(5), np.zeros(5)]).astype(np.float32)
LIMITS = Thresholds(0, 0, 0.2, -0.5, -1.5, -1.5, 0.9, 0.5, np.array([1, 0], dtype=np.float32), READERS_WEIGHTS)


_LANGUAGES: dict[str, Language] = {}


def _language(knowledge: Knowledge) -> Language:
    """Its words, read once for all tests."""
    return _LANGUAGES.setdefault(
        knowledge.fingerprint, _LANGUAGES.get(knowledge.fingerprint) or make_language(knowledge)
    )


class Judged:
    """The triage of the real rules, where what is learned says the same of every message."""

    def __init__(self, knowledge: Knowledge, plainly_asks: bool = False, /, **outputs: float) -> None:
        self._language = _language(knowledge)
        bias = np.array([outputs.get(name.replace("-", "_"), -1) for name in OUTPUTS], dtype=np.float32)
        machine = Machine(np.zeros((1, len(OUTPUTS)), dtype=np.float32), bias, None, None, None)
        self._triage = Triage(knowledge.triage, machine, LIMITS, plainly_asks=lambda _: plainly_asks)

    def sort(self, text: str) -> Finding:
        return self._triage.sort([self._read(text)], self._read)

    def _read(self, text: str) -> Reading:
        nothing = Row(np.array([], dtype=np.int32), np.array([], dtype=np.float32), 0)
        return Reading(self._language.normalise(text), nothing, None)


class Told:
    """The triage of the real rules, where it has learned this of each sentence: (grave, beside the point)."""

    def __init__(
        self, knowledge: Knowledge, sentences: dict[str, tuple[float, float]], *, plainly_asks: bool = False
    ) -> None:
        self._language, self._sentences = _language(knowledge), list(sentences)
        lexical = np.full((len(sentences), len(OUTPUTS)), -0.1, dtype=np.float32)
        lexical[:, [OUTPUTS.index("grave"), OUTPUTS.index(ASIDE)]] = list(sentences.values())
        lexical[:, OUTPUTS.index("child")] = 1
        machine = Machine(lexical, np.zeros(len(OUTPUTS), dtype=np.float32), None, None, None)
        self._triage = Triage(knowledge.triage, machine, LIMITS, plainly_asks=lambda _: plainly_asks)

    def sort(self, text: str) -> Finding:
        sentences = [self._read(each, "sentence") for each in self._sentences if each in text]
        return self._triage.sort([self._read(text), *sentences], self._read)

    def _read(self, text: str, role: Role = "whole") -> Reading:
        form = self._language.normalise(text)
        known = [self._language.normalise(each).text in form.text for each in self._sentences]
        columns = np.flatnonzero(known).astype(np.int32)
        return Reading(form, Row(columns, np.ones(len(columns), dtype=np.float32), 0), None, role)


HURT, RAIN, PLAN = "He winced when he sat down.", "We had wet play after assembly.", "It is all in his plan."


def test_a_sentence_beside_the_point_hides_no_concern(knowledge: Knowledge) -> None:
    told = Told(knowledge, {HURT: (0.4, -1), RAIN: (-1, 0.9)})
    assert (
        told.sort(HURT).urgency
        == told.sort(f"{RAIN} {HURT}").urgency
        == told.sort(f"{HURT} {RAIN}").urgency
        == "concern"
    )
    assert told.sort(RAIN).urgency is None


def test_a_sentence_that_explains_is_not_beside_the_point(knowledge: Knowledge) -> None:
    assert Told(knowledge, {HURT: (0.4, -1), PLAN: (-1, -0.9)}).sort(f"{HURT} {PLAN}").urgency is None


def test_no_exception_to_a_rule_comes_from_what_is_beside_the_point(knowledge: Knowledge) -> None:
    swallowed = "She has taken loads of tablets."
    told = Told(knowledge, {swallowed: (-1, -1), RAIN: (-1, 0.9)})
    assert told.sort(f"{RAIN} {swallowed}").kind == "overdose"
    said = Told(knowledge, {swallowed: (-1, -1), RAIN: (-1, -1)})
    assert said.sort(f"{RAIN} {swallowed}").urgency is None


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
    "text",
    ["the DSL is drunk at work", "our safeguarding lead has been texting a pupil", "The DSL told me to drop it",
     "the colleague I am worried about is the DSL", "my worry is about the dsl",
     "the person in question is our safeguarding lead"],
)  # fmt: skip
def test_what_is_about_the_dsl_is_not_for_the_dsl(knowledge: Knowledge, text: str) -> None:
    assert Judged(knowledge, grave=1, adult=1).sort(text).kind == "dsl"


@pytest.mark.parametrize(
    "text",
    ["the coach slapped him, I told the DSL is that enough", "the colleague I told about this is the DSL",
     "the person I reported it to is the DSL", "my worry is the DSL will not act"],
)  # fmt: skip
def test_what_was_told_to_the_dsl_is_not_about_them(knowledge: Knowledge, text: str) -> None:
    assert Judged(knowledge, grave=1, adult=1).sort(text).kind == "adult"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("the head is privately messaging a girl and I do not know if I should tell anyone", "head"),
        ("the headteacher is secretly meeting a Year 11 girl", "head"),
        ("the deputy head is texting a Year 11 girl privately", "adult"),
        ("head of sixth form is privately texting one of the girls", "adult"),
        ("the teacher is privately messaging a year 10 and her parents do not know", "adult"),
        ("our coach privately messages two of the lads", "adult"),
        ("a TA has been sending a boy private messages", "adult"),
    ],
)
def test_an_adult_who_is_privately_in_touch_with_a_pupil_is_handed_over_by_a_rule(
    knowledge: Knowledge, text: str, kind: str
) -> None:
    assert Judged(knowledge).sort(text).kind == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("i feel like ending it all", "adult-at-risk"),
        ("I don't want to be here anymore", "adult-at-risk"),
        ("sorry, odd one: i keep thinking about ending my life", "adult-at-risk"),
        ("everyone would be better off without me", "adult-at-risk"),
        ("a pupil is being forced to marry abroad", "child"),
        ("she is being sent abroad to be married at Easter", "child"),
        ("site manager filming the girls changing", "adult"),
        ("a kid has ran out the school gate", "missing"),
        ("a child has run out of the school gate", "missing"),
        ("a dad at the gate looked drunk and was about to drive off with the kids", "danger"),
        ("a mum smells of drink and is picking up her son", "danger"),
        ("my student write in essay that life is no worth. What I do?", "child"),
        ("the caretaker has been taking photos of the boys in the showers", "adult"),
    ],
)
def test_short_words_that_say_it_plainly_are_handed_over_by_a_rule(knowledge: Knowledge, text: str, kind: str) -> None:
    assert Judged(knowledge).sort(text).kind == kind


@pytest.mark.parametrize(
    "text",
    ["a ball has gone over the fence and the kids ran out of the gate to get the ball",
     "what do I do if a parent is drunk and wants to drive the kids home",
     "dad was drunk at the quiz night and drove home",
     "we read a poem about how life is not worth much, he found it dull",
     "i could kill myself for forgetting the register", "I don't want to be here at parents' evening",
     "what are the signs a girl is being forced to marry", "who do I tell if a pupil is ever made to marry",
     "may we film in the changing rooms", "are we allowed to have cctv in the toilets"],
)  # fmt: skip
def test_a_figure_of_speech_or_a_question_about_the_rule_is_not(knowledge: Knowledge, text: str) -> None:
    assert not Judged(knowledge).sort(text).urgency


@pytest.mark.parametrize(
    "text",
    ["a colleague is sending me private messages about the rota", "the head is meeting year 7s on Monday in the hall",
     "if the head is messaging a pupil privately who do I tell", "the head is texting year 6 parents about results"],
)  # fmt: skip
def test_whoever_asks_about_messages_or_the_rota_is_not(knowledge: Knowledge, text: str) -> None:
    assert not Judged(knowledge).sort(text).urgency


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
    assert unsure.sort("a lad left last summer, he is 16. can I accept him").urgency is None
    assert Judged(knowledge, grave=0.2, child=1).sort("can I ring somebody about a boy").urgency == "concern"


def test_what_is_plainly_a_question_about_a_rule_is_answered_with_the_note(knowledge: Knowledge) -> None:
    text = "I rang his mum about the reference, do I write that down"
    asked = Judged(knowledge, True, grave=0.6, adult=1, own_conduct=1)
    found = asked.sort(text)
    assert (found.urgency, found.note, found.kind) == (None, True, "own-conduct")
    assert Judged(knowledge, grave=0.6, adult=1, own_conduct=1).sort(text).urgency == "concern"


def test_no_question_about_a_rule_outweighs_danger_a_word_of_harm_or_a_rule(knowledge: Knowledge) -> None:
    in_danger = Judged(knowledge, True, grave=0.6, emergency=1, missing=0.4)
    assert in_danger.sort("nobody has come for her and it is dark").urgency == "immediate"
    asked = Judged(knowledge, True, grave=0.6, child=1)
    assert asked.sort("he has bruises, do I write that down").urgency == "concern"
    assert asked.sort("she has taken loads of tablets").kind == "overdose"


def test_a_concern_beside_a_question_about_a_rule_is_handed_over(knowledge: Knowledge) -> None:
    asks = "Do I write in his plan?"
    told = Told(knowledge, {HURT: (0.9, -1), asks: (-0.3, -1)}, plainly_asks=True)
    assert told.sort(f"{HURT} {asks}").urgency == "concern"
    both = Told(knowledge, {RAIN: (0.3, -1), asks: (0.3, -1)}, plainly_asks=True)
    assert both.sort(f"{RAIN} {asks}").urgency is None


def test_a_note_says_for_whom_it_would_be(knowledge: Knowledge) -> None:
    found = Judged(knowledge, grave=-0.2, adult=1).sort("is it ok to ask about a colleague")
    assert (found.urgency, found.note, found.kind) == (None, True, "adult")
    assert Judged(knowledge, grave=-0.6, adult=1).sort("is it ok").kind is None


@pytest.mark.parametrize(
    ("text", "taken_for", "kind"),
    [
        ("I grabbed a boy by the wrist and he cried", "child", "own-conduct"),
        ("lost my temper with a year 4, he is fine", "danger", "own-conduct"),
        ("his mum is accusing me of hair pulling", "child", "own-conduct"),
        ("a year 9 came in with bruises so I held him out of the way of the door", "child", "child"),
        ("the minibus driver strokes her hair at every red light", "danger", "adult"),
        ("our cook shoved a year 8 against the counter", "child", "adult"),
        ("the teaching assistant is hitting him now", "danger", "danger"),
        ("her dad shouted and the coach pulled him off", "child", "child"),
        ("a lad in my tutor group has two new phones", "adult", "child"),
        ("found a year 5 at the bins again", "adult", "child"),
        ("our librarian keeps the lad with two new phones behind", "adult", "adult"),
        ("a year 6 girl gave her things away", "adult-at-risk", "child"),
        ("one of our teachers gave her things away", "adult-at-risk", "adult-at-risk"),
        ("Mrs K who runs this place slapped his hand", "adult", "head"),
        ("our head of school came into the dormitory", "child", "head"),
        ("head's been texting the head girl at night", "adult", "head"),
        ("deputy head has been texting the head girl at night", "adult", "adult"),
    ],
)
def test_whom_it_is_about_decides_who_hears(knowledge: Knowledge, text: str, taken_for: str, kind: str) -> None:
    reader = {"danger": "emergency", "own-conduct": "adult"}.get(taken_for, taken_for).replace("-", "_")
    learned = {reader: 1.0, "danger": 0.5} if taken_for == "danger" else {reader: 1.0}
    assert Judged(knowledge, grave=1, **learned).sort(text).kind == kind


@pytest.mark.parametrize("kind", HANDOVER_KINDS)
def test_every_kind_has_a_reader_and_every_danger_is_a_childs(kind: HandoverKind) -> None:
    assert ABOUT[kind] == "pupil" if kind in PERILS else kind in ABOUT
