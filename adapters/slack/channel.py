"""Slack as a channel: what arrives is written down, then worked on; every rule is the core's.

Bolt answers an event before its listener runs, so a middleware first writes the event into the store: a process that
dies in between loses nothing, and what Slack repeats is dealt with once, by whichever process took it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncAssistant
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.alerts import ACKNOWLEDGE, OPEN, PASS_ON
from adapters.slack.asking import Asking
from adapters.slack.blocks import Drawn, paragraphs
from adapters.slack.form import FIRST, REPORT
from adapters.slack.home import home_view
from adapters.slack.ladder import Ladder
from adapters.slack.people import CHANNEL, Caller, Directory, caller_of
from adapters.slack.record import TASKS
from adapters.slack.replies import ANSWER, LOG_CONCERN, SOURCES, sources_view
from adapters.slack.reporting import Reporting, words_of
from bot.answers import answer_with
from bot.concerns import Receipt
from bot.core import Core
from bot.errors import AskFirstError
from bot.store import Delivered, Received

log = logging.getLogger("askfirst.slack")
COMMAND_ASK, COMMAND_CONCERN = "/ask", "/concern"
SHORTCUT, MESSAGE_SHORTCUT = "log_concern", "log_concern_about_message"
PROMPTS = (
    "Can I friend an ex-pupil?",
    "Can I post photos of a school trip?",
    "A parent is complaining about me online. What do I do?",
)
_TAKEN = ("message", "app_mention")  # events that are written down before they are answered
SORRY = "Something went wrong here, and I could not answer. Please try again in a minute."

Worker = Callable[[AsyncWebClient, Mapping[str, Any]], Awaitable[None]]


class SlackChannel:
    """The listeners of the school's workspaces, around one core. `client_of` gives the client of a workspace."""

    def __init__(
        self, core: Core, client_of: Callable[[str], Awaitable[AsyncWebClient]], clock: Callable[[], dt.datetime]
    ) -> None:
        self._core, self._client_of, self._clock = core, client_of, clock
        self.directory = Directory(core.school, core.store)
        self._asking = Asking(core, clock)
        self._reporting = Reporting(core, self.directory, clock)
        self._ladder = Ladder(core, self.directory, clock)

    def listen(self, app: AsyncApp) -> None:
        """Hang every listener into the app."""
        app.middleware(self._take)
        app.assistant(self._assistant())
        app.event("message")(self._work)
        app.event("app_mention")(self._work)
        app.event("app_home_opened")(self._home)
        app.event("tokens_revoked")(self._gone)
        app.event("app_uninstalled")(self._gone)
        app.command(COMMAND_ASK)(self._ask)
        app.command(COMMAND_CONCERN)(self._concern)
        app.shortcut(SHORTCUT)(self._shortcut)
        app.shortcut(MESSAGE_SHORTCUT)(self._message_shortcut)
        app.action(LOG_CONCERN)(self._shortcut)
        app.action(SOURCES)(self._sources)
        app.action(_starts(ANSWER))(self._pressed)
        app.action(ACKNOWLEDGE)(self._acknowledge)
        app.action(_starts(OPEN))(self._open)
        app.action(PASS_ON)(self._pass_on)
        for task in TASKS:
            app.action(f"task-{task.id}")(self._begin)
            app.view(f"task-{task.id}")(self._finish)
        app.view(FIRST)(self._first)
        app.view(REPORT)(self._report)

    async def work_off(self) -> int:
        """Answer what a process took and never finished; how many there were."""
        left = await asyncio.to_thread(self._received.left_over, self._clock())
        for delivered in left:
            await self._answer(delivered)
        return len(left)

    # --- events

    async def _take(self, body: Mapping[str, Any], context: Any, next: Callable[[], Awaitable[Any]]) -> Any:  # noqa: A002
        """Write an event down before Slack hears that it was received; a repeated one ends here."""
        event = body.get("event") or {}
        if event.get("type") not in _TAKEN:
            return await next()
        if not _is_question(event):
            return BoltResponse(status=200, body="")
        name = f"{event.get('channel')} {event.get('ts')}"  # a mention comes as two events with one message
        payload = json.dumps({"event": event, "team": str(body.get("team_id", ""))})
        delivered = await asyncio.to_thread(self._received.take, name, payload, self._clock())
        if delivered is None:
            return BoltResponse(status=200, body="")
        context["delivered"] = delivered
        return await next()

    async def _work(self, context: Any) -> None:
        if delivered := context.get("delivered"):
            await self._answer(delivered)

    async def _answer(self, delivered: Delivered) -> None:
        payload = json.loads(delivered.payload)
        try:
            client = await self._client_of(payload["team"])
            await self._asking.said(client, payload["event"], payload["team"])
        except (SlackApiError, AskFirstError, OSError) as fault:
            log.error("a question was not answered yet and is tried again: %s", _said(fault))
            return  # its lease runs out, and it is taken up again
        await asyncio.to_thread(self._received.done, delivered, self._clock())

    def _assistant(self) -> AsyncAssistant:
        assistant = AsyncAssistant()

        async def started(set_suggested_prompts: Any) -> None:
            await set_suggested_prompts(prompts=[{"title": prompt, "message": prompt} for prompt in PROMPTS])

        async def said(context: Any, set_title: Any) -> None:
            await self._work(context)
            await set_title("Ask before you act")

        assistant.thread_started(started)
        assistant.user_message(said)
        return assistant

    async def _home(self, client: AsyncWebClient, event: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        if event.get("tab") not in (None, "home"):
            return
        school = self._core.school()
        known = await self.directory.who(Caller(client, str(body.get("team_id", "")), event["user"]))
        inbox, reader = self._core.store.inbox(school.id), self.directory.reader(known)
        waiting = inbox.summaries(reader, ("open", "acknowledged")) if reader else ()
        logged = await asyncio.to_thread(inbox.logged_by, self.directory.reporter(known))
        await client.views_publish(user_id=event["user"], view=home_view(school, logged, waiting, ""))

    async def _gone(self) -> None:
        log.error("the app was removed from Slack, or its token was withdrawn: alerts go by e-mail now")

    # --- asking

    async def _ask(self, ack: Any, client: AsyncWebClient, command: Mapping[str, Any]) -> None:
        await ack()
        if not str(command.get("text", "")).strip():
            text = f"Type your question after {COMMAND_ASK}, such as: {COMMAND_ASK} can I friend an ex-pupil?"
            await client.chat_postEphemeral(channel=command["channel_id"], user=command["user_id"], text=text)
            return
        await self._asking.asked(client, command)

    async def _pressed(self, ack: Any, body: Mapping[str, Any]) -> None:
        await ack()
        await self._asking.pressed(body)

    async def _sources(self, ack: Any, client: AsyncWebClient, body: Mapping[str, Any]) -> None:
        await ack()
        base = self._core.base()
        entry = base.knowledge.entries.get(str(body["actions"][0].get("value", "")))
        if entry is not None:
            answer = answer_with(base.knowledge, entry, {}, self._clock().date())
            await client.views_open(trigger_id=body["trigger_id"], view=sources_view(answer))

    # --- concerns

    async def _concern(self, ack: Any, client: AsyncWebClient, command: Mapping[str, Any]) -> None:
        await ack()
        words = str(command.get("text", ""))
        await self._reporting.open(caller_of(client, command), command["trigger_id"], words)

    async def _shortcut(self, ack: Any, client: AsyncWebClient, body: Mapping[str, Any]) -> None:
        await ack()
        await self._reporting.open(caller_of(client, body), body["trigger_id"])

    async def _message_shortcut(self, ack: Any, client: AsyncWebClient, body: Mapping[str, Any]) -> None:
        await ack()
        message, channel = body["message"], body["channel"]["id"]
        link = f"https://slack.com/archives/{channel}/p{str(message.get('ts', '')).replace('.', '')}"
        await self._reporting.open(caller_of(client, body), body["trigger_id"], words_of(message), link)

    async def _first(self, ack: Any, view: Mapping[str, Any]) -> None:
        await ack(await self._reporting.first_submitted(view))

    async def _report(self, ack: Any, client: AsyncWebClient, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        answer, receipt = await self._reporting.submitted(caller_of(client, body), view)
        await ack(answer)
        if receipt is not None:
            await _send_receipt(client, body["user"]["id"], receipt)

    # --- the ladder

    async def _acknowledge(self, ack: Any, client: AsyncWebClient, body: Mapping[str, Any]) -> None:
        await ack()
        await self._ladder.acknowledge(client, body)

    async def _open(self, ack: Any, client: AsyncWebClient, body: Mapping[str, Any]) -> None:
        await ack()
        await self._ladder.open(client, body)

    async def _pass_on(self, ack: Any, client: AsyncWebClient, body: Mapping[str, Any]) -> None:
        await ack()
        await self._ladder.begin(client, body, "pass-on", str(body["actions"][0].get("value", "")))

    async def _begin(self, ack: Any, client: AsyncWebClient, body: Mapping[str, Any]) -> None:
        await ack()
        task, _, number = str(body["actions"][0].get("value", "")).partition(" ")
        await self._ladder.begin(client, body, task, number)

    async def _finish(self, ack: Any, client: AsyncWebClient, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        task = str(view["callback_id"]).removeprefix("task-")
        await ack(await self._ladder.finish(client, body, task))

    @property
    def _received(self) -> Received:
        return self._core.store.received(self._core.school().id, CHANNEL)


async def _send_receipt(client: AsyncWebClient, user: str, receipt: Receipt) -> None:
    text = (
        f"You logged concern {receipt.number}. Your receipt: {receipt.receipt}. Keep it: with it you can look the "
        "concern up on the page and add to it. You hear here who has answered."
    )
    try:
        await client.chat_postMessage(channel=user, **_message(text))
    except (SlackApiError, OSError) as fault:
        log.warning("a receipt could not be sent by direct message; it was shown in the form: %s", _said(fault))


def _message(text: str) -> dict[str, Any]:
    drawn = Drawn(tuple(paragraphs(text)), text)
    return {"text": drawn.text, "blocks": list(drawn.blocks)}


def _is_question(event: Mapping[str, Any]) -> bool:
    """Whether a person wrote this to the app: in a direct message, or with a mention."""
    if event.get("bot_id") or event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return False
    return event.get("type") == "app_mention" or event.get("channel_type") == "im"


def _starts(action: str) -> Any:
    import re

    return re.compile(rf"{re.escape(action)}(?:-.*)?")


def _said(fault: Exception) -> str:
    """An error without anything that somebody wrote."""
    if isinstance(fault, SlackApiError):
        return f"Slack answered {fault.response.get('error', 'with an error')}"
    return str(fault) if isinstance(fault, AskFirstError) else type(fault).__name__
