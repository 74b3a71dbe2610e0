"""The service as it listens: addresses, bearer tokens, accidents; each call kept."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.slack.activity import Activity
from tests.slack.faults import Fault
from tests.teams import tokens
from tests.teams.connector import CALLS, Asked
from tests.teams.desk import Desk, RefusedError
from tests.teams.faults import Faults
from tests.teams.world import Json

CHATS = "v3/conversations"
ROUTES = (
    ("POST", CHATS, "create"),
    ("POST", f"{CHATS}/{{conversation}}/activities", "send"),
    ("POST", f"{CHATS}/{{conversation}}/activities/{{other}}", "reply"),
    ("PUT", f"{CHATS}/{{conversation}}/activities/{{other}}", "update"),
    ("DELETE", f"{CHATS}/{{conversation}}/activities/{{other}}", "delete"),
    ("GET", f"{CHATS}/{{conversation}}/members/{{other}}", "member"),
    ("GET", f"{CHATS}/{{conversation}}/pagedmembers", "members"),
    ("GET", "v3/teams/{other}/conversations", "channels"),
)


@dataclass(frozen=True)
class Call:
    """One call of the bot, and how it was answered."""

    name: str
    conversation: str
    body: Json
    authorization: str
    status: int  # 0: it was never answered

    def __str__(self) -> str:
        return f"{self.name} -> {self.status or 'no answer'}"


class Api:
    """The web server's handlers."""

    def __init__(self, desk: Desk, faults: Faults, activity: Activity) -> None:
        self.calls: list[Call] = []
        self.key_fetches = 0
        self._desk, self._faults, self._activity = desk, faults, activity

    def application(self) -> web.Application:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        for method, path, name in ROUTES:
            app.router.add_route(method, self._desk.prefix + path, self._handler(name))
        app.router.add_get("/.well-known/openid", self._openid)
        app.router.add_get("/keys", self._keys)
        app.router.add_route("*", "/{rest:.*}", self._elsewhere)
        return app

    def _handler(self, name: str) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            names = request.match_info
            body = await _body(request)
            query = dict(request.query)
            asked = Asked(name, names.get("conversation", ""), names.get("other", ""), query, body)
            with self._activity.working():
                return await self._answered(request, asked)

        return handle

    async def _answered(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        """Do the work, unless something goes wrong first, or after."""
        struck = self._faults.on_call(asked.name)
        for fault in struck:
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
        last = struck[-1] if struck and struck[-1].kind != "delay" else None
        if last is None or last.kind == "lose_answer":
            status, body = self._done(request, asked)
            self._keep(request, asked, 0 if last else status)
            return _broken(request) if last else web.json_response(body, status=status)
        spoilt = _spoilt(request, last)
        self._keep(request, asked, 0 if last.kind == "drop" else spoilt.status)
        return spoilt

    def _done(self, request: web.Request, asked: Asked) -> tuple[int, Json]:
        try:
            self._admit(request, asked)
            return (201 if request.method == "POST" else 200), CALLS[asked.name](self._desk, asked)
        except RefusedError as refused:
            return refused.status, refused.body
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            mangled = self._desk.refuse(asked.name, 400, "BadSyntax", f"it could not be read: {fault!r}")
            return mangled.status, mangled.body

    def _admit(self, request: web.Request, asked: Asked) -> None:
        token = self._desk.token
        if token and request.headers.get("Authorization") != f"Bearer {token}":
            raise self._desk.refuse(asked.name, 401, "AuthorizationRequired", "without the token of the app")

    def _keep(self, request: web.Request, asked: Asked, status: int) -> None:
        shown = request.headers.get("Authorization", "")
        self.calls.append(Call(asked.name, asked.conversation, asked.body or {}, shown, status))

    async def _openid(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(tokens.openid_document(self._desk.address))

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        self.key_fetches += 1
        if self._faults.no_keys:
            return _broken(request)
        return web.json_response(tokens.key_set())

    async def _elsewhere(self, request: web.Request) -> web.StreamResponse:
        self._desk.hold("address", [f"{request.method} {request.path}: the service has nothing here"])
        return web.json_response({"error": {"code": "NotFound", "message": "not found"}}, status=404)


async def _body(request: web.Request) -> Json | None:
    text = await request.text()
    try:
        given = json.loads(text) if text else None
    except ValueError:
        return None
    return given if isinstance(given, dict) else None


def _spoilt(request: web.Request, fault: Fault) -> web.Response:
    if fault.kind == "drop":
        return _broken(request)
    if fault.kind == "rate_limit":
        body = {"error": {"code": "Throttled", "message": "Too many requests."}}
        return web.json_response(body, status=429, headers={"Retry-After": str(int(fault.seconds))})
    return web.Response(status=fault.status, text="upstream error")


def _broken(request: web.Request) -> web.Response:
    """Hang up without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
