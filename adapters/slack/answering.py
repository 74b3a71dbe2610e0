"""Answering on Slack what was written down, once, however often it is tried."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.arriving import SORRY
from adapters.slack.asking import SlackQuestions, place_of
from adapters.slack.faults import FAULTS
from adapters.slack.posting import in_words, is_posted, post_to, respond
from bot.store import Delivered

log = logging.getLogger("askfirst.slack")
ClientOf = Callable[[str], Awaitable[AsyncWebClient]]
SlackQuestion = Mapping[str, Any]  # "team", and a message's "event" or a "command"


class SlackAnswering:
    """Answers an event or a command. `client_of` gives the client of a workspace."""

    faults = FAULTS

    def __init__(self, asking: SlackQuestions, client_of: ClientOf) -> None:
        self._asking, self._client_of = asking, client_of

    def read(self, payload: Any) -> SlackQuestion:
        """What was written down is what Slack sent."""
        question: SlackQuestion = payload
        return question

    async def answer(self, asked: SlackQuestion, delivered: Delivered) -> None:
        """Answer it where it belongs. Raises AskFirstError or one of UNANSWERED."""
        if "command" in asked:
            await self._asking.asked(lambda: self._client_of(asked["team"]), asked["command"], asked["team"])
            return
        client = await self._client_of(asked["team"])
        if delivered.tries > 1 and await self._was_answered(client, asked, delivered):
            return
        await self._asking.answer(client, asked["event"], asked["team"], delivered.id)

    async def sorry(self, asked: SlackQuestion) -> None:
        """Tell whoever asked that there is no answer, where that is still possible. Raises AskFirstError or one of
        UNANSWERED."""
        command = asked.get("command")
        if command and await self._answered_by_address(command["response_url"]):
            return
        user = command["user_id"] if command else asked["event"]["user"]
        await post_to(await self._client_of(asked["team"]), user, in_words(SORRY))

    async def _answered_by_address(self, url: str) -> bool:
        """Whether the address that came with a command still serves: it does for half an hour."""
        try:
            await respond(url, in_words(SORRY), replace=False)
        except FAULTS.kinds as fault:
            log.warning("whoever gave a command is told by direct message: %s", FAULTS.plainly(fault))
            return False
        return True

    async def _was_answered(self, client: AsyncWebClient, asked: SlackQuestion, delivered: Delivered) -> bool:
        """Whether the answer was posted, and whoever posted it died, or never heard that it was."""
        event = asked["event"]
        agent, since = await self._asking.is_agent(asked["team"]), str(event["ts"])
        place = place_of(event, asked["team"], agent)
        if await is_posted(client, place.channel, since, place.thread, delivered.id):
            return True
        if not place.shared:
            return False
        alone = await client.conversations_open(users=place.user)  # where a private answer is
        return await is_posted(client, str(alone["channel"]["id"]), since, "", delivered.id)
