"""Who is signed in, asked at every request; and what is shown to somebody who is not."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web.forms import FormError, single
from adapters.web.inbox.frame import InboxSite, Signed, in_thread, see_other
from adapters.web.security import comes_from_here, is_conversation, new_conversation
from adapters.web.uploads import UploadedForm, UploadTooLargeError, read_upload

SIGN_IN = "/inbox/sign-in"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,86}")
_HERE = re.compile(
    r"/inbox(?:/(?:figures|files|tips|cover|accounts|required(?:/[0-9a-f]{12})?|(?:concerns|files|accounts)/[0-9A-Za-z-]{1,32}"
    r"|readiness(?:/(?:parts|reviews)/[0-9a-z-]{1,40})?"
    r"|(?:answers|policies|documents)(?:/[0-9a-z:-]{1,90}){0,4}))?"
)
_WRITTEN = re.compile(
    r"text|list|outcome|reason|to|to_name|address|reference|name|title|badge|answer|why|instead|note|phrasings|"
    r"opposites|confirm|remark|"
    r"(?:evidence|plan|owner|differs)-[a-z0-9-]{1,40}|how|"
    r"fact_ask|begins|words|row-\d{1,2}-[a-z-]{1,40}|case-\d-(?:badge|answer|why|instead)|like-\d{1,2}-text"
)

SingleFields = Mapping[str, str]
Sees = Callable[[Signed], bool]  # whether a page is theirs
Page = Callable[[web.Request, Signed], Awaitable[web.StreamResponse]]
UploadHandler = Callable[[web.Request, Signed, UploadedForm | None], Awaitable[web.StreamResponse]]
FormHandler = Callable[[web.Request, Signed, SingleFields], Awaitable[web.StreamResponse]]


def is_token(value: str) -> bool:
    """Whether this could be the token of a link or a session."""
    return _TOKEN.fullmatch(value) is not None


def _everybody(_: Signed) -> bool:
    return True


class Sessions:
    """The cookie of the inbox, and what it opens. Where `sees` says no there is nothing for that reader."""

    def __init__(self, frame: InboxSite) -> None:
        self._frame = frame
        self._cookie, self._doormat = (
            f"__Host-{name}" if frame.site.secure else name for name in ("askfirst-inbox", "askfirst-door")
        )

    def page(self, page: Page, sees: Sees = _everybody) -> Handler:
        """A page for whoever is signed in."""

        async def handler(request: web.Request) -> web.StreamResponse:
            signed = await self.signed(request)
            if signed is None:
                return self._turned_away(request)
            return await page(request, signed) if sees(signed) else self._frame.gone(signed)

        return handler

    def form(self, form: FormHandler, sees: Sees = _everybody) -> Handler:
        """A form of somebody who is signed in, sent from a page that was drawn for their session."""

        async def handler(request: web.Request) -> web.StreamResponse:
            fields = await self.fields(request)
            token = fields.pop("token", "")
            signed = await self.signed(request)
            ours = self._frame.is_token(self.token(request), token)
            if signed is None:
                return self._not_saved(request, fields if ours else {})
            if not ours:
                raise web.HTTPForbidden
            return await form(request, signed, fields) if sees(signed) else self._frame.gone(signed)

        return handler

    def upload(self, form: UploadHandler, most: int, sees: Sees) -> Handler:
        """A form that brings a file of at most `most` bytes, of somebody who is signed in. It is not read before they
        are known: whoever is turned away has the file still."""

        async def handler(request: web.Request) -> web.StreamResponse:
            if not comes_from_here(request.headers, request.host):
                raise web.HTTPForbidden
            signed = await self.signed(request)
            if signed is None:
                return self._turned_away(request)
            if not sees(signed):
                return self._frame.gone(signed)
            try:
                posted: UploadedForm | None = await read_upload(request, most)
            except UploadTooLargeError:
                posted = None
            except FormError:
                raise web.HTTPBadRequest from None
            if posted and not self._frame.is_token(self.token(request), posted.fields.pop("token", "")):
                raise web.HTTPForbidden
            return await form(request, signed, posted)

        return handler

    async def fields(self, request: web.Request) -> dict[str, str]:
        """The form that this request posts. Raises an HTTP error for one that did not come from here."""
        try:
            return single(await self._frame.site.fields(request))
        except FormError:
            raise web.HTTPBadRequest from None

    def token(self, request: web.Request) -> str:
        """The session's token as the browser sent it, empty where it is none."""
        value = request.cookies.get(self._cookie, "")
        return value if is_token(value) else ""

    def doormat(self, request: web.Request) -> tuple[str, bool]:
        """What tells this browser from others before anybody has signed in, and whether it is new (then it has to be
        kept with `lay`). It is not the chat's: a link in an e-mail comes without that, and must not replace it."""
        known = request.cookies.get(self._doormat, "")
        return (known, False) if is_conversation(known) else (new_conversation(), True)

    def lay(self, response: web.Response, doormat: str) -> None:
        """Keep it in a cookie."""
        secure = self._frame.site.secure
        response.set_cookie(self._doormat, doormat, httponly=True, samesite="Strict", secure=secure, path="/")

    def start(self, response: web.Response, session: str) -> None:
        """Keep a session in the cookie, until the browser is closed."""
        secure = self._frame.site.secure
        response.set_cookie(self._cookie, session, httponly=True, samesite="Strict", secure=secure, path="/")

    def forget(self, response: web.Response) -> None:
        """Take the cookie away."""
        secure = self._frame.site.secure
        response.del_cookie(self._cookie, httponly=True, samesite="Strict", secure=secure, path="/")

    async def signed(self, request: web.Request) -> Signed | None:
        """Who is signed in, if anybody. Raises StoreError."""
        token = self.token(request)
        return await in_thread(lambda: self._who(token)) if token else None

    def _who(self, token: str) -> Signed | None:
        """Who this session belongs to, with the parts they hold now; whoever has left school.yaml is signed out."""
        school = self._frame.school
        doors = self._frame.core.store.sign_in(school.id)
        now = self._frame.now()
        person = doors.who(token, now)
        reader = self._frame.casework.reader(person, now) if person else None
        if reader is None:
            doors.end(token)
            return None
        bench = self._frame.core.workbench
        sees, wait = bench.sees(school.id, reader.person), bench.waits_for(school.id, reader.person)
        papers = self._frame.core.documents.waits_for(school.id, reader.person, now)
        return Signed(token, school.people[reader.person], reader, sees, wait, papers)

    def _turned_away(self, request: web.Request) -> web.Response:
        """To the sign-in page. A click in an e-mail read in the browser comes without the cookie, because it is kept
        from other sites; a page of our own that calls itself up once more brings it along."""
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and not request.cookies.get(self._cookie):
            here = request.path if _HERE.fullmatch(request.path) else "/inbox"
            return self._frame.show("again.html", None, address=here)
        response = see_other(SIGN_IN)
        self.forget(response)
        return response

    def _not_saved(self, request: web.Request, fields: SingleFields) -> web.Response:
        """Signed out while somebody was writing: what they wrote is given back to them, and nothing else is shown."""
        written = [text for name, text in fields.items() if _WRITTEN.fullmatch(name) and text.strip()]
        if not written:
            return self._turned_away(request)
        response = self._frame.show("not_saved.html", None, 403, written=written)
        self.forget(response)
        return response
