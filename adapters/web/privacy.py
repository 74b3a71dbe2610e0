"""What is kept of questions and concerns, what stays in the chats, and whom to ask: the page to which the Teams app and
the footers lead."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.site import Site, html


class PrivacyPages:
    """/privacy."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get("/privacy", self.show),)

    async def show(self, _: web.Request) -> web.Response:
        """The page, with whom to ask at this school."""
        return html(self._site.pages.privacy(self._site.school()))
