"""One answer: as staff see it, what it rests on, what was done with it, and what they made of it."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.answers.boxes import chat_box
from adapters.web.answers.desk import DOCUMENTS, ROOT, AnswersDesk
from adapters.web.answers.previews import preview
from adapters.web.answers.wording import DONE
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from bot.answering.remarks import REASONS
from bot.knowledge.authoring import EntryText
from bot.service.authoring.model import RefusedDraftError

_PATH = f"{ROOT}/entries/{{entry}}"
_LONGEST = 500  # characters of why it is taken out of use


class EntryPage:
    """/inbox/answers/entries/ENTRY"""

    def __init__(self, desk: AnswersDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(_PATH, self._desk.guard.page(self.show)), web.post(_PATH, self._desk.guard.form(self.act)))

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The answer, whole."""
        return await self._draw(request, signed)

    async def _draw(self, request: web.Request, signed: Signed, status: int = 200, problem: str = "") -> web.Response:
        desk, now = self._desk, self._desk.frame.now()
        entry = request.match_info["entry"]
        view = await in_thread(lambda: desk.workbench.view(desk.school, signed.person.id, entry, now))
        reply = view.reply or preview(desk.frame.knowledge, view.live or view.written, now)
        words, policies = desk.words(), desk.frame.core.policies
        return desk.show(
            "entry.html",
            signed,
            status,
            problem=problem,
            view=view,
            text=EntryText.of_entry(view.live or view.written),
            seen=desk.seen(reply),
            box=chat_box(reply),
            unapproved=words.read_difference(view.line.entry, view.unapproved),
            others=[each for each in view.line.open_drafts if each.author != signed.person.id],
            mine=[each for each in view.line.open_drafts if each.author == signed.person.id],
            remarks=REASONS,
            rules=await in_thread(lambda: policies.changed_under(desk.school, signed.person.id, view.line.entry)),
            said=await in_thread(lambda: policies.said_of(desk.school, signed.person.id, view.line.entry)),
            decided=desk.workbench.decided(desk.school, signed.person.id, view.line.entry),
            documents=DOCUMENTS,
            words=words,
            done=said_after(request, DONE),
        )

    async def act(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Begin to change it, or take it out of use."""
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        entry, action = request.match_info["entry"], fields.get("action", "")
        if action == "edit" and set(fields) == {"action"}:
            draft = await in_thread(lambda: desk.workbench.begin(desk.school, who, entry, now))
            return see_other(f"{ROOT}/drafts/{draft.id}")
        if action != "take-out" or set(fields) != {"action", "reason"}:
            raise FormError("not the fields of this page")
        reason = fields["reason"].strip()[:_LONGEST]
        try:
            await in_thread(lambda: desk.workbench.take_out(desk.school, who, entry, reason, now))
        except RefusedDraftError as fault:
            return await self._draw(request, signed, 400, problem=str(fault))
        return see_other(f"{ROOT}/entries/{entry}?done=taken-out")
