"""What has become of a concern, for whoever holds its receipt, and more for it from the same person."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from aiohttp import web

from adapters.web.concern.view import OFFLINE, ConcernDrawing, LookUp, not_yet
from adapters.web.forms import FormError, single
from adapters.web.problems import status_of
from adapters.web.site import Site, html
from bot.concerns import Advice, Followed, IncompleteError
from bot.concerns.guidance import NOT_SAVED, not_logged, ring_instead
from bot.errors import AskFirstError
from bot.service.casework import Casework
from bot.store import UnknownConcernError

log = logging.getLogger("askfirst.web")
T = TypeVar("T")

_UNKNOWN = "No concern has this number. Check each letter and digit against what you wrote down."
_HELD_BACK = "Too many numbers were tried from this connection. Wait {wait} seconds, then try again."
_NOT_FOUND_OUT = Advice(
    "not-logged",
    "It could not be looked up",
    "The log cannot be reached just now. Try again in a minute. If it cannot wait:",
)
_FLOOD = "too much came in from this connection at once. Wait {wait} seconds, then try again"
_OUT_OF_DATE = Advice(
    "not-logged",
    "This page had gone out of date",
    "Nothing was looked up or added. Whatever you wrote is still below. Press the button again. If this comes a second "
    "time, your browser keeps no cookies for this page. If it cannot wait:",
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
        page = LookUp(
            self._site.school(), "", self._not_added(OFFLINE), fields.get("receipt", ""), text=fields.get("text", "")
        )
        try:
            page = replace(page, token=self._site.token(self._site.conversation(request, fields.get("token", ""))))
        except web.HTTPForbidden:
            return self._fresh(request, replace(page, trouble=self._ring(_OUT_OF_DATE)), 403)
        try:
            self._limiter.hold_back(request)
        except web.HTTPTooManyRequests as fault:
            return self._held_back(page, fault.headers["Retry-After"])
        adding = fields.get("action") == "add"
        outcome = await status_of(request, lambda _: self._add(page) if adding else self._follow(page))
        if isinstance(outcome, web.StreamResponse):
            return outcome
        trouble = self._not_added() if adding else self._ring(_NOT_FOUND_OUT)
        return html(self._drawing.look_up(replace(page, trouble=trouble)), outcome[0])

    async def _follow(self, page: LookUp) -> web.Response:
        try:
            followed = await self._soon(lambda: self._casework.follow(page.receipt, self._site.clock()))
        except (AskFirstError, TimeoutError) as fault:
            return self._trouble(page, self._ring(_NOT_FOUND_OUT), fault)
        return self._known(page, followed) if followed else await self._unknown(page)

    async def _add(self, page: LookUp) -> web.Response:
        try:
            await self._soon(lambda: self._casework.add(page.receipt, page.text, self._site.clock()))
        except UnknownConcernError:
            return await self._unknown(page)
        except IncompleteError as fault:
            return await self._follow(replace(page, fault=fault.problems["text"]))
        except TimeoutError as fault:
            return self._trouble(page, self._not_added(certain=False), fault)
        return await self._follow(replace(page, added=True, text=""))

    def _not_added(self, because: str = NOT_SAVED, certain: bool = True) -> tuple[Advice, ...]:
        school, now = self._site.school(), self._site.clock()
        return not_logged(school, {}, None, now, certain=certain, because=because, word="added")

    def _ring(self, trouble: Advice) -> tuple[Advice, ...]:
        return (trouble, *ring_instead(self._site.school(), {}, None, self._site.clock()))

    async def _soon(self, work: Callable[[], T]) -> T:
        async with asyncio.timeout(self._seconds):
            return await asyncio.to_thread(work)

    async def _unknown(self, page: LookUp) -> web.Response:
        """No such receipt: mistyped, or lost where the log was restored from a backup."""
        try:
            lost = await self._soon(lambda: self._casework.not_here(self._site.clock()))
        except (AskFirstError, TimeoutError) as fault:
            return self._trouble(page, self._ring(_NOT_FOUND_OUT), fault)
        if lost:
            return html(self._drawing.look_up(replace(page, trouble=lost)), 404)
        return html(self._drawing.look_up(replace(page, problem=_UNKNOWN)), 400)

    def _known(self, page: LookUp, followed: Followed) -> web.Response:
        return html(self._drawing.look_up(replace(page, followed=followed)), 400 if page.fault else 200)

    def _trouble(self, page: LookUp, trouble: tuple[Advice, ...], fault: Exception) -> web.Response:
        log.error("a receipt could not be served: %s", fault if isinstance(fault, AskFirstError) else "too slow")
        return html(self._drawing.look_up(replace(page, trouble=trouble)), 503)

    def _held_back(self, page: LookUp, wait: str) -> web.Response:
        if page.text:
            trouble = not_yet(self._not_added(_FLOOD.format(wait=wait)))
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
