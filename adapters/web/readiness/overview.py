"""The review as a whole: how far it is, the score by part, the plan, and what was closed before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from aiohttp import web
from markupsafe import Markup

from adapters.web.charts import bar_chart
from adapters.web.forms import FormError
from adapters.web.inbox.figures import Chart
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from adapters.web.readiness.frame import DONE, ROOT, ReadinessFrame
from bot.concerns import Count, IncompleteError
from bot.concerns.words import day
from bot.readiness import SelfReview, current_plan
from bot.service.readiness.model import NotCompleteError, ReadinessView

_FIELDS = {"begin": frozenset[str](), "close": frozenset[str](), "done": frozenset({"review", "statement", "how"})}

_NOTHING = {"statement": "", "how": "", "wrong": ""}


class OverviewPage:
    """/inbox/readiness"""

    def __init__(self, frame: ReadinessFrame) -> None:
        self._frame = frame

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (
            web.get(ROOT, self._frame.taking_out.page(self.show)),
            web.post(ROOT, self._frame.answering.form(self.act)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """How it stands; for governors the PDFs alone."""
        return await self._draw(signed, done=said_after(request, DONE))

    async def act(self, _: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Begin a review, close it, or say that something of the plan was done."""
        action = fields.get("action", "")
        if action not in _FIELDS or set(fields) - {"action"} != _FIELDS[action]:
            raise FormError("not the fields of this page")
        try:
            return see_other(f"{ROOT}?done={await in_thread(lambda: self._act(signed, action, fields))}")
        except NotCompleteError as fault:
            return await self._draw(signed, 409, left=fault)
        except IncompleteError as fault:
            tried = {"statement": fields["statement"], "how": fields["how"], "wrong": fault.problems["how"]}
            return await self._draw(signed, 400, tried=tried)

    def _act(self, signed: Signed, action: str, fields: SingleFields) -> str:
        frame, who, now = self._frame, signed.person.id, self._frame.inbox.now()
        if action == "begin":
            frame.desk.begin(frame.school, who, now)
            return "begun"
        if action == "close":
            frame.desk.close(frame.school, who, now)
            return "closed"
        number = number_of(fields["review"])
        frame.desk.done(frame.school, who, number, fields["statement"], fields["how"], now)
        return "done"

    async def _draw(
        self, signed: Signed, status: int = 200, *, done: str = "", left: NotCompleteError | None = None,
        tried: SingleFields | None = None,
    ) -> web.Response:  # fmt: skip
        view = await self._frame.view(signed)
        shown = view.open or view.last
        before = (view.last if view.open else next(iter(view.closed[1:]), None)) if view.answers else None
        return self._frame.show(
            "overview.html",
            signed,
            status,
            view=view,
            shown=shown,
            before=before,
            charts=tuple(charts_of(view, shown, before, self._frame.inbox.school.opening.zone)),
            plan=current_plan(view.open, view.last),
            left=_places(view.open, left) if left and view.open else (),
            done=done,
            tried=tried or _NOTHING,
        )


def charts_of(
    view: ReadinessView, shown: SelfReview | None, before: SelfReview | None, zone: ZoneInfo
) -> Iterator[Chart]:
    """The score by part, and that of the review before beside it."""
    if shown and view.answers:
        yield _chart("score", f"Review {shown.number}: how much holds", shown)
    if before and before.closed_at:
        yield _chart(
            "before", f"Review {before.number}, closed on {day(before.closed_at.astimezone(zone).date())}", before
        )


def _chart(id_: str, title: str, review: SelfReview) -> Chart:
    counts = [Count(part.title, part.score.percent) for part in review.parts]
    return Chart(id_, title, "Part", counts, Markup(bar_chart(title, counts, share=True)))  # noqa: S704


def _places(review: SelfReview, fault: NotCompleteError) -> Iterator[tuple[str, str, str]]:
    """What keeps it from being closed: where it is put right, the statement, and what is missing."""
    where = {each.id: (part.id, each.says) for part in review.parts for each in part.statements}
    for statement, said in fault.missing:
        part, says = where[statement]
        yield f"{ROOT}/parts/{part}#{statement}", says, said


def number_of(typed: str) -> int:
    """The number of a review. Raises FormError."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6):
        raise FormError("no number of a review")
    return int(typed)
