"""The pages of the school's own policies: what is found where."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.inbox.frame import InboxSite
from adapters.web.inbox.sessions import Sessions
from adapters.web.policies.changes import ChangesPage
from adapters.web.policies.clause import ClausePage
from adapters.web.policies.desk import PoliciesDesk
from adapters.web.policies.document import OwnDocumentPage
from adapters.web.policies.listing import PolicyListPage
from adapters.web.policies.national import NationalPages
from adapters.web.policies.nearness import NearPage
from adapters.web.policies.putting_in import PutInPage


class PolicyPages:
    """Everything under /inbox/policies."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        desk = PoliciesDesk(frame, sessions)
        pages = (PolicyListPage, PutInPage, OwnDocumentPage, ClausePage, NearPage, ChangesPage, NationalPages)
        self._parts = tuple(page(desk) for page in pages)

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return tuple(route for part in self._parts for route in part.routes())
