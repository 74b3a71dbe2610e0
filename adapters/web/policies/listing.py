"""The list: the school's own documents with their state, and the answers that rest on none of them."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.inbox.frame import Signed, in_thread, said_after
from adapters.web.policies.desk import ROOT, PoliciesDesk
from adapters.web.policies.wording import DONE


class PolicyListPage:
    """/inbox/policies"""

    def __init__(self, desk: PoliciesDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(ROOT, self._desk.guard.page(self.show)),)

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Everything."""
        desk, who = self._desk, signed.person.id
        return desk.show(
            "list.html",
            signed,
            lines=await in_thread(lambda: desk.core.documents(desk.school, who)),
            alone=await in_thread(lambda: desk.core.on_nothing(desk.school, who)),
            done=said_after(request, DONE),
        )
