"""The list of concerns, in the order in which they need somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from adapters.web.inbox.cover import COVER_DONE
from adapters.web.inbox.frame import InboxSite, Signed, in_thread, see_other
from adapters.web.inbox.restored import RESTORED_DONE, RestoredRemark, remark_for
from adapters.web.inbox.sessions import Sessions, SingleFields
from adapters.web.inbox.wording import Clock, how_it_stands, next_alert
from bot.concerns import Summary
from bot.knowledge import School
from bot.service.approving.reviewing import review_lines, waiting_line
from bot.service.authoring.model import Remarked
from bot.service.drills import UnansweredDrill, not_answered
from bot.store.desks.drafts import Draft

_LONGEST = 200  # characters that are looked for
_GROUPS = (("open", "Waiting for somebody"), ("acknowledged", "Being followed up"), ("closed", "Closed"))


@dataclass(frozen=True)
class ListedConcern:
    """One line: the summary, how it stands and when somebody is called next, in words."""

    summary: Summary
    standing: str
    next_alert: str


@dataclass(frozen=True)
class ConcernGroup:
    """Lines under one heading."""

    heading: str
    entries: tuple[ListedConcern, ...]


@dataclass(frozen=True)
class Remarks:
    """What stands beside the list: answers that are due for review or wait, the reader's drafts that came back and
    answers with which staff find fault, and that a backup was restored."""

    answers: Sequence[str] = ()
    returned: Sequence[Draft] = ()
    remarked: Sequence[Remarked] = ()
    restored: RestoredRemark | None = None


class ListPage:
    """/inbox: everything that the reader may see, and the search."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found. What is looked for may be a child's name: it is posted, so that no address holds it."""
        return (
            web.get("/inbox", self._sessions.page(self.show)),
            web.post("/inbox", self._sessions.form(self.search)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Open first, then acknowledged; the closed ones on demand."""
        found = await in_thread(lambda: self._frame.inbox.summaries(signed.reader))
        due = await in_thread(lambda: self._frame.inbox.reviews(signed.reader, self._frame.today()))
        with_closed = request.query.get("show") == "closed"
        closed = 0 if with_closed else sum(each.state.status == "closed" for each in found)
        shown = found if with_closed else [each for each in found if each.state.status != "closed"]
        done = request.query.get("done", "")
        done = RESTORED_DONE.get(done) or COVER_DONE.get(done) or self._frame.core.actions.said(done)
        restored = await in_thread(lambda: remark_for(self._frame, signed))
        drills = await in_thread(lambda: not_answered(self._frame.core.store, self._frame.school))
        mine = [each for each in drills if signed.sees_figures or each.person == signed.person]
        returned, remarked = await in_thread(lambda: self._of_theirs(signed))
        remarks = Remarks(self._answers() if signed.sees_figures else (), returned, remarked, restored)
        return self._draw(signed, shown, due=due, closed=closed, done=done, wanted="", drills=mine, remarks=remarks)

    async def search(self, _: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Those that hold these words, the closed ones too."""
        wanted = fields.get("wanted", "").strip()[:_LONGEST]
        if not wanted:
            return see_other("/inbox")
        numbers = await in_thread(lambda: self._frame.inbox.search(signed.reader, wanted))
        found = await in_thread(lambda: self._frame.inbox.summaries(signed.reader))
        shown = [each for each in found if each.number in numbers]
        return self._draw(signed, shown, due=(), closed=0, done="", wanted=wanted)

    def _of_theirs(self, signed: Signed) -> tuple[Sequence[Draft], Sequence[Remarked]]:
        """Their drafts that came back, and their answers with which staff find fault."""
        if not signed.sees_answers:
            return (), ()
        frame, who = self._frame, signed.person.id
        drafts = frame.core.workbench.drafts(frame.school.id, who)
        remarked = frame.core.workbench.remarked(frame.school.id, who, frame.now())
        return [each for each in drafts if each.state == "returned"], remarked

    def _answers(self) -> tuple[str, ...]:
        """A line for each answer of the base that is to be read again, and for those that nobody has approved."""
        knowledge = self._frame.knowledge
        waiting = waiting_line(knowledge)
        return (
            *review_lines(knowledge, self._frame.today(), with_ids=False),
            *([f"Answers: {waiting}"] if waiting else []),
        )

    def _draw(
        self,
        signed: Signed,
        shown: Sequence[Summary],
        *,
        due: Sequence[Summary],
        closed: int,
        done: str,
        wanted: str,
        drills: Sequence[UnansweredDrill] = (),
        remarks: Remarks | None = None,
    ) -> web.Response:
        entries = entries_of(self._frame, shown)
        return self._frame.show(
            "list.html",
            signed,
            groups=groups_of(entries),
            due=entries_of(self._frame, due),
            closed=closed,
            done=done,
            wanted=wanted,
            count=len(entries),
            drills=drills,
            answers=remarks.answers if remarks else (),
            returned=remarks.returned if remarks else (),
            remarked=remarks.remarked if remarks else (),
            restored=remarks.restored if remarks else None,
        )


def entries_of(frame: InboxSite, summaries: Iterable[Summary]) -> tuple[ListedConcern, ...]:
    """Summaries -> lines: immediate before others, older before newer."""
    school, now = frame.school, frame.now()
    ordered = sorted(summaries, key=lambda each: (not each.state.urgent, each.logged_at))
    return tuple(_entry(school, Clock(school.opening.zone, now), each) for each in ordered)


def groups_of(entries: Sequence[ListedConcern]) -> tuple[ConcernGroup, ...]:
    """Lines -> those that wait for somebody, those that are followed up, those that are closed."""
    groups = (
        ConcernGroup(heading, tuple(each for each in entries if each.summary.state.status == status))
        for status, heading in _GROUPS
    )
    return tuple(group for group in groups if group.entries)


def _entry(school: School, clock: Clock, summary: Summary) -> ListedConcern:
    state = summary.state
    return ListedConcern(summary, how_it_stands(school, state), next_alert(clock, state, summary.next_due))
