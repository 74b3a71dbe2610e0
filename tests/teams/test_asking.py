"""Questions in Teams: own chat, group chats, channels, and the buttons of an answer."""

from __future__ import annotations

from tests.teams.school import AtSchool
from tests.teams.server import Teams

EX_PUPIL = "can I friend an ex-pupil?"
CONCERN = "a girl in my class has bruises and says her dad did it"


async def test_a_teacher_asks_and_presses(fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.installs()
    await teacher.reads("Ask before you act")
    await teacher.says(EX_PUPIL)
    seen = await teacher.reads("Rests on:")
    print(seen)
    assert teacher.messages[-1].buttons


async def test_a_concern_in_a_channel_is_answered_in_the_persons_own_chat(teams: Teams, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    staff_room = teams.channel("Staff room", teacher, colleague)
    await teacher.mentions(CONCERN, staff_room)
    await teacher.reads("This needs a person, not a policy")
    assert "bruises" not in colleague.sees().replace(CONCERN, "")
    assert "policy" not in colleague.sees()
