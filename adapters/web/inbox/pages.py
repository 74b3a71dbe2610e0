"""The inbox as one part of the page: its own parts, and where each is found."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.inbox.concern import ConcernPage
from adapters.web.inbox.cover import CoverPage
from adapters.web.inbox.drill import DrillPage
from adapters.web.inbox.entrance import Entrance
from adapters.web.inbox.exports import Exports
from adapters.web.inbox.figures import FiguresPage
from adapters.web.inbox.files import FilePages
from adapters.web.inbox.frame import InboxSite
from adapters.web.inbox.listing import ListPage
from adapters.web.inbox.required import RequiredPage
from adapters.web.inbox.restored import RestoredPage
from adapters.web.inbox.sessions import Sessions
from adapters.web.inbox.tips import TipsPage
from adapters.web.site import Site
from bot.service.core import Core
from bot.store import StoreError


class InboxPages:
    """Everything under /inbox but what stands in it as a part of its own: such a part takes its `frame`, and its
    `sessions`."""

    def __init__(self, site: Site, core: Core) -> None:
        self.frame = frame = InboxSite(site, core)
        self.sessions = sessions = Sessions(frame)
        parts = (
            Entrance, DrillPage, ListPage, ConcernPage, Exports, FilePages, FiguresPage, TipsPage, CoverPage,
            RestoredPage, RequiredPage,
        )  # fmt: skip
        self._parts = tuple(part(frame, sessions) for part in parts)

    def read_ahead(self) -> None:
        """Read the templates now, so that nobody waits for it later."""
        self.frame.read_ahead()

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return tuple(route for part in self._parts for route in part.routes())

    async def signed_in(self, request: web.Request) -> str:
        """The id of whoever is signed in in this browser, empty for nobody, or where the store cannot say: that keeps
        no concern from being logged."""
        try:
            signed = await self.sessions.signed(request)
        except StoreError:
            return ""
        return signed.person.id if signed else ""
