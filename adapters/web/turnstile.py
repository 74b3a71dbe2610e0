"""What keeps one address from taking up everybody's time, before any work is done for it.

Of one address so many pages are drawn at a time, and its others wait their turn: so whoever else asks waits for a
few and not for hundreds. An address that goes on is refused with a page that is drawn already, and slowly: who waits
for the answer before they ask again asks once a second then.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from adapters.web.security import Limits, RateLimiter, network_of

_AT_ONCE = 8
_PAUSE = 1.0  # seconds until a refusal
_MOST_PAUSING = 1_000  # refusals that wait; more than that are said at once
_FRESH = 30.0  # seconds for which a drawn refusal is used: it says whom to ring at this hour
_SENDS = "POST"
# What asks whether the process is alive starts it anew where it is refused; its address may be that of a proxy.
ALIVE = ("/livez", "/health")
# Doors of other services: all of Slack comes from a few addresses, and each request is known by its signature.
_SIGNED = ("/slack/", "/api/", "/alerts/")
Refusal = Callable[[bool], web.Response]  # whether the page's own script asks -> the page, or the part, that says so


_APART = ("concern", "inbox")
_KINDS = (*_APART, "looks", "sends")


def _kind_of(request: web.Request) -> str:
    """By what a request is counted. The form and the inbox are counted by themselves: whoever floods the page takes
    neither from the others of their address."""
    part = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
    return part if part in _APART else "sends" if request.method == _SENDS else "looks"


def _is_signed_door(request: web.Request) -> bool:
    there = request.match_info.http_exception is None
    return there and request.method == _SENDS and request.path.startswith(_SIGNED)


class Turnstile:
    """One application's. `refusal` draws what a refused one is shown."""

    def __init__(self, limits: Limits, refusal: Refusal) -> None:
        self._limiters = {kind: RateLimiter(limits.pages_a_minute, limits.pages_burst) for kind in _KINDS}
        self._refusal = refusal
        self._drawn: dict[bool, tuple[float, bytes | None]] = {}
        self._lines: dict[str, tuple[asyncio.Semaphore, int]] = {}
        self._pausing = 0

    async def refused(self, request: web.Request, address: str, script: bool) -> web.Response | None:
        """The refusal, where this address has sent too much; None where it has not."""
        if _is_signed_door(request) or request.path in ALIVE:
            return None
        now = time.monotonic()
        wait = self._limiters[_kind_of(request)].wait_for(address, now)
        if not wait:
            return None
        if self._pausing < _MOST_PAUSING:
            self._pausing += 1
            try:
                await asyncio.sleep(_PAUSE)
            finally:
                self._pausing -= 1
        return self._answer(script, now, wait)

    @contextlib.asynccontextmanager
    async def turn(self, request: web.Request, address: str) -> AsyncIterator[None]:
        """This address's turn to have a page drawn. What is sent has no line: storing a concern waits for nobody; nor
        has what is asked of the process itself: it is answered at once, or all who ask share one look."""
        if request.method == _SENDS or request.path in (*ALIVE, "/healthz"):
            yield
            return
        whose = f"{_kind_of(request)} {network_of(address)}"
        line, count = self._lines.get(whose, (asyncio.Semaphore(_AT_ONCE), 0))
        self._lines[whose] = line, count + 1
        try:
            async with line:
                yield
        finally:
            _, count = self._lines[whose]
            if count > 1:
                self._lines[whose] = line, count - 1
            else:
                del self._lines[whose]

    def _answer(self, script: bool, now: float, wait: float) -> web.Response:
        at, body = self._drawn.get(script, (float("-inf"), None))
        if body is None or now - at > _FRESH:
            drawn = self._refusal(script).body
            body = drawn if isinstance(drawn, bytes) else None
            self._drawn[script] = now, body
        headers = {"Retry-After": str(math.ceil(wait))}
        return web.Response(body=body, status=429, headers=headers, content_type="text/html", charset="utf-8")
