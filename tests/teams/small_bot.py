"""A small bot with one answer of every kind, on botbuilder's own CloudAdapter: on it the stand-in itself is tried."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from botbuilder.core import ActivityHandler, InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import Activity, Attachment, ConversationReference
from botframework.connector.auth import AppCredentials, PasswordServiceClientCredentialFactory

from tests.slack.serving import listening
from tests.teams.server import Teams
from tests.teams.world import ADAPTIVE, Json

TOKEN = "the-bots-own-token"


def card(*body: Json, actions: tuple[Json, ...] = (), **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": list(actions), **more}


def words(text: str, **more: Any) -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}


def button(kind: str, title: str, **more: Any) -> Json:
    return {"type": f"Action.{kind}", "title": title, **more}


def needed(kind: str, name: str, label: str, **more: Any) -> Json:
    told = {"isRequired": True, "errorMessage": f"{label}?"}
    return {"type": f"Input.{kind}", "id": name, "label": label, **told, **more}


MENU = (
    button("Execute", "More", verb="more", data={"entry": "ex-pupils"}),
    button("Submit", "Log a concern", data={"msteams": {"type": "task/fetch"}, "form": "concern"}),
    button("Submit", "Plain", data={"choice": "b"}),
    button("ToggleVisibility", "Sources", targetElements=["sources"]),
    button("ShowCard", "Not right?", card=card(words("Tell us why"))),
)
FORM = card(
    needed("Text", "what", "What happened", isMultiline=True, maxLength=200),
    needed("Date", "day", "Which day", max="2026-12-31"),
    needed(
        "ChoiceSet", "how", "How urgent", choices=[{"title": "Now", "value": "1"}, {"title": "Today", "value": "2"}]
    ),
    {
        "type": "Input.ChoiceSet",
        "id": "who",
        "label": "Which adult",
        "choices": [],
        "choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"},
    },
    actions=(button("Submit", "Check", data={"step": "check"}),),
)


def task(title: str, content: Json) -> Json:
    return {
        "task": {"type": "continue", "value": {"title": title, "card": {"contentType": ADAPTIVE, "content": content}}}
    }


def menu(text: str, reader: str) -> Json:
    """The card that answers everything; it is refreshed for this reader."""
    refresh = {"action": button("Execute", "Again", verb="refresh", data={"entry": "e1"}), "userIds": [reader]}
    told = words("See **clause 4**", id="sources", isVisible=False)
    return card(words(f"You said {text}"), told, actions=MENU, refresh=refresh)


class SmallBot(ActivityHandler):  # type: ignore[misc]
    """Says what it was told, and keeps what it heard."""

    def __init__(self) -> None:
        self.free = asyncio.Event()  # while it is not set, the bot answers nothing
        self.free.set()
        self.heard: list[str] = []
        self.references: list[ConversationReference] = []

    async def on_turn(self, turn_context: TurnContext) -> None:
        await self.free.wait()
        activity = turn_context.activity
        self.heard.append(activity.name or activity.type)
        self.references.append(TurnContext.get_conversation_reference(activity))
        if activity.type == "invoke":
            answer = InvokeResponse(status=200, body=self._answered(activity.name, activity.value))
            await turn_context.send_activity(Activity(type="invokeResponse", value=answer))
        elif activity.type == "message":
            await turn_context.send_activity(_said(activity))
        elif activity.type == "conversationUpdate":
            await turn_context.send_activity("Hello. Ask me before you act.")

    def _answered(self, name: str, value: Json) -> Any:
        if name == "adaptiveCard/action":
            verb = value["action"]["verb"]
            shown = card(words(f"{verb} for {value['action']['data']['entry']}, {value['trigger']}"))
            return {"statusCode": 200, "type": ADAPTIVE, "value": shown}
        if name in ("task/fetch", "composeExtension/fetchTask"):
            about = (value.get("messagePayload") or {}).get("body", {}).get("content", "")
            return task("Log a concern", {**FORM, "body": [*FORM["body"], words(f"About: {about}")]})
        return self._submitted(value["data"])

    def _submitted(self, data: Json) -> Any:
        if data.get("what") == "bad":
            return task("Log a concern", {**FORM, "body": [words("Say more", color="attention"), *FORM["body"]]})
        if data.get("step") == "check":
            send = button("Submit", "Log it", data={"step": "log"})
            return task(
                "Is this right?", card(words(f"{data['how']} {data['day']} {data.get('who')}"), actions=(send,))
            )
        return {"task": {"type": "message", "value": "Logged"}}


def _said(activity: Activity) -> Activity:
    said = TurnContext.remove_recipient_mention(activity) if activity.text else str(activity.value)
    shown = Attachment(content_type=ADAPTIVE, content=menu(said.strip(), activity.from_property.id))
    return Activity(type="message", summary="An answer", attachments=[shown])


class Credentials(PasswordServiceClientCredentialFactory):  # type: ignore[misc]
    """Shows the connector a token that nobody has to be asked for."""

    async def create_credentials(self, *_: Any, **__: Any) -> Any:
        return _Known()


class _Known(AppCredentials):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(app_id="app", channel_auth_tenant="tenant")

    def get_access_token(self, force_refresh: bool = False) -> str:
        return TOKEN


class _Settings:
    APP_ID = ""
    APP_PASSWORD = ""
    APP_TYPE = "MultiTenant"
    APP_TENANTID = ""


@contextlib.asynccontextmanager
async def running(teams: Teams, bot: SmallBot) -> AsyncIterator[CloudAdapter]:
    """The bot listens, and Teams knows where."""
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(_Settings(), credentials_factory=Credentials()))

    async def messages(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        answer = await adapter.process_activity("", activity, bot.on_turn)
        return web.json_response(answer.body, status=answer.status) if answer else web.Response(status=201)

    pages = web.Application()
    pages.router.add_post("/api/messages", messages)
    async with listening(pages) as address:
        teams.posts_to(f"{address}/api/messages")
        yield adapter
