"""What every part of the page shares: who may send what, how often, and how a page goes out."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.web.forms import FormError, read_fields
from adapters.web.pages import Pages
from adapters.web.problems import PROBLEMS, status_of
from adapters.web.security import (
    Limits,
    RateLimiter,
    comes_from_here,
    cookie_name,
    headers_for,
    host_of,
    is_conversation,
    is_token,
    new_conversation,
    token_for,
    visitor,
)
from adapters.web.turnstile import ALIVE, Turnstile
from bot.errors import AskFirstError
from bot.knowledge import School

PostedForm = Mapping[str, tuple[str, ...]]  # a posted form: field -> what was typed or ticked


@dataclass(frozen=True)
class Site:
    """The circumstances of one page. `school` and `clock` are asked at every request; `key` signs the forms and is the
    same in every process; `secure` says that the page is reached over https; `hosts` are the names under which it is
    reached, none for any."""

    school: Callable[[], School]
    clock: Callable[[], dt.datetime]
    key: bytes
    secure: bool = False
    limits: Limits = field(default_factory=Limits)
    hosts: frozenset[str] = frozenset()

    @cached_property
    def pages(self) -> Pages:
        """The templates of the chat and of what goes wrong."""
        return Pages(self.clock)

    def visitor(self, request: web.Request) -> tuple[str, bool]:
        """The visitor's conversation, and whether it is new (then it has to be kept with `remember`)."""
        known = request.cookies.get(cookie_name(self.secure))
        if known is not None and is_conversation(known):
            return known, False
        return new_conversation(), True

    def remember(self, response: web.StreamResponse, conversation: str) -> None:
        """Keep the visitor's conversation in a cookie."""
        response.set_cookie(
            cookie_name(self.secure), conversation, httponly=True, samesite="Strict", secure=self.secure, path="/"
        )

    def token(self, conversation: str) -> str:
        """What the forms of this conversation carry."""
        return token_for(self.key, conversation)

    async def fields(self, request: web.Request) -> dict[str, tuple[str, ...]]:
        """The form that this request posts. Raises an HTTP error for one that did not come from this page."""
        if not comes_from_here(request.headers, request.host):
            raise web.HTTPForbidden
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPBadRequest
        try:
            async with asyncio.timeout(self.limits.seconds):
                return read_fields(await request.read())
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (FormError, web.RequestPayloadError, ConnectionError):  # also whoever went away half way
            raise web.HTTPBadRequest from None

    def conversation(self, request: web.Request, token: str) -> str:
        """The conversation whose token this is. Raises HTTPForbidden where it is not the visitor's own."""
        conversation = request.cookies.get(cookie_name(self.secure), "")
        if not is_conversation(conversation) or not is_token(self.key, conversation, token):
            raise web.HTTPForbidden
        return conversation

    def limiter(self, a_minute: float | None = None, burst: int | None = None) -> RequestLimiter:
        """A limit on the requests of one visitor and of one address: the usual one, or a narrower one."""
        own, most = a_minute or self.limits.a_minute, burst or self.limits.burst
        wide = RateLimiter(own * self.limits.wider, most * self.limits.wider)
        return RequestLimiter(RateLimiter(own, most), wide, self.limits.proxies, cookie_name(self.secure))

    def boundary(self) -> Middleware:
        """The one place where what went wrong becomes a page."""

        turnstile = Turnstile(self.limits, lambda script: self._problem(script, 429))

        @web.middleware
        async def boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
            address = address_of(request, self.limits.proxies)
            if refused := await turnstile.refused(request, address, from_script(request)):
                return refused
            async with turnstile.turn(request, address):
                outcome = await status_of(request, handler if self._is_meant(request) else _not_here)
            return outcome if isinstance(outcome, web.StreamResponse) else self.problem(request, *outcome)

        return boundary

    def problem(self, request: web.Request, status: int, headers: Mapping[str, str]) -> web.Response:
        """The page that says what went wrong."""
        response = self._problem(from_script(request), status)
        response.headers.update(headers)
        return response

    def _problem(self, script: bool, status: int) -> web.Response:
        show = self.pages.problem if script else self.pages.problem_page
        return html(show(self._school_if_known(), PROBLEMS[status]), status)

    def unreadable(self, status: int) -> web.Response:
        """The same for what was no request, or for what went wrong where nothing else says so."""
        found = PROBLEMS[status if status in PROBLEMS else 400 if status < 500 else 500]
        response = html(self.pages.problem_page(self._school_if_known(), found), status)
        response.headers.update({**headers_for(self.secure), "Cache-Control": "no-store"})
        return response

    def _is_meant(self, request: web.Request) -> bool:
        """Whether the request names this page, and not another that leads here (DNS rebinding). Whoever only looks
        whether the process is alive names what they like."""
        return not self.hosts or request.path in ALIVE or host_of(request.host) in self.hosts

    def _school_if_known(self) -> School | None:
        try:
            return self.school()
        except AskFirstError:
            return None


class RequestLimiter:
    """Holds back whoever sends too much. A visitor is a browser with the page's cookie, or an address where there is
    none; anybody can have many cookies, so all of an address have a limit as well, a wider one."""

    def __init__(self, narrow: RateLimiter, wide: RateLimiter, proxies: int, cookie: str) -> None:
        self._narrow, self._wide, self._proxies, self._cookie = narrow, wide, proxies, cookie

    def hold_back(self, request: web.Request, who: str = "") -> None:
        """Take one turn; `who` is counted in place of the browser, where something else is to be protected. Raises
        HTTPTooManyRequests where there is none."""
        address, now = address_of(request, self._proxies), time.monotonic()
        cookie = request.cookies.get(self._cookie, "")
        named = who or (cookie if is_conversation(cookie) else address)
        wait = max(self._narrow.wait_for(named, now), self._wide.wait_for(address, now))
        if wait > 0:
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(math.ceil(wait))})


def address_of(request: web.Request, proxies: int) -> str:
    """The address that a request came from, through so many of the school's own proxies."""
    return visitor(request.remote, ",".join(request.headers.getall("X-Forwarded-For", [])), proxies)


async def _not_here(_: web.Request) -> web.StreamResponse:
    raise web.HTTPMisdirectedRequest


def from_script(request: web.Request) -> bool:
    """Whether the page's own script asks, which wants a part of a page."""
    return "X-Requested-With" in request.headers


def html(text: str, status: int = 200) -> web.Response:
    """A page or a part of one."""
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
