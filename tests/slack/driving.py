"""A person at Slack who plays a dialogue: what they say and press, and what they then see."""

from __future__ import annotations

from tests.slack.people import Person
from tests.slack.school import AtSchool

_ANSWERS = ("chat.postMessage", "chat.postEphemeral", "response_url")


class SlackDriver:
    """Somebody in their direct messages with the app."""

    def __init__(self, school: AtSchool) -> None:
        self._slack, self._person = school.slack, school["teacher"]

    async def says(self, text: str) -> str:
        before = self._answers()
        await self._person.says(text)
        return await self._seen(before)

    async def presses(self, label: str) -> str:
        before = self._answers()
        await self._person.presses(label)
        return await self._seen(before)

    async def _seen(self, before: int) -> str:
        """Everything that is then new on the screen."""
        await self._slack.settled(lambda: self._answers() > before)
        person: Person = self._person
        return person.sees()

    def _answers(self) -> int:
        return sum(call.ok for call in self._slack.calls if call.method in _ANSWERS)
