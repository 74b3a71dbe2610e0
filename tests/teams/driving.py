"""The people of a play in Teams: what they say and press, and what they then see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from adapters.delivering.poster import TipPoster
from bot.accounts.acts import ACTS
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store
from tests.accounts.asking import filled_by_staff as requested
from tests.accounts.asking import labelled
from tests.playing import Filled, with_tips
from tests.teams.school import AtSchool
from tests.teams.server import Teams
from tests.teams.world import World

STAFF_ROOM = World().add_shared("channel", "Staff room", (), "Staff", app=True).id
_FIRST = ("Is anyone in danger now?", "Have you told someone in person?")


class TeamsDriver:
    """People in their own chats with the app, and in the staff room."""

    def __init__(self, school: AtSchool, sort: str) -> None:
        self._school = school
        people = (school["teacher"], school["colleague"])
        self._staff_room = school.teams.channel("Staff room", *people, sort=sort, says_sort=True)

    async def says(self, who: str, text: str) -> str:
        await self._school[who].says(text)
        return await self._seen(who)

    async def asks_in_the_staff_room(self, who: str, text: str) -> str:
        await self._school[who].mentions(text, self._staff_room)
        return await self._seen(who)

    async def presses(self, who: str, label: str) -> str:
        await self._school[who].presses(label)
        return await self._seen(who)

    async def logs_the_concern(self, who: str, filled: Filled) -> str:
        person = self._school[who]
        await person.presses("Log this concern")
        await person.fills(**{label: filled[label] for label in _FIRST})
        await person.submits("Continue")
        await person.reads("Whom is it about?")
        await person.fills(**{label: given for label, given in filled.items() if label not in _FIRST})
        await person.submits("Log this concern")
        seen = await self._seen(who)
        person.closes_dialog()
        return seen

    async def sees_the_tip_of_the_day(self, who: str) -> str:
        await self._school.teams.adds_app(self._staff_room, self._school[who])
        await self._school.settled()
        await TipPoster(self._school.core.tips, [self._school.out.tips], self._school.clock).post_due()
        return await self._school[who].reads("Ask about this")

    async def acknowledges_it(self, who: str) -> str:
        await self._school[who].presses("Acknowledge")
        return await self._school[who].reads("acknowledged it")

    async def hears(self, who: str) -> str:
        await self._school.sends()
        return "\n".join(message.text for message in self._school[who].messages)

    async def asks_for_an_account(self, who: str, changes: Mapping[str, Any]) -> str:
        person, form, given = self._school[who], self._school.core.accounts.form(), requested(**changes)
        await person.says("new account")
        await self._school.settled()
        await person.presses("Open the form")
        for number, screen in enumerate(form.screens, 1):
            await person.reads(f"Step {number} of {len(form.screens)}")
            await person.fills(**labelled(screen.fields, given))
            await person.submits("Send it to your line manager" if number == len(form.screens) else "Continue")
            seen = await self._seen(who)
            if "Not yet." in seen:
                break
        person.closes_dialog()
        return seen

    async def acts_on_the_account(self, who: str, filled: Mapping[str, str]) -> str:
        await self._school.sends()
        person = self._school[who]
        await person.presses("Read and decide")
        await person.reads("Asked by")
        await person.presses(filled["act"])
        await person.fills(**{label: text for label, text in filled.items() if label != "act"})
        act = next(each for each in ACTS if each.title == filled["act"])
        await person.submits(act.send)
        seen = await self._seen(who)
        person.closes_dialog()
        return seen

    async def _seen(self, who: str) -> str:
        await self._school.settled()
        return self._school[who].sees()


@asynccontextmanager
async def in_teams(base: Base, store: Store, sort: str = "standard") -> AsyncIterator[TeamsDriver]:
    """A school's Teams for the length of a play, with a staff room of that sort; everybody in it has the app."""
    teams = Teams()
    await teams.start()
    whole = with_tips(base, f"teams:{STAFF_ROOM}")
    school = AtSchool(teams, Core(lambda: whole, store))
    try:
        async with school.open():
            await school.everybody("teacher", "colleague", "dsl", "head", "chair")
            yield TeamsDriver(school, sort)
    finally:
        await teams.stop()
    assert not teams.troubles
