"""The local Slack, tried with a small app, over HTTP and over Socket Mode: what people do and see."""

from __future__ import annotations

from tests.slack.people import Person
from tests.slack.server import Slack


async def test_a_direct_message_is_answered_and_its_buttons_can_be_pressed(slack: Slack, teacher: Person) -> None:
    await teacher.says("is 5 < 6 & 7?")
    assert "You said is 5 < 6 & 7?" in await teacher.reads("You said")
    await teacher.presses("More")
    await teacher.reads("More of it")
    assert [message.text for message in teacher.messages if message.from_app] == ["More of it"]


async def test_a_deleted_message_is_gone(slack: Slack, teacher: Person) -> None:
    await teacher.says("hello")
    await teacher.reads("You said")
    await teacher.presses("Hide")
    await slack.settled(lambda: not any(message.from_app for message in teacher.messages))


async def test_a_mention_is_answered_in_its_thread_and_seen_by_the_channel(slack: Slack, teacher: Person) -> None:
    colleague = slack.person("U2", "Tom Reid", "t.reid@fernbank.example")
    outsider = slack.person("U3", "Kay Moss", "k.moss@fernbank.example")
    slack.channel("C1", "staff", (teacher, colleague))
    said = await teacher.says("@AskFirst may I?", in_channel="C1")
    await colleague.reads("In the thread")
    assert colleague.messages[-1].thread == said.ts
    assert not outsider.messages
    await teacher.says("not for the app", in_channel="C1")
    assert [delivery.name for delivery in slack.deliveries].count("app_mention") == 1


async def test_a_slash_commands_answer_is_for_one_person(slack: Slack, teacher: Person) -> None:
    colleague = slack.person("U2", "Tom Reid", "t.reid@fernbank.example")
    slack.channel("C1", "staff", (teacher, colleague))
    await teacher.asks("/ask", "may I?", in_channel="C1")
    assert teacher.sees() == "Only you see may I?"
    assert teacher.messages[-1].ephemeral
    assert not colleague.messages


async def test_a_modal_is_filled_refused_checked_and_submitted(slack: Slack, teacher: Person) -> None:
    await teacher.asks("/concern")
    await slack.settled(lambda: teacher.modal)
    await teacher.submits()
    assert teacher.errors == {
        "What happened": "Please complete this required field.",
        "How urgent": "Please complete this required field.",
    }
    await teacher.fills({"What happened": "bad", "how": "Today"})
    await teacher.submits()
    assert teacher.errors == {"What happened": "Say more"}
    await teacher.fills({"What happened": "He was crying"})
    await teacher.presses("Check")
    assert "You wrote: He was crying" in teacher.sees()
    await teacher.presses("Log it")
    await teacher.reads("Logged")
    assert teacher.modal is None


async def test_a_closed_modal_is_told_to_an_app_that_asked(slack: Slack, teacher: Person) -> None:
    await teacher.uses_shortcut("log_concern")
    await slack.settled(lambda: teacher.modal)
    await teacher.presses("Close")
    assert teacher.modal is None
    assert slack.deliveries[-1].name == "view_closed"


async def test_a_message_shortcut_carries_the_message(slack: Slack, teacher: Person) -> None:
    said = await teacher.says("look at this")
    await teacher.uses_message_shortcut("log_concern", said)
    await slack.settled(lambda: teacher.modal)
    assert teacher.modal and teacher.modal.raw["private_metadata"] == "look at this"


async def test_the_home_is_seen_and_its_menu_chosen_from(slack: Slack, teacher: Person) -> None:
    await teacher.opens_home()
    await teacher.reads("Welcome")
    await teacher.presses("Closed")
    assert await teacher.reads("Chosen") == "Chosen: Closed"


async def test_the_assistants_pane_greets_prompts_and_answers(slack: Slack, teacher: Person) -> None:
    await teacher.opens_assistant(in_channel="C1")
    await teacher.reads("How can I help?")
    await teacher.reads("Ex-pupils")
    await teacher.presses("Ex-pupils")
    await teacher.reads("Answer to can I friend an ex-pupil?")
    assert teacher.pane and (teacher.pane.title, teacher.pane.status) == ("A question", "")
    await teacher.looks_at("C2")
    await teacher.says_in_assistant("and by phone?")
    await teacher.reads("Answer to and by phone?")


async def test_what_people_change_and_take_back_is_told(slack: Slack, teacher: Person) -> None:
    said = await teacher.says("hello")
    await teacher.edits(said, "hello again")
    await teacher.deletes(said)
    await teacher.joins("C1")
    await slack.settled()
    names = [delivery.body["event"].get("subtype") or delivery.name for delivery in slack.deliveries]
    assert {"message_changed", "message_deleted", "member_joined_channel"} <= set(names)
