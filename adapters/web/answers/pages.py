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


def answer_parts(frame: InboxSite, sessions: Sessions) -> Iterable[web.RouteDef]:
    """Everything under /inbox/answers."""
    desk = AnswersDesk(frame, sessions)
    pages = (AnswerListPage, EntryPage, NewPage, DraftPage, TryPage, WaitingPages, HealthPage)
    return tuple(route for page in pages for route in page(desk).routes())
