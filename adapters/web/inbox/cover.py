"""Who stands in for whom while they are on leave: seen, named and ended here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from aiohttp import web

from adapters.web.inbox.concern import Tried
from adapters.web.inbox.frame import InboxSite, Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import Sessions, SingleFields
from bot.concerns import Actor, IncompleteError
from bot.concerns.leave.covering import may_cover, may_see, on_leave_from, stand_ins
from bot.concerns.typed import day_in
from bot.knowledge import Cover, Person
from bot.service.casework.covering import CoverError, Decider

PATH = "/inbox/cover"
COVER_DONE: Mapping[str, str] = {
    "cover-named": "The stand-in is named for these days. Tell both as well: a message may be read late.",
    "cover-ended": "The stand-in is ended: everything is as before. Tell both as well: a message may be read late.",
}
_FIELDS: Mapping[str, frozenset[str]] = {
    "name": frozenset({"person", "by", "first", "last"}),
    "end": frozenset({"about"}),
}


class CoverPage:
    """/inbox/cover: for whoever reads concerns by a part of their own."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (
            web.get(PATH, self._sessions.page(self.show, _sees)),
            web.post(PATH, self._sessions.form(self.act, _sees)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Who is on leave and who stands in, now and later."""
        return self._draw(signed, done=said_after(request, COVER_DONE))

    async def act(self, _: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Name a stand-in or end one, then show the page again."""
        action = fields.get("action", "")
        if action not in _FIELDS or set(fields) - {"action"} != _FIELDS[action]:
            raise web.HTTPBadRequest
        try:
            await in_thread(lambda: self._act(signed, action, fields))
        except IncompleteError as fault:
            return self._draw(signed, 400, tried=Tried(fields, fault.problems))
        except CoverError as fault:
            return self._draw(signed, 409, refused=str(fault))
        left = await in_thread(lambda: self._frame.casework.reader(signed.person.id, self._frame.now()))
        # Whoever stood in and ended it may have no part any more, and then no such page.
        here = PATH if left and may_see(left.roles) else "/inbox"
        return see_other(f"{here}?done={'cover-named' if action == 'name' else 'cover-ended'}")

    def _act(self, signed: Signed, action: str, fields: SingleFields) -> None:
        frame, who = self._frame, Decider(Actor(signed.person.id, signed.person.name), signed.reader)
        desk, now = frame.core.cover, frame.now()
        if action == "end":
            about = fields["about"]
            desk.end(who, int(about) if about.isascii() and about.isdecimal() and len(about) < 10 else 0, now)
            return
        days = {field: _needed(field, fields[field]) for field in ("first", "last")}
        if wrong := {field: day for field, day in days.items() if isinstance(day, str)}:
            raise IncompleteError(wrong)
        first, last = (day for day in days.values() if isinstance(day, dt.date))
        desk.name(who, Cover(fields["person"], fields["by"], first, last), frame.today(), now)

    def _draw(
        self, signed: Signed, status: int = 200, *, done: str = "", tried: Tried | None = None, refused: str = ""
    ) -> web.Response:
        frame, school, today = self._frame, self._frame.school, self._frame.today()
        named = frame.core.cover.named(today)
        ours = {each.cover for each in named}
        return frame.show(
            "cover.html", signed, status, named=named, today=today, done=done, tried=tried or Tried(), refused=refused,
            in_file=sorted((e for e in school.cover if e not in ours and e.last >= today), key=lambda each: each.first),
            away=_picked(on_leave_from(school, signed.reader), "Pick who is on leave"),
            there=_picked(stand_ins(school, signed.person.id), "Pick who stands in"),
            may_end=self._may_end(signed),
        )  # fmt: skip

    def _may_end(self, signed: Signed) -> Callable[[Cover], bool]:
        school, reader = self._frame.school, signed.reader
        return lambda cover: cover.by == reader.person or may_cover(school, reader, cover.person)


def _sees(signed: Signed) -> bool:
    return signed.sees_cover


def _needed(field: str, typed: str) -> dt.date | str:
    """The day in a field, or what is wrong with it."""
    try:
        return day_in(field, typed, needed=True) or "Pick a day."
    except IncompleteError as fault:
        return fault.problems[field]


def _picked(people: Iterable[Person], nobody: str) -> list[tuple[str, str]]:
    return [("", nobody), *((each.id, f"{each.name}, {each.role}") for each in people)]
