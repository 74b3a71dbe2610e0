"""What staff must read: who has, who has not yet, by team; set, ended and listed here. Nobody's tries are counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from aiohttp import web

from adapters.documents.required import required_csv
from adapters.web.inbox.concern import Tried
from adapters.web.inbox.frame import InboxSite, Signed, file_response, in_thread, said_after, see_other
from adapters.web.inbox.sessions import Sessions, SingleFields
from bot.concerns import Actor, IncompleteError
from bot.concerns.typed import NOT_PICKED, day_in
from bot.required.model import KNOWN_HOW_WORDS
from bot.required.results import RequiredResults
from bot.required.staff_csv import StaffListError
from bot.service.required.approving import questions_to_approve
from bot.service.required.desk import RequiredError
from bot.service.required.subjects import subjects_of

_PATH = "/inbox/required"
_DONE = {
    "set": "It is set. Staff are written to on the next school day, in the morning.",
    "ended": "Nobody needs to read it any more. Who has read it stays written down.",
}
_KINDS = {
    "document": "Our own policy", "own": "Policies that we put in", "summary": "In short", "entry": "One answer",
}  # fmt: skip
_TEAM = "team-"


class RequiredPage:
    """/inbox/required: for the DSL, the deputies and the headteacher."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        one = f"{_PATH}/{{text}}"
        return (
            web.get(_PATH, self._sessions.page(self.show, _sees)),
            web.post(_PATH, self._sessions.form(self.act, _sees)),
            web.get(one, self._sessions.page(self.show_one, _sees)),
            web.post(f"{one}/export", self._sessions.form(self.export, _sees)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Everything that was set, and the forms."""
        return await self._draw(signed, done=said_after(request, _DONE))

    async def act(self, _: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Do one thing, then show the page again."""
        try:
            done = await in_thread(lambda: self._do(signed, fields))
        except IncompleteError as fault:
            return await self._draw(signed, 400, tried=Tried(fields, fault.problems))
        except (RequiredError, StaffListError) as fault:
            return await self._draw(signed, 409, tried=Tried(fields), refused=str(fault))
        if done not in _DONE:  # names: they stand in no address
            return await self._draw(signed, done=done)
        return see_other(f"{_PATH}?done={done}")

    async def show_one(self, request: web.Request, signed: Signed) -> web.Response:
        """Who has read one of them, by name; that somebody looked is written down."""
        found = await self._results(request, signed, "the page")
        if found is None:
            return self._frame.gone(signed)
        line = self._frame.core.required.count_of(found, self._frame.now()).line
        return self._frame.show(
            "required_text.html", signed, results=found, line=line, how=KNOWN_HOW_WORDS, text=found.text
        )

    async def export(self, request: web.Request, signed: Signed, _: SingleFields) -> web.Response:
        """The same as CSV."""
        found = await self._results(request, signed, "csv")
        if found is None:
            return self._frame.gone(signed)
        body = required_csv(found, self._frame.school.opening.zone)
        return file_response(body, f"required-{found.text.id}.csv", "text/csv")

    async def _results(self, request: web.Request, signed: Signed, way: str) -> RequiredResults | None:
        desk, text, now = self._frame.core.required, request.match_info["text"], self._frame.now()
        return await in_thread(lambda: desk.results(text, _actor(signed), way, now))

    def _do(self, signed: Signed, fields: SingleFields) -> str:
        desk, now, by = self._frame.core.required, self._frame.now(), _actor(signed)
        match fields.get("action"):
            case "set":
                subject, due = _filled_in(fields)
                teams = [name.removeprefix(_TEAM) for name in fields if name.startswith(_TEAM)]
                desk.set(subject, due, teams, by, now)
                return "set"
            case "end":
                desk.end(fields.get("text", ""), by, now)
                return "ended"
            case "list":
                pasted = fields.get("list", "")
                if not pasted.strip():
                    raise IncompleteError({"list": "Paste the list here."})
                change = desk.take_staff(pasted.encode(), by, "the page", now, leavers="leavers" in fields)
                return f"The list of staff was taken over. {change.named}"
        raise web.HTTPBadRequest

    async def _draw(
        self, signed: Signed, status: int = 200, *, done: str = "", tried: Tried | None = None, refused: str = ""
    ) -> web.Response:
        values = await in_thread(self._values)
        return self._frame.show(
            "required.html", signed, status, **values, done=done, tried=tried or Tried(), refused=refused
        )

    def _values(self) -> Mapping[str, object]:
        desk, now = self._frame.core.required, self._frame.now()
        knowledge = self._frame.knowledge
        people, every = desk.colleagues(), desk.all_results()
        groups: dict[str, list[tuple[str, str]]] = {kind: [] for kind in _KINDS.values()}
        for subject, title in subjects_of(knowledge, now):
            groups[_KINDS[subject.kind]].append((str(subject), title))
        return {
            "running": [(each, desk.count_of(each, now)) for each in every if not each.text.ended_on],
            "ended": [(each, desk.count_of(each, now)) for each in every if each.text.ended_on],
            "people": len(people),
            "approved": sum(each.approved for each in knowledge.checks),
            "waiting": len(list(questions_to_approve(knowledge))),
            "teams": sorted({each.team for each in people if each.team}, key=str.casefold),
            "groups": [(name, options) for name, options in groups.items() if options],
            "today": self._frame.today(),
        }


def _sees(signed: Signed) -> bool:
    return signed.sees_required


def _actor(signed: Signed) -> Actor:
    return Actor(signed.person.id, signed.person.name)


def _filled_in(fields: SingleFields) -> tuple[str, dt.date]:
    """What is to be read, and by when. Raises IncompleteError."""
    if not fields.get("subject"):
        raise IncompleteError({"subject": NOT_PICKED})
    due = day_in("due", fields.get("due", ""), needed=True)
    if due is None:
        raise IncompleteError({"due": "Pick a day."})
    return fields["subject"], due
