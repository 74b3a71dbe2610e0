"""What people send on Slack beside typed questions: files, messages passed on, changed messages, /me."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.said import message_in
from tests.slack import payloads, sharing
from tests.slack.people import Person
from tests.slack.school import AtSchool
from tests.slack.server import Slack

CONCERN = "a girl in my form just told me her stepdad hits her with a belt"
QUESTION = "can parents have my mobile number?"


async def _sends(slack: Slack, person: Person, **parts: Any) -> None:
    """Deliver a direct message with these parts, of the shape that Slack gives it."""
    raw = {**sharing.plain_message(person.id), **parts}
    post = slack.workspace.add(person.direct, {name: part for name, part in raw.items() if part is not None})
    await slack.tells(payloads.message_event(post, person.direct))


def _answers(person: Person) -> list[str]:
    return [message.text for message in person.messages if message.from_app]


async def test_a_picture_alone_is_answered_with_what_not_to_send_and_where_to_go(
    slack: Slack, fernbank: AtSchool
) -> None:
    teacher = fernbank["teacher"]
    file = sharing.shared_file(teacher.id, "IMG_2041.jpg", "image/jpeg")
    await _sends(slack, teacher, subtype="file_share", text="", files=[file], upload=False)
    shown = await teacher.reads("cannot look at pictures")
    for part in ("Never send or keep a nude", "Ms Amara Bello", "020 7946 0101", "999", "Log this concern"):
        assert part in shown + str(teacher.messages[-1].labels)


async def test_a_voice_clip_alone_is_answered_alike(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    file = sharing.shared_file(teacher.id, "audio_message.m4a", "audio/mp4")
    await _sends(slack, teacher, subtype="file_share", text="", files=[file], upload=False)
    await teacher.reads("listen to recordings")


@pytest.mark.parametrize(
    ("name", "caption"), [("bruises_tom.jpg", ""), ("IMG_2041.jpg", CONCERN), ("bruises_tom.jpg", QUESTION)]
)
async def test_names_and_captions_of_pictures_are_read(
    slack: Slack, fernbank: AtSchool, name: str, caption: str
) -> None:
    teacher = fernbank["teacher"]
    file = sharing.shared_file(teacher.id, name, "image/jpeg")
    await _sends(slack, teacher, subtype="file_share", text=caption, files=[file], upload=False)
    await teacher.reads("Ring the first who answers")


async def test_a_question_with_a_picture_is_answered(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    file = sharing.shared_file(teacher.id, "IMG_2041.jpg", "image/jpeg")
    await _sends(slack, teacher, subtype="file_share", text=QUESTION, files=[file], upload=False)
    await teacher.reads("This helped")


async def test_a_message_that_is_passed_on_is_read(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await _sends(slack, teacher, text="what do I do with this?", attachments=[sharing.passed_on(CONCERN)])
    await teacher.reads("Ring the first who answers")


async def test_a_quotation_is_read(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.says(f"> {CONCERN}\nwhat do I do with this?")
    await teacher.reads("Ring the first who answers")


async def test_what_is_said_with_me_is_read(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await _sends(slack, teacher, subtype="me_message", text=f"is worried: {CONCERN}", team=None, client_msg_id=None)
    await teacher.reads("Ring the first who answers")


async def test_a_message_too_long_for_a_question_is_handed_over_or_told_so(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    dull = "The coach was late and we ate our sandwiches in the hall. " * 80
    await teacher.says(f"{dull} {CONCERN}. {dull}")
    await teacher.reads("Ring the first who answers")
    await teacher.says(dull)
    await teacher.reads("too long for one question")


async def test_an_edit_that_makes_a_concern_of_a_question_is_handed_over(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    said = await teacher.says(QUESTION)
    await teacher.reads("This helped")
    await teacher.edits(said, CONCERN)
    await teacher.reads("Ring the first who answers")
    await teacher.edits(said, CONCERN + ", he said")
    await slack.settled()
    assert len(_answers(teacher)) == 2, "an edit that changes nothing in kind gets no second answer"


async def test_an_edit_of_a_question_gets_no_second_answer(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    said = await teacher.says(QUESTION)
    await teacher.reads("This helped")
    await teacher.edits(said, "can parents have my mobile phone number?")
    await slack.settled()
    assert len(_answers(teacher)) == 1


async def test_my_question_was_about_the_policy_leaves_the_handover_where_it_is(
    slack: Slack, fernbank: AtSchool
) -> None:
    teacher = fernbank["teacher"]
    await teacher.says(CONCERN)
    await teacher.reads("Ring the first who answers")
    (post,) = [message.post for message in teacher.messages if message.from_app]
    assert "belt" not in str(post.raw), "a button carries ids, and nothing that was written"
    await teacher.presses("My question was about the policy")
    await slack.settled(lambda: len(_answers(teacher)) == 2)
    assert "Ring the first who answers" in _answers(teacher)[0]


def test_the_preview_of_a_web_page_is_nobodys_message() -> None:
    preview = {"from_url": "https://news.example/1", "title": "Man hits boy", "text": "A boy was hit.", "fallback": "x"}
    assert message_in({"text": "can I share this?", "attachments": [preview]}, "c").quoted == ()


async def test_an_edit_in_the_pane_of_an_older_app_is_read_too(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.opens_assistant()
    said = await teacher.says_in_assistant(QUESTION)
    await teacher.reads("This helped")
    await teacher.edits(said, CONCERN)
    await teacher.reads("Ring the first who answers")
