"""The page as one application: its parts, what protects them, and what a watchdog asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from adapters.delivering.loops import Loops
from adapters.web.alerts import AlertPages
from adapters.web.chat import ChatPages
from adapters.web.concern.pages import ConcernPages
from adapters.web.health import HealthPages
from adapters.web.inbox import InboxPages
from adapters.web.privacy import PrivacyPages
from adapters.web.security import HEADERS, Limits
from adapters.web.site import Site
from adapters.web.tip import TipOfTheDay
from bot.service.core import Core

STATIC = Path(__file__).parent / "static"


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
) -> web.Application:
    """The page as an application that holds nothing but its limits; see `site.Site` and `security.read_key`.
    `loops` are those that run beside it in the process, for whoever watches it; `alarm` is one more trouble that they
    are told of, empty where there is none; `webhook_secret` is shared with a gateway that may acknowledge alerts."""
    site = Site(core.school, clock, key, secure_cookies, limits or Limits())
    app = web.Application(middlewares=[site.boundary()], client_max_size=site.limits.body)
    app.on_response_prepare.append(_protect)
    for part in (
        ChatPages(site, core.questions, TipOfTheDay(core, clock)),
        ConcernPages(site, core.casework),
        InboxPages(site, core),
        PrivacyPages(site),
        AlertPages(site, core, webhook_secret),
        HealthPages(site, core, loops or Loops(), alarm),
    ):
        app.add_routes(part.routes())
    app.router.add_static("/static", STATIC)
    return app


async def _protect(request: web.Request, response: web.StreamResponse) -> None:
    """Every response, whatever made it, carries the headers."""
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = "no-cache" if request.path.startswith("/static/") else "no-store"
