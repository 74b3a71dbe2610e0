"""The thin start of Teams: one address of the page's own web server, and a loop beside it."""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
import logging
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every
from adapters.teams.alerts import TeamsWay
from adapters.teams.channel import TeamsChannel
from adapters.teams.credentials import how_long
from adapters.teams.faults import UNANSWERED, plainly
from adapters.teams.gateway import Gateway
from adapters.teams.keys import Fetch
from adapters.teams.people import CHANNEL, TeamsDirectory
from adapters.teams.refused import Refused, last_refused
from adapters.teams.tips import TeamsTips
from bot.concerns.words import moment
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.service.core import Core
from bot.settings import Teams
from bot.store import Store

log = logging.getLogger("askfirst.teams")
MESSAGES = "/api/messages"
REFUSED = f"{CHANNEL}-refused"
_TIDY_EVERY = 5.0  # seconds between two looks for what a dead process left behind, and for acknowledged alerts
_DRAFTS_EVERY = 3600.0
_DAY = 86_400.0
_LONGEST_TURN = 600.0  # seconds: a whole school's questions, each with Teams slow
_EXPECTED = (AskFirstError, *UNANSWERED)


class TeamsService:
    """Teams for one process: `routes` for the page's web server, `loops` beside it. `fetch` and `http` are the ways to
    Microsoft (tests only)."""

    def __init__(
        self,
        core: Core,
        settings: Teams,
        clock: Callable[[], dt.datetime],
        fetch: Fetch | None = None,
        http: Any = None,
    ) -> None:
        refused = Refused(settings.app_id, lambda: core.store.places(core.school().id, REFUSED), now=clock)
        self._settings, self._clock = settings, clock
        self._secret = "" if settings.checked else secrets.token_urlsafe(24)
        self._gateway = Gateway(settings, http=http, refused=refused)
        self._gateway.listen(fetch)
        directory = TeamsDirectory(self._gateway, settings, core.school, core.store)
        self.channel = TeamsChannel(core, self._gateway, directory, clock)

    @property
    def path(self) -> str:
        """Where Teams reaches the app; in a trial with a secret in it, another one at every start."""
        return f"{MESSAGES}/{self._secret}" if self._secret else MESSAGES

    def routes(self) -> Iterable[web.RouteDef]:
        """The one address."""
        return (web.post(f"{MESSAGES}/{{secret}}" if self._secret else MESSAGES, self._messages),)

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does: dealing with what is left over, throwing away old drafts."""
        return (
            Loop("teams left over", self._tidy_up, _LONGEST_TURN),
            Loop("teams drafts", self._tidy_drafts),
            Loop("teams sign-in", self._look_at_sign_in),
        )

    async def _tidy_up(self, pulse: Pulse) -> None:
        await every(_TIDY_EVERY, pulse, self.channel.tidy_up, _tell, _EXPECTED)
        await self.close()

    async def _tidy_drafts(self, pulse: Pulse) -> None:
        await every(_DRAFTS_EVERY, pulse, self.channel.tidy_drafts, _tell, _EXPECTED)

    async def _look_at_sign_in(self, pulse: Pulse) -> None:
        """Say at the start, and once a day, that the secret or certificate ends, or has ended."""
        await every(_DAY, pulse, self._say_how_long, _tell, _EXPECTED)

    async def _say_how_long(self) -> None:
        well, remark = await asyncio.to_thread(how_long, self._settings, self._clock())
        if remark:
            log.log(logging.WARNING if well else logging.ERROR, "Teams: %s", remark)

    async def close(self) -> None:
        """Wait for every answer that is under way, and let go of the connections."""
        await self.channel.finish()
        await self._gateway.close()

    async def _messages(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.match_info.get("secret", "").encode(), self._secret.encode()):
            raise web.HTTPNotFound
        try:
            return await self._gateway.process(request, self.channel.arrived)
        except (AskFirstError, TimeoutError) as fault:  # it could not be written down: Teams tells its sender so
            log.error("what Teams sent could not be written down: %s", plainly(fault))
            return web.Response(status=503)


class TeamsOut:
    """Teams for a process that only sends: letters and tips. Nothing is tried again here: its callers come back."""

    def __init__(self, settings: Teams, school: Callable[[], School], store: Store, http: Any = None) -> None:
        self._gateway = Gateway(settings, waits=False, http=http)
        directory = TeamsDirectory(self._gateway, settings, school, store)
        self.way = TeamsWay(self._gateway, directory)
        self.tips = TeamsTips(self._gateway, directory)


def refused_lately(store: Store, school: School) -> str:
    """What `askfirst doctor` says of requests that were not let in; empty where there were none. Raises StoreError."""
    found = last_refused(store.places(school.id, REFUSED))
    if found is None:
        return ""
    at, seen = found
    return f"the last one was refused on {moment(at, school.opening.zone)}: {seen}"


def _tell(fault: Exception) -> None:
    log.error("what was left over could not be dealt with: %s", plainly(fault))
