"""What every page of the inbox stands in: the school, who is signed in, the words for times, the templates."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web
from jinja2 import Environment

from adapters.web.drawing import environment, read_ahead
from adapters.web.inbox import wording
from adapters.web.pages import first_to_ring, head_to_ring, tel
from adapters.web.site import Site, html
from bot.concerns import Reader
from bot.concerns.leave.covering import may_see
from bot.concerns.words import about, happened, logged_by, named, sentence
from bot.knowledge import Knowledge, Person, School
from bot.service.casework import Casework
from bot.service.core import Core
from bot.service.readiness.desk import may_answer, may_take_out
from bot.service.required.desk import may_see_required
from bot.service.tip_desk import may_decide
from bot.store import Inbox

T = TypeVar("T")


@dataclass(frozen=True)
class Signed:
    """Who is signed in: the session's token, who they are in school.yaml, and the parts that they hold now."""

    session: str
    person: Person
    reader: Reader
    sees_answers: bool = False  # whether they see the workbench of the answers
    answers_wait: int = 0  # how many answers they may approve
    documents_wait: int = 0  # how many documents of the school's policy they may approve or put into force

    @property
    def sees_figures(self) -> bool:
        """Whether the figures are theirs: not for somebody without a role, to whom one concern was passed on."""
        return bool(self.reader.roles)

    @property
    def sees_cover(self) -> bool:
        """Whether they see who stands in for whom."""
        return may_see(self.reader.roles)

    @property
    def sees_required(self) -> bool:
        """Whether they see who has read what staff must read, and set it."""
        return may_see_required(self.reader.roles)

    @property
    def sees_tips(self) -> bool:
        """Whether they decide about the tips of the day."""
        return may_decide(self.reader.roles)

    @property
    def sees_readiness(self) -> bool:
        """Whether the review of readiness is theirs, be it the PDF alone."""
        return may_take_out(self.reader.roles)

    @property
    def answers_readiness(self) -> bool:
        """Whether they answer it."""
        return may_answer(self.reader.roles)


class InboxSite:
    """What the parts of the inbox share."""

    def __init__(self, site: Site, core: Core) -> None:
        self.site, self.core = site, core
        self._templates = _templates(site.clock)

    def read_ahead(self) -> None:
        """Read the templates now, so that nobody waits for it later."""
        read_ahead(self._templates, "inbox/")

    @property
    def school(self) -> School:
        return self.core.school()

    @property
    def knowledge(self) -> Knowledge:
        """The base that is live."""
        return self.core.base().knowledge

    @property
    def casework(self) -> Casework:
        return self.core.casework

    @property
    def inbox(self) -> Inbox:
        return self.core.store.inbox(self.school.id)

    def now(self) -> dt.datetime:
        return self.site.clock()

    def today(self) -> dt.date:
        """The day on the school's calendar."""
        return self.now().astimezone(self.school.opening.zone).date()

    def token(self, session: str) -> str:
        """What the forms of this session carry; nobody can make it without the key."""
        return hmac.new(self.site.key, f"inbox:{session}".encode(), hashlib.sha256).hexdigest()

    def is_token(self, session: str, token: str) -> bool:
        """Whether a form with this token was drawn for this session."""
        return hmac.compare_digest(self.token(session).encode(), token.encode())

    def show(self, template: str, signed: Signed | None, status: int = 200, **values: object) -> web.Response:
        """A page; `values` are what its template needs beside the frame."""
        school = self.school
        text = self._templates.get_template(f"inbox/{template}").render(
            values,
            school=school,
            signed=signed,
            token=self.token(signed.session) if signed else "",
            clock=wording.Clock(school.opening.zone, self.now()),
        )
        return html(text, status)

    def gone(self, signed: Signed) -> web.Response:
        """There is nothing here for this reader: one page, whether it exists for others or not."""
        return self.show("gone.html", signed, 404)


def see_other(address: str) -> web.Response:
    """After a form: go on to this address, always one of the inbox."""
    return web.Response(status=303, headers={"Location": address})


def file_response(body: bytes, name: str, content_type: str) -> web.Response:
    """A file to be kept. Its name is seen where its content is not: it never holds a name of anybody."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=content_type, headers=headers)


def said_after(request: web.Request, words: Mapping[str, str]) -> str:
    """What a page says at its head after a form: the address carries the key of the words, never a text."""
    return words.get(request.query.get("done", ""), "")


async def in_thread(work: Callable[[], T]) -> T:
    """What waits for the database, off the event loop."""
    return await asyncio.to_thread(work)


def _templates(clock: Callable[[], dt.datetime]) -> Environment:
    templates = environment()
    templates.filters.update(tel=tel, sentence=sentence, happened=happened, named=named, about=about)
    templates.filters.update(logged_by=logged_by)
    templates.globals.update(kind_words=wording.KIND_WORDS, channel_words=wording.channel_words)
    templates.globals.update(first_to_ring=first_to_ring(clock), head_to_ring=head_to_ring(clock))
    return templates
