"""Reading and answering by a personal link, without an account. The link says who somebody is, and the page too."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable

from aiohttp import web
from jinja2 import Environment

from adapters.web.drawing import environment, read_ahead
from adapters.web.forms import FormError, single
from adapters.web.pages import first_to_ring, head_to_ring, tel
from adapters.web.site import Site, html
from bot.required.model import Colleague
from bot.required.presses import RequiredPress, to_required, to_value
from bot.required.views import RequiredView, known_as
from bot.service.required.desk import RequiredDesk

_KEY = re.compile(r"[0-9a-f]{32}-[0-9]{1,11}-[0-9a-f]{32}")
_TEXT = re.compile(r"[0-9a-f]{12}")


class RequiredPages:
    """/required/KEY"""

    def __init__(self, site: Site, desk: RequiredDesk) -> None:
        # A school has one address, and the link comes without a cookie: each link is counted for itself.
        self._site, self._desk, self._limiter = site, desk, site.limiter(a_minute=60, burst=40)
        self._templates = _templates(site)

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (
            web.get("/required/{key}", self.show),
            web.get("/required/{key}/{text}", self.show),
            web.post("/required/{key}", self.act),
        )

    def read_ahead(self) -> None:
        """Read the templates now, so that nobody waits for it later."""
        read_ahead(self._templates, "required")

    async def show(self, request: web.Request) -> web.Response:
        """Everything that is theirs to read, or how far they are with one of it."""
        colleague = await self._who(request)
        if colleague is None:
            return self._over()
        text = request.match_info.get("text", "")
        press = RequiredPress("open", text) if _TEXT.fullmatch(text) else RequiredPress("list")
        view = await self._taken(colleague, to_value(press))
        missed = view.kind == "question" and "missed" in request.query
        return self._draw(request.match_info["key"], colleague, view, missed)

    async def act(self, request: web.Request) -> web.Response:
        """Take a step, and show where that leads. A question that was sent without an option comes again."""
        try:
            fields = single(await self._site.fields(request))
        except FormError:
            raise web.HTTPBadRequest from None
        colleague = await self._who(request)
        if colleague is None:
            return self._over()
        press = to_required(fields.get("press", "") or fields.get("otherwise", ""))
        if press is None:
            raise web.HTTPBadRequest
        await self._taken(colleague, to_value(press))
        key = request.match_info["key"]
        missed = "?missed=1" if "press" not in fields else ""
        address = f"/required/{key}/{press.text}{missed}" if press.text else f"/required/{key}"
        return web.Response(status=303, headers={"Location": address})

    async def _who(self, request: web.Request) -> Colleague | None:
        """Whose link this is; None where it is over, or nobody's. Raises HTTPTooManyRequests."""
        key = request.match_info["key"]
        ours = _KEY.fullmatch(key) is not None
        self._limiter.hold_back(request, key if ours else "")
        if not ours:
            return None
        return await asyncio.to_thread(self._desk.colleague_of, key, self._site.clock())

    async def _taken(self, colleague: Colleague, value: str) -> RequiredView:
        return await asyncio.to_thread(self._desk.take, colleague, value, "link", self._site.clock())

    def _draw(self, key: str, colleague: Colleague, view: RequiredView, missed: bool) -> web.Response:
        text = next((press.text for each in view.choices if (press := to_required(each.value)) and press.text), "")
        return self._show(
            "required.html",
            view=view,
            missed=missed,
            key=key,
            again=to_value(RequiredPress("open", text)) if text else "",
            known=known_as(colleague, "link"),
        )

    def _over(self) -> web.Response:
        return self._show("required_over.html", status=403)

    def _show(self, template: str, status: int = 200, **values: object) -> web.Response:
        text = self._templates.get_template(template).render(values, school=self._site.school())
        return html(text, status)


def _templates(site: Site) -> Environment:
    templates = environment()
    templates.filters.update(tel=tel)
    templates.globals.update(first_to_ring=first_to_ring(site.clock), head_to_ring=head_to_ring(site.clock))
    return templates
