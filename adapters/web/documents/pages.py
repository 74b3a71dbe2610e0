"""The pages of the documents, each with its addresses."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.documents.answering import QuestionPage
from adapters.web.documents.desk import DocumentsSite
from adapters.web.documents.listing import DocumentListPage, QuestionListPage
from adapters.web.documents.reading import DocumentPage
from adapters.web.inbox.frame import InboxSite
from adapters.web.inbox.sessions import Sessions


class DocumentPages:
    """Everything under /inbox/documents."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        desk = DocumentsSite(frame, sessions)
        pages = (DocumentListPage, QuestionListPage, QuestionPage, DocumentPage)
        self._parts = tuple(page(desk) for page in pages)

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return tuple(route for part in self._parts for route in part.routes())
