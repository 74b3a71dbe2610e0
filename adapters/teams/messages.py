"""What people type to the app: a command, a question, or a button of a client that sends it as a message."""

from __future__ import annotations

import asyncio
from typing import Any

from adapters.chat.arriving import SORRY
from adapters.chat.buttons import NOT_OURS
from adapters.teams.activities import Arrival, TeamsChat, User, word
from adapters.teams.asking import TeamsQuestions
from adapters.teams.buttons import TeamsButtons
from adapters.teams.faults import FAULTS
from adapters.teams.kinds import TeamsKinds
from adapters.teams.menu import TeamsMenu
from adapters.teams.outsiders import TeamsOutsiders
from adapters.teams.people import TeamsCaller, TeamsDirectory
from adapters.teams.posts import TeamsPosts
from adapters.teams.replies import in_words
from bot.store import Delivered

_AT_ONCE = 16  # Teams is told "received" at once, so that nothing else holds a crowd back from the core


class TeamsMessages:
    """Answers a message, after a look at who wrote it."""

    faults = FAULTS

    def __init__(
        self,
        directory: TeamsDirectory,
        outsiders: TeamsOutsiders,
        menu: TeamsMenu,
        questions: TeamsQuestions,
        buttons: TeamsButtons,
        posts: TeamsPosts,
        kinds: TeamsKinds,
    ) -> None:
        self._directory, self._outsiders, self._menu, self._kinds = directory, outsiders, menu, kinds
        self._questions, self._buttons, self._posts = questions, buttons, posts
        self._few = asyncio.Semaphore(_AT_ONCE)

    def read(self, payload: Any) -> Arrival:
        """What was written down -> the arrival."""
        return Arrival(**{**payload, "place": TeamsChat(**payload["place"]), "user": User(**payload["user"])})

    async def answer(self, arrival: Arrival, delivered: Delivered) -> None:
        """Answer it where it belongs. Raises TeamsError, one of UNANSWERED or StoreError."""
        async with self._few:
            arrival = await self._kinds.seen(arrival)
            if await self._outsiders.are_refused(arrival):
                if not (arrival.targeted and arrival.place.strangers):  # the app has no chat with people from elsewhere
                    await self._posts.here(arrival, in_words(self._outsiders.refusal(arrival.place)))
                return
            await self._remember(arrival)
            if arrival.changed:
                await self._questions.changed(arrival)
            elif arrival.value and not arrival.text:
                await self._pressed(arrival)
            elif drawn := await self._menu.card_for(arrival):
                await self._questions.alone(arrival, drawn)
            else:
                await self._questions.answer(arrival)

    async def sorry(self, arrival: Arrival) -> None:
        """Tell whoever wrote it that there is no answer. Raises TeamsError or one of UNANSWERED."""
        await self._posts.here(arrival, in_words(SORRY))

    async def _pressed(self, arrival: Arrival) -> None:
        try:
            done = await self._buttons.press(arrival, word(arrival.value, "do"))
        except ValueError:  # what no button of ours carries
            done = NOT_OURS
        if isinstance(done, str):
            await self._posts.to_person(arrival, in_words(done))
        elif arrival.replied_to and not arrival.targeted:
            await self._posts.in_place(arrival, done)
        else:
            await self._posts.here(arrival, done)

    async def _remember(self, arrival: Arrival) -> None:
        """A message shows where its sender and its channel are reached; a bot hears of it in no other way."""
        if arrival.place.shared:
            await self._directory.remember_channel(arrival.place)
        else:
            await self._directory.remember(TeamsCaller(arrival.place, arrival.user))
