"""What stands before the pages of one desk of the inbox: who may come in, and what is said where a thing cannot be
done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web.forms import FormError
from adapters.web.inbox.frame import InboxSite, Signed
from adapters.web.inbox.sessions import FormHandler, Page, Sees, Sessions, SingleFields, UploadHandler
from adapters.web.uploads import UploadedForm
from bot.errors import AskFirstError
from bot.store import StoreError


class NotHereError(Exception):
    """The address names something that is not there."""


@dataclass(frozen=True)
class Refusal:
    """Why a thing was not done, as refused.html of the desk says it; `written` is what somebody typed, given back."""

    said: str
    status: int = 409
    heading: str = "That was not done"
    written: tuple[str, ...] = ()


Show = Callable[..., web.Response]  # the desk's own: template, who is signed in, status, what the template needs
Refusing = Callable[[AskFirstError, SingleFields], Refusal | None]  # a fault, and what was posted
Before = Callable[[web.Request], Awaitable[Refusal | None]]


async def _nothing(_: web.Request) -> None:
    """Nothing keeps a page from being drawn."""


@dataclass(frozen=True)
class Guard:
    """One for each kind of reader of a desk. `refusal` says what a fault is in the desk's words, None for one that is
    not the desk's; `before` may keep a page back."""

    frame: InboxSite
    sessions: Sessions
    show: Show
    refusal: Refusing
    sees: Sees
    before: Before = _nothing

    def page(self, page: Page) -> Handler:
        """A page for whoever sees the desk."""

        async def guarded(request: web.Request, signed: Signed) -> web.StreamResponse:
            return await self._tried(signed, {}, lambda: self._page(page, request, signed))

        return self.sessions.page(guarded, self.sees)

    def form(self, form: FormHandler) -> Handler:
        """A form of theirs, from a page that was drawn for them."""

        async def guarded(request: web.Request, signed: Signed, fields: SingleFields) -> web.StreamResponse:
            return await self._tried(signed, fields, lambda: form(request, signed, fields))

        return self.sessions.form(guarded, self.sees)

    def upload(self, form: UploadHandler, most: int) -> Handler:
        """The same for a form that brings a file."""

        async def guarded(request: web.Request, signed: Signed, posted: UploadedForm | None) -> web.StreamResponse:
            return await self._tried(signed, {}, lambda: form(request, signed, posted))

        return self.sessions.upload(guarded, most, self.sees)

    async def _page(self, page: Page, request: web.Request, signed: Signed) -> web.StreamResponse:
        kept_back = await self.before(request)
        return self._refused(signed, kept_back) if kept_back else await page(request, signed)

    async def _tried(
        self, signed: Signed, fields: SingleFields, work: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """The page, or the one that says why it cannot be."""
        try:
            return await work()
        except FormError:
            raise web.HTTPBadRequest from None
        except NotHereError:
            return self.frame.gone(signed)
        except StoreError:  # of every desk alike: the outermost boundary says that nothing can be looked up
            raise
        except AskFirstError as fault:
            refusal = self.refusal(fault, fields)
            if refusal is None:
                raise
            return self._refused(signed, refusal)

    def _refused(self, signed: Signed, refusal: Refusal) -> web.Response:
        return self.show("refused.html", signed, **asdict(refusal))
