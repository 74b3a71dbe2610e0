"""An emergency told in a few plain words is handed over by a rule, whatever was learned; what looks like it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.knowledge import Knowledge
from bot.messages import PERILS
from bot.understanding.language import make_language
from tests.conftest import ROOT
from tests.test_triage import Judged
from tests.yaml_files import read_yaml

WORDINGS: dict[str, list[str]] = read_yaml(ROOT / "tests" / "plainly.yaml")
HARMLESS = "harmless"
# The rules that only read what is short.
SHORT, LONGEST = r"^(?=(?:\S+ ){0,", 24  # words
# A phrasing that tells of an emergency there and then.
IN_EARNEST = {"In the lab a student fell off a stool and is not waking up. There is blood behind her ear."}


def short_rules(knowledge: Knowledge, text: str) -> list[str]:
    return [
        rule.id
        for rule in knowledge.triage.rules
        if rule.pattern.startswith(SHORT)
        and re.search(rule.pattern, text)
        and not re.search(rule.unless or r"(?!)", text)
    ]


@pytest.mark.parametrize("kind", sorted({*WORDINGS} - {HARMLESS}))
def test_an_emergency_in_a_few_words_is_handed_over_by_a_rule(knowledge: Knowledge, kind: str) -> None:
    found = {text: Judged(knowledge).sort(text) for text in WORDINGS[kind]}
    assert [text for text, each in found.items() if (each.urgency, each.kind) != ("immediate", kind)] == []


def test_what_only_sounds_like_one_is_not(knowledge: Knowledge) -> None:
    assert [text for text in WORDINGS[HARMLESS] if Judged(knowledge).sort(text).urgency] == []


def test_what_is_told_at_length_is_left_to_what_was_learned(knowledge: Knowledge) -> None:
    text = "a boy fainted in assembly "
    assert short_rules(knowledge, text.strip())
    assert not short_rules(knowledge, (text * 5).strip())


def harmless(knowledge: Knowledge) -> Iterator[str]:
    for entry in knowledge.entries.values():
        yield from (each.text for each in (*entry.phrasings, *entry.opposites))
    yield from (example.text for example in knowledge.triage.examples if example.kind == "none")
    yield from (each.text for each in knowledge.outside)
    for kind in knowledge.smalltalk.values():
        yield from kind.examples


@pytest.mark.slow
def test_no_harmless_text_of_the_base_is_taken_for_an_emergency(knowledge: Knowledge) -> None:
    language = make_language(knowledge)
    texts = {text for text in harmless(knowledge) if len(text.split()) <= 2 * LONGEST}
    assert len(texts) > 20_000
    assert {text for text in texts if short_rules(knowledge, language.normalise(text).text)} <= IN_EARNEST


def test_nobodys_concern_is_taken_for_an_emergency(knowledge: Knowledge) -> None:
    language = make_language(knowledge)
    grave = [example for example in knowledge.triage.examples if example.kind not in (*PERILS, "none")]
    assert len(grave) > 3_000
    assert not [each.text for each in grave if short_rules(knowledge, language.normalise(each.text).text)]
