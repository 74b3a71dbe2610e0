"""Signing in by a link that is sent to an address of school.yaml, and signing out."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.inbox.frame import InboxSite, Signed, in_thread, see_other
from adapters.web.inbox.sessions import SIGN_IN, Sessions, SingleFields, is_token
from adapters.web.security import is_token as is_own
from adapters.web.security import token_for
from bot.concerns import Actor, Detail
from bot.concerns.ladder.escalation import Step

_DOOR = "door:"
_LONGEST = 254  # characters of an e-mail address


class Entrance:
    """The way in and out."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions
        # Whoever has it asked for in somebody else's name must not bury that person's alerts under links.
        self._asking, self._entering = frame.site.limiter(a_minute=0.5, burst=5), frame.site.limiter()

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (
            web.get(SIGN_IN, self.ask),
            web.post(SIGN_IN, self.send),
            web.get("/inbox/enter", self.offer),
            web.post("/inbox/enter", self.enter),
            web.post("/inbox/sign-out", self._sessions.form(self.leave)),
        )

    async def ask(self, request: web.Request) -> web.Response:
        """The box for the address."""
        return self._with_form(request, "sign_in.html", problem="", typed="")

    async def send(self, request: web.Request) -> web.Response:
        """A link was asked for. Whether the address is anybody's is found out later, by the sender: the answer and the
        work are the same for every address."""
        fields = await self._own_fields(request)
        typed = fields.get("email", "").strip()
        self._asking.hold_back(request, f"mail to {typed.casefold()}"[:_LONGEST])
        if "@" not in typed or len(typed) > _LONGEST:
            problem = "Write your e-mail address, such as j.smith@school.example."
            return self._with_form(request, "sign_in.html", 400, problem=problem, typed=typed[:_LONGEST])
        await in_thread(lambda: self._ask_for_link(typed))
        return self._frame.show("sent.html", None)

    async def offer(self, request: web.Request) -> web.Response:
        """The link was opened, perhaps by a scanner of e-mails: it is not used up before somebody presses."""
        token = request.query.get("token", "")
        if not is_token(token):
            return self._too_old()
        return self._with_form(request, "enter.html", link=token)

    async def enter(self, request: web.Request) -> web.Response:
        """Use the link, once."""
        self._entering.hold_back(request)
        token = (await self._own_fields(request)).get("token", "")
        before = self._sessions.token(request)
        session = await in_thread(lambda: self._use(token, before)) if is_token(token) else None
        if session is None:
            return self._too_old()
        response = see_other("/inbox")
        self._sessions.start(response, session)
        return response

    async def leave(self, _: web.Request, signed: Signed, __: SingleFields) -> web.Response:
        """Sign out."""
        school = self._frame.school
        await in_thread(lambda: self._frame.core.store.sign_in(school.id).end(signed.session))
        response = see_other(SIGN_IN)
        self._sessions.forget(response)
        return response

    def _with_form(self, request: web.Request, template: str, status: int = 200, **values: object) -> web.Response:
        """A page with a form that only this browser can send: nobody signs somebody else in as they like."""
        doormat, new = self._sessions.doormat(request)
        form = token_for(self._frame.site.key, _DOOR + doormat)
        response = self._frame.show(template, None, status, form=form, **values)
        if new:
            self._sessions.lay(response, doormat)
        return response

    async def _own_fields(self, request: web.Request) -> SingleFields:
        """The form that was drawn for this browser. Raises HTTPForbidden for any other."""
        fields = await self._sessions.fields(request)
        doormat, new = self._sessions.doormat(request)
        if new or not is_own(self._frame.site.key, _DOOR + doormat, fields.get("form", "")):
            raise web.HTTPForbidden
        return fields

    def _ask_for_link(self, address: str) -> None:
        school = self._frame.school.id
        step = Step("sign-in", self._frame.now(), text=address)
        self._frame.core.store.outbox((school,)).add(school, None, (step,))

    def _use(self, link: str, before: str) -> str | None:
        """The new session, with a line in the audit; the one that this browser had before ends with it."""
        school, now = self._frame.school, self._frame.now()
        doors = self._frame.core.store.sign_in(school.id)
        session = doors.use_link(link, now)
        person = school.people.get(doors.who(session, now) or "") if session else None
        if person:
            self._frame.core.store.audit(school.id).note("signed-in", Actor(person.id, person.name), Detail(), now)
        if session and before:
            doors.end(before)
        return session

    def _too_old(self) -> web.Response:
        return self._frame.show("too_old.html", None, 403)
