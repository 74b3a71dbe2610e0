"""The page to which the link of a test alert leads: one button, and nothing of any concern. Nobody signs in to it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aiohttp import web

from adapters.web.inbox.frame import InboxSite, in_thread
from adapters.web.inbox.sessions import Sessions
from bot.service.drills import answer
from bot.service.letters import TEST_ALERT

_ID = re.compile(r"[0-9a-f]{32}")


class DrillPage:
    """/inbox/test-alert"""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions
        self._limit = frame.site.limiter()

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(TEST_ALERT, self.offer), web.post(TEST_ALERT, self.answer))

    async def offer(self, request: web.Request) -> web.Response:
        """The link was opened, perhaps by a scanner of e-mails: it counts once somebody presses."""
        return self._frame.show("test_alert.html", None, alert=request.query.get("alert", ""), answered=None)

    async def answer(self, request: web.Request) -> web.Response:
        """Somebody has answered."""
        self._limit.hold_back(request)
        alert = (await self._sessions.fields(request)).get("alert", "")
        now, school, store = self._frame.now(), self._frame.school, self._frame.core.store
        done = bool(_ID.fullmatch(alert)) and await in_thread(lambda: answer(store, school, alert, now))
        return self._frame.show("test_alert.html", None, 200 if done else 410, alert=alert, answered=done)
