"""The chat: a request is checked, turned into a Message, answered by the core and drawn."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.forms import FormError, single, to_message
from adapters.web.pages import ShownTurn
from adapters.web.site import Site, from_script, html
from adapters.web.tip import TipOfTheDay
from bot.service.questions import TRY_AGAIN_AFTER, BusyError, Questions


class ChatPages:
    """The question box and its answers, at the root of the page."""

    def __init__(self, site: Site, questions: Questions, tip: TipOfTheDay) -> None:
        self._site, self._questions, self._tip = site, questions, tip
        self._limiter = site.limiter()

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get("/", self.show), web.post("/", self.answer))

    async def show(self, request: web.Request) -> web.Response:
        """The empty page; a visitor without a conversation gets one."""
        conversation, new = self._site.visitor(request)
        token = self._site.token(conversation)
        response = html(self._site.pages.chat(self._site.school(), token, tip=await self._tip.card()))
        if new:
            self._site.remember(response, conversation)
        return response

    async def answer(self, request: web.Request) -> web.Response:
        """One question or button: the whole page with the reply, or the reply alone for the script."""
        self._limiter.hold_back(request)
        site = self._site
        try:
            fields = single(await site.fields(request))
            conversation = site.conversation(request, fields.pop("token", ""))
            if (thanks := await self._tip.judged(fields)) is not None:
                return self._answered(request, site.token(conversation), ShownTurn("", thanks))
            tip = fields.pop("tip", "") if fields.get("action") == "pick" else ""
            message = to_message(fields, conversation)
        except FormError:
            raise web.HTTPBadRequest from None
        try:
            reply = await self._questions.answer(message, site.clock())
        except BusyError:
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(TRY_AGAIN_AFTER)}) from None
        if tip:
            await self._tip.asked(message, tip)
        return self._answered(request, site.token(conversation), ShownTurn(message.text, reply))

    def _answered(self, request: web.Request, token: str, turn: ShownTurn) -> web.Response:
        if from_script(request):
            return html(self._site.pages.reply(turn.reply, token))
        return html(self._site.pages.chat(self._site.school(), token, turn))
