"""A draft, as its author writes it: checked, kept, tried, sent; and what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from adapters.web.answers.desk import DOCUMENTS, ROOT, AnswersDesk
from adapters.web.answers.draft_form import FieldProblems, anchor, picked_first, posted, rows_of
from adapters.web.answers.measures import measures
from adapters.web.answers.previews import drafted, preview
from adapters.web.answers.wording import DONE, clauses_with
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from bot.knowledge import Clause
from bot.knowledge.authoring import EntryText, FieldDifference, difference
from bot.knowledge.authoring.difference import LABELS
from bot.knowledge.schools.model import NATIONS
from bot.service.authoring.model import (
    AuthoringError,
    ChangedMeanwhileError,
    NotThereError,
    RefusedDraftError,
    SavedMeanwhileError,
)
from bot.store.desks.drafts import Draft

PATH = f"{ROOT}/drafts/{{draft}}"
_WRITING = ("enter", "check", "find", "save", "try", "send", "carry")  # these bring the whole form along
_DONE = {"save": "saved", "carry": "carried-over"}
_ALONE = {"drop": "dropped", "withdraw": "taken-back"}


@dataclass(frozen=True)
class WrittenForm:
    """How the form is drawn: what stands in it, whether the core was asked what is wrong, whether rules were `looked`
    for, by which words and what was found, what was saved elsewhere meanwhile (from there to what stands here), why it
    was not saved at all, and which words are said to be nobody's name."""

    text: EntryText
    version: int
    checked: bool = False
    sending: bool = False
    found: Sequence[Clause] = ()
    sought: str = ""
    elsewhere: Sequence[FieldDifference] = ()
    refused: str = ""
    looked: bool = False
    no_names: Sequence[str] = ()


class DraftPage:
    """/inbox/answers/drafts/DRAFT"""

    def __init__(self, desk: AnswersDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(PATH, self._desk.guard.page(self.show)), web.post(PATH, self._desk.guard.form(self.act)))

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The form for its author while it is written; for everybody else, and then, what it says."""
        draft = await self._draft(request, signed)
        done = said_after(request, DONE)
        if draft.author != signed.person.id or draft.state not in ("draft", "returned"):
            return await self._only_read(signed, draft, done)
        return await self._draw(signed, draft, _as_kept(draft, checked=bool(done)), done=done)

    async def act(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """One button of the form. What was typed is never lost."""
        action = fields.get("action", "")
        if action in _ALONE and set(fields) == {"action"}:
            return await self._alone(request, signed, action)
        if action not in _WRITING:
            raise FormError("not an action of this page")
        written = posted(fields, self._desk.words())
        draft = await self._draft(request, signed)
        form = WrittenForm(written.text, written.version, checked=True, no_names=written.no_names)
        if action == "enter":  # pressed in a field; in that of the search it looks for a rule
            action = "find" if written.clause_words not in ("", written.sought) else "check"
        if action == "check":
            return await self._draw(signed, draft, form)
        if action == "find":
            found = clauses_with(self._desk.frame.knowledge, written.clause_words)
            looked = replace(form, checked=False, looked=True, found=found, sought=written.clause_words)
            return await self._draw(signed, draft, looked)
        return await self._keep(signed, draft, form, action)

    async def _keep(self, signed: Signed, draft: Draft, form: WrittenForm, action: str) -> web.Response:
        """Save; then go on to where the button leads."""
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        try:
            saved = await in_thread(
                lambda: desk.workbench.save(
                    desk.school, who, draft.id, form.version, form.text, now, no_names=form.no_names
                )
            )
        except SavedMeanwhileError as fault:
            elsewhere = replace(form, version=fault.draft.version, elsewhere=fault.difference)
            return await self._draw(signed, fault.draft, elsewhere, 409)
        except NotThereError as fault:  # somebody gave it up or published it while it was written
            return await self._draw(signed, draft, replace(form, checked=False, refused=str(fault)), 409)
        if action == "try":
            return see_other(f"{ROOT}/drafts/{draft.id}/try")
        if action == "carry":
            await in_thread(lambda: desk.workbench.carry_over(desk.school, who, draft.id, now))
        if action in _DONE:
            return see_other(f"{ROOT}/drafts/{draft.id}?done={_DONE[action]}")
        return await self._send(signed, saved)

    async def _send(self, signed: Signed, draft: Draft) -> web.Response:
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        try:
            await in_thread(lambda: desk.workbench.send(desk.school, who, draft.id, draft.version, now))
        except RefusedDraftError:
            form = _as_kept(draft, checked=True, sending=True)
            return await self._draw(signed, draft, form, 400)
        except ChangedMeanwhileError:
            form = _as_kept(draft, checked=True, sending=True)
            return await self._draw(signed, draft, form, 409)
        return see_other(f"{ROOT}/drafts/{draft.id}?done=sent")

    async def _alone(self, request: web.Request, signed: Signed, action: str) -> web.Response:
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        bench, name = desk.workbench, request.match_info["draft"]
        calls = {"drop": bench.drop, "withdraw": bench.withdraw}
        await in_thread(lambda: calls[action](desk.school, who, name, now))
        return see_other(f"{ROOT}/drafts/{name}?done={_ALONE[action]}")

    async def _draft(self, request: web.Request, signed: Signed) -> Draft:
        desk, name = self._desk, request.match_info["draft"]
        return await in_thread(lambda: desk.workbench.draft(desk.school, signed.person.id, name))

    async def _changed(self, signed: Signed, draft: Draft) -> tuple[Sequence[FieldDifference], str]:
        """What others changed meanwhile, or why that cannot be said: what was written is shown all the same."""
        desk, who = self._desk, signed.person.id
        try:
            return await in_thread(lambda: desk.workbench.changed_meanwhile(desk.school, who, draft.id)), ""
        except AuthoringError as fault:
            return (), str(fault)

    def _near_rules(self, text: EntryText) -> list[Clause]:
        """What the answers that are nearest to this one rest on most, to pick from: somebody who begins knows of no
        rule."""
        desk = self._desk
        near = desk.workbench.similar(desk.school, " ".join((text.title, *text.phrasings[:1])))
        first = (desk.frame.knowledge.entries[each.entry].cites[:1] for each in near)
        return [desk.frame.knowledge.clauses[name] for name in dict.fromkeys(name for names in first for name in names)]

    def _suspects(self, draft: Draft) -> list[str]:
        """The words in new ways of asking that look like names, with those that are said to be none."""
        pointed, base, text = self._desk.workbench.pointed, draft.base or EntryText(), draft.text
        new = {*text.phrasings, *text.opposites} - {*base.phrasings, *base.opposites}
        found = (each[at.start : at.end] for each in new for at in pointed(each, draft.no_names) if at.word)
        return list(dict.fromkeys((*draft.no_names, *sorted(found))))

    async def _only_read(self, signed: Signed, draft: Draft, done: str) -> web.Response:
        desk, words, now = self._desk, self._desk.words(), self._desk.frame.now()
        reply = preview(desk.frame.knowledge, drafted(desk.frame.knowledge, draft, draft.text), now)
        found = words.read_difference(draft.entry, difference(draft.base, draft.text))
        bench, school = desk.workbench, desk.school
        return desk.show(
            "draft_read.html", signed, draft=draft, seen=desk.drafted(reply), difference=found, words=words, done=done,
            waits=draft.state == "sent",
            told=await in_thread(lambda: bench.written_to(school, draft.id)),
            may=await in_thread(lambda: bench.may_be_approved_by(school, draft.id)),
        )  # fmt: skip

    async def _draw(
        self, signed: Signed, draft: Draft, form: WrittenForm, status: int = 200, *, done: str = ""
    ) -> web.Response:
        desk, words = self._desk, self._desk.words()
        text = form.text.tidied() if form.checked else form.text
        written = replace(draft, text=text, no_names=tuple(form.no_names))
        problems = await in_thread(lambda: desk.workbench.check(desk.school, written)) if form.checked else ()
        changed, stuck = await self._changed(signed, draft)
        near = await in_thread(lambda: self._near_rules(text)) if draft.new and not text.cites else []
        return desk.show(
            "draft.html",
            signed,
            status,
            draft=draft,
            form=form,
            text=text,
            problems=FieldProblems.told(problems, words),
            anchor=lambda field: anchor(field, text),
            measures=measures(text.tidied(), draft.new),
            rows=rows_of(text, words),
            near=[each.id for each in near],
            clauses=[
                desk.frame.knowledge.clauses[each]
                for each in picked_first(text, form.found or near)
                if each in desk.frame.knowledge.clauses
            ],
            changed=words.difference(draft.entry, changed),
            stuck=stuck,
            elsewhere=words.difference(draft.entry, form.elsewhere),
            seen=desk.drafted(
                preview(desk.frame.knowledge, drafted(desk.frame.knowledge, draft, text), desk.frame.now())
            ),
            numbers=await in_thread(lambda: desk.workbench.same_numbers(desk.school, written)),
            suspects=await in_thread(lambda: self._suspects(written)),
            decided=desk.workbench.decided(desk.school, signed.person.id, draft.entry),
            documents=DOCUMENTS,
            nations=NATIONS,
            labels=LABELS,
            words=words,
            done=done,
        )


def _as_kept(draft: Draft, *, checked: bool, sending: bool = False) -> WrittenForm:
    """The form as the draft was saved."""
    return WrittenForm(draft.text, draft.version, checked, sending, no_names=draft.no_names)
