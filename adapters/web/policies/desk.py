"""What the pages of the school's own policies share: the calls of the core, who may be here, how a refusal is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web.answers.desk import NOT_TAKEN_UP, TAKES_LONGER
from adapters.web.answers.wording import Words
from adapters.web.forms import FormError
from adapters.web.inbox.frame import InboxSite, Signed, in_thread
from adapters.web.inbox.sessions import FormHandler, Page, Sessions, SingleFields, UploadHandler
from adapters.web.policies import wording
from adapters.web.uploads import UploadedForm
from bot.errors import AskFirstError
from bot.knowledge import Entry, Knowledge
from bot.knowledge.policies.own import OwnDocument
from bot.service.authoring.workbench import Workbench
from bot.service.policy_reading.desk import PolicyDesk
from bot.service.policy_reading.model import DocumentLine, NoDocumentError
from bot.service.policy_reading.near import ClauseAndNear
from bot.store import StoreError

ROOT = "/inbox/policies"
OWN = f"{ROOT}/own/{{document}}"
ANSWERS = "/inbox/answers"
_PATIENCE = 6.0  # seconds that a page waits for what is near its clauses
T = TypeVar("T")


class PoliciesDesk:
    """One school's own documents, for whoever is signed in in the inbox and sees the workbench."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self.frame, self._sessions = frame, sessions
        # What is being worked out in this process, by a document as it stands: what comes of it the core keeps.
        self._working: dict[OwnDocument, asyncio.Task[Sequence[ClauseAndNear]]] = {}
        # Of many documents only one holds a thread: what stores a concern waits for the same ones.
        self._one = asyncio.Semaphore(1)

    @property
    def core(self) -> PolicyDesk:
        """What decides."""
        return self.frame.core.policies

    @property
    def workbench(self) -> Workbench:
        return self.frame.core.workbench

    @property
    def school(self) -> str:
        """The id by which the core knows it."""
        return self.frame.school.id

    @property
    def knowledge(self) -> Knowledge:
        """The base that is live."""
        return self.frame.core.base().knowledge

    def page(self, page: Page) -> Handler:
        """A page for whoever sees the workbench."""

        async def guarded(request: web.Request, signed: Signed) -> web.StreamResponse:
            if not signed.sees_answers:
                return self.frame.gone(signed)
            return await self._tried(signed, lambda: self._caught_up(page, request, signed))

        return self._sessions.page(guarded)

    async def _caught_up(self, page: Page, request: web.Request, signed: Signed) -> web.StreamResponse:
        """The page; behind a form it shows what that has saved, or says that it cannot yet."""
        if self.done(request) and not await self.call(lambda: self.workbench.catch_up(self.school)):
            return self.show("refused.html", signed, 503, heading=NOT_TAKEN_UP, said=TAKES_LONGER)
        return await page(request, signed)

    def form(self, form: FormHandler) -> Handler:
        """A form of whoever sees the workbench, from a page that was drawn for them."""

        async def guarded(request: web.Request, signed: Signed, fields: SingleFields) -> web.StreamResponse:
            if not signed.sees_answers:
                return self.frame.gone(signed)
            return await self._tried(signed, lambda: form(request, signed, fields))

        return self._sessions.form(guarded)

    def upload(self, form: UploadHandler, most: int) -> Handler:
        """The same for a form that brings a file."""

        async def guarded(request: web.Request, signed: Signed, posted: UploadedForm | None) -> web.StreamResponse:
            return await self._tried(signed, lambda: form(request, signed, posted))

        return self._sessions.upload(guarded, most)

    async def call(self, work: Callable[[], T]) -> T:
        """A call of the core, off the event loop."""
        return await in_thread(work)

    async def document(self, request: web.Request, signed: Signed) -> DocumentLine:
        """The document that the address names. Raises NoDocumentError."""
        who, name = signed.person.id, request.match_info["document"]
        return await self.call(lambda: self.core.document(self.school, who, name))

    async def near(self, document: OwnDocument, who: str) -> Sequence[ClauseAndNear] | None:
        """The clauses of a document with the answers near each; None while that is being worked out: the first time
        every answer is read."""
        task = self._working.get(document)
        if task is None:
            task = self._working[document] = asyncio.get_running_loop().create_task(self._near(document, who))
            task.add_done_callback(lambda _: self._working.pop(document))
        await asyncio.wait({task}, timeout=_PATIENCE)
        return await task if task.done() else None

    async def _near(self, document: OwnDocument, who: str) -> Sequence[ClauseAndNear]:
        async with self._one:
            return await self.call(lambda: self.core.near(self.school, who, document))

    def mine(self, who: str, entries: Iterable[Entry]) -> frozenset[str]:
        """Those of these answers that somebody may approve, and so take out of use."""
        return frozenset(each.id for each in entries if self.workbench.may_approve(self.school, who, each.id))

    async def withhold(self, who: str, entries: Iterable[str]) -> None:
        """Take these answers out of use at once."""

        def work() -> None:
            for each in entries:
                self.workbench.take_out(self.school, who, each, wording.POLICY_CHANGED, self.frame.now())

        await self.call(work)

    def show(self, template: str, signed: Signed, status: int = 200, **values: object) -> web.Response:
        """A page of the policies."""
        return self.frame.show(
            f"policies/{template}", signed, status, **values, root=ROOT, answers=ANSWERS, wording=wording,
            words=Words(self.knowledge),
        )  # fmt: skip

    def done(self, request: web.Request) -> str:
        """What is said at the head of a page after a form."""
        return wording.DONE.get(request.query.get("done", ""), "")

    async def _tried(self, signed: Signed, work: Callable[[], object]) -> web.StreamResponse:
        """The page, or the one that says why it cannot be."""
        try:
            return await work()  # type: ignore[misc, no-any-return]
        except FormError:
            raise web.HTTPBadRequest from None
        except StoreError:
            raise
        except NoDocumentError as fault:
            return self.show("refused.html", signed, 404, heading="That is not here", said=str(fault))
        except AskFirstError as fault:
            said = wording.as_sentence(str(fault))
            return self.show("refused.html", signed, 409, heading="That was not done", said=said)
