"""The pages of the workbench, each with its addresses."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.answers.approving import WaitingPages
from adapters.web.answers.beginning import NewPage
from adapters.web.answers.desk import AnswersDesk
from adapters.web.answers.editing import DraftPage
from adapters.web.answers.entry import EntryPage
from adapters.web.answers.health import HealthPage
from adapters.web.answers.listing import AnswerListPage
from adapters.web.answers.trying import TryPage
from adapters.web.inbox.frame import InboxSite
from adapters.web.inbox.sessions import Sessions


class AnswerPages:
    """Everything under /inbox/answers."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        desk = AnswersDesk(frame, sessions)
        pages = (AnswerListPage, EntryPage, NewPage, DraftPage, TryPage, WaitingPages, HealthPage)
        self._parts = tuple(page(desk) for page in pages)

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return tuple(route for part in self._parts for route in part.routes())
