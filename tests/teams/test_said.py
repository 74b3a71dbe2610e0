"""What people send in Teams beside typed questions: quotations, messages passed on, files, changed messages."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest

from tests.teams import payloads
from tests.teams.people import Person
from tests.teams.school import AtSchool
from tests.teams.seeing import answers_of, arrived
from tests.teams.server import Teams

CONCERN = "a girl in my class has bruises and says her dad did it"
QUESTION = "can parents have my mobile number?"
HANDED_OVER = "My question was about the policy"  # on every handover
PICTURE = {
    "contentType": "image/jpeg",
    "contentUrl": "https://smba.trafficmanager.net/emea/v3/attachments/0-weu/views/original",
}


def _reply_to(quoted: str, typed: str) -> dict[str, Any]:
    """The HTML of a reply with a quotation, as Teams' own clients write it."""
    quotation = (
        '<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="1795430000000">\n'
        '<strong itemprop="mri" itemid="8:orgid:0f5c1ab2-0000-4000-8000-000000000001">Dev Anand</strong>'
        '<span itemprop="time" itemid="1795430000000"></span>\n'
        f'<p itemprop="preview">{html.escape(quoted)}</p>\n</blockquote>'
    )
    return {"contentType": "text/html", "content": f"{quotation}\n<p>{html.escape(typed)}</p>"}


def _file(name: str) -> dict[str, Any]:
    """A file in one's own chat with a bot."""
    content = {"downloadUrl": "https://fernbank.sharepoint.example/x", "uniqueId": "1150D938", "fileType": name[-3:]}
    kind = "application/vnd.microsoft.teams.file.download.info"
    return {
        "contentType": kind,
        "contentUrl": f"https://fernbank.sharepoint.example/{name}",
        "name": name,
        "content": content,
    }


async def _sends(teams: Teams, person: Person, text: str, *attachments: dict[str, Any], number: str = "") -> str:
    """A message in one's own chat with these attachments; its number."""
    place = teams.place(person.chat.id)
    number = number or teams.world.next_id()
    sent = payloads.message(place, person.member, number, text)
    sent["attachments"] = [*attachments]
    await teams.sender.send(sent)
    return number


async def _changes(teams: Teams, person: Person, number: str, text: str) -> None:
    """The message with this number now says this."""
    sent = payloads.message(teams.place(person.chat.id), person.member, number, text)
    sent["type"] = "messageUpdate"
    sent["channelData"] = {**sent["channelData"], "eventType": "editMessage"}
    await teams.sender.send(sent)


async def test_a_quotation_is_read(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await _sends(teams, teacher, "what do I do with this", _reply_to(CONCERN, "what do I do with this"))
    await teacher.reads(HANDED_OVER)


@pytest.mark.parametrize("kind", ["messageReference", "forwardedMessageReference"])
async def test_a_message_that_is_passed_on_is_read(teams: Teams, fernbank: AtSchool, kind: str) -> None:
    teacher = await arrived(fernbank)
    name = "messagePreview" if kind == "messageReference" else "originalMessageContent"
    content = json.dumps({"messageId": "1795430000000", name: f"<p>{CONCERN}</p>"})
    await _sends(teams, teacher, "", {"contentType": kind, "content": content})
    await teacher.reads(HANDED_OVER)


@pytest.mark.parametrize(
    "attachment", [PICTURE, _file("timetable.pdf"), _file("voice note.m4a")], ids=["picture", "file", "voice"]
)
async def test_what_comes_alone_is_answered_with_what_not_to_send_and_where_to_go(
    teams: Teams, fernbank: AtSchool, attachment: dict[str, Any]
) -> None:
    teacher = await arrived(fernbank)
    await _sends(teams, teacher, "", attachment)
    shown = await teacher.reads("cannot look at pictures, listen to recordings or open files")
    for part in ("Never send or keep a nude", "Ms Amara Bello", "020 7946 0101", "999"):
        assert part in shown
    assert "Log this concern" in answers_of(teacher)[-1].buttons


@pytest.mark.parametrize(
    ("text", "attachment"), [("", _file("bruises_tom.jpg")), (QUESTION, _file("nude Y10.png")), (CONCERN, PICTURE)]
)
async def test_names_and_captions_are_read(
    teams: Teams, fernbank: AtSchool, text: str, attachment: dict[str, Any]
) -> None:
    teacher = await arrived(fernbank)
    await _sends(teams, teacher, text, attachment)
    await teacher.reads(HANDED_OVER)


async def test_a_question_with_a_picture_is_answered(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await _sends(teams, teacher, QUESTION, PICTURE)
    await teacher.reads("Rests on:")


async def test_an_edit_that_makes_a_concern_of_a_question_is_handed_over(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    number = await _sends(teams, teacher, QUESTION)
    await teacher.reads("Rests on:")
    await _changes(teams, teacher, number, CONCERN)
    await teacher.reads(HANDED_OVER)


async def test_an_edit_of_a_question_gets_no_second_answer(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    number = await _sends(teams, teacher, QUESTION)
    await teacher.reads("Rests on:")
    before = len(answers_of(teacher))
    await _changes(teams, teacher, number, "can parents have my mobile phone number?")
    await fernbank.settled()
    assert len(answers_of(teacher)) == before


async def test_a_message_too_long_for_a_question_is_handed_over_or_told_so(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    dull = "The coach was late and we ate our sandwiches in the hall. " * 80
    await _sends(teams, teacher, f"{dull} {CONCERN}. {dull}")
    await teacher.reads(HANDED_OVER)
    await _sends(teams, teacher, dull)
    await teacher.reads("too long for one question")


async def test_my_question_was_about_the_policy_leaves_the_handover_where_it_is(
    teams: Teams, fernbank: AtSchool
) -> None:
    teacher = await arrived(fernbank)
    await teacher.says(CONCERN)
    await teacher.reads(HANDED_OVER)
    handover = answers_of(teacher)[-1]
    assert "bruises" not in json.dumps(handover.cards), "a button carries ids, and nothing that was written"
    before = len(answers_of(teacher))
    await teacher.presses("My question was about the policy")
    await teams.settled(lambda: len(answers_of(teacher)) == before + 1)
    assert any(HANDED_OVER in answer.text for answer in answers_of(teacher))
