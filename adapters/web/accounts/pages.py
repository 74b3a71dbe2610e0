"""Asking for a new account or tool on the page, screen by screen. Whoever is signed in to the inbox is known; of
everybody else the name is what they type, and the request says so."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from adapters.web.accounts.view import FormStep, RequestDrawing, answers_of
from adapters.web.site import PostedForm, Site, html
from bot.accounts.reading import read_asker
from bot.concerns import Answers, Asked, IncompleteError, Reporter, Screen
from bot.errors import AskFirstError, without_content
from bot.service.accounts import AccountDesk
from bot.store import StoreError

log = logging.getLogger("askfirst.web")
PATH = "/account"
SignedIn = Callable[[web.Request], Awaitable[str]]  # the id of whoever is signed in, empty for nobody
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")
_SECONDS = 6.0
_NOT_SENT = "It could not be kept just now. Nothing you wrote is lost: press the button again in a minute."
_OUT_OF_DATE = "This page had gone out of date. Nothing you wrote is lost: press the button again."


class RequestPages:
    """/account. `signed_in` says who is signed in to the inbox in this browser."""

    def __init__(self, site: Site, desk: AccountDesk, signed_in: SignedIn) -> None:
        self._site, self._desk, self._signed_in = site, desk, signed_in
        self._drawing = RequestDrawing(site.clock)
        self._limiter = site.limiter(a_minute=6, burst=12)

    def read_ahead(self) -> None:
        """Read the templates now, so that nobody waits for it later."""
        self._drawing.read_ahead()

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(PATH, self.start), web.post(PATH, self.step))

    async def start(self, request: web.Request) -> web.Response:
        """The first screen, with a new key under which this request will be kept once."""
        visitor, new = self._site.visitor(request)
        step = await self._step(request, visitor, secrets.token_urlsafe(24), 0, {})
        response = html(self._drawing.step(step))
        if new:
            self._site.remember(response, visitor)
        return response

    async def step(self, request: web.Request) -> web.StreamResponse:
        """A screen, as somebody sent it: the next one, the one before, or the same with what is wrong."""
        fields = await self._site.fields(request)
        key, number = _one(fields, "submission"), _one(fields, "step")
        if _KEY.fullmatch(key) is None or not re.fullmatch(r"\d", number):
            raise web.HTTPBadRequest
        answers, at = answers_of(self._desk.form(), fields), int(number)
        try:
            visitor = self._site.conversation(request, _one(fields, "token"))
        except web.HTTPForbidden:
            return await self._out_of_date(request, key, at, answers)
        step = await self._step(request, visitor, key, at, answers)
        if _one(fields, "back"):
            return html(self._drawing.step(await self._step(request, visitor, key, at - 1, answers)))
        try:
            self._check(step.screen, answers)
            if not step.is_last:
                return html(self._drawing.step(await self._step(request, visitor, key, at + 1, answers)))
        except IncompleteError as fault:
            return html(self._drawing.step(_with(step, fault)), 400)
        self._limiter.hold_back(request)
        return await self._send(request, step)

    async def _send(self, request: web.Request, step: FormStep) -> web.Response:
        """Keep it, and say so; or the screen with what is wrong, or why it was not kept."""
        asker, now = await self._asker(request), self._site.clock()
        try:
            async with asyncio.timeout(_SECONDS):
                found = await asyncio.to_thread(
                    lambda: self._desk.ask(step.submission, step.answers, now, asker, Asked("typed"))
                )
        except IncompleteError as fault:
            at = next((n for n, each in enumerate(step.screens) if _has(each, fault)), step.number)
            shown = await self._step(request, self._site.visitor(request)[0], step.submission, at, step.answers)
            return html(self._drawing.step(_with(shown, fault)), 400)
        except (AskFirstError, TimeoutError) as fault:
            log.error("a request for an account was not kept: %s", without_content(fault))
            shown = await self._step(
                request, self._site.visitor(request)[0], step.submission, step.number, step.answers, _NOT_SENT
            )
            return html(self._drawing.step(shown), 503)
        return html(self._drawing.sent(self._site.school(), found))

    async def _out_of_date(self, request: web.Request, key: str, at: int, answers: Answers) -> web.Response:
        visitor, new = self._site.visitor(request)
        response = html(self._drawing.step(await self._step(request, visitor, key, at, answers, _OUT_OF_DATE)), 403)
        if new:
            self._site.remember(response, visitor)
        return response

    def _check(self, screen: Screen, answers: Answers) -> None:
        form, now = self._desk.form(), self._site.clock()
        if screen.id == form.you.id:
            read_asker(self._site.school(), form, answers, Asked("typed"))
        else:
            self._desk.check(screen, answers, now)

    async def _asker(self, request: web.Request) -> Reporter | None:
        """Whoever is signed in, as far as the store can say; None for everybody else, who are asked."""
        try:
            person = self._site.school().people.get(await self._signed_in(request))
        except StoreError:
            return None
        return Reporter(person.name, person.role, person.id, None, "signed-in") if person else None

    async def _step(
        self, request: web.Request, visitor: str, key: str, number: int, answers: Answers, trouble: str = ""
    ) -> FormStep:
        form, asker = self._desk.form(), await self._asker(request)
        screens = form.screens if asker else (*form.screens, form.you)
        at = min(max(number, 0), len(screens) - 1)
        who = asker.name if asker else ""
        return FormStep(
            self._site.school(), screens, at, self._site.token(visitor), key, answers, trouble=trouble, who=who
        )


def _with(step: FormStep, fault: IncompleteError) -> FormStep:
    return FormStep(
        step.school, step.screens, step.number, step.token, step.submission, step.answers, fault.problems, who=step.who
    )


def _has(screen: Screen, fault: IncompleteError) -> bool:
    return any(field.id in fault.problems for field in screen.fields)


def _one(fields: PostedForm, name: str) -> str:
    return fields.get(name, ("",))[0]
