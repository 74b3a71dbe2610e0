"""What waits for approval: the list, and one of it with its difference word by word, approved or sent back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from aiohttp import web

from adapters.web.answers.desk import ROOT, AnswersDesk
from adapters.web.answers.draft_form import FieldProblems
from adapters.web.answers.previews import drafted, preview
from adapters.web.answers.wording import DONE
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from bot.concerns import IncompleteError
from bot.concerns.typed import day_in
from bot.service.authoring.model import AuthoringError, ChangedMeanwhileError, NotThereError, RefusedDraftError, Waiting
from bot.store.desks.drafts import Draft

_LIST = f"{ROOT}/waiting"
_ONE = f"{_LIST}/{{key}}"
_LEARNED = ("title", "phrasings", "opposites", "not_this")  # what a question is understood by
_LONGEST = 1000  # characters of a remark
_CHANGED = (
    "Somebody else has changed this answer since these words were written, so that they cannot be approved. If they "
    "still wait here, send them back: their author is shown what changed"
)


class WaitingPages:
    """/inbox/answers/waiting, and below it one page for each thing that waits."""

    def __init__(self, desk: AnswersDesk) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where they are found."""
        return (
            web.get(_LIST, self._desk.guard.page(self.show)),
            web.get(_ONE, self._desk.guard.page(self.show_one)),
            web.post(_ONE, self._desk.guard.form(self.act)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """What the reader may approve first, then what waits for others."""
        waiting = await self._waiting(signed)
        return self._desk.show(
            "waiting.html", signed, words=self._desk.words(), done=said_after(request, DONE),
            mine=[each for each in waiting if not each.refused], others=[each for each in waiting if each.refused],
        )  # fmt: skip

    async def show_one(self, request: web.Request, signed: Signed) -> web.Response:
        """What would change, and what approving it means."""
        return await self._draw(signed, await self._one(request, signed))

    async def act(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Approve these very words, or send them back."""
        waiting = await self._one(request, signed)
        action, names = fields.get("action", ""), set(fields) - {"action"}
        if action == "approve" and names >= {"digest", "review_by"} and all(map(_may_stand, names)):
            return await self._approve(signed, waiting, fields)
        if action == "send-back" and names == {"remark"} and waiting.draft:
            return await self._send_back(signed, waiting, waiting.draft, fields["remark"].strip()[:_LONGEST])
        if action == "doubt" and names == {"remark"} and waiting.decided:
            return await self._doubt(signed, waiting, fields["remark"].strip()[:_LONGEST])
        raise FormError("not the fields of this page")

    async def _doubt(self, signed: Signed, waiting: Waiting, why: str) -> web.Response:
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        try:
            await in_thread(lambda: desk.workbench.doubt(desk.school, who, waiting.entry, why, now))
        except RefusedDraftError as fault:
            return await self._draw(signed, waiting, 400, problems={"remark": str(fault)})
        return see_other(f"{_LIST}?done=doubted")

    async def _approve(self, signed: Signed, waiting: Waiting, fields: SingleFields) -> web.Response:
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        ticked = [each for number, each in enumerate(waiting.confirm) if f"tick-{number}" in fields]
        problems: dict[str, str] = {}
        if len(ticked) < len(waiting.confirm):
            problems["tick"] = "Tick each of these: it must be true of our school. If one is not, do not approve it."
        try:
            day = day_in("review_by", fields["review_by"])
        except IncompleteError as fault:
            problems |= fault.problems
        else:
            problems |= _day_problem(day, waiting.review_by, desk.frame.today())
        if problems:
            return await self._draw(signed, waiting, 400, problems=problems, typed=fields)
        try:
            await in_thread(
                lambda: desk.workbench.approve(
                    desk.school, who, waiting.key, fields["digest"], now, confirmed=ticked, review_by=day
                )
            )
        except ChangedMeanwhileError:
            raise AuthoringError(_CHANGED) from None
        return see_other(f"{_LIST}?done=approved")

    async def _send_back(self, signed: Signed, waiting: Waiting, draft: Draft, remark: str) -> web.Response:
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        if not remark:
            problems = {"remark": "Write what is to be changed. Its author reads it."}
            return await self._draw(signed, waiting, 400, problems=problems)
        await in_thread(lambda: desk.workbench.send_back(desk.school, who, draft.id, remark, now))
        return see_other(f"{_LIST}?done=sent-back")

    async def _waiting(self, signed: Signed) -> Sequence[Waiting]:
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        return await in_thread(lambda: desk.workbench.waiting(desk.school, who, now))

    async def _one(self, request: web.Request, signed: Signed) -> Waiting:
        key = request.match_info["key"]
        found = next((each for each in await self._waiting(signed) if each.key == key), None)
        if found is None:
            raise NotThereError("This does not wait for approval any more. Somebody may have been quicker")
        return found

    def _approvers(self, waiting: Waiting, *without: str) -> list[str]:
        """The names of those who may approve it, without these."""
        school = self._desk.frame.school
        holders = (each for role in waiting.roles for each in school.holders(role))
        return list(dict.fromkeys(each.name for each in holders if each.id not in without))

    async def _draw(
        self, signed: Signed, waiting: Waiting, status: int = 200, *, problems: Mapping[str, str] | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> web.Response:  # fmt: skip
        desk, words, now = self._desk, self._desk.words(), self._desk.frame.now()
        draft = waiting.draft or Draft(
            "", waiting.entry, "", False, waiting.before, waiting.after, "sent", 0, author="", sent_at=None
        )
        entry = drafted(desk.frame.knowledge, draft, waiting.after)
        return desk.show(
            "approve.html",
            signed,
            status,
            waiting=waiting,
            stopping=FieldProblems.told(waiting.problems, words).stopping,
            words=words,
            seen=desk.drafted(preview(desk.frame.knowledge, entry, now)),
            numbers=await in_thread(lambda: desk.workbench.same_numbers(desk.school, draft)),
            approvers=self._approvers(waiting, draft.author, signed.person.id),
            difference=words.read_difference(waiting.entry, waiting.difference),
            learned=any(each.field in _LEARNED for each in waiting.difference),
            rules=await in_thread(
                lambda: desk.frame.core.policies.changed_under(desk.school, signed.person.id, waiting.entry)
            ),
            problems=problems or {},
            typed=typed or {},
        )


def _may_stand(name: str) -> bool:
    return name in ("digest", "review_by") or (name.startswith("tick-") and name[5:].isdecimal())


def _day_problem(day: dt.date | None, latest: dt.date, today: dt.date) -> dict[str, str]:
    if day is None or today < day <= latest:
        return {}
    return {"review_by": f"Pick a day after today, and not after {latest.day} {latest:%B %Y}."}
