"""The people of a play at Slack: what they say and press, and what they then see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from adapters.delivering.poster import TipPoster
from adapters.slack import SlackTips, Workspaces, manifest
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store
from tests.accounts.asking import filled_by_staff as requested
from tests.accounts.asking import labelled
from tests.playing import Filled, with_tips
from tests.slack.people import Person
from tests.slack.school import ADDRESS, STAFF, AtSchool
from tests.slack.screens import Shown
from tests.slack.server import Slack
from tests.slack.serving import Way

_ANSWERS = ("chat.postMessage", "chat.postEphemeral", "response_url")
_FIRST = ("Is anyone in danger now?", "Have you told someone in person?")
STAFF_ROOM = "C0STAFF"


class SlackDriver:
    """People in their direct messages with the app, and in the staff room."""

    def __init__(self, school: AtSchool) -> None:
        self._school, self._slack = school, school.slack

    async def says(self, who: str, text: str) -> str:
        before, person = self._answers(), self._school[who]
        await person.says(text, thread=self._thread(person))
        return await self._seen(who, before)

    async def asks_in_the_staff_room(self, who: str, text: str) -> str:
        before = self._answers()
        await self._school[who].says(f"@AskFirst {text}", in_channel=STAFF_ROOM)
        return await self._seen(who, before)

    async def presses(self, who: str, label: str) -> str:
        before = self._answers()
        await self._school[who].presses(label)
        return await self._seen(who, before)

    async def logs_the_concern(self, who: str, filled: Filled) -> str:
        person = self._school[who]
        await person.presses("Log this concern")
        await self._slack.settled(lambda: person.modal is not None)
        await person.fills({label: filled[label] for label in _FIRST})
        await person.submits()
        await person.fills({label: given for label, given in filled.items() if label not in _FIRST})
        await person.submits()
        return await person.reads("Your receipt:")

    async def sees_the_tip_of_the_day(self, who: str) -> str:
        workspaces = Workspaces(self._school.settings, self._school.core.school, self._school.core.store)
        channel = SlackTips(workspaces, self._school.clock)
        await TipPoster(self._school.core.tips, [channel], self._school.clock).post_due()
        return await self._school[who].reads("Ask about this")

    async def acknowledges_it(self, who: str) -> str:
        person: Person = self._school[who]
        await person.presses("Acknowledge")
        return await person.reads("acknowledged it")

    async def hears(self, who: str) -> str:
        await self._school.sends()
        return "\n".join(message.text for message in self._school[who].messages)

    async def asks_for_an_account(self, who: str, changes: Mapping[str, Any]) -> str:
        person, form, given = self._school[who], self._school.core.accounts.form(), requested(**changes)
        await person.asks("/account")
        for number, screen in enumerate(form.screens, 1):
            await person.reads(f"Step {number} of {len(form.screens)}")
            await person.fills(labelled(screen.fields, given))
            await person.submits()
            if person.errors:
                return " ".join(person.errors.values())
        return await person.reads("Its number in the register")

    async def acts_on_the_account(self, who: str, filled: Mapping[str, str]) -> str:
        await self._school.sends()
        person = self._school[who]
        await person.presses("Read and decide")
        await person.reads("Asked by")
        await person.presses(filled["act"])
        await person.reads(next(label for label in filled if label != "act"))
        await person.fills({label: text for label, text in filled.items() if label != "act"})
        await person.submits()
        seen = person.sees()
        await person.closes_modal(everything=True)
        return seen

    def _thread(self, person: Person) -> Shown | None:
        """With the agent feature people go on talking in the thread of the last answer."""
        if not self._slack.desk.feature:
            return None
        there = (message for message in reversed(person.messages) if message.channel == person.direct.id)
        return next((message for message in there if message.from_app and message.thread), None)

    async def _seen(self, who: str, before: int) -> str:
        """Everything that is then new on the screen."""
        await self._slack.settled(lambda: self._answers() > before)
        return self._school[who].sees()

    def _answers(self) -> int:
        return sum(call.ok for call in self._slack.calls if call.method in _ANSWERS)


@asynccontextmanager
async def at_slack(base: Base, store: Store, transport: Way, agent: bool = False) -> AsyncIterator[SlackDriver]:
    """A school's Slack for the length of a play."""
    slack = Slack()
    await slack.start()
    slack.uses(manifest(ADDRESS, socket=transport == "socket", agent=agent))
    whole = with_tips(base, f"slack:{STAFF_ROOM}")
    school = AtSchool(slack, Core(lambda: whole, store), transport)
    people = {who: school[who] for who in STAFF}
    slack.channel(STAFF_ROOM, "staffroom", (people["teacher"], people["colleague"]))
    try:
        async with school.open():
            yield SlackDriver(school)
    finally:
        await slack.stop()
    assert not slack.violations
