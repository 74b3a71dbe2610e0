"""What a watchdog outside asks: whether the page answers, and whether every alert is on time. No names, no content."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiohttp import web

from adapters.web.site import Site
from bot.errors import AskFirstError
from bot.service.core import Core


class HealthPages:
    """/health answers as long as the process does; /healthz looks at the ladders and is 503 where one is late."""

    def __init__(self, site: Site, core: Core) -> None:
        self._site, self._delivery = site, core.delivery

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get("/health", self.alive), web.get("/healthz", self.ladders))

    async def alive(self, _: web.Request) -> web.Response:
        """Always "ok"."""
        return web.Response(text="ok")

    async def ladders(self, _: web.Request) -> web.Response:
        """Counts of waiting, late, missing and undelivered steps, as JSON."""
        try:
            health = await asyncio.to_thread(lambda: self._delivery().health(self._site.clock()))
        except AskFirstError:
            return web.json_response({"status": "the database cannot be used"}, status=503)
        counts = {
            "status": "ok" if health.well else "late",
            "waiting": health.waiting,
            "late": health.late,
            "missing": len(health.missing),
            "undelivered": health.undelivered,
        }
        return web.json_response(counts, status=200 if health.well else 503)
