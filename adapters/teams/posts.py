"""Where a card goes: to where somebody wrote, into a chat of their own, or in the place of another card."""

from __future__ import annotations

import asyncio
import logging

from adapters.teams.activities import Arrival, TeamsChat
from adapters.teams.cards import Card
from adapters.teams.faults import UNANSWERED, TeamsError, plainly
from adapters.teams.gateway import Gateway
from adapters.teams.people import TeamsCaller, TeamsDirectory
from adapters.teams.replies import in_words

log = logging.getLogger("askfirst.teams")
_PUT_WITHIN = 2.0  # seconds: whoever pressed is waiting
# The same words whatever was asked: others read them too.
NO_CHAT = "I do not answer this here. Open a chat with AskFirst, and ask me there."


class TeamsPosts:
    """Posts to whoever did something. Its methods raise TeamsError, one of UNANSWERED or StoreError."""

    def __init__(self, gateway: Gateway, directory: TeamsDirectory) -> None:
        self._gateway, self._directory = gateway, directory

    async def here(self, arrival: Arrival, drawn: Card) -> None:
        """Post it where they did it, for all who are there to see; in their own chat where only they see what they
        did. Whatever else goes wrong, nothing that answers it stands among others."""
        if arrival.targeted and arrival.place.shared:
            await self.in_own_chat(arrival, drawn)
            return
        await self._gateway.post(arrival.place, drawn)

    async def in_own_chat(self, arrival: Arrival, drawn: Card) -> None:
        """Post it in the chat with them, wherever they did it, and nowhere else."""
        await self._gateway.post(await self._own_chat(arrival), drawn)

    async def to_person(self, arrival: Arrival, drawn: Card) -> bool:
        """Post it in the chat with them; where they cannot be reached there, tell them so where they did it. Whether it
        stands in their own chat."""
        try:
            await self.in_own_chat(arrival, drawn)
            return True
        except TeamsError as fault:
            if not fault.for_good or not arrival.place.shared or arrival.targeted:
                raise
            log.error("somebody could not be answered in their own chat: %s", plainly(fault))
            await self.here(arrival, in_words(NO_CHAT))
            return False

    async def in_place(self, arrival: Arrival, drawn: Card, last: float | None = None) -> None:
        """Put it in the place of the card whose button they pressed. The answer to the button is what they see at once;
        this is what stands there when they come back, and what others see. Raises nothing: it was answered. `last` is
        when that answer has to go, by the loop's clock."""
        if not arrival.replied_to or (arrival.targeted and arrival.place.shared):
            return
        try:
            soon = asyncio.get_running_loop().time() + _PUT_WITHIN
            async with asyncio.timeout_at(soon if last is None else min(soon, last)):
                await self._gateway.update(arrival.place, arrival.replied_to, drawn)
        except (TeamsError, *UNANSWERED) as fault:
            log.warning("a card could not be changed for good: %s", plainly(fault))

    async def _own_chat(self, arrival: Arrival) -> TeamsChat:
        if not arrival.place.shared:
            return arrival.place
        known = await self._directory.chat_of(TeamsCaller(arrival.place, arrival.user).account.id)
        if known is not None:
            return known
        chat = await self._gateway.own_chat(arrival.place, arrival.user.id)
        await self._directory.remember(TeamsCaller(chat, arrival.user))
        return chat
