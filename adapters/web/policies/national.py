"""The national documents that come with AskFirst: what a newer one brings of them, and what is to be read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiohttp import web

from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from adapters.web.policies.changes import ticked
from adapters.web.policies.desk import ROOT, PoliciesDesk
from adapters.web.policies.wording import DONE
from bot.knowledge import Entry, Knowledge
from bot.service.policy_reading.model import NoDocumentError

_PATH = f"{ROOT}/national"
_ONE = f"{_PATH}/{{document}}"


class NationalPages:
    """/inbox/policies/national, and below it one page for each document"""

    def __init__(self, desk: PoliciesDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where they are found."""
        return (
            web.get(_PATH, self._desk.guard.page(self.show)),
            web.get(_ONE, self._desk.guard.page(self.show_one)),
            web.post(_ONE, self._desk.guard.form(self.act)),
        )

    async def show(self, _: web.Request, signed: Signed) -> web.Response:
        """All of them, those with something newer first."""
        desk, who, knowledge = self._desk, signed.person.id, self._desk.frame.knowledge
        packs = await in_thread(lambda: desk.core.national(desk.school, who))
        newer = {each.new.id for each in packs}
        documents = [each for name, each in knowledge.documents.items() if name not in knowledge.own]
        return desk.show(
            "national.html", signed, packs=packs, again=_again(knowledge), at="national",
            documents=sorted((each for each in documents if each.id not in newer), key=lambda each: each.title),
        )  # fmt: skip

    async def show_one(self, request: web.Request, signed: Signed) -> web.Response:
        """What differs, or that nothing does, with what is to be read again."""
        return await self._draw(request, signed, done=said_after(request, DONE))

    async def act(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Take over what is newer, or take answers out of use."""
        desk, who, now, name = self._desk, signed.person.id, self._desk.frame.now(), request.match_info["document"]
        if fields.get("action") == "take-over" and set(fields) == {"action", "seen"}:
            await in_thread(lambda: desk.core.take_over(desk.school, who, name, fields["seen"], now))
            return see_other(f"{_PATH}/{name}?done=taken-over")
        if fields.get("action") != "withhold":
            raise FormError("not the fields of this page")
        chosen = ticked(fields, _again(desk.frame.knowledge).get(name, ()))
        if not chosen:
            return await self._draw(request, signed, 400, problem="Tick an answer first.")
        await desk.withhold(who, chosen)
        return see_other(f"{_PATH}/{name}?done=withheld")

    async def _draw(
        self, request: web.Request, signed: Signed, status: int = 200, *, done: str = "", problem: str = ""
    ) -> web.Response:
        desk, who, name = self._desk, signed.person.id, request.match_info["document"]
        packs = await in_thread(lambda: desk.core.national(desk.school, who))
        pack = next((each for each in packs if each.new.id == name), None)
        document = pack.new if pack else desk.frame.knowledge.documents.get(name)
        if document is None or name in desk.frame.knowledge.own:
            raise NoDocumentError("There is no such national document")
        again = _again(desk.frame.knowledge).get(name, ())
        return desk.show(
            "national_one.html",
            signed,
            status,
            document=document,
            pack=pack,
            seen=await in_thread(lambda: desk.core.national_state(desk.school, who, name)) if pack else "",
            again=again,
            mine=desk.mine(who, again),
            done=done,
            problem=problem,
            at="national",
        )


def _again(knowledge: Knowledge) -> Mapping[str, tuple[Entry, ...]]:
    """The answers that are read again, by the national documents whose clauses changed."""
    changed = {each.id: each.document.id for each in knowledge.clauses.values() if each.changed}
    found: dict[str, tuple[Entry, ...]] = {}
    for entry in knowledge.entries.values():
        if entry.policy_changed:
            for name in dict.fromkeys(changed[each] for each in entry.cites if each in changed):
                found[name] = (*found.get(name, ()), entry)
    return found
