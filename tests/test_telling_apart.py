"""What sounds like something else: a word with two senses, an everyday matter that sounds like a concern, and a fact
that is added to the last question."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.dialogue import Base, Conversation, respond
from bot.answering.outcome import outcome_of
from bot.answering.telling_apart import as_added, holds, let_go, meant, only_adds
from bot.knowledge import Knowledge, KnowledgeError, load
from bot.knowledge.language_model import LetGo
from bot.messages import ABOUT, HandoverKind, Message
from bot.understanding.decision import Candidate, Choices, Match, NoMatch
from bot.understanding.language import Language, make_language
from bot.understanding.triage import Finding
from tests.conftest import NOW, ROOT
from tests.make_base import small_base
from tests.yaml_files import read_yaml

WORDINGS = read_yaml(ROOT / "tests" / "told_apart.yaml")
LEARNED = ("learned: grave 0.30",)


@pytest.fixture(scope="session")
def speech(knowledge: Knowledge) -> Language:
    return make_language(knowledge)


def each(part: str, which: str) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in WORDINGS[part].items() for text in texts[which]]


def learned(kind: HandoverKind, *grounds: str) -> Finding:
    return Finding("concern", ABOUT[kind], 0.8, False, grounds or LEARNED, kind)


# --- senses


def sense_of(knowledge: Knowledge, speech: Language, text: str) -> str:
    """The first sense that a message has."""
    words = speech.normalise(text).text
    return next((each.id for each in knowledge.lexicon.senses if holds(each.pattern, each.unless, words)), "")


def test_a_word_has_the_sense_that_its_neighbours_give_it(knowledge: Knowledge, speech: Language) -> None:
    found = [(sense, text, sense_of(knowledge, speech, text)) for sense, text in each("senses", "are")]
    assert found and [said for said in found if said[2] != said[0]] == []


def test_what_looks_like_it_keeps_its_own(knowledge: Knowledge, speech: Language) -> None:
    found = [(sense, text, sense_of(knowledge, speech, text)) for sense, text in each("senses", "are not")]
    assert found and [said for said in found if said[2] == said[0]] == []


def test_no_phrasing_is_turned_away_from_its_entry(knowledge: Knowledge, speech: Language) -> None:
    for entry in knowledge.entries.values():
        for phrasing in (*entry.phrasings, *entry.opposites):
            words, best = speech.normalise(phrasing.text).text, Candidate(entry.id, 0.9, 0.9, 0.9)
            assert meant(knowledge, Match(best), words) == Match(best), phrasing.text


def test_senses_lead_from_and_to_entries_that_are_there(knowledge: Knowledge) -> None:
    for sense in knowledge.lexicon.senses:
        assert {*sense.of, *([sense.to] if sense.to else [])} <= set(knowledge.entries), sense.id


def test_a_sense_leads_to_its_entry_or_says_whom_to_ask_and_leaves_others_alone(knowledge: Knowledge) -> None:
    one, other = Candidate("lift-pupil", 0.5, 0.5, 0.6), Candidate("not-collected", 0.3, 0.3, 0.4)
    lift = "where is the lift"
    assert meant(knowledge, Match(one), lift) == NoMatch(one, "site")
    assert meant(knowledge, Choices((other, one)), lift) == NoMatch(other, "site")
    assert meant(knowledge, NoMatch(other, None), lift) == NoMatch(other, "site")
    assert meant(knowledge, Match(other), lift) == Match(other)
    harm = Candidate("self-harm", 0.9, 0.9, 0.9)
    assert meant(knowledge, Match(harm), "a poem about suicide") == Match(Candidate("sensitive-topics", 0.9, 0.9, 0.9))


def test_a_school_without_the_entry_keeps_what_was_found(base: Base) -> None:
    harm = Candidate("self-harm", 0.9, 0.9, 0.9)
    assert "sensitive-topics" not in base.knowledge.entries
    assert meant(base.knowledge, Match(harm), "a poem about suicide") == Match(harm)


# --- what is let go


@pytest.fixture(scope="session")
def rules(knowledge: Knowledge) -> Mapping[str, LetGo]:
    return {rule.id: rule for rule in knowledge.triage.let_go}


def test_an_everyday_matter_is_let_go_with_a_note(
    knowledge: Knowledge, speech: Language, rules: Mapping[str, LetGo]
) -> None:
    wrong = []
    for name, text in each("let go", "are"):
        kind = rules[name].of[0]
        found = let_go(knowledge, learned(kind), speech.normalise(text).text)
        if (found.urgency, found.note, found.kind) != (None, True, kind) or f"let go: {name}" not in found.grounds:
            wrong.append((name, text, found))
    assert each("let go", "are") and wrong == []


def test_what_is_ordinary_beyond_doubt_has_not_even_a_note(
    knowledge: Knowledge, speech: Language, rules: Mapping[str, LetGo]
) -> None:
    noted = replace(learned("own-conduct"), urgency=None, note=True)
    assert [
        (name, text)
        for name, text in each("let go", "are")
        if let_go(knowledge, noted, speech.normalise(text).text).note != rules[name].note
    ] == []


def test_what_looks_like_it_is_handed_over_all_the_same(
    knowledge: Knowledge, speech: Language, rules: Mapping[str, LetGo]
) -> None:
    assert each("let go", "are not")
    assert [
        (name, kind, text)
        for name, text in each("let go", "are not")
        for kind in rules[name].of
        if let_go(knowledge, learned(kind), speech.normalise(text).text) != learned(kind)
    ] == []


def test_nothing_is_let_go_that_a_rule_says_or_that_is_long_or_of_another_kind(knowledge: Knowledge) -> None:
    words = "i added a pupil on snapchat by accident"
    assert let_go(knowledge, learned("own-conduct"), words).note
    for grounds in (("rule ill-now", *LEARNED), ("not in English",), ("the name of a file",)):
        assert let_go(knowledge, learned("own-conduct", *grounds), words).urgency
        assert as_added(learned("own-conduct", *grounds), to_a_question=True).urgency
    assert let_go(knowledge, learned("head"), words).urgency
    assert let_go(knowledge, learned("own-conduct"), f"{words} {'and it is late ' * 4}").urgency


@pytest.mark.slow
def test_no_example_of_a_concern_is_let_go_or_taken_for_a_fact(knowledge: Knowledge, speech: Language) -> None:
    grave = [example for example in knowledge.triage.examples if example.kind != "none"]
    assert len(grave) > 4000
    for example in grave:
        words = speech.normalise(example.text).text
        assert not only_adds(knowledge, words), example.text
        for each in knowledge.triage.let_go:
            assert not holds(each.pattern, each.unless, words), example.text


# --- what is added to the last question


def test_a_fact_that_is_added_is_one(knowledge: Knowledge, speech: Language) -> None:
    texts = WORDINGS["added"]["are"]
    assert texts and [text for text in texts if not only_adds(knowledge, speech.normalise(text).text)] == []


def test_a_deed_a_sign_or_whoever_has_gone_is_no_such_fact(knowledge: Knowledge, speech: Language) -> None:
    texts = WORDINGS["added"]["are not"]
    assert texts and [text for text in texts if only_adds(knowledge, speech.normalise(text).text)] == []


@pytest.mark.parametrize(
    "added", ["she was in my tutor group", "he was in my year 11 class", "I was her form tutor", "she is my tutee now"]
)
def test_after_an_answer_a_fact_gets_the_same_answer_and_no_handover(base: Base, added: str) -> None:
    first = respond(base, Conversation(), Message("can I friend an ex-pupil?", "one"), NOW)
    second = respond(base, first.state, Message(added, "one"), NOW)
    assert outcome_of(first.reply).entry == outcome_of(second.reply).entry == "friend-ex-pupil"
    assert second.reply.note is None and second.gaps == ()


def test_a_fact_that_the_answer_turns_on_settles_it(base: Base) -> None:
    first = respond(base, Conversation(), Message("can I friend an ex-pupil?", "one"), NOW)
    second = respond(base, first.state, Message("she is 17 now", "one"), NOW)
    assert second.reply.answer is not None and second.reply.question is None
    assert second.reply.answer.badge.startswith("Don")


def test_without_a_question_before_a_fact_gets_a_note_at_most(knowledge: Knowledge) -> None:
    assert as_added(learned("own-conduct"), to_a_question=False).note
    assert as_added(learned("own-conduct"), to_a_question=False).urgency is None


def test_what_was_quoted_or_sent_as_a_file_is_not_let_go(base: Base) -> None:
    first = respond(base, Conversation(), Message("can I friend an ex-pupil?", "one"), NOW)
    quoted = Message("she was in my class", "one", quoted=("she told me that her dad hits her with a belt",))
    assert outcome_of(respond(base, first.state, quoted, NOW).reply).kind == "handover"


# --- faults of the files


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("lexicon.yaml", "ask: site", "ask: nobody", "'nobody' is not known"),
        ("lexicon.yaml", "ask: site", "to: lift-pupil\n    ask: site", "must stand alone"),
        ("lexicon.yaml", "pattern: '\\b(clean", "pattern: '(\\b(clean", "is not a valid pattern"),
        ("triage.yaml", "of: [own-conduct, adult]", "of: [conduct]", "there is no kind 'conduct'"),
    ],
)
def test_a_fault_is_said_with_its_place(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    folder = tmp_path / "base"
    shutil.copytree(small_base(), folder)
    text = (ROOT / "knowledge" / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=re.escape(said)):
        load(folder)
