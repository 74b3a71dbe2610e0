"""The pages of the school's own policies: what is found where."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.inbox.frame import InboxSite
from adapters.web.inbox.sessions import Sessions
from adapters.web.policies.changes import ChangesPage
from adapters.web.policies.clause import ClausePage
from adapters.web.policies.desk import PoliciesDesk
from adapters.web.policies.document import DocumentPage
from adapters.web.policies.listing import PolicyListPage
from adapters.web.policies.national import NationalPages
from adapters.web.policies.nearness import NearPage
from adapters.web.policies.putting_in import PutInPage


def policy_parts(frame: InboxSite, sessions: Sessions) -> Iterable[web.RouteDef]:
    """Everything under /inbox/policies."""
    desk = PoliciesDesk(frame, sessions)
    pages = (PolicyListPage, PutInPage, DocumentPage, ClausePage, NearPage, ChangesPage, NationalPages)
    return tuple(route for page in pages for route in page(desk).routes())
