"""What is typed becomes what is meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.dialogue import Base
from bot.understanding.language import MAX_CHARS, Language


@pytest.fixture(scope="module")
def language(lexical: Base) -> Language:
    return lexical.understanding.reader.language


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Can’t I?", "can not i"),
        ("y9s on insta rn", "year 9 on instagram right now"),
        ("Yr 9, year nine, Y9", "year 9 year 9 year 9"),
        ("HoD & SLT", "head of department senior leadership team"),
        ("the head of year", "the head of year"),
        ("ex students", "ex-pupils"),
        ("ｆａｃｅｂｏｏｋ", "facebook"),
        ("whats app", "whatsapp"),
        ("pleeease", "please"),
    ],
)
def test_school_words_and_text_speak_are_written_out(language: Language, typed: str, meant: str) -> None:
    assert language.normalise(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"), [("facebok", "facebook"), ("instagrm", "instagram"), ("messsage", "message")]
)
def test_a_misspelt_word_is_corrected_towards_the_base(language: Language, typed: str, meant: str) -> None:
    assert language.normalise(typed).words == (meant,)


@pytest.mark.parametrize("word", ["kettle", "trousers", "mongolia"])
def test_a_right_word_that_the_base_does_not_use_is_left_alone(language: Language, word: str) -> None:
    assert language.normalise(word).words == (word,)


def test_not_is_kept(language: Language) -> None:
    assert "not" in language.normalise("I dont want to").words


def test_controls_and_direction_marks_do_not_glue_or_hide_words(language: Language) -> None:
    assert language.normalise("face\u202ebook\x00 ok").text == "face book ok".replace("face book", "facebook")


def test_a_very_long_message_is_cut_and_says_so(language: Language) -> None:
    form = language.normalise("word " * 20_000)
    assert form.cut
    assert len(form.text) <= 2 * MAX_CHARS


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_a_normal_form_and_normalising_again_changes_little(lexical: Base, text: str) -> None:
    form = lexical.understanding.reader.language.normalise(text)
    assert all(word and word == word.strip() for word in form.words)
