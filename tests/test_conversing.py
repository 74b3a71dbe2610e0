"""Several questions in one message, a question without a subject, and what follows an answer."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from adapters.console.chat import render
from adapters.slack import replies as slack
from adapters.teams import replies as teams
from adapters.web.pages import Pages
from bot.answering.conversing.asking_back import ABOUT_WHAT, WHAT_OF
from bot.answering.conversing.coverage import speaks_of
from bot.answering.conversing.following import LAST_MEANT, NOT_OF_THAT, SPEAKS_OF_IT
from bot.answering.conversing.parts import parts_of
from bot.answering.conversing.subject import bare_deed, lacks_subject, to_the_bot
from bot.answering.dialogue import Base, Conversation, Turn, ask_once, respond
from bot.answering.outcome import outcome_of
from bot.answering.remarks import tell_author
from bot.knowledge import Knowledge, KnowledgeError, load
from bot.messages import Message, Reply
from bot.presses import AskAlso
from bot.understanding.decision import Pleasantry
from tests.conftest import NOW
from tests.make_base import small_base

PUPIL = "Can I add a pupil on Facebook?"
NUMBER = "Can parents have my mobile number?"


def said(base: Base, *messages: str) -> Turn:
    """The last turn of a conversation of these messages."""
    turn = Turn(Reply("smalltalk"), Conversation())
    for text in messages:
        turn = respond(base, turn.state, Message(text, "one"), NOW)
    return turn


def offered(reply: Reply) -> list[str]:
    return [each.action.entry for each in reply.offers if isinstance(each.action, AskAlso)]


# --- several questions


@pytest.mark.parametrize(
    "text",
    [
        f"{PUPIL} {NUMBER}",
        "can I add a pupil on facebook, and can parents have my mobile number?",
        f"1. {PUPIL}\n2. {NUMBER}",
        "Can I add a pupil on Facebook? Thanks. Also, can parents have my mobile number",
    ],
)
def test_the_first_question_is_answered_and_the_second_offered(base: Base, text: str) -> None:
    reply = said(base, text).reply
    assert (reply.entry, offered(reply)) == ("friend-pupil", ["parents-ask-number"])
    assert (outcome_of(reply).kind, outcome_of(reply).entry) == ("answer", "friend-pupil")
    assert reply.offers[-1] == tell_author("friend-pupil"), "as under every answer"


def test_the_second_is_answered_when_it_is_pressed_and_offers_nothing_more(base: Base) -> None:
    turn = said(base, f"{PUPIL} {NUMBER}")
    pressed = respond(base, turn.state, Message("", "one", turn.reply.offers[0].action), NOW).reply
    assert (pressed.entry, offered(pressed)) == ("parents-ask-number", [])


@pytest.mark.parametrize(
    "text",
    [
        PUPIL,
        f"{PUPIL} She asked me first.",
        f"{PUPIL} Can she see it?",
        f"{PUPIL} Can I accept a pupil on Instagram?",
        f"{PUPIL} What time does the coach leave on Friday?",
        f"{PUPIL} We were in the car park and it was raining.",
    ],
)
def test_one_question_told_in_two_sentences_offers_nothing(base: Base, text: str) -> None:
    reply = said(base, text).reply
    assert (reply.entry, offered(reply)) == ("friend-pupil", [])


def test_where_the_first_question_is_not_sure_all_stays_as_it_was(base: Base) -> None:
    assert offered(said(base, f"What time does the coach leave on Friday? {NUMBER}").reply) == []


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        ("Can I do A? And B is fine.", ["Can I do A?"]),
        ("I teach Year 9. Can I add them, and may I ring home", ["Can I add them", "and may I ring home"]),
        ("a) Is it fine to film? b) Who may see it?", ["Is it fine to film?", "Who may see it?"]),
        ("Can I hug her or hold her hand?", ["Can I hug her or hold her hand?"]),
        ("Can we go live now and do the paperwork later?", ["Can we go live now and do the paperwork later?"]),
        ("Do I ring the DSL or do we ring 101?", ["Do I ring the DSL or do we ring 101?"]),
        ("May I film it, or can I take her photo?", ["May I film it", "or can I take her photo?"]),
        ("Hello there, thanks for your help.", []),
    ],
)
def test_the_parts_that_ask_are_found(text: str, asking: list[str]) -> None:
    assert [part.text for part in parts_of(text) if part.asks] == asking


# --- without a subject


@pytest.mark.parametrize(
    "text",
    [
        "am I allowed to do that?",
        "is that ok?",
        "what do I do now?",
        "do I have to?",
        "who do I tell?",
        "can they make me?",
        "what if they refuse?",
        "Hiya, is it allowed? Thanks",
        "who decides",
    ],
)
def test_a_question_without_a_subject_is_asked_back(base: Base, text: str) -> None:
    turn = said(base, text)
    assert (turn.reply.kind, turn.reply.text, turn.reply.contact, turn.gaps) == ("no-answer", ABOUT_WHAT, None, ())
    assert turn.reply.form  # whoever asks what to do now may have something to log


def test_a_deed_done_to_nobody_says_what_gets_choices_under_different_rules(base: Base) -> None:
    reply = said(base, "can I add them?").reply
    assert (reply.kind, reply.text) == ("choices", WHAT_OF)
    rules = base.understanding.matcher.classes.same_rule
    entries = [each.entry for each in reply.choices]
    assert len(entries) > 1
    assert not any(rules(one, other) for one in entries for other in entries if one != other)


def test_a_deed_that_hardly_anybody_asks_about_is_asked_back_too(base: Base) -> None:
    assert said(base, "can I scan it?").reply.text == ABOUT_WHAT


def test_small_talk_stays_small_talk(base: Base) -> None:
    for kind in base.knowledge.smalltalk.values():
        for text in kind.examples:
            words = base.understanding.reader.language.normalise(text).words
            asked_back = lacks_subject(base.knowledge.lexicon.subjectless, text, words)
            assert not asked_back or to_the_bot(words, Pleasantry(kind.id, 1.0)), text


def test_what_staff_ask_has_a_subject(base: Base, knowledge: Knowledge) -> None:
    """Of all phrasings of the real base, a handful names neither who nor what."""
    words = knowledge.lexicon.subjectless
    plain = words.empty | words.deeds | set(knowledge.lexicon.spellings)
    bare = []
    for text in (text for entry in knowledge.entries.values() for text in entry.texts):
        if not {word.strip(".,?!") for word in text.lower().split()} <= plain:
            continue  # to put all of them into their normal form takes long
        said_so = base.understanding.reader.language.normalise(text).words
        if lacks_subject(words, text, said_so) or bare_deed(words, text, said_so):
            bare.append(text)
    assert 0 < len(bare) <= 5, bare


def test_a_word_that_is_empty_and_a_deed_is_refused(tmp_path: Path) -> None:
    shutil.copytree(small_base(), tmp_path / "base")
    file = tmp_path / "base" / "lexicon.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("  deeds: >-\n", "  deeds: >-\n    allowed\n"), encoding="utf-8"
    )
    with pytest.raises(KnowledgeError, match="'allowed' is an empty word as well"):
        load(tmp_path / "base", approved=False)


# --- after an answer


def test_after_an_answer_a_question_without_a_subject_means_the_last_one(base: Base) -> None:
    reply = said(base, NUMBER, "is that ok?").reply
    assert (reply.entry, reply.text) == ("parents-ask-number", LAST_MEANT)


def test_what_the_answer_names_is_said_to_be_named(base: Base) -> None:
    reply = said(base, NUMBER, "what about a home visit?").reply
    assert (reply.entry, reply.text) == ("parents-ask-number", SPEAKS_OF_IT)


def test_what_only_another_case_of_the_answer_names_is_not_said_to_be_named(base: Base) -> None:
    entry = base.knowledge.entries["friend-ex-pupil"]
    facts = entry.facts
    assert facts
    ours, other = (f"{case.badge} {case.answer} {case.why} {case.instead}".lower() for case in facts.cases[:2])
    always = f"{entry.title} {entry.note}".lower()
    word = next(each for each in re.findall(r"[a-z]{5,}", other) if each[:5] not in ours + always)
    assert speaks_of(base, entry, {facts.fact: facts.cases[1].value}, {word})
    assert not speaks_of(base, entry, {facts.fact: facts.cases[0].value}, {word})


def test_what_the_answer_does_not_name_is_said_not_to_be(base: Base) -> None:
    reply = said(base, NUMBER, "what if it is raining?").reply
    assert (reply.entry, reply.text) == ("parents-ask-number", NOT_OF_THAT)


@pytest.mark.parametrize("text", ["really?", "are you sure?", "is that right?"])
def test_a_doubt_is_answered_by_the_clauses(base: Base, text: str) -> None:
    assert said(base, NUMBER, text).reply.focus == "sources"


def test_thanks_after_an_answer_are_thanks(base: Base) -> None:
    assert said(base, NUMBER, "ok and thanks").reply.kind == "smalltalk"


def test_an_age_alone_after_what_about_is_the_fact_that_was_asked_for(base: Base) -> None:
    reply = said(base, "can I friend an ex-pupil?", "what about 17?").reply
    assert reply.answer and reply.answer.badge.startswith("Don't connect")


def test_every_channel_shows_what_stands_above_an_answer(base: Base) -> None:
    reply = said(base, NUMBER, "is that ok?").reply
    drawn = (render(reply), str(slack.render(reply).blocks), str(teams.render(reply)), Pages().reply(reply, "token"))
    assert all(LAST_MEANT.split(".")[0] in " ".join(each.split()) for each in drawn)


def test_asked_once_there_is_no_last_question(base: Base) -> None:
    assert ask_once(base, "is that ok?", NOW).reply.text == ABOUT_WHAT
