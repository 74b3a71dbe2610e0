"""Where a gateway for text messages or calls says that somebody has acknowledged an alert."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiohttp import web

from adapters.delivering.gateway import ACKNOWLEDGE, is_signed, notice_in
from adapters.web.site import Site
from bot.concerns.words import GATEWAY
from bot.service.core import Core

_PATIENCE = 10.0


class AlertPages:
    """POST, signed by the gateway, with the token of one alert. Without a secret there is no such address."""

    def __init__(self, site: Site, core: Core, secret: str) -> None:
        self._site, self._core, self._secret = site, core, secret
        self._limit = site.limiter()

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.post(ACKNOWLEDGE, self.acknowledge),) if self._secret else ()

    async def acknowledge(self, request: web.Request) -> web.Response:
        """200 once; 401 where the gateway did not sign it; 403 where the token is not good (any more); 410 where there
        is nothing left to acknowledge by it."""
        self._limit.hold_back(request)
        try:
            async with asyncio.timeout(_PATIENCE):
                body = await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        now, token = self._site.clock(), request.query.get("token", "")
        if not token or not is_signed(self._secret, request.headers, body, now, token):
            return _said("the signature is missing, wrong or too old", 401)
        notice = notice_in(self._secret, self._core.school().id, token, now)
        if not notice:
            return _said("the token is wrong or too old", 403)
        done = await asyncio.to_thread(lambda: self._core.casework.acknowledge_notice(notice, GATEWAY, now))
        return _said("acknowledged", 200) if done else _said("there is nothing left to acknowledge by it", 410)


def _said(status: str, code: int) -> web.Response:
    return web.json_response({"status": status}, status=code)
