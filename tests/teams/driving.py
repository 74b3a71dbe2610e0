"""A person in Teams who plays a dialogue: what they say and press, and what they then see."""

from __future__ import annotations

from tests.teams.school import AtSchool


class TeamsDriver:
    """Somebody in their own chat with the app."""

    def __init__(self, school: AtSchool) -> None:
        self._school, self._person = school, school["teacher"]

    async def arrives(self) -> None:
        """They have the app, and have read its welcome."""
        await self._person.installs()
        await self._school.settled()

    async def says(self, text: str) -> str:
        await self._person.says(text)
        await self._school.settled()
        return self._person.sees()

    async def presses(self, label: str) -> str:
        await self._person.presses(label)
        await self._school.settled()
        return self._person.sees()
