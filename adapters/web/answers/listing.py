"""The list of the answers: what waits for the reader first, then all of them, searched and filtered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from aiohttp import web

from adapters.web.answers.desk import ROOT, AnswersDesk
from adapters.web.answers.wording import DONE
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from bot.answering.dialogue import ask_once
from bot.messages import Reply
from bot.service.authoring.model import STATES, AnswerLine, AnswerState

_LONGEST = 500  # characters that are looked for or asked


@dataclass(frozen=True)
class Wanted:
    """What the list was asked for: words, or a question; a state, a topic (its file), who approved."""

    words: str = ""
    asking: str = ""
    state: str = ""
    file: str = ""
    by: str = ""

    @property
    def anything(self) -> bool:
        """Whether it is less than the whole."""
        return any((self.words, self.asking, self.state, self.file, self.by))


class AnswerListPage:
    """/inbox/answers"""

    def __init__(self, desk: AnswersDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found. A question may name somebody: it is posted, so that no address holds it."""
        return (web.get(ROOT, self._desk.guard.page(self.show)), web.post(ROOT, self._desk.guard.form(self.search)))

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Everything, or what the filters leave of it."""
        given = request.query
        wanted = Wanted(state=given.get("state", ""), file=given.get("topic", ""), by=given.get("by", ""))
        return await self._draw(signed, wanted, said_after(request, DONE))

    async def search(self, _: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Answers that hold these words, or what staff would get for a question."""
        typed = fields.get("text", "").strip()[:_LONGEST]
        if set(fields) != {"action", "text"} or fields["action"] not in ("words", "ask"):
            raise FormError("not the fields of this page")
        if not typed:
            return see_other(ROOT)
        return await self._draw(signed, Wanted(**{"words" if fields["action"] == "words" else "asking": typed}))

    async def _draw(self, signed: Signed, wanted: Wanted, done: str = "") -> web.Response:
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        bench, school = desk.workbench, desk.school
        states = [each for each in get_args(AnswerState) if each == wanted.state]
        lines = await in_thread(
            lambda: bench.list_answers(
                school, who, now, words=wanted.words, asking=wanted.asking, states=states, file=wanted.file
            )
        )
        waiting = await in_thread(lambda: bench.waiting(school, who, now))
        found = [each for each in lines if wanted.by in ("", each.approved_by)]
        return desk.show(
            "list.html",
            signed,
            wanted=wanted,
            groups=_by_topic(found, bool(wanted.asking)),
            count=len(found),
            waiting=[each for each in waiting if not each.refused],
            drafts=await in_thread(lambda: bench.drafts(school, who)),
            remarked=await in_thread(lambda: bench.remarked(school, who, now)),
            out=[
                (each, _line_of(each.entry, lines))
                for each in await in_thread(lambda: bench.lately_out(school, who, now))
            ],
            told=desk.seen(await in_thread(lambda: self._asked(wanted.asking))) if wanted.asking else "",
            states=STATES,
            files=await in_thread(lambda: bench.files(school)),
            approvers=sorted({each.approved_by for each in lines} - {""} | ({wanted.by} - {""})),
            done=done,
            words=desk.words(),
        )

    def _asked(self, question: str) -> Reply:
        """What staff would get. Nothing is counted and nothing kept."""
        return ask_once(self._desk.frame.core.base(), question, self._desk.frame.now()).reply


def _line_of(entry: str, lines: Sequence[AnswerLine]) -> AnswerLine | None:
    return next((line for line in lines if line.entry == entry), None)


def _by_topic(lines: Sequence[AnswerLine], ranked: bool) -> list[tuple[str, list[AnswerLine]]]:
    """Lines under the title of their topic; those that were asked for in one list, the likeliest first."""
    if ranked:
        return [("The likeliest answers", list(lines))] if lines else []
    groups: dict[str, list[AnswerLine]] = {}
    for line in lines:
        groups.setdefault(line.topic, []).append(line)
    return list(groups.items())
