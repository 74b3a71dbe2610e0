"""What the pages of the documents share: the calls of the core, who may be here, and how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web.answers.wording import Words
from adapters.web.documents.wording import DONE
from adapters.web.forms import FormError
from adapters.web.inbox.frame import InboxSite, Signed, in_thread
from adapters.web.inbox.sessions import FormHandler, Page, Sessions, SingleFields
from bot.knowledge import Knowledge, KnowledgeError
from bot.knowledge.school_policy.model import PolicyQuestion
from bot.service.policy_writing.desk import DocumentDesk
from bot.service.policy_writing.files import PolicyError
from bot.service.policy_writing.model import PolicyDocument

ROOT = "/inbox/documents"
QUESTIONS = f"{ROOT}/questions"
READ = f"{ROOT}/read"
_FAULTY = (
    "The files of the answers have a fault, or would have one with this answer. Nothing was written. Ask whoever looks "
    "after AskFirst: askfirst check names each fault"
)
T = TypeVar("T")


class NotHereError(Exception):
    """There is no such question or document."""


class DocumentsSite:
    """One school's documents, for whoever is signed in in the inbox."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self.frame, self._sessions = frame, sessions

    @property
    def core(self) -> DocumentDesk:
        return self.frame.core.documents

    @property
    def school(self) -> str:
        """The id by which the core knows it."""
        return self.frame.school.id

    @property
    def knowledge(self) -> Knowledge:
        """The base that the documents are made of."""
        return self.core.knowledge(self.school)

    def words(self) -> Words:
        """Ids of the base in words."""
        return Words(self.knowledge)

    def question(self, name: str) -> PolicyQuestion:
        """A question of the questionnaire. Raises NotHereError."""
        found = self.knowledge.policy.questions.get(name)
        if found is None:
            raise NotHereError
        return found

    async def documents(self) -> tuple[PolicyDocument, ...]:
        """Every document as it is today."""
        now = self.frame.now()
        return await self.call(lambda: self.core.documents(self.school, now))

    async def document(self, name: str) -> PolicyDocument:
        """One of them. Raises NotHereError."""
        found = next((each for each in await self.documents() if each.id == name), None)
        if found is None:
            raise NotHereError
        return found

    def page(self, page: Page) -> Handler:
        """A page for whoever sees the documents."""

        async def guarded(request: web.Request, signed: Signed) -> web.StreamResponse:
            return await self._tried(signed, lambda: page(request, signed))

        return self._sessions.page(guarded)

    def form(self, form: FormHandler) -> Handler:
        """A form of whoever sees the documents, from a page that was drawn for them."""

        async def guarded(request: web.Request, signed: Signed, fields: SingleFields) -> web.StreamResponse:
            return await self._tried(signed, lambda: form(request, signed, fields))

        return self._sessions.form(guarded)

    async def call(self, work: Callable[[], T]) -> T:
        """A call of the core, off the event loop."""
        return await in_thread(work)

    def show(self, template: str, signed: Signed, status: int = 200, **values: object) -> web.Response:
        """A page of the documents."""
        who = signed.person.id
        may = {
            "may_answer": self.core.may_answer(self.school, who),
            "may_approve": self.core.role_for(self.school, who) is not None,
        }
        return self.frame.show(f"documents/{template}", signed, status, **may, **values, root=ROOT)

    def done(self, request: web.Request) -> str:
        """What is said at the head of a page after a form."""
        return DONE.get(request.query.get("done", ""), "")

    async def _tried(self, signed: Signed, work: Callable[[], object]) -> web.StreamResponse:
        """The page, or the one that says why it cannot be."""
        if not self.core.sees(self.school, signed.person.id):
            return self.frame.gone(signed)
        try:
            return await work()  # type: ignore[misc, no-any-return]
        except FormError:
            raise web.HTTPBadRequest from None
        except NotHereError:
            return self.frame.gone(signed)
        except PolicyError as fault:
            return self.show("refused.html", signed, 409, said=fault.reason)
        except KnowledgeError:
            return self.show("refused.html", signed, 409, said=_FAULTY)
