"""Why a message is answered as it is, in words that whoever answers for the answers can follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from adapters.command.why_lines import explained, why_in_words
from bot.answering.dialogue import Base
from bot.answering.explaining import FAR, explain, margin_of
from tests.conftest import NOW

EX_PUPIL = "can i freind an ex pupil"
GLUE = "who orders the glue sticks"


def why(base: Base, text: str) -> str:
    """The explanation as one line, however it is folded."""
    return " ".join(why_in_words(base, text, NOW).split())


def test_it_names_what_was_corrected(base: Base) -> None:
    said = why(base, EX_PUPIL)
    assert 'Corrected: "freind" is read as "friend", "ex pupil" is read as "ex-pupil"' in said
    assert "Corrected" not in why(base, "can I friend an ex-pupil")


def test_the_likeliest_answer_is_named_with_the_words_it_shares_and_a_phrasing_of_its_own(base: Base) -> None:
    first = explain(base, EX_PUPIL, NOW).likeliest[0]
    assert first.entry.id == "friend-ex-pupil" and first.phrasing in first.entry.texts
    said = why(base, EX_PUPIL)
    assert 'shares the words "friend", "ex-pupil"' in said
    assert f'the phrasing "{" ".join(first.phrasing.split())}" (' in said


def test_small_words_are_shared_by_everything_and_not_named(base: Base) -> None:
    shared = {word for each in explain(base, EX_PUPIL, NOW).likeliest for word in each.shared}
    assert not shared & {"can", "i", "an"}


def test_a_phrasing_itself_is_nearly_the_same(base: Base) -> None:
    text = base.knowledge.entries["trip-phone"].texts[0]
    assert f'nearly the same as the phrasing "{text}" (1.00)' in why(base, text)


@pytest.mark.parametrize(
    ("text", "heading", "said"),
    [
        (EX_PUPIL, "Why it was answered", "It is answered: the first is sure enough to be right."),
        (GLUE, "Why it was not answered", "no answer is sure enough even to be offered."),
        ("hello", "What was made of it", "It is small talk"),
        ("topics", "What was made of it", "asks for something to do: topics."),
        ("why?", "Why it was not answered", "there was none before it."),
        ("?!", "Why it was not answered", "There is no word in it that could be looked up."),
        ("x" * 5000, "Why it was not answered", "It is too long for one question."),
        ("there is a man with a knife in the playground", "Why it was handed over", "which no score overrides. (rule"),
        ("Uczeń powiedział mi, że tata go bije", "Why it was handed over", "It is not in English"),
        ("I need to speak to someone about a child", "Why it was handed over", "asks to speak to a person"),
    ],
)
def test_it_says_why_it_came_to_that(base: Base, text: str, heading: str, said: str) -> None:
    shown = why(base, text)
    assert heading in shown and said in shown


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hold": True}, "it is on hold until somebody has checked it."),
        ({"nations": ("Wales",)}, "it holds in Wales only."),
        ({"withheld": True}, "nobody here has approved it."),
    ],
)
def test_an_answer_that_is_not_served_here_says_why_it_is_not(
    base: Base, change: Mapping[str, Any], reason: str
) -> None:
    entry = replace(base.knowledge.entries["friend-ex-pupil"], **change)
    knowledge = replace(base.knowledge, entries={**base.knowledge.entries, entry.id: entry})
    assert f'"{entry.title}", is not given here: {reason}' in why(Base(knowledge, base.understanding), EX_PUPIL)


@pytest.mark.parametrize(
    ("margin", "said"),
    [(None, "not near being handed over"), (-0.5, "some way under being"), (-0.1, "just under being handed over")],
)
def test_how_far_it_is_from_being_handed_over_is_said_in_words(base: Base, margin: float | None, said: str) -> None:
    found = replace(explain(base, GLUE, NOW), margin=margin)
    assert said in " ".join(explained(base.knowledge, found).split())


def test_lowering_the_bar_by_what_is_missing_hands_it_over_and_raising_it_does_not(base: Base) -> None:
    understanding = base.understanding
    margins = []
    for example in base.knowledge.triage.examples[::150]:
        readings = understanding.reader.read_parts(example.text)
        margin = margin_of(understanding.triage, readings, understanding.reader.read)
        handed_over = bool(understanding.triage.sort(readings, understanding.reader.read).urgency)
        assert margin is None or (margin > 0) == handed_over
        margins.append(margin)
    found = [margin for margin in margins if margin is not None]
    assert found and all(abs(margin) <= FAR for margin in found)


def test_what_is_beside_the_point_is_named_as_left_out(base: Base) -> None:
    found = replace(explain(base, EX_PUPIL, NOW), looked_up="friend an ex-pupil")
    said = explained(base.knowledge, found)
    assert "Looked up without what is beside the point: friend an ex-pupil" in said


@pytest.mark.parametrize("text", [EX_PUPIL, GLUE, "hello"])
def test_figures_stand_in_brackets_alone(base: Base, text: str) -> None:
    assert not re.search(r"\d\.\d", re.sub(r"\([^()]*\)", "", why(base, text)))


def test_it_names_the_words_that_made_it_a_concern(base: Base) -> None:
    said = why(base, "she has old bruises on her back and will not say why")
    named = re.search(r"What weighed most: the words? ([^.]*)\.", said)
    assert named and {"bruises", "back"} & set(re.findall(r'"(\w+)"', named[1])), said
    assert "What weighed most" not in why(base, EX_PUPIL)
    assert "What weighed most" not in why(base, "there is a man with a knife in the playground")


def test_of_several_sentences_it_names_the_one_that_made_it_a_concern(base: Base) -> None:
    said = why(base, "We had wet play today. A girl has old bruises on her back. What is for lunch?")
    assert 'What weighed most is "a girl has old bruises on her back", and in it the word' in said
