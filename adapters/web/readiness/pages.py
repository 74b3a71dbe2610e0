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


def readiness_parts(frame: InboxSite, sessions: Sessions) -> Iterable[web.RouteDef]:
    """Everything under /inbox/readiness."""
    ours = ReadinessFrame(frame, sessions)
    return tuple(route for page in (OverviewPage, PartPage, KeptPage) for route in page(ours).routes())
