"""Asking in Teams: own chat, group chats, channels, the buttons of an answer, and the commands of the app's menu."""

from __future__ import annotations

import pytest

from adapters.teams.asking import IN_OWN_CHAT
from adapters.teams.posts import NO_CHAT
from bot.answering.remarks import TELL_AUTHOR
from bot.messages import Note, Reply
from tests.conftest import SCHOOL
from tests.teams.school import AtSchool, sent_by
from tests.teams.seeing import answers_of, arrived
from tests.teams.server import Teams

EX_PUPIL = "can I friend an ex-pupil?"
NUMBER = "can parents have my mobile number?"
CONCERN = "a girl in my class has bruises and says her dad did it"


# --- in one's own chat


async def test_whoever_adds_the_app_is_told_once_how_to_ask(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.installs()
    shown = await teacher.reads("Ask before you act")
    assert "call 999 first" in shown
    assert answers_of(teacher)[0].buttons == ["Log a concern"]
    await teacher.installs()
    await fernbank.settled()
    assert len(answers_of(teacher)) == 1


async def test_a_question_is_answered_badge_first(fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await teacher.says(NUMBER)
    await teacher.reads("Rests on:")
    answer = answers_of(teacher)[-1]
    assert "School details only" in answer.text.splitlines()[0]
    assert "School details only" in answer.post.activity["summary"]
    assert "School details only" in answer.cards[0]["fallbackText"]
    assert answer.buttons == ["Where this comes from", "This helped", "This didn't help", TELL_AUTHOR]


async def test_a_fact_is_a_button_and_its_answer_replaces_the_card(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await teacher.says(EX_PUPIL)
    await teacher.reads("How old is the ex-pupil now?")
    before = len(answers_of(teacher))
    await teacher.presses("19 or over")
    shown = await teacher.reads("Not advised")
    assert "How old is the ex-pupil now?" not in shown
    assert len(answers_of(teacher)) == before
    assert "Not advised" in str(teacher.messages[-1].post.activity), "it stands there for good"
    assert len(teams.calls_to("update")) == 1


async def test_a_choice_is_a_button_and_none_of_them_is_kept_as_a_gap(fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await teacher.says("facebook")
    await teacher.reads("None of these")
    choices = answers_of(teacher)[-1].buttons
    await teacher.presses("None of these")
    await teacher.reads("without your name")
    await teacher.presses(choices[0])
    await teacher.reads("Rests on:")
    gaps = fernbank.core.store.talk(SCHOOL).gaps()
    assert [gap.question for gap in gaps] == ["facebook"]
    assert teacher.aad not in str(gaps)


async def test_why_is_a_question_about_the_last_answer(fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await teacher.says("can I add a Year 9 on Snapchat if she asked first?")
    await teacher.reads("Rests on:")
    await teacher.says("why?")
    assert (await teacher.reads("school cannot see it")).index("Why") < 200


async def test_feedback_is_thanked_for_and_the_answer_stays(fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await teacher.says(NUMBER)
    await teacher.reads("This didn't help")
    before = [message.text for message in teacher.messages]
    await teacher.presses("This didn't help")
    await teacher.reads("without your name")
    assert [message.text for message in teacher.messages][: len(before)] == before
    assert "Log this concern" in answers_of(teacher)[-1].buttons
    assert [gap.question for gap in fernbank.core.store.talk(SCHOOL).gaps()] == [NUMBER]


async def test_the_sources_unfold_without_asking_anybody(teams: Teams, fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await teacher.says(NUMBER)
    assert "reviewed" not in await teacher.reads("Rests on:")
    told = len(teams.deliveries)
    await teacher.presses("Where this comes from")
    assert "kent-" not in await teacher.reads("Use school-approved email addresses"), (
        "a clause is named by its document and place"
    )
    assert len(teams.deliveries) == told


@pytest.mark.parametrize(
    "said", ["**friend** an [ex-pupil](https://evil.example) <at>all</at>?", "_" * 4100, "`~*" * 30]
)
async def test_what_somebody_types_becomes_no_markup(teams: Teams, fernbank: AtSchool, said: str) -> None:
    teacher = await arrived(fernbank)
    before = len(answers_of(teacher))
    await teacher.says(said)
    await teams.settled(lambda: len(answers_of(teacher)) > before)
    assert "evil.example" not in sent_by(teams)
    assert said not in sent_by(teams)


async def test_a_message_without_words_is_told_how_to_ask(fernbank: AtSchool) -> None:
    teacher = await arrived(fernbank)
    await teacher.says("")
    await teacher.reads("Type a question")


# --- where others are


async def test_a_mention_is_answered_in_its_thread_for_all_to_see(teams: Teams, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    asked = await teacher.mentions(NUMBER, staff_room)
    await teacher.reads("Rests on:")
    (seen,) = answers_of(colleague)
    assert seen.thread == asked.id
    await teacher.mentions("why?", staff_room, thread=seen)
    await teams.settled(lambda: len(answers_of(colleague)) == 2)
    assert {message.thread for message in answers_of(colleague)} == {asked.id}


async def test_a_group_chat_is_answered_and_each_has_a_conversation_of_their_own(
    teams: Teams, fernbank: AtSchool
) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    group = teams.group("Year 9", teacher, colleague)
    await teacher.mentions(NUMBER, group)
    await colleague.reads("Rests on:")
    await colleague.mentions("why?", group)
    await colleague.reads("I don't know which answer you mean")


async def test_a_mention_alone_is_told_how_to_ask_in_a_chat_of_ones_own(teams: Teams, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    await teacher.mentions("", staff_room)
    await teacher.reads("Type a question")
    assert answers_of(colleague) == []


async def test_a_button_in_a_channel_changes_the_card_for_everybody(teams: Teams, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    await teacher.mentions(EX_PUPIL, staff_room)
    await teacher.reads("How old is the ex-pupil now?")
    await colleague.presses("19 or over")
    await colleague.reads("Not advised")
    assert "Not advised" in answers_of(teacher)[-1].text
    assert len(answers_of(teacher)) == 1


async def test_feedback_in_a_channel_is_thanked_for_to_its_presser_alone(teams: Teams, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    await teacher.mentions(NUMBER, staff_room)
    await teacher.reads("Rests on:")
    await colleague.presses("This didn't help")
    await colleague.reads("Sorry about that")
    assert len(answers_of(teacher)) == 1
    assert teacher.troubles == []


@pytest.mark.parametrize("kind", ["channel", "group"])
async def test_a_concern_is_answered_to_the_sender_alone(teams: Teams, fernbank: AtSchool, kind: str) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    chat = (
        teams.channel("Staff room", teacher, colleague) if kind == "channel" else teams.group("9B", teacher, colleague)
    )
    await teacher.mentions(CONCERN, chat)
    shown = await teacher.reads("This needs a person, not a policy")
    assert "Ms Amara Bello" in shown
    await fernbank.settled()
    assert answers_of(colleague) == []
    assert {call.conversation for call in teams.calls if call.name in ("send", "reply")} == {teacher.chat.id}
    await teacher.presses("Log this concern")
    await teacher.reads("Is anyone in danger now?")


async def test_a_button_in_a_channel_that_leads_to_a_private_answer_shows_it_to_nobody_else(
    teams: Teams, fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    await teacher.mentions(EX_PUPIL, staff_room)
    await teacher.reads("How old is the ex-pupil now?")
    before = answers_of(colleague)[-1].text
    private = Reply("no-answer", text="Something private.", note=Note("Tell the DSL."))
    monkeypatch.setattr(type(fernbank.core.assistant), "handle", lambda *_: private)
    await teacher.presses("19 or over")
    shown = await teacher.reads("Tell the DSL.")
    assert IN_OWN_CHAT in shown
    assert teacher.chat.id == teams.calls_to("send")[-1].conversation
    await fernbank.settled()
    assert [message.text for message in answers_of(colleague)] == [before]
    assert before in [message.text for message in answers_of(teacher)], "not even for its presser, where others look on"


async def test_whoever_has_no_chat_with_the_app_is_told_so_where_they_asked(teams: Teams, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    teams.blocks(teacher, "not installed")
    await teacher.mentions(CONCERN, staff_room)
    await teacher.reads(NO_CHAT)
    assert "999" not in NO_CHAT, "the others are not told that it looked like a concern"
    assert [message.text for message in answers_of(colleague)] == [NO_CHAT]
