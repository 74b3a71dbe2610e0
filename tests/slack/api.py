"""Slack's side of the wire: the Web API, the response_urls and the websockets, each call checked and kept."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.slack import arguments, assistant, chat, directory, manifest, responses, views
from tests.slack.activity import Activity
from tests.slack.desk import Desk, Handler, RefusedError
from tests.slack.faults import Fault, Faults
from tests.slack.transports import SocketTransport
from tests.slack.workspace import APP, BOT_USER, Json

METHODS: dict[str, Handler] = {**assistant.METHODS, **chat.METHODS, **directory.METHODS, **views.METHODS}
BARRED = {"auth.test", "api.test", "apps.connections.open", "oauth.v2.access"}  # what no scope is needed for


@dataclass(frozen=True)
class Call:
    """One call of the app, and what it was told."""

    method: str
    arguments: Json
    token: str
    answer: Json | None  # None: it was never answered

    @property
    def ok(self) -> bool:
        return bool(self.answer and self.answer.get("ok"))

    def __str__(self) -> str:
        return f"{self.method} -> {'ok' if self.ok else (self.answer or {}).get('error', 'no answer')}"


class Api:
    """The web server's handlers."""

    def __init__(self, desk: Desk, faults: Faults, activity: Activity, sockets: SocketTransport) -> None:
        self.calls: list[Call] = []
        self._desk, self._faults, self._activity, self._sockets = desk, faults, activity, sockets

    def application(self) -> web.Application:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._method)
        app.router.add_post("/respond/{address}", self._respond)
        app.router.add_get("/link", self._socket)
        return app

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given, token = await _read(request)
        with self._activity.working():
            return await self._hit_or(request, method, given, token, lambda: self._answer(method, given, token))

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        message = json.loads(await request.text())
        name = request.match_info["address"]
        with self._activity.working():
            return await self._hit_or(request, "response_url", message, "", lambda: self._answer_address(name, message))

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if any(fault.kind != "delay" for fault in self._faults.on_call("socket")):
            return _broken(request)
        return await self._sockets.serve(request)

    async def _hit_or(
        self, request: web.Request, method: str, given: Json, token: str, work: Any
    ) -> web.StreamResponse:
        """Do the work, unless something goes wrong first, or after."""
        faults = self._faults.on_call(method)
        for fault in faults:
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
        last = faults[-1] if faults and faults[-1].kind != "delay" else None
        if last is None or last.kind == "lose_answer":
            answer = work()
            self.calls.append(Call(method, given, token, None if last else answer))
            return _broken(request) if last else _written(method, answer, self._desk.scopes)
        refusal = {"ok": False, "error": last.error or "internal_error"}
        self.calls.append(Call(method, given, token, None if last.kind == "drop" else refusal))
        return _spoilt(request, last, refusal)

    def _answer(self, method: str, given: Json, token: str) -> Json:
        try:
            return {"ok": True, **self._done(method, given, token)}
        except RefusedError as refused:
            messages = {"response_metadata": {"messages": list(refused.messages)}} if refused.messages else {}
            return {"ok": False, "error": refused.error, **messages}

    def _done(self, method: str, given: Json, token: str) -> Json:
        desk = self._desk
        if method == "api.test":
            return {}
        if not arguments.is_method(method) or method not in {*METHODS, *BARRED}:
            desk.insist("method", method, ["not a method that this Slack has"], "unknown_method")
        desk.insist("arguments", method, arguments.faults(method, given), "invalid_arguments")
        if method == "oauth.v2.access":
            return self._installed(given)
        if method == "apps.connections.open":
            return self._ticket(token)
        team = self._team(method, token)
        if method not in BARRED:
            self._permitted(method)
        return METHODS[method](desk, given, team)

    def _team(self, method: str, token: str) -> str:
        space = self._desk.workspace
        if token in space.revoked:
            raise RefusedError("token_revoked")
        if token in space.app_tokens:
            self._desk.insist("auth", method, ["the token of the app, not of its bot"], "not_allowed_token_type")
        if token not in space.tokens:
            self._desk.insist("auth", method, ["no token" if not token else "unknown token"], "invalid_auth")
        return space.tokens[token]

    def _permitted(self, method: str) -> None:
        scopes, needed = self._desk.scopes, manifest.SCOPES.get(method, frozenset())
        if scopes is not None and needed and not needed & scopes:
            fault = f"the manifest asks for none of {', '.join(sorted(needed))}"
            self._desk.insist("scope", method, [fault], "missing_scope")

    def _ticket(self, token: str) -> Json:
        if token not in self._desk.workspace.app_tokens:
            self._desk.insist("auth", "apps.connections.open", ["needs the token of the app"], "not_allowed_token_type")
        ticket = self._desk.workspace.next_id("ticket")
        self._sockets.tickets.add(ticket)
        return {"url": f"{self._desk.address.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={APP}"}

    def _installed(self, given: Json) -> Json:
        desk, space = self._desk, self._desk.workspace
        if (given.get("client_id"), given.get("client_secret")) != (desk.client_id, desk.client_secret):
            desk.insist("auth", "oauth.v2.access", ["wrong client id or secret"], "bad_client_secret")
        team = space.codes.pop(given["code"], None)
        if team is None:
            raise RefusedError("invalid_code")
        token = f"xoxb-{team}-{space.next_id('i')}"
        space.tokens[token] = team
        return {
            "app_id": APP,
            "authed_user": {"id": next((user.id for user in space.users.values() if user.team == team), "U0")},
            "scope": ",".join(sorted(desk.scopes or {"chat:write", "commands"})),
            "token_type": "bot",
            "access_token": token,
            "bot_user_id": BOT_USER,
            "team": None if desk.org_wide else {"id": team, "name": space.teams[team]},
            "enterprise": {"id": "E0TRUST", "name": "The trust"} if desk.org_wide or desk.organisation else None,
            "is_enterprise_install": desk.org_wide,
        }

    def _answer_address(self, name: str, message: Json) -> Json:
        address = self._desk.workspace.addresses.get(name)
        try:
            if address is None:
                raise RefusedError("invalid_url")
            responses.to_address(self._desk, address, message)
        except RefusedError as refused:
            return {"ok": False, "error": refused.error}
        return {"ok": True}


async def _read(request: web.Request) -> tuple[Json, str]:
    """The arguments and the token, however they were sent."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= json.loads(await request.text() or "{}")
    else:
        given |= {key: str(value) for key, value in (await request.post()).items()}
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        given["client_id"], _, given["client_secret"] = base64.b64decode(credentials).decode().partition(":")
    token = credentials if scheme == "Bearer" else str(given.get("token") or "")
    return arguments.structured(given), token


def _written(method: str, answer: Json, scopes: frozenset[str] | None) -> web.StreamResponse:
    if method == "response_url":
        return web.Response(text="ok") if answer["ok"] else web.json_response(answer, status=404)
    granted = {"x-oauth-scopes": ",".join(sorted(scopes))} if scopes is not None else {}
    return web.json_response(answer, headers=granted)


def _spoilt(request: web.Request, fault: Fault, refusal: Json) -> web.StreamResponse:
    if fault.kind == "drop":
        return _broken(request)
    if fault.kind == "rate_limit":
        limited = {"ok": False, "error": "ratelimited"}
        return web.json_response(limited, status=429, headers={"Retry-After": str(int(fault.seconds))})
    if fault.kind == "fail":
        return web.Response(status=fault.status, text="upstream error")
    return web.json_response(refusal)


def _broken(request: web.Request) -> web.StreamResponse:
    """Hang up without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
