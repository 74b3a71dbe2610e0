"""What the pages of the workbench share: the calls of the core, who may be here, and how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web.answers.wording import DONE, Words
from adapters.web.forms import FormError
from adapters.web.inbox.frame import InboxSite, Signed, in_thread
from adapters.web.inbox.sessions import FormHandler, Page, Sessions, SingleFields
from bot.knowledge import Knowledge
from bot.messages import Reply
from bot.service.authoring.model import AuthoringError, NotOutYetError, NotThereError
from bot.service.authoring.workbench import Workbench
from bot.store import StoreError

ROOT = "/inbox/answers"
DOCUMENTS = "/inbox/documents"  # where the school decides what its own policy says
OF_A_DRAFT = "Here stands who approved it, once somebody has. These words are a draft."
# Where a base takes long to be read: what was saved is safe, and a page that shows the old state would say otherwise.
NOT_TAKEN_UP = "It is kept, and not taken up yet"
TAKES_LONGER = "AskFirst is still reading what you saved. Do not send it again. Wait a minute, then load this page anew"
T = TypeVar("T")


class AnswersDesk:
    """One school's workbench, for whoever is signed in in the inbox."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self.frame, self._sessions = frame, sessions

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

    def words(self) -> Words:
        """Ids of the base in words, as of now."""
        return Words(self.knowledge)

    def seen(self, reply: Reply) -> str:
        """A reply as staff see it on the page, with nothing in it to press."""
        return self.frame.site.pages.seen(reply)

    def drafted(self, reply: Reply) -> str:
        """The same of a draft. What staff get now may well be approved: so it is not said that nobody has."""
        return self.frame.site.pages.seen(reply, OF_A_DRAFT)

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

    async def call(self, work: Callable[[], T]) -> T:
        """A call of the core, off the event loop."""
        return await in_thread(work)

    def show(self, template: str, signed: Signed, status: int = 200, **values: object) -> web.Response:
        """A page of the workbench."""
        return self.frame.show(f"answers/{template}", signed, status, **values, root=ROOT)

    def done(self, request: web.Request) -> str:
        """What is said at the head of a page after a form."""
        return DONE.get(request.query.get("done", ""), "")

    async def _tried(self, signed: Signed, work: Callable[[], object]) -> web.StreamResponse:
        """The page, or the one that says why it cannot be."""
        try:
            return await work()  # type: ignore[misc, no-any-return]
        except FormError:
            raise web.HTTPBadRequest from None
        except NotThereError as fault:
            return self.show("refused.html", signed, 404, heading="That is not here", said=str(fault))
        except StoreError:
            raise
        except AuthoringError as fault:
            heading = "Approved, and not out yet" if isinstance(fault, NotOutYetError) else "That was not done"
            return self.show("refused.html", signed, 409, heading=heading, said=str(fault))
