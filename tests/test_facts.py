"""What a message already says of the facts that an answer turns on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.answering.dialogue import Base, ask_once
from bot.answering.facts import find_fact
from tests.conftest import NOW

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("fact", "said", "value"),
    [
        ("leaver-age", "she's 24 now", "19-or-over"),
        ("leaver-age", "left in y11 last year", "under-19"),
        ("leaver-age", "left y11 in july, he's 16", "under-19"),
        ("leaver-age", "He's 18, only just finished Year 13", "under-19"),
        ("leaver-age", "I taught her in 2009", "19-or-over"),
        ("leaver-age", "she left ten years ago", "19-or-over"),
        ("leaver-age", "a 17 year old ex-pupil", "under-19"),
        ("leaver-age", "she is thirty with kids of her own", "19-or-over"),
        ("leaver-age", "left y13 last year", None),
        ("leaver-age", "an ex-pupil wants to add me at 10 pm", None),
        ("pupils-age", "Can Year 2 have a login", "under-13"),
        ("pupils-age", "they're all 17", "13-or-over"),
        ("pupils-age", "y8 and y11 together", None),
        ("whose-child", "my own daughter is in Year 8", "own"),
        ("whose-child", "my daughter's mates want to follow me", "other"),
        ("whose-child", "can I follow a y10", None),
        ("follower", "a local estate agent wants to follow us", "outsider"),
        ("address", "his gmail", "personal"),
    ],
)
def test_a_fact_is_read_from_the_message_or_left_to_be_asked(
    lexical: Base, fact: str, said: str, value: str | None
) -> None:
    text = lexical.understanding.reader.language.normalise(said).text
    assert find_fact(lexical.knowledge.lexicon.facts[fact], text, TODAY) == value


def test_a_fact_that_only_a_sentence_beside_the_point_states_is_not_lost(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sentences that seem to be beside the point are left out to find the entry, and not to find the facts: two that
    contradict each other lead to the question how old the ex-pupil is."""
    monkeypatch.setattr(type(base.understanding.matcher), "surer", lambda _matcher, whole, rest: rest or whole)
    rest = base.understanding.reader.read("can I friend an ex-pupil she is 19")
    sort = base.understanding.triage.sort
    monkeypatch.setattr(type(base.understanding.triage), "sort", lambda _triage, *read: replace(sort(*read), rest=rest))
    plain = ask_once(base, "Can I friend an ex-pupil? She is 19.", NOW).reply
    contradicted = ask_once(base, "Can I friend an ex-pupil? She is 19. Sorry, she is 17.", NOW).reply
    assert plain.question is None
    assert contradicted.question is not None
