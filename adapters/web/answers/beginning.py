"""A new answer begins: from a question that nobody could answer, from a rule, or from what somebody types. What may
answer it already is shown first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from aiohttp import web

from adapters.web.answers.desk import ROOT, AnswersDesk
from adapters.web.answers.draft_form import NO_NAME, no_names_in
from adapters.web.answers.wording import clauses_with
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, see_other
from adapters.web.inbox.sessions import SingleFields
from bot.knowledge import Clause
from bot.knowledge.authoring import EntryText
from bot.service.authoring.model import Nearest, Pointed

_PATH = f"{ROOT}/new"
_LONGEST = 500  # characters of a question that an answer begins with
_NAMED = "Take out what is marked in the question, or tick that it is nobody’s name."
_NO_TOPIC = "Pick what the new answer is about."
_NOTHING = "Write what staff ask, in a few words."
_FIELDS = {"action", "text", "clause", "file"}


@dataclass(frozen=True)
class NewAnswer:
    """What a new answer is to begin with, and what was found about it. `asked` says that somebody pressed something;
    `no_names` are words of which they say that they are nobody's name; `problems` are fields with what is wrong."""

    text: str = ""
    clause: str = ""
    file: str = ""
    asked: bool = False
    nearest: tuple[Nearest, ...] = ()
    pointed: tuple[Pointed, ...] = ()
    clauses: tuple[Clause, ...] = ()
    no_names: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


class NewPage:
    """/inbox/answers/new"""

    def __init__(self, desk: AnswersDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found. What staff asked is posted, so that no address holds it."""
        return (web.get(_PATH, self._desk.guard.page(self.show)), web.post(_PATH, self._desk.guard.form(self.act)))

    async def show(self, _: web.Request, signed: Signed) -> web.Response:
        """What nobody could answer, and a box for what is missing."""
        return await self._draw(signed, NewAnswer())

    async def act(self, _: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Look what is there already; look for a rule; or begin."""
        names = {name for name in fields if not NO_NAME.fullmatch(name)}
        if names != _FIELDS or fields["action"] not in ("look", "rule", "begin"):
            raise FormError("not the fields of this page")
        text, no_names = fields["text"].strip()[:_LONGEST], no_names_in(fields)
        given = NewAnswer(text, fields["clause"], fields["file"], asked=True, no_names=no_names)
        if fields["action"] == "begin":
            return await self._begin(signed, given)
        found = await in_thread(lambda: self._found(given, rules=fields["action"] == "rule"))
        return await self._draw(signed, found)

    async def _begin(self, signed: Signed, given: NewAnswer) -> web.Response:
        desk, now = self._desk, self._desk.frame.now()
        files = await in_thread(lambda: desk.workbench.files(desk.school))
        found = await in_thread(lambda: self._found(given))
        problems = [("text", _NAMED)] if found.pointed else []
        problems += [("file", _NO_TOPIC)] if given.file not in {file for file, _ in files} else []
        if problems:
            return await self._draw(signed, replace(found, problems=tuple(problems)))
        known = given.clause in desk.frame.knowledge.clauses
        text = EntryText(
            phrasings=(given.text,) if given.text and not known else (), cites=(given.clause,) if known else ()
        )
        who, names = signed.person.id, given.no_names
        draft = await in_thread(
            lambda: desk.workbench.begin_new(desk.school, who, given.file, text, now, no_names=names)
        )
        return see_other(f"{ROOT}/drafts/{draft.id}")

    def _found(self, given: NewAnswer, rules: bool = False) -> NewAnswer:
        desk = self._desk
        clause = desk.frame.knowledge.clauses.get(given.clause)
        text = clause.text if clause else given.text
        if not text:
            return replace(given, problems=(("text", _NOTHING),))
        return replace(
            given,
            nearest=desk.workbench.similar(desk.school, text),
            pointed=() if clause else desk.workbench.pointed(given.text, given.no_names),
            clauses=tuple(clauses_with(desk.frame.knowledge, text)) if rules else (),
        )

    async def _draw(self, signed: Signed, begun: NewAnswer) -> web.Response:
        desk, now = self._desk, self._desk.frame.now()
        return desk.show(
            "new.html",
            signed,
            400 if begun.problems else 200,
            begun=begun,
            words=desk.words(),
            files=await in_thread(lambda: desk.workbench.files(desk.school)),
            unanswered=await in_thread(lambda: desk.workbench.unanswered(desk.school, signed.person.id, now)),
        )
