"""A small app with one listener of every kind, on which the local Slack itself is tried."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncAssistant
from slack_bolt.response import BoltResponse
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, async_default_handlers
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server import Slack

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str, action: str) -> Json:
    return {"type": "button", "text": plain(label), "action_id": action, "value": label}


def choice(label: str) -> Json:
    return {"text": plain(label), "value": label.lower()}


def field(name: str, label: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": name, "label": plain(label), "element": {"action_id": "it", **element}, **more}


FORM: Json = {
    "type": "modal",
    "callback_id": "concern",
    "title": plain("Log a concern"),
    "submit": plain("Check"),
    "notify_on_close": True,
    "blocks": [
        field("what", "What happened", {"type": "plain_text_input", "min_length": 3}),
        field("how", "How urgent", {"type": "radio_buttons", "options": [choice("Now"), choice("Today")]}),
        field("ids", "Pupils", {"type": "plain_text_input"}, optional=True),
    ],
}
CHECK: Json = {"type": "modal", "callback_id": "confirm", "title": plain("Is this right?"), "submit": plain("Log it")}


class SmallApp:
    """An app with one listener of every kind that a test here needs."""

    def __init__(self, slack: Slack) -> None:
        handlers = [*async_default_handlers(), AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
        client = AsyncWebClient(token=slack.token, base_url=slack.api_url, retry_handlers=handlers)
        self.bolt = AsyncApp(client=client, signing_secret=slack.signing_secret)
        self.slow = asyncio.Event()
        self.slow.set()
        self.heard: list[str] = []
        for listen in (self._talk, self._form, self._places, self._assistant):
            listen()

    def _talk(self) -> None:
        @self.bolt.middleware
        async def first_only(body: Json, next: Any) -> Any:  # noqa: A002
            await self.slow.wait()
            if body.get("event_id") in self.heard:
                return BoltResponse(status=200, body="")
            self.heard.append(body.get("event_id") or body.get("type") or body["command"])
            return await next()

        @self.bolt.event("message")
        async def direct(event: Json, say: Any) -> None:
            if not event.get("subtype"):
                both = {"type": "actions", "elements": [button("More", "more"), button("Hide", "hide")]}
                await say(text=f"You said {event['text']}", blocks=[section(f"*You* said {event['text']}"), both])

        @self.bolt.event("app_mention")
        async def mentioned(event: Json, say: Any) -> None:
            await say(text="In the thread", thread_ts=event.get("thread_ts") or event["ts"])

        for name in ("app_uninstalled", "member_joined_channel", "tokens_revoked"):
            self.bolt.event(name)(self._note)

        @self.bolt.action("more")
        async def more(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="More of it", replace_original=True, blocks=[section("More of it")])

        @self.bolt.action("hide")
        async def hide(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.chat_delete(channel=body["channel"]["id"], ts=body["message"]["ts"])

    async def _note(self, event: Json) -> None:
        self.heard.append(event["type"])

    def _form(self) -> None:
        @self.bolt.command("/concern")
        async def concern(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

        @self.bolt.command("/ask")
        async def ask(ack: Any, command: Json) -> None:
            await ack(text=f"Only you see {command['text']}")

        @self.bolt.view("concern")
        async def submitted(ack: Any, view: Json) -> None:
            said = view["state"]["values"]["what"]["it"]["value"]
            if said == "bad":
                await ack(response_action="errors", errors={"what": "Say more"})
            else:
                await ack(response_action="update", view={**CHECK, "blocks": [section(f"You wrote: {said}")]})

        @self.bolt.view("confirm")
        async def confirmed(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.chat_postMessage(channel=body["user"]["id"], text="Logged")

        @self.bolt.view_closed("concern")
        async def closed(ack: Any) -> None:
            await ack()

    def _places(self) -> None:
        @self.bolt.event("app_home_opened")
        async def home(event: Json, client: AsyncWebClient) -> None:
            menu = {"type": "overflow", "action_id": "menu", "options": [choice("Open"), choice("Closed")]}
            view = {"type": "home", "blocks": [section("Welcome", accessory=menu)]}
            await client.views_publish(user_id=event["user"], view=view)

        @self.bolt.action("menu")
        async def menu(ack: Any, action: Json, body: Json, client: AsyncWebClient) -> None:
            await ack()
            shown = section(f"Chosen: {action['selected_option']['text']['text']}")
            await client.views_publish(user_id=body["user"]["id"], view={"type": "home", "blocks": [shown]})

        @self.bolt.shortcut("log_concern")
        async def shortcut(ack: Any, shortcut: Json, client: AsyncWebClient) -> None:
            await ack()
            about = shortcut.get("message", {}).get("text", "")
            await client.views_open(trigger_id=shortcut["trigger_id"], view={**FORM, "private_metadata": about})

    def _assistant(self) -> None:
        assistant = AsyncAssistant()

        @assistant.thread_started
        async def started(say: Any, set_suggested_prompts: Any) -> None:
            await say("How can I help?")
            await set_suggested_prompts(prompts=[{"title": "Ex-pupils", "message": "can I friend an ex-pupil?"}])

        @assistant.user_message
        async def asked(payload: Json, say: Any, set_status: Any, set_title: Any) -> None:
            await set_status("is looking it up")
            await set_title("A question")
            await say(f"Answer to {payload['text']}")

        self.bolt.use(assistant)
