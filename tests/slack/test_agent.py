"""An app with Slack's agent feature: each question is a thread, and Slack shows that it is looked into."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.chat.asking import PROMPTS
from adapters.slack import manifest
from adapters.slack.asking import FROM_ELSEWHERE
from bot.service.core import Core
from tests.slack.manifest import before_july_2026
from tests.slack.school import ADDRESS, AtSchool
from tests.slack.server import Slack

CONCERN = "a girl in my form just told me her stepdad hits her with a belt, can I promise to keep it quiet?"


@pytest.fixture
async def with_agent(slack: Slack, core: Core) -> AsyncIterator[AtSchool]:
    slack.uses(manifest(ADDRESS, socket=False, agent=True))
    async with (school := AtSchool(slack, core)).open():
        yield school
    assert slack.untidy == []


@pytest.fixture
async def of_before(slack: Slack, core: Core) -> AsyncIterator[AtSchool]:
    """An app that was made with the manifest of AskFirst 0.1, and not brought up to date."""
    slack.uses(before_july_2026(manifest(ADDRESS, socket=False)), old=True)
    async with (school := AtSchool(slack, core)).open():
        yield school


async def test_a_question_is_answered_in_its_thread_and_what_follows_belongs_to_it(
    slack: Slack, with_agent: AtSchool
) -> None:
    teacher = with_agent["teacher"]
    asked = await teacher.says("can I add a Year 9 on Snapchat if she asked first?")
    await teacher.reads("This helped")
    (answer,) = [message for message in teacher.messages if message.from_app]
    assert answer.thread == asked.ts
    await teacher.says("why?", thread=answer)
    await teacher.reads("school cannot see it")
    await teacher.says("why?")
    await teacher.reads("I don't know which answer you mean")


async def test_what_is_typed_under_the_question_itself_belongs_to_it(slack: Slack, with_agent: AtSchool) -> None:
    teacher = with_agent["teacher"]
    asked = await teacher.says("can I friend an ex-pupil?")
    await teacher.reads("How old is the ex-pupil now?")
    await teacher.says("why?", thread=asked)
    await teacher.reads("Why")


async def test_slack_shows_that_it_is_looked_into_and_what_it_was_about(slack: Slack, with_agent: AtSchool) -> None:
    teacher = with_agent["teacher"]
    await teacher.says("can I friend an ex-pupil?")
    await teacher.reads("How old is the ex-pupil now?")
    await slack.settled()
    assert teacher.session and teacher.session.was == ["processing", "active"]
    assert "ex-pupil" in teacher.session.title
    assert not [call for call in slack.calls if call.method.startswith("assistant.")]


async def test_the_title_of_a_concern_says_nothing(slack: Slack, with_agent: AtSchool) -> None:
    teacher = with_agent["teacher"]
    await teacher.says(CONCERN)
    await teacher.reads("Log this concern")
    await slack.settled()
    assert teacher.session and teacher.session.title == "Ask before you act"


async def test_the_stop_button_ends_what_slack_shows(slack: Slack, with_agent: AtSchool) -> None:
    teacher = with_agent["teacher"]
    asked = await teacher.says("can I friend an ex-pupil?")
    await slack.settled()
    slack.workspace.sessions[(teacher.direct.id, asked.ts)].status = "processing"
    await teacher.stops(asked.ts)
    await slack.settled(lambda: teacher.session and teacher.session.status == "active")


async def test_failures_beside_the_conversation_keep_nobody_from_an_answer(slack: Slack, with_agent: AtSchool) -> None:
    teacher = with_agent["teacher"]
    for method in ("agents.*", "assistant.*"):
        slack.faults.error("unknown_method", method, times=None)
    await teacher.opens_home("messages")
    await teacher.says("can I friend an ex-pupil?")
    await teacher.reads("How old is the ex-pupil now?")


async def test_questions_are_suggested_where_the_conversation_is_opened(slack: Slack, with_agent: AtSchool) -> None:
    teacher = with_agent["teacher"]
    await teacher.opens_home("messages")
    await slack.settled(lambda: slack.workspace.suggested)
    assert [each["title"] for each in slack.workspace.suggested[teacher.direct.id]] == list(PROMPTS)
    assert all("thread_ts" not in call.arguments for call in slack.calls_to("assistant.threads.setSuggestedPrompts"))


async def test_what_is_asked_at_home_gets_a_thread_of_its_own(slack: Slack, with_agent: AtSchool) -> None:
    teacher = with_agent["teacher"]
    await teacher.opens_home()
    await teacher.reads(PROMPTS[0])
    await teacher.presses(PROMPTS[0])
    await teacher.reads("How old is the ex-pupil now?")
    root, answer = [message for message in teacher.messages if message.from_app]
    assert root.text == FROM_ELSEWHERE and answer.thread == root.ts
    await teacher.says("why?", thread=answer)
    await teacher.reads("Why")


async def test_a_guest_cannot_use_it(slack: Slack, with_agent: AtSchool) -> None:
    guest = slack.person("U0GUEST", "Gus Guest", "gus@elsewhere.example", guest=True)
    with pytest.raises(AssertionError, match="Guests cannot use this app"):
        await guest.says("can I friend an ex-pupil?")


async def test_the_pane_of_an_app_of_before_offers_questions_and_answers(slack: Slack, of_before: AtSchool) -> None:
    teacher = of_before["teacher"]
    await teacher.opens_assistant()
    await teacher.reads("Can I friend an ex-pupil?")
    await teacher.presses("Can I friend an ex-pupil?")
    await teacher.reads("How old is the ex-pupil now?")
    await slack.settled()
    assert teacher.pane
    answer = next(message for message in teacher.messages if "How old" in message.text)
    assert answer.thread == teacher.pane.thread
    assert "ex-pupil" in teacher.pane.title
    assert [call.arguments["status"] for call in slack.calls_to("assistant.threads.setStatus")] == ["is looking it up…"]
    await teacher.presses("19 or over")
    await teacher.reads("Not advised")
    await teacher.says_in_assistant("why?")
    await teacher.reads("Why")


async def test_two_threads_of_its_pane_are_two_conversations(slack: Slack, of_before: AtSchool) -> None:
    teacher = of_before["teacher"]
    await teacher.opens_assistant()
    await teacher.says_in_assistant("can I friend an ex-pupil?")
    await teacher.reads("How old is the ex-pupil now?")
    await teacher.opens_assistant()
    await teacher.says_in_assistant("why?")
    await teacher.reads("I don't know which answer you mean")
