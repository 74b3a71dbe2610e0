"""A document, clause by clause: what each says, and how strongly it puts its rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiohttp import web

from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from adapters.web.policies.desk import OWN, ROOT, PoliciesDesk
from adapters.web.policies.wording import CHOICES, DONE
from bot.knowledge.policies.own import OwnClause, OwnDocument

A_PAGE = 25  # clauses
_FORCE = "force-"
_OPEN = "open"  # what is shown: those alone that nobody has marked yet


class OwnDocumentPage:
    """/inbox/policies/own/DOCUMENT"""

    def __init__(self, desk: PoliciesDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(OWN, self._desk.guard.page(self.show)), web.post(OWN, self._desk.guard.form(self.mark)))

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Some of its clauses, from the first or from the one that the address names."""
        desk = self._desk
        line = await desk.document(request, signed)
        shown = request.query.get("show", "")
        clauses = [each for each in line.document.clauses if shown != _OPEN or is_open(each)]
        first = _number(request.query.get("from", ""), len(clauses))
        return desk.show(
            "document.html",
            signed,
            line=line,
            document=line.document,
            clauses=clauses[first : first + A_PAGE],
            shown=shown if shown == _OPEN else "",
            first=first,
            count=len(clauses),
            a_page=A_PAGE,
            done=said_after(request, DONE),
        )

    async def mark(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Keep what was picked beside the clauses; `all` counts for those of the page that nobody has marked."""
        desk, who, name = self._desk, signed.person.id, request.match_info["document"]
        document = (await desk.document(request, signed)).document
        given = {key: text for key, text in fields.items() if not key.startswith(_FORCE)}
        if set(given) != {"all", "edition", "show", "from"} or given["all"] not in ("", *CHOICES):
            raise FormError("not the fields of this page")
        forces = _picked(document, fields, given["all"])
        if forces:
            await in_thread(lambda: desk.core.mark(desk.school, who, name, given["edition"], forces))
        shown = given["show"] if given["show"] == _OPEN else ""
        return see_other(f"{ROOT}/own/{name}?{_on(shown, given['from'], forces)}")


def is_open(clause: OwnClause) -> bool:
    """Whether nobody has said yet what this clause is."""
    return not clause.force and not clause.left_out and not clause.gone


def _picked(document: OwnDocument, fields: SingleFields, every: str) -> Mapping[str, str]:
    found = {}
    for key, picked in fields.items():
        clause = document.clause(key.removeprefix(_FORCE)) if key.startswith(_FORCE) else None
        if not key.startswith(_FORCE):
            continue
        if clause is None or clause.gone or picked not in ("", *CHOICES):
            raise FormError("no clause, or nothing that can be picked")
        chosen = picked or (every if is_open(clause) else "")
        if chosen:
            found[clause.id] = chosen
    return found


def _on(shown: str, first: str, forces: Mapping[str, str]) -> str:
    """What the address of the page that follows asks for: of those that are open the next ones come by themselves."""
    parts: Sequence[str] = (
        f"show={shown}" if shown else "",
        f"from={first}" if first.isdecimal() and len(first) < 6 and not shown else "",
        "done=marked" if forces else "",
    )
    return "&".join(filter(None, parts))


def _number(typed: str, count: int) -> int:
    number = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
    return number if number < count else 0
