"""A document held against the answers: what nothing answers, what differs, what nobody has said anything about."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.inbox.frame import Signed
from adapters.web.policies.desk import OWN, PoliciesDesk
from bot.service.policy_reading.near import unanswered


class NearPage:
    """/inbox/policies/own/DOCUMENT/near"""

    def __init__(self, desk: PoliciesDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(f"{OWN}/near", self._desk.guard.page(self.show)),)

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Clause by clause, or that it is being worked out."""
        desk = self._desk
        document = (await desk.document(request, signed)).document
        found = await desk.near(document, signed.person.id)
        alone = unanswered(desk.frame.knowledge, found) if found is not None else ()
        return desk.show("near.html", signed, document=document, found=found, alone=alone)
