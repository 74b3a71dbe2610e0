"""How well the answers stand as a whole, on one page."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.answers.desk import ROOT, AnswersDesk
from adapters.web.inbox.frame import Signed, in_thread


class HealthPage:
    """/inbox/answers/health"""

    def __init__(self, desk: AnswersDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(f"{ROOT}/health", self._desk.guard.page(self.show)),)

    async def show(self, _: web.Request, signed: Signed) -> web.Response:
        """What needs care."""
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        health = await in_thread(lambda: desk.workbench.health(desk.school, who, now))
        pairs = (
            ("stealing", "Answers that take each other’s questions", health.stealing,
             "Say more clearly in each what it is about, or join the two."),
            ("duplicates", "Answers that say nearly the same", health.duplicates, "One of the two may be enough."),
            ("contradicting", "Answers that may contradict each other", health.contradicting,
             "Read both. Staff may get either."),
        )  # fmt: skip
        return desk.show("health.html", signed, health=health, pairs=pairs, words=desk.words())
