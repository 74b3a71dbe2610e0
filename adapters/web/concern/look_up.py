"""What has become of a concern, for whoever holds its receipt, and more for it from the same person."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from aiohttp import web

from adapters.web.concern.view import ConcernDrawing, LookUp, Trouble, to_tell
from adapters.web.forms import FormError, single
from adapters.web.problems import status_of
from adapters.web.site import Site, html
from bot.concerns import Followed, IncompleteError
from bot.errors import AskFirstError
from bot.service.casework import Casework
from bot.store import UnknownConcernError

log = logging.getLogger("askfirst.web")
T = TypeVar("T")

_UNKNOWN = "No concern has this number. Check each letter and digit against what you wrote down."
_NOT_FOUND_OUT = Trouble(
    "It could not be looked up",
    "The log cannot be reached just now. Try again in a minute. If it cannot wait, ring one of these people.",
)
_NOT_ADDED = Trouble(
    "This was NOT added",
    "This was NOT added: AskFirst could not save it. Ring one of these people now. What you wrote is still below, so "
    "you can try again.",
)
_NOT_SURE = Trouble(
    "Treat this as NOT added",
    "We cannot say that it was added, so treat it as NOT added. Ring one of these people now. What you wrote is still "
    "below, so you can try again.",
)
_HELD_BACK = "Too many numbers were tried from this connection. Wait {wait} seconds, then try again."
_HELD_BACK_ADDING = Trouble(
    "This was NOT added yet",
    "This was NOT added: too much came in from this connection at once. What you wrote is still below. Wait {wait} "
    "seconds, then try again. If it cannot wait, ring one of these people.",
)
_OUT_OF_DATE = Trouble(
    "This page had gone out of date",
    "Nothing was looked up or added. Whatever you wrote is still below. Press the button again. If this comes a second "
    "time, your browser keeps no cookies for this page.",
)


class ReceiptPages:
    """/concern/receipt. A receipt is only ever posted: it never stands in an address."""

    def __init__(self, site: Site, casework: Casework, drawing: ConcernDrawing, seconds: float) -> None:
        self._site, self._casework, self._drawing, self._seconds = site, casework, drawing, seconds
        self._limiter = site.limiter(a_minute=6, burst=10)

    def routes(self) -> Iterable[web.RouteDef]:
        """Where they are found."""
        return (web.get("/concern/receipt", self.ask), web.post("/concern/receipt", self.answer))

    async def ask(self, request: web.Request) -> web.Response:
        """The box for a receipt."""
        return self._fresh(request, LookUp(self._site.school(), "", ()), 200)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The steps of a concern; with action=add, after something was added to it."""
        try:
            fields = single(await self._site.fields(request))
        except FormError:
            raise web.HTTPBadRequest from None
        people = to_tell(self._site.school(), {}, self._site.clock())
        page = LookUp(self._site.school(), "", people, fields.get("receipt", ""), text=fields.get("text", ""))
        try:
            page = replace(page, token=self._site.token(self._site.conversation(request, fields.get("token", ""))))
        except web.HTTPForbidden:
            return self._fresh(request, replace(page, trouble=_OUT_OF_DATE), 403)
        try:
            self._limiter.hold_back(request)
        except web.HTTPTooManyRequests as fault:
            return self._held_back(page, fault.headers["Retry-After"])
        adding = fields.get("action") == "add"
        outcome = await status_of(request, lambda _: self._add(page) if adding else self._follow(page))
        if isinstance(outcome, web.StreamResponse):
            return outcome
        return html(self._drawing.look_up(replace(page, trouble=_NOT_ADDED if adding else _NOT_FOUND_OUT)), outcome[0])

    async def _follow(self, page: LookUp) -> web.Response:
        try:
            followed = await self._soon(lambda: self._casework.follow(page.receipt, self._site.clock()))
        except (AskFirstError, TimeoutError) as fault:
            return self._trouble(page, _NOT_FOUND_OUT, fault)
        return self._known(page, followed)

    async def _add(self, page: LookUp) -> web.Response:
        try:
            await self._soon(lambda: self._casework.add(page.receipt, page.text, self._site.clock()))
        except UnknownConcernError:
            return self._known(page, None)
        except IncompleteError as fault:
            return await self._follow(replace(page, fault=fault.problems["text"]))
        except TimeoutError as fault:
            return self._trouble(page, _NOT_SURE, fault)
        return await self._follow(replace(page, added=True, text=""))

    async def _soon(self, work: Callable[[], T]) -> T:
        async with asyncio.timeout(self._seconds):
            return await asyncio.to_thread(work)

    def _known(self, page: LookUp, followed: Followed | None) -> web.Response:
        if followed is None:
            return html(self._drawing.look_up(replace(page, problem=_UNKNOWN)), 400)
        return html(self._drawing.look_up(replace(page, followed=followed)), 400 if page.fault else 200)

    def _trouble(self, page: LookUp, trouble: Trouble, fault: Exception) -> web.Response:
        log.error("a receipt could not be served: %s", fault if isinstance(fault, AskFirstError) else "too slow")
        return html(self._drawing.look_up(replace(page, trouble=trouble)), 503)

    def _held_back(self, page: LookUp, wait: str) -> web.Response:
        if page.text:
            trouble = replace(_HELD_BACK_ADDING, text=_HELD_BACK_ADDING.text.format(wait=wait))
            response = html(self._drawing.look_up(replace(page, trouble=trouble)), 429)
        else:
            response = html(self._drawing.look_up(replace(page, problem=_HELD_BACK.format(wait=wait))), 429)
        response.headers["Retry-After"] = wait
        return response

    def _fresh(self, request: web.Request, page: LookUp, status: int) -> web.Response:
        """The page with a token that holds, for a visitor who may be new."""
        visitor, new = self._site.visitor(request)
        response = html(self._drawing.look_up(replace(page, token=self._site.token(visitor))), status)
        if new:
            self._site.remember(response, visitor)
        return response
