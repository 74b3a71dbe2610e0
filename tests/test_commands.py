"""What is typed to do something, as the whole message, and what stands behind it; an answer that did not help."""

from __future__ import annotations

import pytest

from adapters.chat.buttons import to_action, to_value
from bot.answering.commands import command_of
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import as_json, outcome_of
from bot.answering.topics import entries_of, served, topics_of, whom_to_ask
from bot.knowledge import Knowledge
from bot.messages import Message
from bot.presses import AskPolicy, DoAction, GiveFeedback, PickTopic
from bot.service.assistant import Assistant
from tests.conftest import NOW

SAID = {
    "log-concern": (
        *(
            "log a concern",
            "Log a concern.",
            "log concern",
            "report a concern",
            "I want to report a concern",
            "/concern",
        ),
        *("please raise a safeguarding concern", "concern form", "I need to log a new concern please"),
        *("log a consern about Tyler pls", "i need to log something about a kid", "fill in a concern form"),
        *("raise a concern", "reprot a concern", "log a cocnern", "concen form", "raise a safegaurding concearn"),
        *(
            "where is the concern form",
            "how do I get the concern form",
            "show me the concern form",
            "safeguarding form",
        ),
        *("log a concern about a year 9 girl", "raise a concern about a colleague", "log a concern about Ethan Smith"),
        *(
            "need to fill out a cause for concern",
            "i have a concern about a child",
            "can i fill in a form about a child",
        ),
        *("i want to log an incident about a pupil", "log a worry about one of my tutees", "can i log a concern"),
    ),
    "who-is-dsl": (
        *(
            "who is the DSL",
            "who is the DSL?",
            "whos the dsl",
            "Who's our DSL?",
            "who is the designated safeguarding lead",
        ),
        *("dsl", "dsl number", "whats the dsl's number", "contact the dsl", "who are the DSLs"),
    ),
    "topics": ("topics", "Topics?", "list topics", "show me the topics", "what topics are there", "what do you know"),
    "help": ("help", "Help!", "help please", "what can you do", "What can I ask?", "how does this work"),
}
NOT_SAID = (
    *("can I friend an ex-pupil?", "how do I report a concern", "help a child to log a concern about her dad", "hello"),
    *("raise a concern about pay", "report a concern about the heating", "log a concert", "log in", "report a fault"),
    *("fill in a form for a school trip", "who reads a concern that I log", "do concerns about staff get deleted"),
    *("log something about parking", "raise money for charity", "I have a concern about the head", "record a concert"),
    *("who is the DSL at the infant school down the road", "topics for year 9 PSHE", "", "why", "I am concerned"),
)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SAID.items() for text in texts])
def test_it_is_understood_when_it_is_the_whole_message(base: Base, name: str, text: str) -> None:
    reply = ask_once(base, text, NOW).reply
    assert reply.action == name
    answered = as_json(1, outcome_of(reply))
    assert (answered["kind"], answered["entry"]) == ("action", None)


@pytest.mark.parametrize("text", NOT_SAID)
def test_nothing_else_is_taken_for_it(text: str) -> None:
    assert command_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "I need to speak to someone about a child",
        "can I talk to somebody about a pupil",
        "I want to speak to the DSL about one of my children",
        "i need to speek to somone about a child",
    ],
)
def test_whoever_asks_for_a_person_about_a_child_is_handed_over(base: Base, text: str) -> None:
    outcome = outcome_of(ask_once(base, text, NOW).reply)
    assert (outcome.kind, outcome.about) == ("handover", "pupil")


def test_each_shows_what_it_is_for(base: Base) -> None:
    log, dsl, topics, help_ = (ask_once(base, text, NOW).reply for text in ("log a concern", "dsl", "topics", "help"))
    assert (log.form, log.private, "999" in log.text) == (True, True, True)
    assert dsl.people[0].name == "Ms Amara Bello"
    assert dsl.people[0].phone
    assert [offer.label for offer in topics.offers] == [topic.title for topic in topics_of(base.knowledge)]
    assert help_.offers
    assert "999" in help_.text


def test_every_entry_is_under_a_topic_and_every_topic_has_somebody_to_ask(knowledge: Knowledge) -> None:
    topics = topics_of(knowledge)
    assert sum(len(entries_of(knowledge, topic.id)) for topic in topics) == len(
        served(knowledge, knowledge.entries.values())
    )
    assert all(len(topic.title) <= 60 for topic in topics)
    assert all(whom_to_ask(knowledge, entry).contact.name for entry in (None, *knowledge.entries.values()))


def test_a_topic_shows_its_entries_and_one_that_is_gone_says_so(base: Base, assistant: Assistant) -> None:
    topic = topics_of(base.knowledge)[0]
    shown = assistant.handle(Message("", "one", PickTopic(topic.id)), NOW)
    assert {choice.entry for choice in shown.choices} == {entry.id for entry in entries_of(base.knowledge, topic.id)}
    assert assistant.handle(Message("", "one", PickTopic("no-such-topic")), NOW).kind == "no-answer"


def test_an_answer_that_did_not_help_leads_to_others_a_person_and_the_form(base: Base, assistant: Assistant) -> None:
    assistant.handle(Message("can parents have my mobile number?", "one"), NOW)
    said = assistant.handle(Message("", "one", GiveFeedback("parents-ask-number", helped=False)), NOW)
    assert said.choices
    assert "parents-ask-number" not in [choice.entry for choice in said.choices]
    assert said.contact
    assert said.contact == whom_to_ask(base.knowledge, base.knowledge.entries["parents-ask-number"]).contact
    assert said.form
    again = assistant.handle(Message("", "one", GiveFeedback("parents-ask-number", helped=False)), NOW)
    assert "kept" not in again.text, "nothing is kept a second time"


def test_a_button_carries_ids_and_comes_back_as_it_was() -> None:
    for action in (AskPolicy(), AskPolicy(("a", "b-c")), PickTopic("contact-pupils"), DoAction("log-concern")):
        assert to_action(to_value(action)) == action
    for value in ("policy", "policy a b c d", "do anything", "topic ../x", "policy A"):
        assert to_action(value) is None
