"""Questions that arrive: each is first a row in the store, then worked on.

Bolt answers an event before its listener runs, so a middleware writes the event down first.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.response import BoltResponse

from adapters.chat.arriving import Answering, Arrivals
from adapters.slack.answering import SlackQuestion
from adapters.slack.faults import plainly
from adapters.slack.people import CHANNEL, team_of
from adapters.slack.said import changed_in
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.store import Delivered

log = logging.getLogger("askfirst.slack")
_TAKEN = ("message", "app_mention")  # events that are written down before they are answered
_WRITTEN_WITHIN = 2.5  # seconds: Slack wants its answer within three


class SlackArrivals(Arrivals[SlackQuestion]):
    """What people asked, on its way to an answer, which `answering` gives."""

    def __init__(self, core: Core, answering: Answering[SlackQuestion], clock: Callable[[], dt.datetime]) -> None:
        super().__init__(core, CHANNEL, answering, clock)
        self._under_way: set[asyncio.Task[None]] = set()

    async def take(self, body: Mapping[str, Any], context: Any, next: Callable[[], Awaitable[Any]]) -> Any:  # noqa: A002
        """Write an event down before Slack hears that it was received; a repeated one ends here, and so does one that
        cannot be written down: Slack sends it again."""
        event = body.get("event") or {}
        if event.get("type") not in _TAKEN:
            return await next()
        if event.get("subtype") == "message_changed":
            event = changed_in(event) or {}
        if not _is_question(event):
            return BoltResponse(status=200, body="")
        name = f"{event.get('channel')} {event.get('ts')}"  # a mention may come as two events with one message
        if "before" in event:
            name += f" {event['edited'].get('ts')}"
        try:
            delivered = await self.write_down(name, {"event": event, "team": team_of(context)}, _WRITTEN_WITHIN)
        except (AskFirstError, TimeoutError) as fault:
            log.error("a question could not be written down: %s", plainly(fault))
            return BoltResponse(status=503, body="")
        if delivered is None:
            return BoltResponse(status=200, body="")
        if "before" in event:  # Bolt shows no listener what is changed in the pane of an assistant
            self._begin(delivered)
            return BoltResponse(status=200, body="")
        context["delivered"] = delivered
        return await next()

    async def take_command(self, command: Mapping[str, Any], team: str) -> Delivered | None:
        """Write what was typed after `/ask` down; None for a repeated one. Raises StoreError or TimeoutError where it
        cannot be written down."""
        wanted = ("channel_id", "user_id", "text", "response_url")
        kept = {name: str(command.get(name, "")) for name in wanted}
        return await self.write_down(f"ask {command['trigger_id']}", {"command": kept, "team": team}, _WRITTEN_WITHIN)

    def _begin(self, delivered: Delivered) -> None:
        task = asyncio.create_task(self.answer(delivered))
        self._under_way.add(task)  # the loop itself does not keep a task alive
        task.add_done_callback(self._under_way.discard)

    async def work(self, context: Any) -> None:
        """Answer what the middleware took."""
        if delivered := context.get("delivered"):
            await self.answer(delivered)


def _is_question(event: Mapping[str, Any]) -> bool:
    """Whether a person wrote this to the app: in a direct message, or with a mention."""
    if event.get("bot_id") or not event.get("user") or not event.get("channel") or not event.get("ts"):
        return False
    if event.get("subtype") not in (None, "file_share", "me_message", "thread_broadcast"):
        return False
    return event.get("type") == "app_mention" or event.get("channel_type") == "im" or _is_direct(event)


def _is_direct(event: Mapping[str, Any]) -> bool:
    """`/me ...` comes without a word on what sort of channel it is in."""
    return "channel_type" not in event and str(event["channel"]).startswith("D")
