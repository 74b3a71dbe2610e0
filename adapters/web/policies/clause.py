"""One clause: its words, what can be done with it, and the answers near it beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from adapters.web.policies.desk import OWN, ROOT, PoliciesDesk
from adapters.web.policies.document import is_open
from adapters.web.policies.wording import CHOICES, DONE
from bot.answering.wordings import in_words
from bot.knowledge.policies.editing import CitedClauseError, ClauseEditError
from bot.knowledge.policies.own import OwnClause, OwnDocument
from bot.service.policy_reading.model import NoDocumentError

_PATH = f"{OWN}/clauses/{{clause}}"
_LONGEST = 400  # characters of the words with which the second of two clauses begins
_SHOWN = 40  # of what a person joined to it
_UNRELATED = "unrelated"
_NO_PLACE = "Copy a few words that stand once in the clause, and not at its beginning: the second one begins there."
# What each button brings along beside its name.
_FIELDS: dict[str, set[str]] = {
    "mark": {"force", "edition"},
    "split": {"begins"},
    "join": set(),
    "tick": {"entry", "agrees", "words"},
}


class ClausePage:
    """/inbox/policies/own/DOCUMENT/clauses/CLAUSE"""

    def __init__(self, desk: PoliciesDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(_PATH, self._desk.guard.page(self.show)), web.post(_PATH, self._desk.guard.form(self.act)))

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The clause with everything beside it."""
        return await self._draw(request, signed, done=said_after(request, DONE))

    async def act(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """One button."""
        action = fields.get("action", "")
        if action not in _FIELDS or set(fields) - {"action"} != _FIELDS[action]:
            raise FormError("not the fields of this page")
        work: dict[str, Callable[[web.Request, Signed, SingleFields], Awaitable[web.Response]]] = {
            "mark": self._mark, "split": self._split, "join": self._join, "tick": self._tick,
        }  # fmt: skip
        return await work[action](request, signed, fields)

    async def _mark(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        desk, who, (name, clause) = self._desk, signed.person.id, _named(request)
        if fields["force"] not in CHOICES:
            return await self._draw(request, signed, 400, problems={"force": "Pick how strongly it puts its rule."})
        made = await in_thread(
            lambda: desk.core.mark(desk.school, who, name, fields["edition"], {clause: fields["force"]})
        )
        after = _next_open(made, clause)
        if after is None:
            return see_other(f"{ROOT}/own/{name}?done=all-marked")
        return see_other(f"{ROOT}/own/{name}/clauses/{after.id}?done=marked")

    async def _split(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        desk, who, (name, clause) = self._desk, signed.person.id, _named(request)
        begins = fields["begins"].strip()[:_LONGEST]
        try:
            await in_thread(lambda: desk.core.split(desk.school, who, name, clause, begins))
        except CitedClauseError:
            raise
        except ClauseEditError:
            there = (await desk.document(request, signed)).document.clause(clause)
            return await self._draw(request, signed, 400, problems={"begins": _not_there(there)}, begins=begins)
        return see_other(f"{ROOT}/own/{name}/clauses/{clause}?done=split")

    async def _join(self, request: web.Request, signed: Signed, _: SingleFields) -> web.Response:
        desk, who, (name, clause) = self._desk, signed.person.id, _named(request)
        await in_thread(lambda: desk.core.join(desk.school, who, name, clause))
        return see_other(f"{ROOT}/own/{name}/clauses/{clause}?done=joined")

    async def _tick(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        desk, who, (name, clause) = self._desk, signed.person.id, _named(request)
        if fields["agrees"] not in ("yes", "no", _UNRELATED):
            raise FormError("nothing that can be said of the two")
        unrelated = fields["agrees"] == _UNRELATED
        agrees, words, entry, now = fields["agrees"] == "yes", fields["words"], fields["entry"], desk.frame.now()
        await in_thread(
            lambda: desk.core.tick(desk.school, who, name, clause, words, entry, agrees, now, unrelated=unrelated)
        )
        return see_other(f"{ROOT}/own/{name}/clauses/{clause}?done=ticked")

    async def _draw(
        self, request: web.Request, signed: Signed, status: int = 200, *, done: str = "", begins: str = "",
        problems: dict[str, str] | None = None,
    ) -> web.Response:  # fmt: skip
        desk, who = self._desk, signed.person.id
        line = await desk.document(request, signed)
        document = line.document
        clause = document.clause(request.match_info["clause"])
        if clause is None:
            raise NoDocumentError("There is no such clause any more: it may have been joined to another one")
        place = document.clauses.index(clause)
        found = await desk.near(document, who)
        beside = {each.clause.id: each.near for each in found or ()}
        return desk.show(
            "clause.html",
            signed,
            status,
            document=document,
            clause=clause,
            near=beside.get(clause.id, ()),
            working=found is None,
            cited=await in_thread(lambda: desk.core.cited_by(desk.school, who, clause.id)),
            before=document.clauses[place - 1] if place else None,
            behind=document.clauses[place + 1] if place + 1 < len(document.clauses) else None,
            said=lambda text: in_words(desk.frame.knowledge, text),
            may_tick=desk.core.ticks_as(desk.school, who) is not None,
            problems=problems or {},
            begins=begins,
            done=done,
        )


def _not_there(clause: OwnClause | None) -> str:
    """Why a clause was not cut at these words."""
    if clause is None or len(clause.pieces) == 1:
        return _NO_PLACE
    return f"It was joined of several. Cut it first where that was done: before “{clause.pieces[1][:_SHOWN]}”."


def _named(request: web.Request) -> tuple[str, str]:
    return request.match_info["document"], request.match_info["clause"]


def _next_open(document: OwnDocument, clause: str) -> OwnClause | None:
    """The next clause that nobody has marked, from this one on and round to the first."""
    names = [each.id for each in document.clauses]
    place = names.index(clause) + 1 if clause in names else 0
    return next((each for each in (*document.clauses[place:], *document.clauses[:place]) if is_open(each)), None)
