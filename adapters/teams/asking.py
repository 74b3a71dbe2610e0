"""Questions in Teams: what came in -> Message, the core's reply -> a card where it belongs.

In a channel or a group an answer is for all to see; what looks like a concern is answered in the person's own chat, and
the others see nothing of it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from adapters.chat.buttons import to_action
from adapters.teams.activities import Arrival, TeamsChat
from adapters.teams.cards import Card
from adapters.teams.faults import UNANSWERED, TeamsError, said
from adapters.teams.gateway import Gateway
from adapters.teams.people import TeamsCaller, TeamsDirectory
from adapters.teams.replies import in_words, render
from bot.messages import GiveFeedback, Message, Press, Reply
from bot.service.core import Core

log = logging.getLogger("askfirst.teams")
_PUT_WITHIN = 2.0  # seconds: whoever pressed is waiting
LONGEST = 4_000  # characters of a question; the same as on the page
TOO_LONG = "That is too long for one question. Ask it in a sentence or two."
NO_CHAT = (
    "I could not write to you in a chat of your own. Open a chat with AskFirst, and ask me there. If anyone is in "
    "danger, call 999."
)
BELOW = "The answer is below."
IN_OWN_CHAT = "I have answered in a chat of your own."


def to_message(arrival: Arrival) -> Message:
    """What was typed -> Message."""
    return Message(arrival.text, arrival.conversation)


def is_private(reply: Reply) -> bool:
    """Whether a reply is for the sender alone: it may be about a real child or adult."""
    return reply.handover is not None or reply.note is not None


class TeamsQuestions:
    """Questions and the buttons of their answers."""

    def __init__(
        self, core: Core, gateway: Gateway, directory: TeamsDirectory, clock: Callable[[], dt.datetime]
    ) -> None:
        self._core, self._gateway, self._directory, self._clock = core, gateway, directory, clock

    async def said(self, arrival: Arrival) -> None:
        """Answer what was typed. Raises TeamsError, one of UNANSWERED or StoreError."""
        await self._reply(arrival, await self._reply_to(to_message(arrival)))

    async def pressed(self, arrival: Arrival, value: str) -> Card | str:
        """A choice, a fact or feedback was pressed: the card that takes the place of the one with the button, or a word
        to its presser where that stays. Raises ValueError for no button of ours, and as `said` does."""
        action = to_action(value)
        if action is None:
            raise ValueError("none of ours")
        reply = await self._reply_to(Message("", arrival.conversation, action))
        if isinstance(action, GiveFeedback):
            return reply.text
        if arrival.place.shared and is_private(reply):
            await self.to_person(arrival, render(reply))
            return IN_OWN_CHAT
        return render(reply)

    async def picked(self, arrival: Arrival, action: Press, alone: bool) -> str:
        """Answer what was pressed in a message of its own, `alone` in the presser's own chat; what is said about that
        where they pressed. Raises as `said` does."""
        reply = await self._reply_to(Message("", arrival.conversation, action))
        if arrival.place.shared and (alone or is_private(reply)):
            await self.to_person(arrival, render(reply))
            return IN_OWN_CHAT
        await self._gateway.post(arrival.place, render(reply))
        return BELOW

    async def put_in_place(self, arrival: Arrival, drawn: Card) -> None:
        """The answer to a button is what its presser sees at once. This is what stands there when they come back, and
        what others see."""
        if not arrival.replied_to:
            return
        try:
            async with asyncio.timeout(_PUT_WITHIN):
                await self._gateway.update(arrival.place, arrival.replied_to, drawn)
        except (TeamsError, *UNANSWERED) as fault:
            log.warning("a card could not be changed for good: %s", said(fault))

    async def in_own_chat(self, arrival: Arrival, drawn: Card) -> None:
        """Post it in the chat with whoever did this, wherever they did it, and nowhere else. Raises as `said` does."""
        await self._gateway.post(await self._own_chat(arrival), drawn)

    async def to_person(self, arrival: Arrival, drawn: Card) -> None:
        """The same; where they cannot be reached there, they are told so where they asked. Raises as `said` does."""
        try:
            await self.in_own_chat(arrival, drawn)
        except TeamsError as fault:
            if not fault.for_good or not arrival.place.shared:
                raise
            log.error("somebody could not be answered in their own chat: %s", said(fault))
            await self._gateway.post(arrival.place, in_words(NO_CHAT))

    async def _reply(self, arrival: Arrival, reply: Reply) -> None:
        if arrival.place.shared and is_private(reply):
            await self.to_person(arrival, render(reply))
        else:
            await self._gateway.post(arrival.place, render(reply))

    async def _own_chat(self, arrival: Arrival) -> TeamsChat:
        if not arrival.place.shared:
            return arrival.place
        caller = TeamsCaller(arrival.place, arrival.user)
        known = await self._directory.chat_of(caller.account.id)
        if known is not None:
            return known
        chat = await self._gateway.own_chat(arrival.place, arrival.user.id)
        await self._directory.remember(TeamsCaller(chat, arrival.user))
        return chat

    async def _reply_to(self, message: Message) -> Reply:
        if len(message.text) > LONGEST:
            return Reply("no-answer", text=TOO_LONG)
        return await asyncio.to_thread(self._core.assistant.handle, message, self._clock())
