"""Asking on Slack, in every place where one can ask."""

from __future__ import annotations

import pytest

from adapters.chat.arriving import SORRY
from adapters.chat.buttons import NOT_OURS
from adapters.slack.asking import ELSEWHERE
from adapters.slack.blocks import button, buttons
from adapters.slack.greeting import TRY
from adapters.slack.replies import SOURCES
from adapters.slack.tips import TIP_ASK, TIP_NOT_USEFUL
from bot.messages import Note, Reply
from tests.slack.people import Person
from tests.slack.school import AtSchool
from tests.slack.server import Slack

CONCERN = "a girl in my form just told me her stepdad hits her with a belt, can I promise to keep it quiet?"
UNCLEAR = "who do I see about the heating in the science block"


async def test_a_direct_message_is_answered_badge_first(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.says("can parents have my mobile number?")
    await teacher.reads("This helped")
    (answer,) = [message for message in teacher.messages if message.from_app]
    assert "School details only" in answer.text.splitlines()[0]
    assert "School details only" in answer.notification
    assert answer.thread is None


async def test_a_fact_is_a_button_and_its_answer_replaces_the_message(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.says("can I friend an ex-pupil?")
    await teacher.reads("How old is the ex-pupil now?")
    await teacher.presses("19 or over")
    shown = await teacher.reads("Not advised")
    assert "How old is the ex-pupil now?" not in shown
    assert len([message for message in teacher.messages if message.from_app]) == 1


async def test_why_is_a_question_about_the_last_answer(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.says("can I add a Year 9 on Snapchat if she asked first?")
    await teacher.reads("This helped")
    await teacher.says("why?")
    await teacher.reads("school cannot see it")


async def test_feedback_is_thanked_for_and_the_answer_stays(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.says("can parents have my mobile number?")
    await teacher.reads("This didn't help")
    await teacher.presses("This didn't help")
    await teacher.reads("without your name")
    assert len([message for message in teacher.messages if message.from_app]) == 2
    talk = fernbank.core.store.talk(fernbank.core.school().id)
    assert [gap.question for gap in talk.gaps()] == ["can parents have my mobile number?"]


async def test_the_sources_open_behind_their_button(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.says("can parents have my mobile number?")
    await teacher.reads("Where this comes from")
    await teacher.presses("Where this comes from")
    shown = await teacher.reads("Nobody at this school has approved this answer yet.")
    assert teacher.modal and teacher.modal.title == "Where this comes from"
    assert "kent-" not in shown, "a clause is named by its document and place"


async def test_sources_that_cannot_be_opened_are_said_to_whoever_pressed(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.says("can parents have my mobile number?")
    await teacher.reads("Where this comes from")
    slack.faults.error("internal_error", "views.open")
    await teacher.presses("Where this comes from")
    await teacher.reads(SORRY)


async def test_a_mention_is_answered_in_its_thread_for_all_to_see(slack: Slack, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    slack.channel("C1", "staffroom", (teacher, colleague))
    asked = await teacher.says("@AskFirst can parents have my mobile number?", in_channel="C1")
    await teacher.reads("This helped")
    (seen,) = [message for message in colleague.messages if message.from_app]
    assert (seen.thread, seen.ephemeral) == (asked.ts, False)
    await teacher.says("@AskFirst why?", in_channel="C1", thread=asked)
    await slack.settled(lambda: len(slack.calls_to("chat.postMessage")) == 2)
    assert [message.thread for message in colleague.messages if message.from_app] == [asked.ts, asked.ts]


async def test_a_concern_in_a_channel_is_answered_to_the_sender_alone(slack: Slack, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    slack.channel("C1", "staffroom", (teacher, colleague))
    await teacher.says(f"@AskFirst {CONCERN}", in_channel="C1")
    shown = await teacher.reads("Log this concern")
    assert "Ms Amara Bello" in shown
    await teacher.reads(ELSEWHERE)
    await slack.settled()
    assert [message.text for message in colleague.messages if message.from_app] == []
    assert [message.channel for message in teacher.messages if "Log this concern" in message.labels] == [
        teacher.direct.id
    ]
    await teacher.presses("Log this concern")
    await teacher.reads("Is anyone in danger now?")


async def test_a_concern_in_a_thread_is_answered_to_the_sender_alone(slack: Slack, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    slack.channel("C1", "staffroom", (teacher, colleague))
    first = await colleague.says("who has the keys?", in_channel="C1")
    await teacher.says(f"@AskFirst {CONCERN}", in_channel="C1", thread=first)
    await teacher.reads(ELSEWHERE)
    await slack.settled()
    assert not [message for message in colleague.messages if message.from_app]


@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_button_in_a_channel_whose_answer_is_private_is_answered_by_direct_message(
    slack: Slack, over_http: AtSchool, monkeypatch: pytest.MonkeyPatch, in_thread: bool
) -> None:
    teacher, colleague = over_http["teacher"], over_http["colleague"]
    slack.channel("C1", "staffroom", (teacher, colleague))
    first = await colleague.says("who has the keys?", in_channel="C1") if in_thread else None
    await teacher.says("@AskFirst can I friend an ex-pupil?", in_channel="C1", thread=first)
    await colleague.reads("How old is the ex-pupil now?")
    before = [message.text for message in colleague.messages]
    private = Reply("no-answer", text="Something private.", note=Note("Tell the DSL."))
    monkeypatch.setattr(type(over_http.core.assistant), "handle", lambda *_: private)
    await teacher.presses("19 or over")
    await teacher.reads(ELSEWHERE)
    assert [each.channel for each in teacher.messages if "Tell the DSL." in each.text] == [teacher.direct.id]
    await slack.settled()
    assert [message.text for message in colleague.messages] == before


@pytest.mark.parametrize("action", ["do-1", SOURCES, TIP_ASK, TIP_NOT_USEFUL, f"{TRY}-1"])
async def test_a_button_of_before_is_said_to_do_nothing(slack: Slack, over_http: AtSchool, action: str) -> None:
    teacher = over_http["teacher"]
    blocks = buttons([button("Old button", action, "what no button of ours carries")])
    await over_http.service.app.client.chat_postMessage(channel=teacher.id, text="An answer", blocks=blocks)
    await slack.settled(lambda: teacher.messages)
    await teacher.presses("Old button")
    await teacher.reads(NOT_OURS)


async def test_whoever_takes_no_direct_message_is_answered_alone_in_the_channel(
    slack: Slack, fernbank: AtSchool
) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    slack.channel("C1", "staffroom", (teacher, colleague))
    slack.faults.error("restricted_action", "chat.postMessage")
    await teacher.says(f"@AskFirst {CONCERN}", in_channel="C1")
    await teacher.reads("Log this concern")
    await slack.settled()
    assert not [message for message in colleague.messages if message.from_app]


async def test_the_command_answers_whoever_gave_it_alone(slack: Slack, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    slack.channel("C1", "staffroom", (teacher, colleague))
    await teacher.asks("/ask", "can I friend an ex-pupil?", in_channel="C1")
    await teacher.reads("How old is the ex-pupil now?")
    await teacher.presses("19 or over")
    await teacher.reads("Not advised")
    await teacher.asks("/ask", "why?", in_channel="C1")
    await teacher.reads("Why")
    assert all(message.ephemeral for message in teacher.messages if message.from_app)
    assert colleague.messages == []


async def test_the_command_alone_says_how_to_ask(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.asks("/ask", "")
    await teacher.reads("Type your question after /ask")


async def test_home_answers_and_shows_what_one_has_logged(slack: Slack, fernbank: AtSchool) -> None:
    number = fernbank.log()
    teacher = fernbank["teacher"]
    await teacher.opens_home()
    shown = await teacher.reads("Concerns that you logged")
    assert number in shown
    assert "arker" not in shown
    assert "Waiting for you" not in shown
    await teacher.fills({"Your question": "can parents have my mobile number?"})
    await slack.settled(lambda: any("This helped" in message.labels for message in teacher.messages))
    assert teacher.messages[-1].channel == teacher.direct.id


async def test_home_shows_people_on_a_ladder_what_waits_for_them(slack: Slack, fernbank: AtSchool) -> None:
    number, own = fernbank.log(danger=("yes",)), fernbank.log("two", about=("pupil", "head"))
    dsl, colleague = fernbank["dsl"], fernbank["colleague"]
    await dsl.opens_home()
    shown = await dsl.reads("Waiting for you")
    assert f"{number}: IMMEDIATE" in shown
    assert own not in shown
    assert "arker" not in shown
    await dsl.presses(f"Open {number}")
    await dsl.reads("Zelda Pupilmarker")
    await colleague.opens_home()
    await slack.settled(lambda: colleague.home)
    assert colleague.home and number not in colleague.home.text


async def test_what_somebody_types_becomes_neither_markup_nor_mention(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    nasty = ("<!channel> *friend* an ex-pupil & <https://evil.example|click>?", "_" * 4100, "`~*" * 30)
    for count, said in enumerate(nasty, start=1):
        await teacher.says(said)
        await slack.settled(lambda count=count: len(slack.calls_to("chat.postMessage")) == count)  # type: ignore[misc]
    sent = " ".join(fernbank.posts())
    assert "<!channel>" not in sent
    assert "evil.example" not in sent
    assert len([message for message in teacher.messages if message.from_app]) == 3


async def test_a_bot_and_an_edit_are_no_questions(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    said = await teacher.says("hello")
    await teacher.reads("Hello")
    await teacher.edits(said, "can I friend an ex-pupil?")
    await teacher.deletes(said)
    await slack.settled()
    assert [message.from_app for message in teacher.messages].count(True) == 1


def _guest(slack: Slack) -> Person:
    return slack.person("U0GUEST", "Gus Guest", "gus@elsewhere.example", guest=True)


async def test_guests_and_strangers_may_ask_and_get_nothing_else(slack: Slack, fernbank: AtSchool) -> None:
    guest = _guest(slack)
    stranger = slack.person("U0STRANGE", "Ms Amara Bello", "a.bello@fernbank.example", team="T0OTHER")
    fernbank.log()
    await guest.says("can parents have my mobile number?")
    await guest.reads("This helped")
    for person in (guest, stranger):
        await person.opens_home()
        await slack.settled(lambda person=person: person.home)  # type: ignore[misc]
        assert person.home
        assert "Waiting for you" not in person.home.text
        assert "Log a concern" not in person.home.text
