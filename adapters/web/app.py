"""The page as one application: its parts, what protects them, and what a watchdog asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from aiohttp import web

from adapters.delivering.loops import Loops
from adapters.web.accounts.pages import RequestPages
from adapters.web.accounts.register import RegisterPages
from adapters.web.alerts import AlertPages
from adapters.web.answers import AnswerPages
from adapters.web.chat import ChatPages
from adapters.web.concern.pages import ConcernPages
from adapters.web.documents import DocumentPages
from adapters.web.door import UNREADABLE
from adapters.web.health import HealthPages
from adapters.web.inbox import InboxPages
from adapters.web.policies import PolicyPages
from adapters.web.privacy import PrivacyPages
from adapters.web.readiness import ReadinessPages
from adapters.web.required.pages import RequiredPages
from adapters.web.security import Limits, headers_for
from adapters.web.site import Site
from adapters.web.tip import TipOfTheDay
from bot.service.core import Core

STATIC = Path(__file__).parent / "static"
READ_BESIDE: web.AppKey[Callable[[], None]] = web.AppKey("read beside", Callable)  # type: ignore[arg-type]
READ_AHEAD: web.AppKey[Callable[[], None]] = web.AppKey("read ahead", Callable)  # type: ignore[arg-type]


def make_app(
    core: Core,
    clock: Callable[[], dt.datetime],
    *,
    key: bytes,
    secure_cookies: bool = False,
    limits: Limits | None = None,
    loops: Loops | None = None,
    alarm: Callable[[], str] = lambda: "",
    webhook_secret: str = "",
    hosts: frozenset[str] = frozenset(),
    health_token: str = "",
) -> web.Application:
    """The page as an application that holds nothing but its limits; see `site.Site` and `security.read_key`.
    `loops` are those that run beside it in the process, for whoever watches it; `alarm` is one more trouble that they
    are told of, empty where there is none; `webhook_secret` is shared with a gateway that may acknowledge alerts;
    `hosts` are the names under which the page is reached, none for any; `health_token` lets monitoring see how things
    stand."""
    site = Site(core.school, clock, key, secure_cookies, limits or Limits(), hosts)
    app = web.Application(middlewares=[site.boundary()], client_max_size=site.limits.body)
    app.on_response_prepare.append(_protecting(headers_for(secure_cookies)))
    app[UNREADABLE] = site.unreadable
    inbox = InboxPages(site, core)
    concern = ConcernPages(site, core.casework, signed_in=inbox.signed_in)
    accounts = RequestPages(site, core.accounts, inbox.signed_in)
    required = RequiredPages(site, core.required)
    app[READ_AHEAD] = lambda: _read_ahead(site, concern, accounts, required)
    app[READ_BESIDE] = inbox.read_ahead
    for part in (
        ChatPages(site, core.questions, TipOfTheDay(core, clock)),
        concern,
        accounts,
        inbox,
        required,
        RegisterPages(inbox.frame, inbox.sessions),
        AnswerPages(inbox.frame, inbox.sessions),
        PolicyPages(inbox.frame, inbox.sessions),
        DocumentPages(inbox.frame, inbox.sessions),
        ReadinessPages(inbox.frame, inbox.sessions),
        PrivacyPages(site),
        AlertPages(site, core, webhook_secret),
        HealthPages(site, core, loops or Loops(), alarm, health_token),
    ):
        app.add_routes(part.routes())
    app.router.add_static("/static", STATIC)
    return app


def _read_ahead(site: Site, *parts: ConcernPages | RequestPages | RequiredPages) -> None:
    """Read every template of what a crowd may open, and draw the page that it is refused with: it says whom to ring at
    this hour."""
    for part in (site.pages, *parts):
        part.read_ahead()
    site.unreadable(429)


def _protecting(headers: Mapping[str, str]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def protect(request: web.Request, response: web.StreamResponse) -> None:
        """Every response, whatever made it, carries the headers."""
        response.headers.update(headers)
        fixed = request.path.startswith("/static/") and response.status < 400
        response.headers["Cache-Control"] = "no-cache" if fixed else "no-store"

    return protect
