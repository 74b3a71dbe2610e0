"""Questions that arrive: each is first a row in the store, then worked on.

Bolt answers an event before its listener runs, so a middleware writes the event down first: a process that dies in
between loses nothing, and what Slack repeats is dealt with once, by whichever process took it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.in_hand import InHand
from adapters.slack.asking import SlackQuestions, place_of
from adapters.slack.faults import FOR_GOOD, UNANSWERED, error_of, said
from adapters.slack.people import CHANNEL, team_of
from adapters.slack.posting import in_words, is_posted, post_to, respond
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.store import Delivered, Received

log = logging.getLogger("askfirst.slack")
ClientOf = Callable[[str], Awaitable[AsyncWebClient]]
SORRY = "Something went wrong here, and I could not answer. Please ask again in a minute."
_TAKEN = ("message", "app_mention")  # events that are written down before they are answered
_WRITTEN_WITHIN = 2.5  # seconds: Slack wants its answer within three
_TRIES = 5  # how often the store gives out what was left over


class SlackArrivals:
    """What people asked, on its way to an answer. `client_of` gives the client of a workspace."""

    def __init__(
        self, core: Core, asking: SlackQuestions, client_of: ClientOf, clock: Callable[[], dt.datetime]
    ) -> None:
        self._core, self._asking, self._client_of, self._clock = core, asking, client_of, clock
        self._in_hand = InHand(lambda: self._received, clock)

    async def take(self, body: Mapping[str, Any], context: Any, next: Callable[[], Awaitable[Any]]) -> Any:  # noqa: A002
        """Write an event down before Slack hears that it was received; a repeated one ends here, and so does one that
        cannot be written down: Slack sends it again."""
        event = body.get("event") or {}
        if event.get("type") not in _TAKEN:
            return await next()
        if not _is_question(event):
            return BoltResponse(status=200, body="")
        name = f"{event.get('channel')} {event.get('ts')}"  # a mention may come as two events with one message
        try:
            delivered = await self._written(name, {"event": event, "team": team_of(context)})
        except (AskFirstError, TimeoutError) as fault:
            log.error("a question could not be written down: %s", said(fault))
            return BoltResponse(status=503, body="")
        if delivered is None:
            return BoltResponse(status=200, body="")
        context["delivered"] = delivered
        return await next()

    async def take_command(self, command: Mapping[str, Any], team: str) -> Delivered | None:
        """The same for `/ask`. Raises AskFirstError or TimeoutError where it cannot be written down."""
        wanted = ("channel_id", "user_id", "text", "response_url")
        kept = {name: str(command.get(name, "")) for name in wanted}
        return await self._written(f"ask {command['trigger_id']}", {"command": kept, "team": team})

    async def work(self, context: Any) -> None:
        """Answer what the middleware took."""
        if delivered := context.get("delivered"):
            await self.answer(delivered)

    async def work_off(self) -> int:
        """Answer what a process took and never finished; how many there were."""
        count = 0
        while left := await self._in_hand.left_over():
            await asyncio.gather(*(self.answer(delivered) for delivered in left))
            count += len(left)
        return count

    async def answer(self, delivered: Delivered) -> None:
        """Answer it. Where that fails it stays there to be tried again, but not for ever."""
        with self._in_hand.holding(delivered):
            await self._deal_with(delivered)

    async def _deal_with(self, delivered: Delivered) -> None:
        payload = json.loads(delivered.payload)
        try:
            await self._answered(payload, delivered)
        except (AskFirstError, *UNANSWERED) as fault:
            if delivered.tries < _TRIES and error_of(fault) not in FOR_GOOD:
                log.warning("a question was not answered yet and is tried again: %s", said(fault))
                return  # its lease runs out, and it is taken up again
            log.error("a question could not be answered, and was given up: %s", said(fault))
            await self._say_sorry(payload)
            await asyncio.to_thread(self._received.give_up, delivered)
            return
        await asyncio.to_thread(self._received.done, delivered, self._clock())

    async def _answered(self, payload: Mapping[str, Any], delivered: Delivered) -> None:
        if "command" in payload:
            await self._asking.asked(payload["command"], payload["team"])
            return
        client = await self._client_of(payload["team"])
        if delivered.tries > 1 and await self._was_answered(client, payload, delivered):
            return
        await self._asking.said(client, payload["event"], payload["team"], delivered.id)

    async def _was_answered(self, client: AsyncWebClient, payload: Mapping[str, Any], delivered: Delivered) -> bool:
        """Whether the answer was posted, and whoever posted it died, or never heard that it was."""
        event = payload["event"]
        place, since = place_of(event, payload["team"]), str(event["ts"])
        if await is_posted(client, place.channel, since, place.thread, delivered.id):
            return True
        if not place.shared:
            return False
        alone = await client.conversations_open(users=place.user)  # where a private answer is
        return await is_posted(client, str(alone["channel"]["id"]), since, "", delivered.id)

    async def _say_sorry(self, payload: Mapping[str, Any]) -> None:
        """Tell whoever asked, where that is still possible."""
        command = payload.get("command")
        try:
            if command:
                await respond(command["response_url"], in_words(SORRY), replace=False)
                return
        except (AskFirstError, *UNANSWERED) as fault:
            log.warning("whoever gave a command is told by direct message: %s", said(fault))
        try:
            user = command["user_id"] if command else payload["event"]["user"]
            await post_to(await self._client_of(payload["team"]), user, in_words(SORRY))
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("whoever asked could not be told either: %s", said(fault))

    async def _written(self, name: str, payload: Mapping[str, Any]) -> Delivered | None:
        taking = asyncio.to_thread(self._received.take, name, json.dumps(payload), self._clock())
        async with asyncio.timeout(_WRITTEN_WITHIN):
            return await taking

    @property
    def _received(self) -> Received:
        return self._core.store.received(self._core.school().id, CHANNEL)


def _is_question(event: Mapping[str, Any]) -> bool:
    """Whether a person wrote this to the app: in a direct message, or with a mention."""
    if event.get("bot_id") or not event.get("user") or not event.get("channel") or not event.get("ts"):
        return False
    if event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return False
    return event.get("type") == "app_mention" or event.get("channel_type") == "im"
