"""From Message to Reply, with what is remembered and what is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.replies import NOT_APPROVED
from adapters.console.chat import render
from bot.answering.dialogue import REMEMBERED_FOR, Base, ask_once
from bot.answering.outcome import outcome_of
from bot.answering.wordings import in_words
from bot.messages import Message
from bot.presses import GiveFact, GiveFeedback, PickEntry
from bot.service.assistant import Assistant
from bot.store import Store
from tests.approving import approved
from tests.conftest import NOW, SCHOOL

EX_PUPIL = Message("can I friend an ex-pupil?", "one")


def test_a_conversation_is_forgotten_after_half_an_hour(assistant: Assistant) -> None:
    assistant.handle(EX_PUPIL, NOW)
    soon = assistant.handle(Message("why?", "one"), NOW + REMEMBERED_FOR / 2)
    assert soon.answer and soon.answer.entry == "friend-ex-pupil"
    late = assistant.handle(Message("why?", "one"), NOW + 2 * REMEMBERED_FOR)
    assert late.answer is None


def test_conversations_do_not_hear_each_other(assistant: Assistant) -> None:
    assistant.handle(EX_PUPIL, NOW)
    assert assistant.handle(Message("why?", "two"), NOW).answer is None


def test_another_process_goes_on_with_the_conversation(base: Base, store: Store) -> None:
    Assistant(lambda: base, store).handle(EX_PUPIL, NOW)
    reply = Assistant(lambda: base, store).handle(Message("and if she's 20?", "one"), NOW)
    assert reply.answer and reply.answer.ruling == "not-advised"


def test_an_unanswered_question_is_kept_without_a_name_or_a_time(assistant: Assistant, store: Store) -> None:
    assistant.handle(Message("where do I park on Friday", "one"), NOW)
    (gap,) = store.talk(SCHOOL).gaps()
    assert (gap.question, gap.reason, gap.asked_on) == ("where do I park on Friday", "no-answer", NOW.date())


def test_did_not_help_keeps_the_question_with_the_answer_it_got(assistant: Assistant, store: Store) -> None:
    assistant.handle(EX_PUPIL, NOW)
    assistant.handle(Message("", "one", GiveFeedback("friend-ex-pupil", helped=False)), NOW)
    (gap,) = store.talk(SCHOOL).gaps()
    assert (gap.question, gap.entry, gap.reason) == (EX_PUPIL.text, "friend-ex-pupil", "not-helpful")


def test_under_an_answer_from_further_up_the_last_question_is_not_kept_in_its_place(
    assistant: Assistant, store: Store
) -> None:
    assistant.handle(EX_PUPIL, NOW)
    assistant.handle(Message("can parents have my mobile number?", "one"), NOW)
    said = assistant.handle(Message("", "one", GiveFeedback("friend-ex-pupil", helped=False)), NOW)
    assert store.talk(SCHOOL).gaps() == () and "kept" not in said.text
    assistant.handle(Message("", "one", GiveFeedback("parents-ask-number", helped=False)), NOW)
    (gap,) = store.talk(SCHOOL).gaps()
    assert (gap.question, gap.entry) == ("can parents have my mobile number?", "parents-ask-number")


def test_a_message_about_a_child_is_never_kept(assistant: Assistant, store: Store) -> None:
    text = "Zebedee in my class told me his dad hits him"
    assert assistant.handle(Message(text, "one"), NOW).kind == "handover"
    assistant.handle(Message("", "one", GiveFeedback(None, helped=False)), NOW)
    assert store.talk(SCHOOL).gaps() == ()
    assert "Zebedee" not in repr(store.talk(SCHOOL).conversation("one", NOW))


def test_a_button_of_an_entry_that_is_gone_says_so(assistant: Assistant) -> None:
    reply = assistant.handle(Message("", "one", PickEntry("no-such-entry")), NOW)
    assert (reply.kind, "has changed" in reply.text) == ("no-answer", True)


def test_a_fact_that_the_entry_does_not_know_is_ignored(assistant: Assistant) -> None:
    reply = assistant.handle(Message("", "one", GiveFact("friend-ex-pupil", "shoe-size", "nine")), NOW)
    assert reply.answer and reply.answer.ruling == "depends"


def test_an_answer_past_its_review_date_is_given_and_says_so(base: Base) -> None:
    later = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)
    signed = replace(base, knowledge=approved(base.knowledge))
    answer = ask_once(signed, EX_PUPIL.text, later).reply.answer
    assert answer and answer.due_for_review


def test_an_answer_that_nobody_has_approved_is_given_and_says_so(base: Base) -> None:
    answer = ask_once(base, EX_PUPIL.text, NOW).reply.answer
    assert answer and (answer.approved_by, answer.reviewed, answer.due_for_review) == ("", "", False)
    assert NOT_APPROVED in render(ask_once(base, EX_PUPIL.text, NOW).reply)


ODD = (
    *("", "   ", "?!…", "🙂🙂🙂", "😀" * 5000, "x" * 100_000, "word " * 20_000, "\u202e\u202d\x00\x07"),
    *("<script>alert(1)</script>", "<!channel> @here", "'; DROP TABLE gaps; --", "{{7*7}}", "\ud800"),
    *("Allaf ddilyn cyn-ddisgybl ar Instagram?", "هل يمكنني إضافة تلميذ سابق؟"),
)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_input_gets_a_clear_reply(assistant: Assistant, text: str) -> None:
    reply = assistant.handle(Message(text, "one"), NOW)
    assert reply.text or reply.answer or reply.handover or reply.choices


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=600))
def test_any_text_gets_a_reply_of_approved_words(lexical: Base, text: str) -> None:
    reply = ask_once(lexical, text, NOW).reply
    outcome = outcome_of(reply)
    assert 0 <= outcome.confidence <= 1
    assert len(outcome.choices) <= 3
    if reply.answer:
        entry = lexical.knowledge.entries[reply.answer.entry]
        spoken = {entry.answer, *(case.answer for case in (entry.facts.cases if entry.facts else ()))}
        assert reply.answer.answer in {in_words(lexical.knowledge, wording) for wording in spoken}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_no_order_of_messages_breaks_a_conversation(lexical: Base, texts: list[str]) -> None:
    from bot.answering.dialogue import Conversation, respond

    state = Conversation()
    for text in texts:
        state = respond(lexical, state, Message(text, "one"), NOW).state
