"""A draft is tried: any sentence asked of it beside what staff get now, and what it would take from other answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiohttp import web

from adapters.web.answers.desk import AnswersDesk
from adapters.web.answers.editing import PATH as DRAFT
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed
from adapters.web.inbox.sessions import SingleFields
from bot.service.authoring.model import Taken, TriedDraft

_PATH = f"{DRAFT}/try"
_LONGEST = 500  # characters of a sentence that is tried


class TryPage:
    """/inbox/answers/drafts/DRAFT/try"""

    def __init__(self, desk: AnswersDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found. What is asked is posted, so that no address holds it."""
        return (web.get(_PATH, self._desk.page(self.show)), web.post(_PATH, self._desk.form(self.ask)))

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The box, with the ways of asking that the draft brings."""
        return await self._draw(request, signed)

    async def ask(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """One sentence, asked of both; or what the draft would take from others."""
        if set(fields) != {"action", "text"} or fields["action"] not in ("ask", "taken"):
            raise FormError("not the fields of this page")
        desk, name, typed = self._desk, request.match_info["draft"], fields["text"].strip()[:_LONGEST]
        draft = await desk.call(lambda: desk.workbench.draft(desk.school, signed.person.id, name))
        if fields["action"] == "taken":
            taken = await desk.call(lambda: desk.workbench.taken(desk.school, draft))
            return await self._draw(request, signed, taken=taken)
        if not typed:
            return await self._draw(request, signed, 400, problem="Write a sentence as staff would.")
        tried = await desk.call(lambda: desk.workbench.try_it(desk.school, draft, typed, desk.frame.now()))
        return await self._draw(request, signed, typed=typed, tried=tried)

    async def _draw(
        self, request: web.Request, signed: Signed, status: int = 200, *, typed: str = "", problem: str = "",
        tried: TriedDraft | None = None, taken: Sequence[Taken] | None = None,
    ) -> web.Response:  # fmt: skip
        desk, name = self._desk, request.match_info["draft"]
        draft = await desk.call(lambda: desk.workbench.draft(desk.school, signed.person.id, name))
        return desk.show(
            "try.html", signed, status, draft=draft, words=desk.words(), typed=typed, problem=problem, tried=tried,
            now_seen=desk.seen(tried.now) if tried else "",
            then_seen=desk.seen(tried.after or tried.would_show) if tried else "",
            taken=taken,
        )  # fmt: skip
