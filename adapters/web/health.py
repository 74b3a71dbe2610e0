"""What is asked from outside: by a platform, whether the process can serve; by monitoring, whether all is well.

No names of people, no content.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
from collections.abc import Callable, Iterable, Mapping
from time import monotonic

from aiohttp import web

from adapters.delivering.loops import Loops, LoopState
from adapters.web.inbox.frame import InboxSite
from adapters.web.inbox.sessions import Sessions
from adapters.web.site import Site
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.store import Health, Store

_PATIENCE = 10.0  # seconds for the database
_UNUSABLE = "the database cannot be used"
RESTORED = "restored from a backup, and somebody is to look (askfirst restored)"
NO_WRITES = "the database takes no writes"
UNDELIVERED = "undelivered"
PUT_BACK = "the clock was put back within the last hour"
_WRITE_EVERY = 5.0  # seconds between two tries, however often somebody asks
_JUMP = 60.0  # seconds: further back than clocks are corrected in the ordinary way
_TOLD_FOR = 3600.0  # seconds: waits are moved back at once, but a person should see to the clock


class HealthPages:
    """/livez is 503 only where the process should be started anew: an outage that a restart does not mend must not take
    down a page that can still say whom to ring. /healthz is 503 wherever a person should look."""

    def __init__(self, site: Site, core: Core, loops: Loops, alarm: Callable[[], str], token: str) -> None:
        self._site, self._delivery, self._loops, self._alarm = site, core.delivery, loops, alarm
        self._token, self._sessions = token, Sessions(InboxSite(site, core))
        self._writes, self._clock = _Writes(core.store), _WallClock(site.clock)
        self._look: asyncio.Task[Health | None] | None = None

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found; /health is the first edition's name of /livez."""
        return (
            web.get("/livez", self.alive),
            web.get("/health", self.alive),
            web.get("/healthz", self.well),
        )

    async def alive(self, _: web.Request) -> web.Response:
        """ "ok" while the process can serve."""
        if self._loops.given_up:
            return web.Response(text="this process is about to end", status=503)
        return web.Response(text="ok")

    async def well(self, request: web.Request) -> web.Response:
        """Whether all is well; to whoever may know it, how the loops, the database and the ladders stand, as JSON. A
        count that rises when somebody logs a concern is nobody else's business."""
        health = await self._ladders()
        states = self._loops.states()
        troubles = [*filter(None, (self._alarm(),)), *_troubles(health, states)]
        if health and not await self._writes.work():
            troubles.insert(0, NO_WRITES)
        if self._clock.was_put_back():
            troubles.append(PUT_BACK)
        status = 503 if troubles else 200
        if not await self._may_know(request):
            return web.json_response({"status": "not ok" if troubles else "ok"}, status=status)
        found = {
            "status": "; ".join(troubles) or "ok",
            **_counts(health),
            "loops": {state.name: _drawn(state) for state in states},
        }
        return web.json_response(found, status=status)

    async def _may_know(self, request: web.Request) -> bool:
        """Monitoring with the token, or whoever is signed in to the inbox."""
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self._token and hmac.compare_digest(given.encode(errors="replace"), self._token.encode()):
            return True
        try:
            return await self._sessions.signed(request) is not None
        except AskFirstError:
            return False

    async def _ladders(self) -> Health | None:
        """Of many who ask at once one looks: nobody who logs a concern is to wait for them."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._looked())
        return await asyncio.shield(self._look)

    async def _looked(self) -> Health | None:
        """None where the database cannot be used."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await asyncio.to_thread(lambda: self._delivery().health(self._site.clock()))
        except (AskFirstError, TimeoutError):
            return None


class _Writes:
    """Whether the database takes a write, tried at most every few seconds: one that can only be read looks well."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tried = 0.0
        self._trial: asyncio.Task[bool] | None = None

    async def work(self) -> bool:
        """What the last try says; whoever asks while it is under way waits for it."""
        now = asyncio.get_running_loop().time()
        if self._trial is None or (self._trial.done() and now - self._tried >= _WRITE_EVERY):
            self._tried, self._trial = now, asyncio.create_task(self._try())
        return await asyncio.shield(self._trial)

    async def _try(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                await asyncio.to_thread(self._store.try_a_write)
        except (AskFirstError, TimeoutError):
            return False
        return True


class _WallClock:
    """Whether the clock was put back lately, by one that never is."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock, self._put_back = clock, float("-inf")
        self._ahead = self._offset()

    def was_put_back(self) -> bool:
        ahead = self._offset()
        if ahead < self._ahead - _JUMP:
            self._put_back = monotonic()
        self._ahead = ahead
        return monotonic() - self._put_back < _TOLD_FOR

    def _offset(self) -> float:
        return self._clock().timestamp() - monotonic()


def _troubles(health: Health | None, states: Iterable[LoopState]) -> Iterable[str]:
    if health is None:
        yield _UNUSABLE
    else:
        yield from (["late"] if health.late or health.missing else [])
        yield from ([UNDELIVERED] if health.undelivered else [])
        yield from ([RESTORED] if health.restored else [])
    for state in states:
        if not state.well:
            yield f"the loop {state.name} is {state.status}"


def _counts(health: Health | None) -> Mapping[str, int]:
    if health is None:
        return {}
    return {
        "waiting": health.waiting,
        "late": health.late,
        "missing": len(health.missing),
        "undelivered": health.undelivered,
    }


def _drawn(state: LoopState) -> Mapping[str, object]:
    since = None if state.since_beat is None else round(state.since_beat, 1)
    return {"status": state.status, "seconds_since_beat": since, "restarts": state.restarts}
