"""What the pages of the review share: the calls of the core, who may be here, and how a refusal is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web.forms import FormError
from adapters.web.inbox.frame import InboxSite, Signed, in_thread
from adapters.web.inbox.sessions import FormHandler, Page, Sessions, SingleFields
from bot.readiness import RATINGS
from bot.service.readiness.desk import ReadinessDesk
from bot.service.readiness.model import ReadinessError, ReadinessView

ROOT = "/inbox/readiness"
# What is said once something was done. The address of the page carries the key, never a text.
DONE = {
    "begun": "The review is begun. Answer it part by part, in any order; what you save is kept.",
    "saved": "Saved.",
    "closed": "The review is closed, and kept as it was. Its plan goes on: whoever is named in it is reminded.",
    "done": "That is off the plan. It stays in the review as done.",
}
T = TypeVar("T")


class ReadinessFrame:
    """One school's review, for whoever is signed in in the inbox."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self.inbox, self._sessions = frame, sessions

    @property
    def desk(self) -> ReadinessDesk:
        return self.inbox.core.readiness

    @property
    def school(self) -> str:
        """The id by which the core knows it."""
        return self.inbox.school.id

    async def view(self, signed: Signed) -> ReadinessView:
        """How it stands, for this reader."""
        return await in_thread(lambda: self.desk.view(self.school, signed.person.id, self.inbox.now()))

    async def call(self, work: Callable[[], T]) -> T:
        """A call of the core, off the event loop."""
        return await in_thread(work)

    def page(self, page: Page, *, answering: bool = True) -> Handler:
        """A page for whoever answers, or whoever may have the PDF."""

        async def guarded(request: web.Request, signed: Signed) -> web.StreamResponse:
            if not self._lets_in(signed, answering):
                return self.inbox.gone(signed)
            return await self._tried(signed, {}, lambda: page(request, signed))

        return self._sessions.page(guarded)

    def form(self, form: FormHandler, *, answering: bool = True) -> Handler:
        """A form of theirs, from a page that was drawn for them."""

        async def guarded(request: web.Request, signed: Signed, fields: SingleFields) -> web.StreamResponse:
            if not self._lets_in(signed, answering):
                return self.inbox.gone(signed)
            return await self._tried(signed, fields, lambda: form(request, signed, fields))

        return self._sessions.form(guarded)

    def show(self, template: str, signed: Signed, status: int = 200, **values: object) -> web.Response:
        """A page of the review."""
        return self.inbox.show(
            f"readiness/{template}", signed, status, **values, root=ROOT, ratings=RATINGS, today=self.inbox.today()
        )

    def done(self, request: web.Request) -> str:
        """What is said at the head of a page after a form."""
        return DONE.get(request.query.get("done", ""), "")

    def _lets_in(self, signed: Signed, answering: bool) -> bool:
        return signed.answers_readiness if answering else signed.sees_readiness

    async def _tried(
        self, signed: Signed, fields: SingleFields, work: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """The page, or the one that says why it cannot be, with what was typed."""
        try:
            return await work()
        except FormError:
            raise web.HTTPBadRequest from None
        except ReadinessError as fault:
            written = [text for name, text in fields.items() if "-" in name and len(text) > _A_CHOICE]
            return self.show("refused.html", signed, 409, said=str(fault), written=written)


_A_CHOICE = 10  # characters of what was picked and not written: "not-yet", a day
