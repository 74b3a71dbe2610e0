"""The pages of the review, each with its addresses."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.inbox.frame import InboxSite
from adapters.web.inbox.sessions import Sessions
from adapters.web.readiness.answering import PartPage
from adapters.web.readiness.frame import ReadinessFrame
from adapters.web.readiness.kept import KeptPage
from adapters.web.readiness.overview import OverviewPage


class ReadinessPages:
    """Everything under /inbox/readiness."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        ours = ReadinessFrame(frame, sessions)
        self._parts = tuple(page(ours) for page in (OverviewPage, PartPage, KeptPage))

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return tuple(route for part in self._parts for route in part.routes())
