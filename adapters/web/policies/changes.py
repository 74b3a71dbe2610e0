"""What the last edition of a document changed, and the answers that are to be read again because of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from aiohttp import web

from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from adapters.web.policies.desk import OWN, ROOT, PoliciesDesk
from adapters.web.policies.wording import DONE
from bot.knowledge import Entry

_PATH = f"{OWN}/changes"
_TICK = "entry-"


class ChangesPage:
    """/inbox/policies/own/DOCUMENT/changes"""

    def __init__(self, desk: PoliciesDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(_PATH, self._desk.guard.page(self.show)), web.post(_PATH, self._desk.guard.form(self.withhold)))

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Clause by clause, with the difference word by word."""
        return await self._draw(request, signed, done=said_after(request, DONE))

    async def withhold(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Take the answers that were ticked out of use, at once."""
        desk, who = self._desk, signed.person.id
        chosen = ticked(fields, (await desk.document(request, signed)).again)
        if not chosen:
            return await self._draw(request, signed, 400, problem="Tick an answer first.")
        await desk.withhold(who, chosen)
        return see_other(f"{ROOT}/own/{request.match_info['document']}/changes?done=withheld")

    async def _draw(
        self, request: web.Request, signed: Signed, status: int = 200, *, done: str = "", problem: str = ""
    ) -> web.Response:
        desk, who, name = self._desk, signed.person.id, request.match_info["document"]
        line = await desk.document(request, signed)
        found = await in_thread(lambda: desk.core.since_last(desk.school, who, name))
        return desk.show(
            "changes.html", signed, status, document=line.document, found=found, again=line.again,
            mine=desk.mine(who, line.again),
            counts=Counter(each.kind for each in found), done=done, problem=problem,
        )  # fmt: skip


def ticked(fields: SingleFields, again: Iterable[Entry]) -> list[str]:
    """The answers that were ticked in a list of those that are read again. Raises FormError for any other."""
    chosen = [each for key, each in fields.items() if key.startswith(_TICK)]
    others = set(fields) - {key for key in fields if key.startswith(_TICK)}
    if others != {"action"} or set(chosen) - {each.id for each in again}:
        raise FormError("not the fields of this page")
    return chosen
