"""The register in the inbox: everybody who is signed in sees what is approved, and what is theirs to decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from adapters.documents.register import register_csv
from adapters.web.inbox.concern import Tried
from adapters.web.inbox.frame import InboxSite, Signed, file_response, in_thread, said_after, see_other
from adapters.web.inbox.sessions import Sessions, SingleFields
from bot.accounts.acts import ACTS, RegisterAct
from bot.accounts.model import AGREED, WAITING
from bot.accounts.words import decisions_of, facts_of, for_whom, standing
from bot.concerns import IncompleteError
from bot.concerns.actions import ActionField
from bot.service.accounts import NotInRegisterError, SeenAccount

PATH = "/inbox/accounts"
_SAID: Mapping[str, str] = {act.id: act.said for act in ACTS}
_NOT_NOW = "It was changed meanwhile, or it is not yours to do"


@dataclass(frozen=True)
class DrawnAct:
    """An act as it is drawn."""

    act: RegisterAct
    fields: tuple[ActionField, ...]


class RegisterPages:
    """/inbox/accounts, and each account in it."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions
        self._desk = frame.core.accounts

    def routes(self) -> Iterable[web.RouteDef]:
        """Where they are found; files are posted for, because an export is written down."""
        one = f"{PATH}/{{account}}"
        return (
            web.get(PATH, self._sessions.page(self.list)),
            web.post(f"{PATH}/csv", self._sessions.form(self.csv)),
            web.get(one, self._sessions.page(self.show)),
            web.post(one, self._sessions.form(self.act)),
            web.post(f"{one}/pdf", self._sessions.form(self.pdf)),
        )

    async def list(self, _: web.Request, signed: Signed) -> web.Response:
        """The register, as far as they may see it."""
        seen = await in_thread(lambda: self._desk.listed(signed.person.id, self._frame.now()))
        return self._frame.show("accounts.html", signed, groups=_groups(seen), for_whom=for_whom, standing=standing)

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """One account; that a request was read whole is written down."""
        done = said_after(request, _SAID)
        return await self._draw(request.match_info["account"], signed, done=done)

    async def act(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Do one thing, then show it again. What was typed is never lost."""
        number, action = request.match_info["account"], fields.get("action", "")
        given = {name: text for name, text in fields.items() if name != "action"}
        try:
            act = await in_thread(lambda: self._desk.act(signed.person.id, number, action, given, self._frame.now()))
        except IncompleteError as fault:
            return await self._draw(number, signed, 400, tried=Tried(fields, fault.problems))
        except NotInRegisterError:
            return await self._draw(number, signed, 409, tried=Tried(fields), refused=_NOT_NOW)
        return see_other(f"{PATH}/{number}?done={act.id}")

    async def csv(self, _: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """What they see of the register, as a table."""
        if fields:
            raise web.HTTPBadRequest
        seen = await in_thread(lambda: self._desk.exported(signed.person.id, "csv", self._frame.now()))
        return file_response(register_csv(seen, self._frame.school.opening.zone), "register.csv", "text/csv")

    async def pdf(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """A request as a risk assessment on paper."""
        if fields:
            raise web.HTTPBadRequest
        number, now = request.match_info["account"], self._frame.now()
        try:
            seen = await in_thread(lambda: self._desk.view(signed.person.id, number, now, "pdf"))
        except NotInRegisterError:
            return self._frame.gone(signed)
        if not seen.whole:
            return self._frame.gone(signed)
        from adapters.documents.accounts import risk_pdf  # it takes a while to load, and few need it

        form, school, by = self._desk.form(), self._frame.school, signed.person.name
        body = await in_thread(lambda: risk_pdf(school, form, seen.found, by, now))
        return file_response(body, f"account-{seen.found.number}.pdf", "application/pdf")

    async def _draw(
        self, number: str, signed: Signed, status: int = 200, *, done: str = "", tried: Tried | None = None,
        refused: str = "",
    ) -> web.Response:  # fmt: skip
        now, school = self._frame.now(), self._frame.school
        try:
            seen = await in_thread(lambda: self._desk.view(signed.person.id, number, now))
        except NotInRegisterError:
            return self._frame.gone(signed)
        drawn = [DrawnAct(act, self._desk.fields(seen, act)) for act in seen.acts]
        facts = list(facts_of(school, self._desk.form(), seen.found)) if seen.whole else []
        decisions = list(decisions_of(school, seen.found)) if seen.whole else []
        return self._frame.show(
            "account.html", signed, status, seen=seen, drawn=drawn, facts=facts, decisions=decisions, done=done,
            tried=tried or Tried(), refused=refused, for_whom=for_whom, standing=standing, today=self._frame.today(),
        )  # fmt: skip


def _groups(seen: Sequence[SeenAccount]) -> list[tuple[str, list[SeenAccount]]]:
    """What is theirs to do, then what waits, what is approved, and the rest."""
    mine = [each for each in seen if each.waits]
    rest = [each for each in seen if each not in mine]
    groups = [
        ("For you to do", mine),
        ("Waiting for a decision", [each for each in rest if each.found.state in WAITING]),
        ("Approved", [each for each in rest if each.found.state in AGREED]),
        ("Refused or closed", [each for each in rest if each.found.state in ("refused", "closed")]),
    ]
    return [(heading, each) for heading, each in groups if each]
