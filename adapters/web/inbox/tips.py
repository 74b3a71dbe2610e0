"""The tips of the day: what comes, what was posted and what staff made of it; paused, put on hold and pinned here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from aiohttp import web

from adapters.web.forms import FormError
from adapters.web.inbox.concern import Tried
from adapters.web.inbox.frame import InboxSite, Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import Sessions, SingleFields
from adapters.web.inbox.tip_actions import TipTask, decide, end_of_week
from adapters.web.inbox.tip_view import Ahead, Stop, had_of, held_of, stops_of, tips_to_pick
from adapters.web.inbox.wording import TIPS_DONE, channel_words
from bot.concerns import IncompleteError
from bot.service.tip_desk import TipError

_SINCE = dt.timedelta(days=90)
_AHEAD = 10  # school days


class TipsPage:
    """/inbox/tips: for the DSL, the deputies and the headteacher."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        path = "/inbox/tips"
        return (
            web.get(path, self._sessions.page(self.show, _sees)),
            web.post(path, self._sessions.form(self.act, _sees)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Everything about the tips."""
        return await self._draw(signed, done=said_after(request, TIPS_DONE))

    async def act(self, _: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Decide one thing, then show the page again."""
        frame = self._frame
        task = TipTask(frame.core.tips, frame.school.id, signed.person.name, fields, frame.today(), frame.now())
        try:
            done = await in_thread(lambda: decide(task))
        except FormError:
            raise web.HTTPBadRequest from None
        except IncompleteError as fault:
            return await self._draw(signed, 400, tried=Tried(fields, fault.problems))
        except TipError as fault:
            return await self._draw(signed, 409, tried=Tried(fields), refused=str(fault))
        return see_other(f"/inbox/tips?done={done}")

    async def _draw(
        self, signed: Signed, status: int = 200, *, done: str = "", tried: Tried | None = None, refused: str = ""
    ) -> web.Response:
        values = await in_thread(self._values)
        return self._frame.show(
            "tips.html", signed, status, **values, done=done, tried=tried or Tried(), refused=refused
        )

    def _values(self) -> Mapping[str, object]:
        frame, today = self._frame, self._frame.today()
        knowledge = frame.knowledge
        seen = frame.core.tips.seen(knowledge.school.id, today - _SINCE, frame.now())
        stops, held = stops_of(knowledge.school, seen.choices, today), held_of(seen, today)
        channels = knowledge.school.tips.channels
        return {
            "stops": stops,
            "ahead": tuple(self._ahead(channel, stops) for channel in channels),
            "held": held,
            "had": had_of(seen, knowledge),
            "tips_to_pick": tips_to_pick(knowledge, held),
            "channels_to_pick": [("", "In every channel"), *((each, channel_words(each)) for each in channels)],
            "today": today,
            "week_ends": end_of_week(today),
        }

    def _ahead(self, channel: str, stops: Iterable[Stop]) -> Ahead:
        days = self._frame.core.tips.coming(self._frame.school.id, channel, _AHEAD, self._frame.now())
        without_end = any(stop.last is None for stop in stops)
        return Ahead(channel, days, known=len(days) == _AHEAD or without_end)


def _sees(signed: Signed) -> bool:
    return signed.sees_tips
