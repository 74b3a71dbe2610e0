"""A document held against the answers: what nothing answers, what differs, what nobody has said anything about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from aiohttp import web

from adapters.web.inbox.frame import Signed
from adapters.web.policies.desk import OWN, PoliciesDesk
from bot.knowledge.policies.own import OwnDocument
from bot.service.policy_reading.near import ClauseAndNear, unanswered

_PATIENCE = 8.0  # seconds that the page waits: the first time it reads every answer


class NearPage:
    """/inbox/policies/own/DOCUMENT/near"""

    def __init__(self, desk: PoliciesDesk) -> None:
        self._desk = desk
        # What is being worked out in this process: what comes of it the core keeps.
        self._working: dict[str, asyncio.Task[Sequence[ClauseAndNear]]] = {}

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(f"{OWN}/near", self._desk.page(self.show)),)

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Clause by clause, or that it is being worked out."""
        desk = self._desk
        document = (await desk.document(request, signed)).document
        found = await self._found(document, signed.person.id)
        return desk.show(
            "near.html",
            signed,
            document=document,
            found=found,
            alone=unanswered(desk.knowledge, found) if found is not None else (),
        )

    async def _found(self, document: OwnDocument, who: str) -> Sequence[ClauseAndNear] | None:
        desk = self._desk
        task = self._working.get(document.id)
        if task is None:
            work = desk.call(lambda: desk.core.near(desk.school, who, document))
            task = self._working[document.id] = asyncio.get_running_loop().create_task(work)
        await asyncio.wait({task}, timeout=_PATIENCE)
        if not task.done():
            return None
        self._working.pop(document.id, None)
        await task  # raises what went wrong
        return await desk.call(lambda: desk.core.near(desk.school, who, document))  # it may have changed meanwhile
