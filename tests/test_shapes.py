"""The shapes of the classes that triage tells apart, and what `askfirst check` says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.answering.shapes import HARMLESS, Shape, in_lines, shape_of, shapes, unlike
from bot.knowledge import Knowledge

PLAIN = shape_of(
    HARMLESS, ["Can I take the minibus? I have a licence.", "is gum allowed", "We lost the key. Who has one?"]
)


def test_a_shape_counts_words_sentences_person_and_questions() -> None:
    long = "word " * 31
    found = shape_of("child", ["He is six. He is hungry.", "I saw it", long, "why?"])
    assert found == Shape("child", 4, 4.5, 0.25, 0.25, 0.25, 0.25)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"words": PLAIN.words * 2.5}, "words against"),
        ({"long": 0.9}, "over 30 words"),
        ({"sentences": 0.1}, "of more than one sentence"),
        ({"first_person": 0.1}, "in the first person"),
        ({"question_mark": 0.1}, "with a question mark"),
    ],
)
def test_a_class_of_another_shape_is_named(changed: dict[str, Any], said: str) -> None:
    other = replace(PLAIN, name="child", **changed)
    assert [said in notice and notice.startswith("child and") for notice in unlike((PLAIN, other))] == [True]


def test_classes_that_are_nearly_alike_are_not() -> None:
    assert unlike((PLAIN, replace(PLAIN, name="child", words=PLAIN.words * 1.5, long=PLAIN.long + 0.2))) == ()


def test_every_class_of_the_base_stands_in_the_table(knowledge: Knowledge) -> None:
    found = shapes(knowledge)
    assert {HARMLESS, "emergencies", "child", "adult", "head", "own-conduct", "adult-at-risk", "phrasings"} <= {
        each.name for each in found
    }
    table = in_lines(found)
    assert len(table) == len(found) + 1
    assert len({len(line) for line in table}) == 1


def test_no_kind_of_concern_differs_grossly_from_the_look_alikes(knowledge: Knowledge) -> None:
    """Phrasings and what is outside are short and plain and still do: they are told apart by what they ask for, and the
    look-alikes are the harmless messages of the concerns' shape."""
    assert {notice.split(" and ")[0] for notice in unlike(shapes(knowledge))} <= {"phrasings", "outside"}
