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


def document_parts(frame: InboxSite, sessions: Sessions) -> Iterable[web.RouteDef]:
    """Everything under /inbox/documents."""
    desk = DocumentsSite(frame, sessions)
    pages = (DocumentListPage, QuestionListPage, QuestionPage, DocumentPage)
    return tuple(route for page in pages for route in page(desk).routes())
