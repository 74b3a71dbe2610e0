"""Questions in Teams: what came in -> Message, the core's reply -> a card where it belongs.

In a standard channel or a group an answer is for all to see; what looks like a concern is answered in the person's own
chat, and the others see nothing of it. In a private or shared channel, and to a message that only its sender sees,
every answer goes into the person's own chat.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from adapters.chat.asking import reply_to, reply_to_edit
from adapters.chat.buttons import to_action
from adapters.chat.piloting import as_taking_part
from adapters.teams.activities import Arrival
from adapters.teams.cards import Card
from adapters.teams.people import TeamsCaller, TeamsDirectory
from adapters.teams.posts import NO_CHAT, TeamsPosts
from adapters.teams.replies import in_words, render
from bot.messages import Message, Reply
from bot.presses import OPINIONS, STAYS, GiveFeedback, Press
from bot.service.core import Core
from bot.store import Known

BELOW = "See below."
IN_OWN_CHAT = "I have answered in a chat of your own."


def to_message(arrival: Arrival) -> Message:
    """What was typed -> Message."""
    parts = tuple(arrival.quoted), tuple(arrival.files), arrival.attached
    return Message(arrival.text, arrival.conversation, None, *parts)


class TeamsQuestions:
    """Questions and the buttons of their answers. Its methods raise TeamsError, one of UNANSWERED or StoreError."""

    def __init__(
        self, core: Core, directory: TeamsDirectory, posts: TeamsPosts, clock: Callable[[], dt.datetime]
    ) -> None:
        self._core, self._directory, self._posts, self._clock = core, directory, posts, clock

    async def answer(self, arrival: Arrival) -> None:
        """Answer what was typed."""
        await self._tell(arrival, await self._reply_to(arrival, to_message(arrival)))

    async def changed(self, arrival: Arrival) -> None:
        """Answer what somebody changed, where it has become a concern. Teams does not say what stood there before."""
        if reply := await reply_to_edit(self._core, to_message(arrival), None, self._clock()):
            await self._tell(arrival, reply)

    async def _reply_to(self, arrival: Arrival, message: Message) -> Reply:
        """The core's reply to what this person asked or pressed."""

        async def who() -> Known:
            return await self._directory.who_or_as_given(TeamsCaller(arrival.place, arrival.user))

        now, account = self._clock(), arrival.user.aad or arrival.user.id
        return await reply_to(self._core, await as_taking_part(self._core, message, account, who, now), now)

    async def _tell(self, arrival: Arrival, reply: Reply) -> None:
        if not arrival.place.shared or not (reply.private or arrival.alone):
            await self._posts.here(arrival, render(reply))
            return
        await self.alone(arrival, render(reply))

    async def alone(self, arrival: Arrival, drawn: Card) -> None:
        """Post it in the person's own chat; in a channel that gets no answers, with the way there."""
        posted = await self._posts.to_person(arrival, drawn)
        if posted and arrival.place.shared and not (arrival.targeted or arrival.place.answers_show):
            # The same words under every question there, so that they say nothing about any.
            await self._posts.here(arrival, in_words(IN_OWN_CHAT))

    async def pressed(self, arrival: Arrival, value: str) -> Card | str:
        """A choice, a fact or feedback was pressed: the card that takes the place of the one with the button, or a word
        to its presser where that stays. Raises ValueError for no button of ours, too."""
        action = to_action(value)
        if action is None:
            raise ValueError("none of ours")
        if isinstance(action, STAYS) and not (isinstance(action, GiveFeedback) and action.helped):
            return await self.picked(arrival, action, alone=isinstance(action, OPINIONS))
        reply = await self._reply_to(arrival, Message("", arrival.conversation, action))
        if isinstance(action, GiveFeedback):
            return reply.text
        if arrival.place.shared and (reply.private or arrival.alone):
            return IN_OWN_CHAT if await self._posts.to_person(arrival, render(reply)) else NO_CHAT
        return render(reply)

    async def picked(self, arrival: Arrival, action: Press, alone: bool) -> str:
        """Answer what was pressed in a message of its own, `alone` in the presser's own chat; what is said about that
        where they pressed."""
        reply = await self._reply_to(arrival, Message("", arrival.conversation, action))
        if arrival.place.shared and (alone or reply.private or arrival.alone):
            return IN_OWN_CHAT if await self._posts.to_person(arrival, render(reply)) else NO_CHAT
        await self._posts.here(arrival, render(reply))
        return BELOW
