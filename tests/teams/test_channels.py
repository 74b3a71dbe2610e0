"""Channels of each sort, people of other organisations in them, and messages that only their sender and the app see."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from adapters.teams.asking import IN_OWN_CHAT
from adapters.teams.posts import NO_CHAT
from adapters.teams.reporting import OWN_CHAT
from bot.concerns import Account
from bot.store import Accounts, Known
from tests.conftest import SCHOOL
from tests.teams.people import Person
from tests.teams.school import MARKERS, AtSchool, first_screen, logs_a_concern, sent_by
from tests.teams.seeing import answers_of, arrived, dialog_of
from tests.teams.server import Teams
from tests.teams.world import TENANT, Conversation, Json

NUMBER = "can parents have my mobile number?"
CONCERN = "a girl in my class has bruises and says her dad did it"
ELSEWHERE = "5c0d5a4e-7f7e-4b6f-9a59-0c1f2f6f3b11"
CLOSED = ("private", "shared")


def stranger_in(teams: Teams) -> Person:
    """Somebody of another organisation, as a shared channel takes them in: nobody's guest."""
    return teams.person("Sam Marsh", "s.marsh@elsewhere.example", tenant=ELSEWHERE)


def staff_room(school: AtSchool, sort: str, *others: Person, says_sort: bool = True) -> Conversation:
    people = (school["teacher"], school["colleague"], *others)
    return school.teams.channel("Staff room", *people, sort=sort, says_sort=says_sort)


def posted_in(teams: Teams, chat: Conversation) -> list[str]:
    """What the app has written there, for all to see."""
    return [
        str(post.activity.get("summary") or post.activity.get("text") or "")
        for post in teams.world.posts.values()
        if post.conversation == chat.id and post.author.startswith("28:")
    ]


# --- a channel of each sort


@pytest.mark.parametrize("says_sort", [True, False])
async def test_a_standard_channel_is_answered_in_its_thread(teams: Teams, fernbank: AtSchool, says_sort: bool) -> None:
    room = staff_room(fernbank, "standard", says_sort=says_sort)
    await fernbank["teacher"].mentions(NUMBER, room)
    await fernbank["colleague"].reads("Rests on:")


@pytest.mark.parametrize("sort", CLOSED)
@pytest.mark.parametrize("says_sort", [True, pytest.param(False, marks=pytest.mark.wide)])
@pytest.mark.parametrize("asked", [NUMBER, CONCERN])
async def test_a_private_or_shared_channel_gets_no_answer_and_the_asker_does(
    teams: Teams, fernbank: AtSchool, sort: str, says_sort: bool, asked: str
) -> None:
    teacher, room = fernbank["teacher"], staff_room(fernbank, sort, says_sort=says_sort)
    await teacher.mentions(asked, room)
    await teacher.reads("Rests on:" if asked == NUMBER else "This needs a person, not a policy")
    await fernbank.settled()
    assert posted_in(teams, room) == [IN_OWN_CHAT], "the same words, whatever was asked"
    assert [each.text for each in answers_of(fernbank["colleague"])] == [IN_OWN_CHAT]


@pytest.mark.parametrize("sort", CLOSED)
@pytest.mark.parametrize("said", ["tip", "my concerns", "log a concern"])
async def test_a_command_there_is_answered_in_ones_own_chat_and_the_way_there_is_shown(
    teams: Teams, fernbank: AtSchool, sort: str, said: str
) -> None:
    teacher, room = fernbank["teacher"], staff_room(fernbank, sort)
    before = len(answers_of(teacher))
    await teacher.mentions(said, room)
    await teacher.reads(IN_OWN_CHAT)
    assert len(answers_of(teacher)) == before + 2
    assert posted_in(teams, room) == [IN_OWN_CHAT]


async def test_where_the_own_chat_cannot_be_reached_nobody_is_sent_there(teams: Teams, fernbank: AtSchool) -> None:
    teacher, room = fernbank["teacher"], staff_room(fernbank, "private")
    teams.blocks(teacher, "not installed")
    await teacher.mentions(NUMBER, room)
    await teacher.reads(NO_CHAT)
    await fernbank.settled()
    assert posted_in(teams, room) == [NO_CHAT]


async def test_a_channel_of_which_nobody_says_the_sort_is_treated_like_a_shared_one(
    teams: Teams, fernbank: AtSchool
) -> None:
    room = staff_room(fernbank, "standard", says_sort=False)
    teams.faults.fail("channels", times=None, status=502)
    await fernbank["teacher"].mentions(NUMBER, room)
    await fernbank["teacher"].reads("Rests on:")
    await fernbank.settled()
    assert posted_in(teams, room) == [IN_OWN_CHAT]
    teams.faults.clear()
    await fernbank["teacher"].mentions(NUMBER, room)
    await fernbank["colleague"].reads("Rests on:")


async def test_a_channel_of_which_the_list_does_not_say_the_sort_is_treated_like_a_shared_one(
    teams: Teams, fernbank: AtSchool
) -> None:
    """It may be a shared one, and what was not known is asked again."""
    room = staff_room(fernbank, "shared", says_sort=False)
    room.lists_sort = False
    await fernbank["teacher"].mentions(NUMBER, room)
    await fernbank["teacher"].reads("Rests on:")
    await fernbank.settled()
    assert posted_in(teams, room) == [IN_OWN_CHAT]
    room.lists_sort, room.sort = True, "standard"
    await fernbank["teacher"].mentions(NUMBER, room)
    await fernbank["colleague"].reads("Rests on:")


async def test_the_channel_that_every_team_begins_with_is_a_standard_one(teams: Teams, fernbank: AtSchool) -> None:
    room = staff_room(fernbank, "standard", says_sort=False)
    room.lists_sort, room.team = False, room.id
    await fernbank["teacher"].mentions(NUMBER, room)
    await fernbank["colleague"].reads("Rests on:")


async def test_what_is_said_of_another_channel_says_nothing_of_this_one(teams: Teams, fernbank: AtSchool) -> None:
    room = staff_room(fernbank, "shared", says_sort=False)
    other = {"id": "19:other@thread.tacv2", "type": "standard"}
    data = {"channel": other, "team": {"id": room.team}, "tenant": {"id": TENANT}}
    await teams.says(
        fernbank["teacher"].member, teams.place(room.id), NUMBER, mention=True, flags={"channelData": data}
    )
    await fernbank["teacher"].reads("Rests on:")
    await fernbank.settled()
    assert posted_in(teams, room) == [IN_OWN_CHAT]


async def test_the_sort_of_a_channel_is_asked_once(teams: Teams, fernbank: AtSchool) -> None:
    room = staff_room(fernbank, "standard", says_sort=False)
    for _ in range(2):
        await fernbank["teacher"].mentions(NUMBER, room)
        await fernbank.settled()
    assert len(teams.calls_to("channels")) == 1


@pytest.mark.parametrize("sort", ["standard", "private", "shared"])
async def test_a_concern_is_logged_from_a_channel_of_each_sort_and_nothing_of_it_stands_there(
    teams: Teams, fernbank: AtSchool, sort: str
) -> None:
    teacher, room = fernbank["teacher"], staff_room(fernbank, sort)
    message = await fernbank["colleague"].says("He came in with a bruise", room)
    await teacher.uses_message_action(message)
    await logs_a_concern(teacher)
    await fernbank.settled()
    assert len(fernbank.numbers()) == 1
    assert posted_in(teams, room) == []
    assert not any(marker in sent_by(teams) for marker in MARKERS)


# --- people of other organisations


@pytest.mark.parametrize("says_sort", [True, False])
async def test_somebody_of_another_organisation_in_a_shared_channel_is_refused_everything(
    teams: Teams, fernbank: AtSchool, says_sort: bool
) -> None:
    stranger = stranger_in(teams)
    room = staff_room(fernbank, "shared", stranger, says_sort=says_sort)
    await stranger.mentions(NUMBER, room)
    assert "Rests on:" not in await stranger.reads("I am here for the staff of")
    await stranger.uses_compose_action(chat=room)
    assert "cannot log a concern here" in dialog_of(stranger)
    assert fernbank.numbers() == []


async def test_whoever_the_activity_says_is_of_another_tenant_is_refused_without_asking_anybody(
    teams: Teams, fernbank: AtSchool
) -> None:
    room = staff_room(fernbank, "shared")
    await fernbank["teacher"].whispers(NUMBER, room, {"from": {"tenantId": ELSEWHERE}, "recipient": {"isTargeted": 1}})
    await fernbank.settled()
    assert "Rests on:" not in sent_by(teams)
    assert teams.calls_to("member") == []


async def test_known_staff_are_looked_at_again_each_time_where_strangers_may_be(
    teams: Teams, fernbank: AtSchool
) -> None:
    room, teacher = staff_room(fernbank, "shared"), await arrived(fernbank)
    asked = len(teams.calls_to("member"))
    for _ in range(2):
        await teacher.mentions(NUMBER, room)
        await fernbank.settled()
    assert len(teams.calls_to("member")) == asked + 2
    teacher.member.guest = True
    await teacher.mentions(NUMBER, room)
    await teacher.reads("I am here for the staff of")


async def test_where_teams_does_not_say_who_it_is_an_unknown_person_in_a_shared_channel_is_from_outside(
    teams: Teams, fernbank: AtSchool
) -> None:
    teacher, room = fernbank["teacher"], staff_room(fernbank, "shared")
    teams.faults.fail("member", times=None, status=502)
    await teacher.mentions(NUMBER, room)
    shown = await teacher.reads("I am here for the staff of")
    assert "open a chat with AskFirst" in shown and "call 999" in shown
    await teacher.uses_compose_action(chat=room)
    assert OWN_CHAT in dialog_of(teacher)
    teacher.closes_dialog()
    await teacher.uses_compose_action()
    await logs_a_concern(teacher)
    await fernbank.settled()
    assert len(fernbank.numbers()) == 1, "in their own chat the form is open to them"


async def test_what_was_filled_in_there_comes_back_where_teams_does_not_say_who_it_is(
    teams: Teams, fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, room = fernbank["teacher"], staff_room(fernbank, "shared")
    await teacher.uses_compose_action(chat=room)
    await first_screen(teacher)
    await teacher.fills(**{"Whom is it about?": ["A pupil or pupils"], "What did you see or hear?": "Seenmarker"})
    teams.faults.fail("member", times=None, status=502)
    monkeypatch.setattr(Accounts, "who", lambda *_: None)  # somebody whom nobody has met
    await teacher.fills(**{"Pupil or pupils": "Zelda", "Where?": "Here", "The child’s own words": "None"})
    await teacher.submits("Log this concern")
    assert OWN_CHAT in dialog_of(teacher)
    assert fernbank.numbers() == []


async def test_in_a_channel_of_no_known_sort_the_form_opens_and_whoever_nobody_knows_cannot_log_there(
    teams: Teams, fernbank: AtSchool
) -> None:
    teacher, room = fernbank["teacher"], staff_room(fernbank, "shared", says_sort=False)
    teams.faults.fail("channels", times=None, status=502)
    teams.faults.fail("member", times=None, status=502)
    await teacher.uses_compose_action(chat=room)
    await logs_a_concern(teacher)
    assert OWN_CHAT in dialog_of(teacher)
    assert fernbank.numbers() == []


async def test_whom_the_form_was_opened_to_in_a_channel_of_no_known_sort_is_not_kept_as_staff(
    teams: Teams, fernbank: AtSchool
) -> None:
    """Teams names no tenant for them there."""
    stranger = stranger_in(teams)
    room = staff_room(fernbank, "shared", stranger, says_sort=False)
    teams.faults.fail("channels", times=None, status=502)
    stranger.member.shows_tenant = False
    await stranger.uses_compose_action(chat=room)
    assert "Is anyone in danger now?" in dialog_of(stranger)
    stranger.closes_dialog()
    assert await _kept(fernbank, stranger) is None
    teams.faults.fail("member", times=None, status=502)
    await stranger.mentions(NUMBER, room)
    assert "Rests on:" not in await stranger.reads("I am here for the staff of")


async def _kept(school: AtSchool, person: Person) -> Known | None:
    accounts = school.core.store.accounts(SCHOOL)
    return await asyncio.to_thread(accounts.who, Account("teams", f"{TENANT}:{person.aad}"))


async def test_somebody_of_another_organisation_in_a_group_or_meeting_chat_is_refused_everything(
    teams: Teams, fernbank: AtSchool
) -> None:
    stranger = stranger_in(teams)
    stranger.member.shows_tenant = False
    meeting = teams.group("Parents' evening", fernbank["teacher"], stranger)
    await stranger.mentions(NUMBER, meeting)
    assert "Rests on:" not in await stranger.reads("I am here for the staff of")
    await stranger.mentions("log a concern", meeting)
    await stranger.reads("I am here for the staff of")
    await fernbank["teacher"].mentions(NUMBER, meeting)
    await fernbank["teacher"].reads("Rests on:")
    await fernbank["teacher"].uses_compose_action(chat=meeting)
    await logs_a_concern(fernbank["teacher"])
    assert len(fernbank.numbers()) == 1


async def test_known_staff_are_answered_in_a_shared_channel_while_teams_does_not_answer(
    teams: Teams, fernbank: AtSchool
) -> None:
    room, teacher = staff_room(fernbank, "shared"), await arrived(fernbank)
    teams.faults.fail("member", times=None, status=502)
    await teacher.mentions(NUMBER, room)
    await teacher.reads("Rests on:")


# --- what only its sender and the app see

FLAGS: dict[str, Json] = {
    "recipient": {"recipient": {"isTargeted": True}},
    "recipient as a word": {"recipient": {"isTargeted": "true"}},
    "the activity": {"isTargeted": True},
    "its data": {"channelData": {"isTargetedActivity": True}},
    "a treatment": {"entities": [{"type": "activityTreatment", "treatment": "targeted"}]},
    "an entity of its own": {"entities": [{"type": "targetedMessageInfo", "messageId": "1"}]},
}
SAID = (NUMBER, CONCERN, "", "log a concern", "my concerns", "tip", "photos", "x" * 4100)
PLACES = ("standard", "private", "shared", "group")
# However it is marked and whatever is said, in places that go round: each two of the three are tried together.
IN_PRIVATE = [
    (PLACES[(i + j) % len(PLACES)], flag, said)
    for (i, flag), (j, said) in itertools.product(enumerate(FLAGS), enumerate(SAID))
]


async def _asked_in_private(school: AtSchool, place: str, flags: Json, said: str) -> None:
    teams, teacher = school.teams, school["teacher"]
    chat = teams.group("9B", teacher, school["colleague"]) if place == "group" else staff_room(school, place)
    before = len(answers_of(teacher))
    await teacher.whispers(said, chat, flags)
    await school.settled()
    assert len(answers_of(teacher)) > before, (place, flags, said)
    assert posted_in(teams, chat) == [], (place, flags, said)
    assert {call.conversation for call in teams.calls if call.name in ("send", "reply", "update")} == {teacher.chat.id}


@pytest.mark.parametrize("flag", FLAGS)
async def test_a_private_question_never_gets_a_public_answer(fernbank: AtSchool, flag: str) -> None:
    await arrived(fernbank)
    for said in (NUMBER, CONCERN, "tip"):
        await _asked_in_private(fernbank, "standard", FLAGS[flag], said)


@pytest.mark.wide
@pytest.mark.parametrize(("place", "flag", "said"), IN_PRIVATE, ids=lambda each: each[:20])
async def test_whatever_is_asked_in_private_wherever_and_however_it_is_marked_is_answered_in_private(
    fernbank: AtSchool, place: str, flag: str, said: str
) -> None:
    await arrived(fernbank)
    await _asked_in_private(fernbank, place, FLAGS[flag], said)


async def test_who_cannot_be_written_to_gets_no_public_answer_to_a_private_question(
    teams: Teams, fernbank: AtSchool
) -> None:
    teacher, room = fernbank["teacher"], staff_room(fernbank, "standard")
    teams.blocks(teacher, "not installed")
    await teacher.whispers(CONCERN, room)
    await fernbank.settled()
    assert posted_in(teams, room) == []


async def test_somebody_of_another_organisation_hears_nothing_on_what_they_asked_in_private(
    teams: Teams, fernbank: AtSchool
) -> None:
    stranger = stranger_in(teams)
    room = staff_room(fernbank, "shared", stranger)
    await stranger.whispers(NUMBER, room)
    await fernbank.settled()
    assert not [call for call in teams.calls if call.name not in ("member", "channels")]


@pytest.mark.parametrize("kind", [{"conversationType": "meeting"}, {"conversationType": None, "isGroup": None}])
async def test_a_place_that_teams_does_not_name_is_not_taken_for_somebodys_own_chat(
    teams: Teams, fernbank: AtSchool, kind: Json
) -> None:
    teacher, room = fernbank["teacher"], staff_room(fernbank, "shared")
    await teacher.whispers(CONCERN, room, {"conversation": kind})
    await fernbank.settled()
    assert posted_in(teams, room) in ([], [IN_OWN_CHAT])
    assert "This needs a person" in "\n".join(each.text for each in answers_of(teacher))
