"""The page's routes: a request is checked, turned into a Message, answered by the core and drawn."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.web.forms import FormError, TooLongError, read_fields, to_message
from adapters.web.pages import Pages, Turn
from adapters.web.problems import PROBLEMS, status_of
from adapters.web.security import (
    HEADERS,
    Limits,
    RateLimiter,
    comes_from_here,
    cookie_name,
    is_conversation,
    is_token,
    new_conversation,
    token_for,
    visitor,
)
from bot.assistant import Assistant
from bot.errors import AskFirstError
from bot.knowledge import School

STATIC = Path(__file__).parent / "static"


def make_app(
    assistant: Assistant,
    school: Callable[[], School],
    clock: Callable[[], dt.datetime],
    *,
    key: bytes,
    secure_cookies: bool = False,
    limits: Limits | None = None,
) -> web.Application:
    """The page as an application that holds nothing but its limits.

    `school` and `clock` are asked at every request; `key` signs the forms (see `security.read_key`) and must be
    the same in every process; `secure_cookies` is for a page that is reached over https.
    """
    site = Site(assistant, school, clock, key, secure_cookies, limits or Limits())
    app = web.Application(middlewares=[site.boundary()], client_max_size=site.limits.body)
    app.on_response_prepare.append(_protect)
    app.router.add_get("/", site.show)
    app.router.add_post("/", site.answer)
    app.router.add_get("/health", _health)
    app.router.add_static("/static", STATIC)
    return app


class Site:
    """The handlers around one assistant."""

    def __init__(
        self,
        assistant: Assistant,
        school: Callable[[], School],
        clock: Callable[[], dt.datetime],
        key: bytes,
        secure_cookies: bool,
        limits: Limits,
    ) -> None:
        self.limits = limits
        self._assistant, self._school, self._clock = assistant, school, clock
        self._key, self._secure = key, secure_cookies
        self._pages, self._limiter = Pages(), RateLimiter(limits)

    async def show(self, request: web.Request) -> web.Response:
        """The empty page; a visitor without a conversation gets one."""
        known = request.cookies.get(cookie_name(self._secure))
        conversation = known if known is not None and is_conversation(known) else new_conversation()
        response = _html(self._pages.chat(self._school(), token_for(self._key, conversation)))
        if conversation != known:
            response.set_cookie(
                cookie_name(self._secure), conversation, httponly=True, samesite="Strict", secure=self._secure, path="/"
            )
        return response

    async def answer(self, request: web.Request) -> web.Response:
        """One question or button: the whole page with the reply, or the reply alone for the script."""
        self._hold_back(request)
        fields = await self._fields(request)
        conversation = self._conversation(request, fields.pop("token", ""))
        token = token_for(self._key, conversation)
        try:
            message = to_message(fields, conversation, self.limits.characters)
        except TooLongError as fault:
            return self._too_long(request, token, fault.text)
        except FormError:
            raise web.HTTPBadRequest from None
        reply = await asyncio.to_thread(self._assistant.handle, message, self._clock())
        if _from_script(request):
            return _html(self._pages.reply(reply, token))
        return _html(self._pages.chat(self._school(), token, Turn(message.text, reply)))

    def boundary(self) -> Middleware:
        """The one place where what went wrong becomes a page."""

        @web.middleware
        async def boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
            outcome = await status_of(request, handler)
            return outcome if isinstance(outcome, web.StreamResponse) else self._problem(request, *outcome)

        return boundary

    def _problem(self, request: web.Request, status: int, headers: Mapping[str, str]) -> web.Response:
        show = self._pages.problem if _from_script(request) else self._pages.problem_page
        response = _html(show(self._school_if_known(), PROBLEMS[status]), status)
        response.headers.update(headers)
        return response

    def _hold_back(self, request: web.Request) -> None:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
        address = visitor(request.remote, forwarded, self.limits.proxies)
        wait = self._limiter.wait_for(address, time.monotonic())
        if wait > 0:
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(math.ceil(wait))})

    async def _fields(self, request: web.Request) -> dict[str, str]:
        if not comes_from_here(request.headers, request.host):
            raise web.HTTPForbidden
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPBadRequest
        try:
            async with asyncio.timeout(self.limits.seconds):
                return read_fields(await request.read())
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (FormError, web.RequestPayloadError):
            raise web.HTTPBadRequest from None

    def _conversation(self, request: web.Request, token: str) -> str:
        conversation = request.cookies.get(cookie_name(self._secure), "")
        if not is_conversation(conversation) or not is_token(self._key, conversation, token):
            raise web.HTTPForbidden
        return conversation

    def _too_long(self, request: web.Request, token: str, typed: str) -> web.Response:
        problem = (
            f"Your question is {len(typed):,} characters long, and the page takes up to {self.limits.characters:,}. "
            "Make it shorter and ask again."
        )
        if _from_script(request):
            return web.Response(text=problem, status=400)
        return _html(self._pages.chat(self._school(), token, problem=problem, typed=typed), 400)

    def _school_if_known(self) -> School | None:
        try:
            return self._school()
        except AskFirstError:
            return None


async def _health(_: web.Request) -> web.Response:
    return web.Response(text="ok")


async def _protect(request: web.Request, response: web.StreamResponse) -> None:
    """Every response, whatever made it, carries the headers."""
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = "no-cache" if request.path.startswith("/static/") else "no-store"


def _from_script(request: web.Request) -> bool:
    return "X-Requested-With" in request.headers


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
