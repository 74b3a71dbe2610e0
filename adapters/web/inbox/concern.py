"""One concern: read whole, and worked on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from adapters.web.forms import FormError
from adapters.web.inbox.actions import PAGE, WITHOUT_A_FILE, DrawnAction, below, given_in
from adapters.web.inbox.chronology import chronology_of
from adapters.web.inbox.frame import InboxSite, Signed, in_thread, see_other
from adapters.web.inbox.sessions import Sessions, SingleFields
from adapters.web.inbox.wording import Clock, how_it_stands, next_step
from bot.concerns import IncompleteError, Record
from bot.service.casework import ActionDone, RefusedError
from bot.store import UnknownConcernError


@dataclass(frozen=True)
class Tried:
    """A form that could not be taken: what was typed into it, and what is wrong beside which field."""

    fields: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def is_(self, action: str, about: str = "") -> bool:
        """Whether it was this form."""
        return self.fields.get("action") == action and self.fields.get("about", "") == about

    def problem(self, action: str, name: str, about: str = "") -> str:
        """What is wrong with this field of this form."""
        return self.problems.get(name, "") if self.is_(action, about) else ""

    def typed(self, action: str, name: str, about: str = "", otherwise: str = "") -> str:
        """What was typed there; `otherwise` where it was another form."""
        return self.fields.get(name, "") if self.is_(action, about) else otherwise

    def is_first(self, name: str) -> bool:
        """Whether this is the first field with a problem."""
        return next(iter(self.problems), None) == name


class ConcernPage:
    """/inbox/concerns/NUMBER"""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        path = "/inbox/concerns/{number}"
        return (
            web.get(path, self._sessions.page(self.show)),
            web.post(path, self._sessions.form(self.act)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The concern; that it was read is written down before it is shown."""
        done = self._frame.core.actions.said(request.query.get("done", ""))
        return await self._draw(request.match_info["number"], signed, done=done)

    async def act(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Do one thing, then show the concern again. What was typed is never lost."""
        number = request.match_info["number"]
        try:
            done = await in_thread(lambda: self._carry_out(signed, number, fields))
        except FormError:
            raise web.HTTPBadRequest from None
        except UnknownConcernError:
            return self._frame.gone(signed)
        except IncompleteError as fault:
            return await self._draw(number, signed, status=400, tried=Tried(fields, fault.problems))
        except RefusedError as fault:
            return await self._draw(number, signed, status=409, tried=Tried(fields), refused=str(fault))
        where = "/inbox" if done.action.deletes else request.rel_url.raw_path
        return see_other(f"{where}?done={done.key}")

    def _carry_out(self, signed: Signed, number: str, fields: SingleFields) -> ActionDone:
        actions, name = self._frame.core.actions, fields.get("action", "")
        if not actions.knows(name, WITHOUT_A_FILE):
            raise FormError("not an action of this page")
        given = given_in(actions.find(name, WITHOUT_A_FILE), fields)
        return actions.carry_out(signed.reader, number, name, given, self._frame.now(), WITHOUT_A_FILE)

    def _drawn(self, signed: Signed, record: Record, now: dt.datetime) -> Sequence[DrawnAction]:
        actions, reader = self._frame.core.actions, signed.reader
        offered = actions.offered(reader, record, PAGE)
        return [DrawnAction(each, actions.fields(reader, each, now, record)) for each in offered]

    async def _draw(
        self,
        number: str,
        signed: Signed,
        *,
        status: int = 200,
        done: str = "",
        tried: Tried | None = None,
        refused: str = "",
    ) -> web.Response:
        now = self._frame.now()
        try:
            record = await in_thread(lambda: self._frame.casework.read(signed.reader, number, now))
        except UnknownConcernError:
            return self._frame.gone(signed)
        drawn = await in_thread(lambda: self._drawn(signed, record, now))
        school, clock = self._frame.school, Clock(self._frame.school.opening.zone, now)
        return self._frame.show(
            "concern.html",
            signed,
            status,
            record=record,
            chronology=chronology_of(record),
            standing=how_it_stands(school, record.state),
            next_step=next_step(clock, record),
            drawn={each.action.id: each for each in drawn},
            below=below(drawn),
            today=self._frame.today(),
            done=done,
            tried=tried or Tried(),
            refused=refused,
        )
