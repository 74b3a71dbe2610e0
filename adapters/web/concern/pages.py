"""Logging a concern: danger first, then the form, what it says and for whom it is, then a receipt. Whatever goes wrong,
what was typed stays."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping

from aiohttp import web

from adapters.web.concern.look_up import ReceiptPages
from adapters.web.concern.view import OFFLINE, ConcernDrawing, FormPage, answers_of, not_yet
from adapters.web.problems import status_of
from adapters.web.site import PostedForm, Site, html
from bot.concerns import Advice, Answers, Asked, IncompleteError, read_first, read_report
from bot.concerns.guidance import NOT_SAVED, before_writing, kept_elsewhere, not_logged
from bot.service.casework import Casework

log = logging.getLogger("askfirst.web")
SignedIn = Callable[[web.Request], Awaitable[str]]  # the id of whoever is signed in, empty for nobody
Troubled = tuple[Advice, ...]  # why a form was not taken, and what to do instead

SECONDS = 6.0  # that a member of staff waits to hear whether it was stored
_SIGNED_IN_WITHIN = 1.0  # seconds: what is not known by then only makes the check less exact
_STEPS = ("first", "report", "send")
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")
_FLOOD = "too much came in from this connection at once. Wait {wait}, then try again"
_OUT_OF_DATE = (
    "the page had gone out of date. Try again now. If this comes a second time, your browser keeps no cookies for this "
    "page, and you have to ring instead"
)
_NOT_READ = (
    "it did not arrive whole, or it was far too long. Go back in your browser, where what you wrote may still be, and "
    "copy it"
)


async def _nobody(_: web.Request) -> str:
    return ""


class ConcernPages:
    """/concern, and what has become of it under /concern/receipt. `seconds` is how long the store may take;
    `signed_in` says who is signed in to the inbox in this browser."""

    def __init__(self, site: Site, casework: Casework, seconds: float = SECONDS, signed_in: SignedIn = _nobody) -> None:
        self._site, self._casework, self._seconds, self._signed_in = site, casework, seconds, signed_in
        self._drawing = ConcernDrawing(site.clock)
        self._limiter = site.limiter(a_minute=10, burst=20)
        self._receipts = ReceiptPages(site, casework, self._drawing, seconds)

    def read_ahead(self) -> None:
        """Read the templates now, so that nobody waits for it later."""
        self._drawing.read_ahead()

    def routes(self) -> Iterable[web.RouteDef]:
        """Where they are found."""
        own = (web.get("/concern", self.start), web.post("/concern", self.step))
        return (*own, *self._receipts.routes())

    async def start(self, request: web.Request) -> web.Response:
        """The first screen alone, with a new key under which this form will be logged once; or where to log instead."""
        if away := kept_elsewhere(self._site.school(), self._site.clock()):
            return html(self._drawing.elsewhere(self._site.school(), away))
        visitor, new = self._site.visitor(request)
        response = html(self._drawing.first(self._page(visitor, secrets.token_urlsafe(24), {})))
        if new:
            self._site.remember(response, visitor)
        return response

    async def step(self, request: web.Request) -> web.StreamResponse:
        """The first screen or the report, as somebody sent it."""
        try:
            fields = await self._site.fields(request)
        except (web.HTTPRequestTimeout, web.HTTPRequestEntityTooLarge, web.HTTPBadRequest) as fault:
            return html(self._drawing.lost(self._site.school(), self._trouble({}, _NOT_READ, kept=False)), fault.status)
        key, step = _one(fields, "submission"), _one(fields, "step")
        if _KEY.fullmatch(key) is None or step not in _STEPS:
            raise web.HTTPBadRequest
        answers, change = answers_of(self._casework.form(), fields), bool(_one(fields, "change"))
        try:
            visitor = self._site.conversation(request, _one(fields, "token"))
        except web.HTTPForbidden:
            return await self._out_of_date(request, step, key, answers, change)
        return await self._step(request, visitor, step, key, answers, change)

    async def _step(
        self, request: web.Request, visitor: str, step: str, key: str, answers: Answers, change: bool
    ) -> web.StreamResponse:
        if step == "first":
            return self._first(visitor, key, answers)
        if change:
            return html(self._drawing.report(self._page(visitor, key, answers, whole=True)))
        try:
            read_report(self._site.school(), self._casework.form(), answers, self._today())
        except IncompleteError as fault:
            return html(self._drawing.report(self._page(visitor, key, answers, fault.problems)), 400)
        if step == "report":
            return await self._check(request, visitor, key, answers)
        return await self._send(request, visitor, key, answers)

    def _first(self, visitor: str, key: str, answers: Answers) -> web.Response:
        try:
            read_first(self._casework.form(), answers)
        except IncompleteError as fault:
            return html(self._drawing.first(self._page(visitor, key, answers, fault.problems)), 400)
        return html(self._drawing.report(self._page(visitor, key, answers)))

    async def _check(self, request: web.Request, visitor: str, key: str, answers: Answers) -> web.Response:
        """What was written, with how urgent it is and for whom. Who is signed in is said where that is soon known."""
        signed_in = ""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SIGNED_IN_WITHIN):
                signed_in = await self._signed_in(request)
        going = self._casework.before_sending(answers, self._site.clock(), asked=Asked("typed", signed_in))
        return html(self._drawing.check(self._page(visitor, key, answers, going=going)))

    async def _send(self, request: web.Request, visitor: str, key: str, answers: Answers) -> web.StreamResponse:
        try:
            self._limiter.hold_back(request)
        except web.HTTPTooManyRequests as fault:
            return self._held_back(visitor, key, answers, fault.headers["Retry-After"])
        outcome = await status_of(request, lambda _: self._log(request, visitor, key, answers))
        if isinstance(outcome, web.StreamResponse):
            return outcome
        return self._not_logged(visitor, key, answers, self._trouble(answers), outcome[0])

    async def _log(self, request: web.Request, visitor: str, key: str, answers: Answers) -> web.Response:
        """Store it and show the receipt. Raises whatever keeps it from being stored."""
        try:
            async with asyncio.timeout(self._seconds):
                asked, now = Asked("typed", await self._signed_in(request)), self._site.clock()
                receipt = await asyncio.to_thread(lambda: self._casework.log(key, answers, now, asked=asked))
        except TimeoutError:
            log.error("a concern was not stored within %.0f seconds", self._seconds)
            trouble = self._trouble(answers, certain=False)
            return self._not_logged(visitor, key, answers, trouble, 503)
        return html(self._drawing.receipt(self._site.school(), receipt))

    def _not_logged(self, visitor: str, key: str, answers: Answers, trouble: Troubled, status: int) -> web.Response:
        return html(self._drawing.check(self._page(visitor, key, answers, trouble=trouble)), status)

    def _held_back(self, visitor: str, key: str, answers: Answers, seconds: str) -> web.Response:
        wait = "1 second" if seconds == "1" else f"{seconds} seconds"
        trouble = not_yet(self._trouble(answers, _FLOOD.format(wait=wait)))
        response = self._not_logged(visitor, key, answers, trouble, 429)
        response.headers["Retry-After"] = seconds
        return response

    async def _out_of_date(
        self, request: web.Request, step: str, key: str, answers: Answers, change: bool
    ) -> web.StreamResponse:
        """The form once more with a token that holds: nothing is stored until its reader presses the button."""
        visitor, new = self._site.visitor(request)
        # Where nothing was to be stored it goes on to the next screen: somebody may be in danger.
        response = await self._step(request, visitor, "report" if step == "send" else step, key, answers, change)
        if step == "send" and response.status == 200 and not change:
            trouble = not_yet(self._trouble(answers, _OUT_OF_DATE))
            response = self._not_logged(visitor, key, answers, trouble, 403)
        response.set_status(403)
        if new:
            self._site.remember(response, visitor)
        return response

    def _page(
        self,
        visitor: str,
        key: str,
        answers: Answers,
        problems: Mapping[str, str] | None = None,
        trouble: Troubled = (),
        going: tuple[Advice, ...] = (),
        whole: bool = False,
    ) -> FormPage:
        school = self._site.school()
        return FormPage(
            school,
            self._casework.form(),
            self._site.token(visitor),
            key,
            before_writing(school, answers, None, self._site.clock()),
            self._today(),
            answers,
            problems or {},
            trouble,
            self._trouble(answers, OFFLINE),
            going,
            whole,
        )

    def _trouble(
        self, answers: Answers, because: str = NOT_SAVED, *, certain: bool = True, kept: bool = True
    ) -> Troubled:
        school, now = self._site.school(), self._site.clock()
        return not_logged(school, answers, None, now, certain=certain, because=because, kept=kept)

    def _today(self) -> dt.date:
        return self._site.clock().astimezone(self._site.school().opening.zone).date()


def _one(fields: PostedForm, name: str) -> str:
    return fields.get(name, ("",))[0]
