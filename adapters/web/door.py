"""What happens on the wire before a request is one: who may hold a connection, for how long, and how many of them.

aiohttp's handler of one connection, told apart in three ways: a connection beyond the limits is dropped at once; one on
which no whole request has come in time is closed; and what cannot be read as HTTP gets our page, not the library's.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from adapters.web.security import network_of

log = logging.getLogger("askfirst.web")
HEADER_WITHIN = 20.0  # seconds from a connection, or from its last answer, until the next request is there whole
_LINGER = 2.0  # seconds in which the rest of a refused body is thrown away, so that its sender reads the answer
_FILES = 8_192  # open files that are asked of the system
_OTHERS = 200  # files that are no connections: the database, logs, channels
_SHARE = 4  # one address may hold this part of all connections: a school behind one address has hundreds
_SAY_EVERY = 60.0  # seconds
Unreadable = Callable[[int], web.Response]  # a status -> the page that says so
UNREADABLE: web.AppKey[Unreadable] = web.AppKey("unreadable", Callable)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Room:
    """How many connections there may be at once, and how many of one address."""

    altogether: int
    each: int


def room_for(proxies: int) -> Room:
    """What this process has room for; it asks the system for more files first. Behind proxies every connection is
    theirs, so no address has a part of its own."""
    altogether = max(_files() - _OTHERS, 50)
    return Room(altogether, altogether if proxies else altogether // _SHARE)


def _files() -> int:
    if sys.platform == "win32":
        return _FILES
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return min(soft, _FILES) if soft != resource.RLIM_INFINITY else _FILES


class Door:
    """Makes the handlers of one server's connections, and counts them."""

    def __init__(
        self,
        runner: web.AppRunner,
        unreadable: Unreadable,
        room: Room,
        access: tuple[type[AbstractAccessLogger], logging.Logger],
        header_within: float = HEADER_WITHIN,
    ) -> None:
        self._runner, self.unreadable, self._room = runner, unreadable, room
        self._access, self._header_within = access, header_within
        self._held: Counter[str] = Counter()
        self._said_at = float("-inf")

    def __call__(self) -> Doorkeeper:
        """The handler of a new connection."""
        return Doorkeeper(self)

    def handler_arguments(self) -> dict[str, object]:
        """What aiohttp's own handler is made with."""
        kind, to = self._access
        return {
            "manager": self._runner.server,
            "loop": asyncio.get_running_loop(),
            "keepalive_timeout": self._header_within,
            "lingering_time": _LINGER,
            "access_log_class": kind,
            "access_log": to,
            "logger": log,
        }

    def lets_in(self, address: str) -> bool:
        """Whether there is room for one more from here; then it is counted."""
        if self._held[address] >= self._room.each or self._held.total() >= self._room.altogether:
            self._say()
            return False
        self._held[address] += 1
        return True

    def lets_out(self, address: str) -> None:
        """It is closed."""
        self._held[address] -= 1
        if not self._held[address]:
            del self._held[address]

    def _say(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._said_at >= _SAY_EVERY:
            self._said_at = now
            log.warning(
                "connections are refused: %d are open, of %d addresses. If that goes on, put a web server in front",
                self._held.total(),
                len(self._held),
            )


class Doorkeeper(web.RequestHandler):
    """One connection."""

    __slots__ = ("_address", "_door", "_unread")

    def __init__(self, door: Door) -> None:
        super().__init__(**door.handler_arguments())  # type: ignore[arg-type]
        self._door, self._address, self._unread = door, "", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As in aiohttp, where there is room for it."""
        peer = transport.get_extra_info("peername")
        address = network_of(str(peer[0])) if peer else "-"
        if not self._door.lets_in(address):
            transport.abort()  # type: ignore[attr-defined]
            return
        self._address = address
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """As in aiohttp, where it was let in."""
        if self._address:
            self._door.lets_out(self._address)
            self._address = ""
            super().connection_lost(exc)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """As in aiohttp; what it refused outside every other boundary gets our page."""
        if isinstance(resp, web.HTTPException):
            resp = self._door.unreadable(resp.status)
        return await super().finish_response(request, resp, start_time)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What could not be read as a request, and what went wrong outside every other boundary. Of the fault only the
        kind is logged: its text may hold what somebody sent."""
        if status >= 500:
            log.error("a request failed: %s", type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer had begun")
        response = self._door.unreadable(status)
        response.force_close()
        self._unread = True
        return response

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        """As in aiohttp; of what was no request there is no more to say than its status."""
        if self._unread:
            log.info("what came could not be read: %d", response.status)
        else:
            super().log_access(request, response, time)
