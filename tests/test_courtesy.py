"""What frames a message out of politeness changes nothing, and never is taken for the message."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.conversing.asking import _REPORTED
from bot.understanding.courtesy import without_courtesy

FRAMED = (
    "{}",
    "Hi, quick one: {} Thanks x",
    "Hello again! Hope you're well. {}",
    "Morning all, quick question if that's ok. {} Cheers!",
    "Hi there, just wondering: {} Many thanks, Sam",
    "Sorry to bother you, {} thanks so much for your help",
    "good afternoon team {}\nKind regards\nPriya Shah",
    "{} 😊🙏",
    "🙈 {} 🤷🏽‍♀️",
)
WHOLE = (
    "hi",
    "thanks",
    "ta",
    "🙂🙂🙂",
    "xx",
    "morning break rules?",
    "Evening classes - who locks up?",
    "He said thanks",
    "What do I do with a card to say thanks",
    "He won't stop. help",
    "is a 🔪 allowed in DT?",
)


@pytest.mark.parametrize("frame", FRAMED)
def test_a_message_is_what_stands_between_hello_and_thanks(frame: str) -> None:
    asked = "can I add an old pupil on Instagram?"
    assert without_courtesy(frame.format(asked)) == asked


@pytest.mark.parametrize("text", WHOLE)
def test_what_is_no_frame_stays(text: str) -> None:
    assert without_courtesy(text) == text


@given(st.text(max_size=300))
def test_nothing_but_both_ends_and_signs_of_a_mood_ever_goes(text: str) -> None:
    plain = without_courtesy(text)
    kept = [char for char in plain if char.isalnum()]
    assert "".join(kept) in "".join(char for char in text if char.isalnum())
    assert kept or not any(map(str.isalnum, text))


def test_a_huge_message_is_not_searched() -> None:
    text = "thanks! " * 20_000
    assert without_courtesy(text) == text


@pytest.mark.parametrize("again", ["just a quick ", " ", "\n", "thanks\n", "'"])
def test_what_comes_back_without_end_holds_nobody_up(again: str) -> None:
    begun = time.process_time()
    text = f"{again * (1900 // len(again))}can I?"
    without_courtesy(text)
    _REPORTED.match(text)
    assert time.process_time() - begun < 1
