"""What the pages of the school's own policies share: the calls of the core, who may be here, how a refusal is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from aiohttp import web

from adapters.web.answers.guarding import workbench_guard
from adapters.web.answers.wording import Words
from adapters.web.inbox.frame import InboxSite, Signed, in_thread
from adapters.web.inbox.guard import Refusal
from adapters.web.inbox.sessions import Sessions, SingleFields
from adapters.web.policies import wording
from bot.errors import AskFirstError
from bot.knowledge import Entry
from bot.knowledge.policies.own import OwnDocument
from bot.service.policy_reading.desk import PolicyDesk
from bot.service.policy_reading.model import DocumentLine, NoDocumentError
from bot.service.policy_reading.near import ClauseAndNear

ROOT = "/inbox/policies"
OWN = f"{ROOT}/own/{{document}}"
ANSWERS = "/inbox/answers"
_PATIENCE = 6.0  # seconds that a page waits for what is near its clauses


class PoliciesDesk:
    """One school's own documents, for whoever is signed in in the inbox and sees the workbench."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self.frame = frame
        self.guard = workbench_guard(frame, sessions, self.show, _refusal, wording.DONE)
        # What is being worked out in this process, by a document as it stands: what comes of it the core keeps.
        self._working: dict[OwnDocument, asyncio.Task[Sequence[ClauseAndNear]]] = {}
        # Of many documents only one holds a thread: what stores a concern waits for the same ones.
        self._one = asyncio.Semaphore(1)

    @property
    def core(self) -> PolicyDesk:
        """What decides."""
        return self.frame.core.policies

    @property
    def school(self) -> str:
        """The id by which the core knows it."""
        return self.frame.school.id

    async def document(self, request: web.Request, signed: Signed) -> DocumentLine:
        """The document that the address names. Raises NoDocumentError."""
        who, name = signed.person.id, request.match_info["document"]
        return await in_thread(lambda: self.core.document(self.school, who, name))

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
            return await in_thread(lambda: self.core.near(self.school, who, document))

    def mine(self, who: str, entries: Iterable[Entry]) -> frozenset[str]:
        """Those of these answers that somebody may approve, and so take out of use."""
        return frozenset(
            each.id for each in entries if self.frame.core.workbench.may_approve(self.school, who, each.id)
        )

    async def withhold(self, who: str, entries: Iterable[str]) -> None:
        """Take these answers out of use at once."""

        def work() -> None:
            for each in entries:
                self.frame.core.workbench.take_out(self.school, who, each, wording.POLICY_CHANGED, self.frame.now())

        await in_thread(work)

    def show(self, template: str, signed: Signed, status: int = 200, **values: object) -> web.Response:
        """A page of the policies."""
        return self.frame.show(
            f"policies/{template}", signed, status, **values, root=ROOT, answers=ANSWERS, wording=wording,
            words=Words(self.frame.knowledge),
        )  # fmt: skip


def _refusal(fault: AskFirstError, _: SingleFields) -> Refusal:
    """Whatever is refused, as a page says it."""
    if isinstance(fault, NoDocumentError):
        return Refusal(str(fault), 404, "That is not here")
    return Refusal(wording.as_sentence(str(fault)))
