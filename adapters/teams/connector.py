"""Writing to Teams, in the shape in which the SDK's CloudAdapter expects it.

The SDK's own connector uses up a thread for each call, waits for ever, and gives up at the first "later" or "not
now". This one waits on the event loop, no longer than it is told, and tries again where that may help.
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
from botbuilder.schema import Activity, ConversationResourceResponse, ResourceResponse
from botframework.connector.auth import ConnectorFactory

from adapters.teams.cards import to_json
from adapters.teams.faults import UNANSWERED, TeamsError, refusal
from adapters.teams.tokens import Tokens

_ONCE = 8.0  # seconds for one call
_TRIES = 4
_PAUSE = 0.5  # seconds before the second try, doubled each time, where Teams names none
_LONGEST_WAIT = 15.0  # seconds; a longer one is for whoever called
_ALTOGETHER = 30.0  # seconds, with every try and every wait


class Connectors(ConnectorFactory):  # type: ignore[misc]  # the SDK is untyped
    """Connectors that share one token. Those that wait try again, and keep their connections until they are closed; the
    others say at once what Teams answered, for callers who can come back later."""

    def __init__(self, tokens: Tokens, waits: bool = True) -> None:
        self._tokens, self._waits = tokens, waits
        self._session: aiohttp.ClientSession | None = None

    async def create(self, service_url: str, audience: str = "") -> Connector:
        """The connector of one of Teams' services."""
        if self._waits and self._session is None:
            self._session = _session()
        return Connector(service_url, self._session, self._tokens)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


class Connector:
    """One of Teams' services. The SDK reaches its operations as `conversations`. With a session of its callers', calls
    are tried again."""

    def __init__(self, service_url: str, session: aiohttp.ClientSession | None, tokens: Tokens) -> None:
        self._base = service_url.rstrip("/")
        self._session, self._tokens, self._tries = session, tokens, _TRIES if session else 1

    @property
    def conversations(self) -> Connector:
        """The operations on conversations: these."""
        return self

    async def send_to_conversation(self, conversation: str, activity: Activity) -> ResourceResponse:
        """Post it. Raises TeamsError or one of UNANSWERED, as all of them do."""
        return _resource(await self._call("POST", (conversation, "activities"), activity.serialize()))

    async def reply_to_activity(self, conversation: str, to: str, activity: Activity) -> ResourceResponse:
        """Post it as an answer."""
        return _resource(await self._call("POST", (conversation, "activities", to), activity.serialize()))

    async def update_activity(self, conversation: str, activity_id: str, activity: Activity) -> ResourceResponse:
        """Put it in the place of what was posted."""
        return _resource(await self._call("PUT", (conversation, "activities", activity_id), activity.serialize()))

    async def create_conversation(self, parameters: Any) -> ConversationResourceResponse:
        """Begin a personal chat, or a post in a channel."""
        found = await self._call("POST", (), parameters.serialize())
        return ConversationResourceResponse(id=_id(found, "id"), activity_id=_id(found, "activityId"))

    async def member(self, conversation: str, user: str) -> Mapping[str, Any]:
        """Who somebody in this conversation is."""
        return await self._call("GET", (conversation, "members", user))

    async def channels(self, team: str) -> Mapping[str, Any]:
        """The channels of a team, as far as Teams lists them to the app."""
        return await self._call("GET", (team, "conversations"), under="v3/teams")

    async def _call(
        self, method: str, path: tuple[str, ...], body: Any = None, under: str = "v3/conversations"
    ) -> Mapping[str, Any]:
        address = "/".join((self._base, under, *(quote(part, safe="") for part in path)))
        async with asyncio.timeout(_ALTOGETHER):
            return await self._tried(method, address, body)

    async def _tried(self, method: str, address: str, body: Any) -> Mapping[str, Any]:
        pause = _PAUSE
        for _ in range(self._tries - 1):
            try:
                return await self._admitted(method, address, body)
            except TeamsError as fault:
                wait = pause if fault.wait is None else fault.wait
                if fault.for_good or wait > _LONGEST_WAIT:
                    raise
            except UNANSWERED:
                wait = pause
            await asyncio.sleep(wait)
            pause *= 2
        return await self._admitted(method, address, body)

    async def _admitted(self, method: str, address: str, body: Any) -> Mapping[str, Any]:
        """With the app's token; where Teams does not take that, once more with a new one."""
        token = await self._tokens.current()
        try:
            return await self._once(method, address, body, token)
        except TeamsError as fault:
            if fault.status != 401 or not token:
                raise
        self._tokens.forget(token)
        return await self._once(method, address, body, await self._tokens.current())

    async def _once(self, method: str, address: str, body: Any, token: str) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with contextlib.AsyncExitStack() as open_until_read:
            session = self._session
            if session is None:
                session = await open_until_read.enter_async_context(_session())
            sending = session.request(method, address, json=body, headers=headers, allow_redirects=False)
            answer = await open_until_read.enter_async_context(sending)
            if answer.status >= 300:
                raise refusal(answer.status, answer.headers.get("Retry-After", ""))
            try:
                found = await answer.json(content_type=None)
            except (ValueError, RecursionError):
                found = None
        return found if isinstance(found, dict) else {}


def _session() -> aiohttp.ClientSession:
    timeout = aiohttp.ClientTimeout(total=_ONCE)
    return aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), json_serialize=to_json)


def _resource(found: Mapping[str, Any]) -> ResourceResponse:
    return ResourceResponse(id=_id(found, "id"))


def _id(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""
