"""Questions on Slack: what came in -> Message, the core's reply -> a message where it belongs.

In a channel an answer goes into the thread, for all to see; what looks like a concern is answered to the sender alone,
and the channel sees nothing of it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.blocks import Drawn, without_mention
from adapters.slack.buttons import to_action
from adapters.slack.replies import render
from bot.core import Core
from bot.messages import GiveFeedback, Message, Reply

LONGEST = 4_000  # characters of a question; the same as on the page
TOO_LONG = "That is too long for one question. Ask it in a sentence or two."


@dataclass(frozen=True)
class Place:
    """Where something was said. `shared` means that others are there; `thread` is the thread's first message."""

    team: str
    channel: str
    user: str
    thread: str
    shared: bool

    @property
    def conversation(self) -> str:
        """The id of the conversation: one person in one thread, or in their direct messages."""
        parts = (self.team, self.channel, self.user, self.thread if self.shared else "")
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def place_of(event: Mapping[str, Any], team: str) -> Place:
    """A message event -> where it was said. In a channel every question begins a thread of its own."""
    shared = event.get("channel_type") != "im"
    thread = str(event.get("thread_ts") or (event.get("ts") if shared else ""))
    return Place(team, str(event.get("channel", "")), str(event.get("user", "")), thread or "", shared)


def to_message(text: str, place: Place) -> Message:
    """What was typed -> Message."""
    return Message(without_mention(text), place.conversation)


class Asking:
    """Questions and the buttons of their answers."""

    def __init__(self, core: Core, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._clock = core, clock

    async def reply_to(self, message: Message) -> Reply:
        """The core's reply."""
        if len(message.text) > LONGEST:
            return Reply("no-answer", text=TOO_LONG)
        return await asyncio.to_thread(self._core.assistant.handle, message, self._clock())

    async def said(self, client: AsyncWebClient, event: Mapping[str, Any], team: str) -> None:
        """Answer a message event (a direct message, or a mention in a channel)."""
        place = place_of(event, team)
        in_pane = not place.shared and bool(place.thread)
        if in_pane:
            await _set_status(client, place, "is looking it up…")
        reply = await self.reply_to(to_message(str(event.get("text", "")), place))
        await post(client, place, reply)

    async def asked(self, client: AsyncWebClient, command: Mapping[str, Any]) -> None:
        """Answer `/ask TEXT`, visible to whoever asked alone."""
        place = Place(command["team_id"], command["channel_id"], command["user_id"], "", shared=False)
        drawn = render(await self.reply_to(to_message(command.get("text", ""), place)))
        await respond(command["response_url"], drawn, replace=False)

    async def pressed(self, body: Mapping[str, Any]) -> None:
        """A choice, a fact or feedback was pressed: the answer takes the place of the message with the buttons."""
        action = to_action(str(body["actions"][0].get("value", "")))
        if action is None:
            return
        container = body.get("container") or {}
        channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
        shared = not channel.startswith("D") and not container.get("is_ephemeral")
        thread = str(container.get("thread_ts") or container.get("message_ts") or "") if shared else ""
        place = Place(body["team"]["id"], channel, body["user"]["id"], thread, shared)
        reply = await self.reply_to(Message("", place.conversation, action))
        keeps = isinstance(action, GiveFeedback)
        await respond(body["response_url"], render(reply), replace=not keeps, thread=thread)


def is_private(reply: Reply) -> bool:
    """Whether a reply is for the sender alone: it may be about a real child or adult."""
    return reply.handover is not None or reply.note is not None


async def post(client: AsyncWebClient, place: Place, reply: Reply) -> None:
    """Put a reply where it belongs. Raises SlackApiError."""
    drawn = render(reply)
    shown: dict[str, Any] = {"channel": place.channel, "text": drawn.text, "blocks": list(drawn.blocks)}
    if place.thread:
        shown["thread_ts"] = place.thread
    if place.shared and is_private(reply):
        await client.chat_postEphemeral(user=place.user, **shown)
    else:
        await client.chat_postMessage(unfurl_links=False, unfurl_media=False, **shown)


async def respond(url: str, drawn: Drawn, *, replace: bool, thread: str = "") -> None:
    """Answer by the address that came with a command or a button; to the person alone unless it replaces."""
    body: dict[str, Any] = {"text": drawn.text, "blocks": list(drawn.blocks), "replace_original": replace}
    if not replace:
        body["response_type"] = "ephemeral"
    if thread:
        body["thread_ts"] = thread
    await AsyncWebhookClient(url).send_dict(body)


async def _set_status(client: AsyncWebClient, place: Place, status: str) -> None:
    try:
        await client.assistant_threads_setStatus(channel_id=place.channel, thread_ts=place.thread, status=status)
    except SlackApiError:
        return  # a thread of direct messages outside the assistant's pane has no status
