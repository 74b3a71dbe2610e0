"""Questions on Slack: what came in -> Message, the core's reply -> a message where it belongs.

In a channel an answer goes into the thread, for all to see; what looks like a concern is answered to the sender alone,
by direct message, and the channel sees nothing of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.asking import reply_to, reply_to_edit
from adapters.chat.buttons import NotOursError, to_action
from adapters.chat.piloting import as_taking_part
from adapters.chat.tips import TipTalk
from adapters.slack.blocks import Drawn, without_mention
from adapters.slack.faults import FOR_GOOD, UNANSWERED, error_of, plainly
from adapters.slack.greeting import to_prompt
from adapters.slack.people import SlackCaller, SlackDirectory
from adapters.slack.posting import in_words, post_to, respond
from adapters.slack.replies import render
from adapters.slack.required import SlackRequired
from adapters.slack.said import message_in
from adapters.slack.session import at_rest, at_work
from bot.messages import Message, Reply
from bot.presses import STAYS
from bot.required.presses import asks_what_to_read
from bot.service.core import Core
from bot.store import Known

ELSEWHERE = "I have answered you in a direct message: only you can read it there."
FROM_ELSEWHERE = "Here is the answer to what you asked on the Home tab."
ALONE = "ask"  # in the place of a thread, for what only its asker sees
ClientNow = AsyncWebClient | Callable[[], Awaitable[AsyncWebClient]]  # the workspace's, or how to get it if need be
HasAgent = Callable[[str], Awaitable[bool | None]]  # a workspace -> whether the app has the agent feature there
log = logging.getLogger("askfirst.slack")


@dataclass(frozen=True)
class SlackPlace:
    """Where something was said: `thread` is the thread's first message, empty outside threads."""

    team: str
    channel: str
    user: str
    thread: str = ""

    @property
    def shared(self) -> bool:
        """Whether others are there."""
        return not self.channel.startswith("D")

    @property
    def conversation(self) -> str:
        """The id of the conversation: one person in one thread, or in their direct messages."""
        parts = (self.team, self.channel, self.user, self.thread)
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def place_of(event: Mapping[str, Any], team: str, agent: bool) -> SlackPlace:
    """A message event -> where it was said. In a channel every question begins a thread of its own, and with the agent
    feature in direct messages too."""
    channel, thread = str(event.get("channel", "")), str(event.get("thread_ts") or "")
    if agent or not channel.startswith("D"):
        thread = thread or str(event.get("ts", ""))
    return SlackPlace(team, channel, str(event.get("user", "")), thread)


def to_message(text: str, place: SlackPlace) -> Message:
    """What was typed -> Message."""
    return Message(without_mention(text), place.conversation)


class SlackQuestions:
    """Questions and the buttons of their answers."""

    def __init__(
        self,
        core: Core,
        directory: SlackDirectory,
        tips: TipTalk,
        clock: Callable[[], dt.datetime],
        has_agent: HasAgent,
    ) -> None:
        self._core, self._directory, self._tips, self._clock = core, directory, tips, clock
        self._has_agent, self._required = has_agent, SlackRequired(core, directory, clock)

    async def reply_to(self, client: ClientNow, place: SlackPlace, message: Message) -> Reply:
        """The core's reply to what this person asked or pressed. Raises StoreError."""

        async def who() -> Known:
            known = client if isinstance(client, AsyncWebClient) else await client()
            return await self._directory.who_or_as_given(SlackCaller(known, place.team, place.user))

        now = self._clock()
        return await reply_to(self._core, await as_taking_part(self._core, message, place.user, who, now), now)

    async def answer(self, client: AsyncWebClient, event: Mapping[str, Any], team: str, mark: str) -> None:
        """Answer a message event (a direct message, or a mention in a channel). `mark` is put on the answer, so that
        it can be found again. Raises one of UNANSWERED."""
        agent = await self.is_agent(team)
        place = place_of(event, team, agent)
        if "before" in event:
            await self._answer_change(client, event, place, mark)
            return
        if not place.shared and asks_what_to_read(without_mention(str(event.get("text", "")))):
            caller = SlackCaller(client, place.team, place.user)
            await post_to(client, place.channel, await self._required.listed(caller), place.thread, mark=mark)
            return
        in_session = agent and not place.shared
        if in_session:
            await at_work(client, place.channel, place.thread)
        reply = await self._reply_in(client, place, message_in(event, place.conversation))
        if place.shared and reply.private:
            await tell_alone(client, place, render(reply), bool(event.get("thread_ts")), mark)
        else:
            await post_to(client, place.channel, render(reply), place.thread, mark=mark)
        if in_session:
            # The title of a handover says nothing: it stands in a list that others may look over.
            title = reply.answer.title if reply.answer else "Ask before you act"
            await at_rest(client, place.channel, place.thread, title)

    async def _answer_change(
        self, client: AsyncWebClient, event: Mapping[str, Any], place: SlackPlace, mark: str
    ) -> None:
        """Answer what somebody changed, where it has become a concern."""
        now, before = (message_in(each, place.conversation) for each in (event, event["before"]))
        if reply := await reply_to_edit(self._core, now, before, self._clock()):
            await post_to(client, place.channel, render(reply), place.thread, mark=mark)

    async def asked(self, client: ClientNow, command: Mapping[str, Any], team: str) -> None:
        """Answer `/ask TEXT`, visible to whoever asked alone. Raises one of UNANSWERED, or SlackError."""
        place = SlackPlace(team, command["channel_id"], command["user_id"], ALONE)
        drawn = render(await self.reply_to(client, place, to_message(command.get("text", ""), place)))
        await respond(command["response_url"], drawn, replace=False)

    async def asked_at_home(self, client: AsyncWebClient, user: str, team: str, text: str) -> None:
        """Answer what was typed on the Home tab, in the direct messages. Raises one of UNANSWERED."""
        await self.answered_at_home(client, user, team, Message(without_mention(text), ""))

    async def answered_at_home(self, client: AsyncWebClient, user: str, team: str, message: Message) -> None:
        """Answer in the direct messages what was asked elsewhere. Raises one of UNANSWERED."""
        channel = str((await client.conversations_open(users=user))["channel"]["id"])
        # With the agent feature what follows is said in the thread of the answer, so it gets one of its own.
        thread = await post_to(client, channel, in_words(FROM_ELSEWHERE)) if await self.is_agent(team) else ""
        place = SlackPlace(team, channel, user, thread)
        reply = await self._reply_in(client, place, replace(message, conversation=place.conversation))
        await post_to(client, channel, render(reply), thread)

    async def tried(self, client: AsyncWebClient, body: Mapping[str, Any], team: str) -> None:
        """A suggested question was pressed: it is answered in the direct messages. Raises NotOursError or one of
        UNANSWERED."""
        message = to_prompt(str(body["actions"][0].get("value", "")))
        place, _ = where_pressed(body, team)
        if message is None:
            raise NotOursError
        if not place.channel:
            await self.answered_at_home(client, place.user, team, message)
            return
        if await self.is_agent(team) and not place.thread:
            place = replace(place, thread=str((body.get("container") or {}).get("message_ts") or ""))
        reply = await self._reply_in(client, place, replace(message, conversation=place.conversation))
        await post_to(client, place.channel, render(reply), place.thread)

    async def is_agent(self, team: str) -> bool:
        """Whether the app has the agent feature. Where nobody can say, an answer stands beside its question: it is read
        there too."""
        return bool(await self._has_agent(team))

    async def pressed(self, client: AsyncWebClient, body: Mapping[str, Any], team: str) -> None:
        """A choice, a fact or feedback was pressed: the answer takes the place of the message with the buttons.
        What is for its presser alone comes by direct message, and the buttons stay for the others. Raises NotOursError,
        SlackError or one of UNANSWERED."""
        action = to_action(str(body["actions"][0].get("value", "")))
        if action is None:
            raise NotOursError
        place, hidden = where_pressed(body, team)
        reply = await self.reply_to(client, place, Message("", place.conversation, action))
        drawn, url = render(reply), str(body["response_url"])
        if place.shared and reply.private and not hidden:
            await tell_alone(client, place, drawn, bool((body.get("container") or {}).get("thread_ts")))
        elif not isinstance(action, STAYS):
            await respond(url, drawn, replace=True, thread=_thread(place))
        elif hidden or place.shared:
            await respond(url, drawn, replace=False, thread=_thread(place))
        else:
            await post_to(client, place.channel, drawn, place.thread)

    async def _reply_in(self, client: AsyncWebClient, place: SlackPlace, message: Message) -> Reply:
        """The core's reply; in direct messages also to whoever decides about the tips."""

        async def who() -> str:
            known = await self._directory.who(SlackCaller(client, place.team, place.user))
            return "" if known.outside else known.person

        done = None if place.shared or message.action else await self._tips.obey(message.text, who)
        return Reply("smalltalk", done) if done else await self.reply_to(client, place, message)


def where_pressed(body: Mapping[str, Any], team: str) -> tuple[SlackPlace, bool]:
    """Where the button stands (on the Home tab: no channel), and whether only its presser sees the message."""
    container = body.get("container") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    hidden = bool(container.get("is_ephemeral"))
    thread = str(container.get("thread_ts") or "")
    if not thread and channel and not channel.startswith("D"):
        thread = "" if hidden else str(container.get("message_ts") or "")
    return SlackPlace(team, channel, str(body["user"]["id"]), thread or (ALONE if hidden else "")), hidden


def _thread(place: SlackPlace) -> str:
    return "" if place.thread == ALONE else place.thread


async def tell_alone(client: AsyncWebClient, place: SlackPlace, drawn: Drawn, in_thread: bool, mark: str = "") -> None:
    """Answer one person alone what they asked in a channel: by direct message, because Slack does not promise that
    what is shown to one person in a channel arrives, and drops it where nobody has answered in the thread yet. Raises
    one of UNANSWERED."""
    thread = place.thread if in_thread else ""
    try:
        await post_to(client, place.user, drawn, mark=mark)
    except UNANSWERED as fault:
        if error_of(fault) not in FOR_GOOD:
            raise
        await post_to(client, place.channel, drawn, thread, only_for=place.user)
        return
    try:
        await post_to(client, place.channel, in_words(ELSEWHERE), thread, only_for=place.user)
    except UNANSWERED as fault:
        log.warning("the way to an answer could not be shown; the answer is there: %s", plainly(fault))
