"""The two ways in which Slack reaches an app: requests to its address, and envelopes through its websocket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.slack.workspace import APP, Json

Kind = Literal["events_api", "slash_commands", "interactive"]
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True)
class Retry:
    """The number of a repeated delivery, and why it is repeated."""

    number: int
    reason: str


@dataclass(frozen=True)
class Answer:
    """What the app answered: `body` is parsed where it is JSON."""

    status: int
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class UnansweredError(Exception):
    """Nothing came back; `reason` is what Slack says in x-slack-retry-reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Transport(Protocol):
    """Brings one payload to the app."""

    async def deliver(self, kind: Kind, body: Json, retry: Retry | None, patience: float) -> Answer: ...

    async def close(self) -> None: ...


class HttpTransport:
    """Signed POST requests to the app's address."""

    def __init__(self, url: str, signing_secret: str) -> None:
        self._url = url
        self._signer = SignatureVerifier(signing_secret)
        self._session = aiohttp.ClientSession()

    async def deliver(self, kind: Kind, body: Json, retry: Retry | None, patience: float) -> Answer:
        content, text = _encoded(kind, body)
        headers = {"Content-Type": content, "User-Agent": USER_AGENT, **self.signed(text), **_retried(retry)}
        try:
            return await self.post(text, headers, patience)
        except TimeoutError as error:
            raise UnansweredError("http_timeout") from error
        except aiohttp.ClientError as error:
            raise UnansweredError("connection_failed") from error

    async def post(self, text: str, headers: Mapping[str, str], patience: float) -> Answer:
        """A request as it is; a test may sign it wrongly."""
        limit = aiohttp.ClientTimeout(total=patience)
        sending = self._session.post(
            self._url, data=text.encode(), headers=headers, timeout=limit, allow_redirects=False
        )
        async with sending as response:
            return Answer(response.status, _parsed(await response.text()), dict(response.headers))

    def signed(self, text: str, at: int | None = None) -> dict[str, str]:
        """The headers with which the app can tell that Slack sent this."""
        stamp = str(at or int(time.time()))
        signature = self._signer.generate_signature(timestamp=stamp, body=text)
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(signature)}

    async def close(self) -> None:
        await self._session.close()


class SocketTransport:
    """Envelopes through whichever of the app's websockets is open."""

    def __init__(self) -> None:
        self.tickets: set[str] = set()
        self.opened = 0
        self._sockets: list[web.WebSocketResponse] = []
        self._waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Any]]] = {}
        self._count = 0

    @property
    def connected(self) -> bool:
        return any(not socket.closed for socket in self._sockets)

    async def deliver(self, kind: Kind, body: Json, retry: Retry | None, patience: float) -> Answer:
        socket = next((each for each in self._sockets if not each.closed), None)
        if socket is None:
            raise UnansweredError("connection_failed")
        envelope = self._envelope(kind, body, retry)
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = (socket, answered)
        try:
            await socket.send_json(envelope)
            return Answer(200, await asyncio.wait_for(answered, patience))
        except TimeoutError as error:
            raise UnansweredError("timeout") from error
        except ConnectionError as error:
            raise UnansweredError("connection_failed") from error
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The websocket itself; a ticket from apps.connections.open lets in once."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            raise web.HTTPNotFound
        self.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        self.opened += 1
        await socket.send_json(self._hello())
        try:
            await self._listen(socket)
        finally:
            self._sockets.remove(socket)
            self._give_up(socket)
        return socket

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """What Slack does to every websocket after some hours."""
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
            await socket.close()

    async def drop(self) -> None:
        """Break every websocket without a word."""
        for socket in list(self._sockets):
            await socket.close(code=aiohttp.WSCloseCode.ABNORMAL_CLOSURE, drain=False)

    async def close(self) -> None:
        await self.drop()

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                acknowledged = json.loads(message.data)
                _, waiting = self._waiting.get(acknowledged.get("envelope_id"), (None, None))
                if waiting is not None and not waiting.done():
                    waiting.set_result(acknowledged.get("payload", ""))

    def _give_up(self, socket: web.WebSocketResponse) -> None:
        """Nothing more will come from this one."""
        for through, waiting in self._waiting.values():
            if through is socket and not waiting.done():
                waiting.set_exception(ConnectionResetError())

    def _envelope(self, kind: Kind, body: Json, retry: Retry | None) -> Json:
        self._count += 1
        envelope = {"envelope_id": f"00000000-0000-4000-9000-{self._count:012d}", "payload": body, "type": kind}
        if kind != "events_api":
            return {**envelope, "accepts_response_payload": True}
        attempt = {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
        return {**envelope, "accepts_response_payload": False, **attempt}

    def _hello(self) -> Json:
        debug = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18_060}
        connection = {"app_id": APP}
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "debug_info": debug,
            "connection_info": connection,
        }


def _encoded(kind: Kind, body: Json) -> tuple[str, str]:
    if kind == "events_api":
        return "application/json", json.dumps(body)
    form = body if kind == "slash_commands" else {"payload": json.dumps(body)}
    return "application/x-www-form-urlencoded", urlencode(form)


def _retried(retry: Retry | None) -> dict[str, str]:
    if retry is None:
        return {}
    return {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
