"""A draft is tried: any sentence asked of it beside what staff get now, and what it would take from other answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from aiohttp import web

from adapters.web.answers.desk import AnswersDesk
from adapters.web.answers.editing import PATH as DRAFT
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread
from adapters.web.inbox.sessions import SingleFields
from bot.service.authoring.model import Taken, TriedDraft
from bot.store import Draft

_PATH = f"{DRAFT}/try"
_LONGEST = 500  # characters of a sentence that is tried
_PATIENCE = 8.0  # seconds that a page waits for what takes minutes: a proxy in front waits no longer than one
_MOST = 20  # drafts of which it is remembered what they take


class TryPage:
    """/inbox/answers/drafts/DRAFT/try"""

    def __init__(self, desk: AnswersDesk) -> None:
        self._desk = desk
        # What is worked out in this process. It can be asked for again after a restart: nobody misses it.
        self._taking: dict[tuple[str, int], asyncio.Task[tuple[Taken, ...]]] = {}
        # Each holds a thread for minutes, and learns: concerns wait for the same threads and the same processor.
        self._one = asyncio.Semaphore(1)

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found. What is asked is posted, so that no address holds it."""
        return (web.get(_PATH, self._desk.guard.page(self.show)), web.post(_PATH, self._desk.guard.form(self.ask)))

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The box, with the ways of asking that the draft brings."""
        return await self._draw(request, signed)

    async def ask(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """One sentence, asked of both; or what the draft would take from others."""
        if set(fields) != {"action", "text"} or fields["action"] not in ("ask", "taken"):
            raise FormError("not the fields of this page")
        desk, name, typed = self._desk, request.match_info["draft"], fields["text"].strip()[:_LONGEST]
        draft = await in_thread(lambda: desk.workbench.draft(desk.school, signed.person.id, name))
        if fields["action"] == "taken":
            await self._take(draft)
            return await self._draw(request, signed)
        if not typed:
            return await self._draw(request, signed, 400, problem="Write a sentence as staff would.")
        tried = await in_thread(lambda: desk.workbench.try_it(desk.school, draft, typed, desk.frame.now()))
        return await self._draw(request, signed, typed=typed, tried=tried)

    async def _take(self, draft: Draft) -> None:
        """Begin to work out what a draft takes, once for each state of it, and wait a little. What went wrong the last
        time is tried again. Raises AuthoringError."""
        key = (draft.id, draft.version)
        before = self._taking.get(key)
        if before is None or (before.done() and before.exception()):
            while len(self._taking) >= _MOST:
                del self._taking[next(iter(self._taking))]
            self._taking[key] = asyncio.get_running_loop().create_task(self._work(draft))
        task = self._taking[key]
        await asyncio.wait({task}, timeout=_PATIENCE)
        if task.done() and (fault := task.exception()):
            raise fault

    async def _work(self, draft: Draft) -> tuple[Taken, ...]:
        desk = self._desk
        async with self._one:
            return await in_thread(lambda: desk.workbench.taken(desk.school, draft))

    def _taken(self, draft: Draft) -> tuple[bool, Sequence[Taken] | None]:
        """Whether it is being worked out what this draft takes, and what that is, where it is known."""
        task = self._taking.get((draft.id, draft.version))
        if task is None or (task.done() and task.exception()):
            return False, None
        return not task.done(), task.result() if task.done() else None

    async def _draw(
        self, request: web.Request, signed: Signed, status: int = 200, *, typed: str = "", problem: str = "",
        tried: TriedDraft | None = None,
    ) -> web.Response:  # fmt: skip
        desk, name = self._desk, request.match_info["draft"]
        draft = await in_thread(lambda: desk.workbench.draft(desk.school, signed.person.id, name))
        working, taken = self._taken(draft)
        return desk.show(
            "try.html", signed, status, draft=draft, words=desk.words(), typed=typed, problem=problem, tried=tried,
            now_seen=desk.seen(tried.now) if tried else "",
            then_seen=desk.drafted(tried.after or tried.would_show) if tried else "",
            taken=taken, working=working, looked=request.method == "POST" and tried is None and not problem,
        )  # fmt: skip
