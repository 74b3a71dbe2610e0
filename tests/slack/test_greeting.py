"""What comes without being asked for: the first message, and questions to begin with on the Home tab."""

from __future__ import annotations

import pytest

from adapters.chat.asking import PROMPTS
from adapters.slack.greeting import STAYS
from tests.slack.school import AtSchool, logs_a_concern
from tests.slack.server import Slack


async def test_whoever_opens_the_messages_is_greeted_once(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.opens_home("messages")
    shown = await teacher.reads("Type your question here")
    assert STAYS in shown
    assert "If anyone is in danger now, call 999 first." in shown and "Ms Amara Bello" in shown
    fernbank.clock.moves(days=40)
    await teacher.opens_home("messages")
    await slack.settled()
    assert len(teacher.messages) == 1


async def test_a_suggested_question_is_answered_where_it_stands(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.opens_home("messages")
    await teacher.reads(PROMPTS[0])
    await teacher.presses(PROMPTS[0])
    await teacher.reads("How old is the ex-pupil now?")
    assert len([message for message in teacher.messages if message.from_app]) == 2, "the greeting stays"
    await teacher.says("why?")
    await teacher.reads("Why")


async def test_home_suggests_questions_and_says_whom_to_ring(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.opens_home()
    shown = await teacher.reads(PROMPTS[2])
    assert STAYS in shown
    assert "If anyone is in danger now, call 999 first." in shown and "020 7946 0101" in shown
    await teacher.presses(PROMPTS[0])
    await slack.settled(lambda: any("How old is the ex-pupil" in message.text for message in teacher.messages))


async def test_whoever_answers_for_concerns_is_not_told_to_ring_themselves(slack: Slack, over_http: AtSchool) -> None:
    dsl = over_http["dsl"]
    await dsl.opens_home()
    shown = await dsl.reads("Mr Owen Pryce")
    assert "Ms Amara Bello" not in shown


@pytest.mark.parametrize("tab", ["home", "messages"])
async def test_the_form_is_one_press_away(slack: Slack, over_http: AtSchool, tab: str) -> None:
    teacher = over_http["teacher"]
    await teacher.opens_home(tab)
    await teacher.reads("Log a concern")
    await teacher.presses("Log a concern")
    await logs_a_concern(teacher, slack)
    assert len(over_http.numbers()) == 1


async def test_a_guest_who_may_not_log_is_told_whom_to_ring_and_offered_no_form(
    slack: Slack, over_http: AtSchool
) -> None:
    guest = slack.person("U0GUEST", "Gus Guest", "gus@elsewhere.example", guest=True)
    await guest.opens_home("messages")
    shown = await guest.reads("Ms Amara Bello")
    assert "Log a concern" not in shown


async def test_the_form_stands_between_whom_to_tell_and_what_to_do(slack: Slack, over_http: AtSchool) -> None:
    """Its words are not kept in the chat, so it is offered before anybody types more."""
    teacher = over_http["teacher"]
    await teacher.says("a girl in my form told me her stepdad hits her with a belt")
    shown = await teacher.reads("Log this concern")
    assert shown.index("Ring the first who answers") < shown.index("Log this concern") < shown.index("What to do")
    assert shown.count("Log this concern") == 1


@pytest.mark.parametrize("tab", ["home", "messages"])
async def test_somebody_new_is_offered_the_form_while_slack_does_not_say_who_they_are(
    slack: Slack, over_http: AtSchool, tab: str
) -> None:
    teacher = over_http["teacher"]
    slack.faults.error("internal_error", "users.info", times=None)
    await teacher.opens_home(tab)
    await teacher.reads("Log a concern")


async def test_a_greeting_that_fails_is_no_error(slack: Slack, over_http: AtSchool) -> None:
    teacher = over_http["teacher"]
    slack.faults.error("internal_error", "chat.postMessage")
    await teacher.opens_home("messages")
    await slack.settled()
    await teacher.says("can parents have my mobile number?")
    await teacher.reads("This helped")
