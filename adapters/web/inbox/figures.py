"""The last half-year in counts without names, for the reader and for the governors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from adapters.web.charts import bar_chart, column_chart
from adapters.web.inbox.frame import InboxSite, Signed, in_thread
from adapters.web.inbox.sessions import Sessions
from bot.concerns import Count, Figures
from bot.service.figures import figures_of, first_week


@dataclass(frozen=True)
class Chart:
    """A picture and the numbers that it shows; `what` heads the column of the labels."""

    id: str
    title: str
    what: str
    counts: Sequence[Count]
    picture: Markup

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return any(each.count for each in self.counts)


class FiguresPage:
    """/inbox/figures"""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get("/inbox/figures", self._sessions.page(self.show, lambda signed: signed.sees_figures)),)

    async def show(self, _: web.Request, signed: Signed) -> web.Response:
        """Charts of concerns, then what was asked."""
        figures = await in_thread(lambda: self._figures(signed))
        return self._frame.show(
            "figures.html",
            signed,
            figures=figures,
            concerns=tuple(_concerns(figures)),
            asked=_bars("asked", "Which answers were asked for most", "Answer", figures.asked),
            waited=waited(figures.median_minutes),
        )

    def _figures(self, signed: Signed) -> Figures:
        frame, school = self._frame, self._frame.school
        talk = frame.core.store.talk(school.id)
        knowledge = frame.knowledge
        ids = (*knowledge.entries, *knowledge.merged)
        return figures_of(
            frame.inbox.counted(signed.reader),
            talk.tallies(first_week(frame.today())),
            talk.gaps(),
            {name: entry.title for name in ids if (entry := knowledge.find(name))},
            school.opening.zone,
            frame.now(),
        )


def waited(minutes: float | None) -> str:
    """A stretch of minutes in words, empty for None."""
    if minutes is None:
        return ""
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"{minutes:.0f} minute{'' if round(minutes) == 1 else 's'}"
    hours = minutes / 60
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def _concerns(figures: Figures) -> Iterable[Chart]:
    title = "Concerns logged each week"
    yield Chart("weeks", title, "Week from", figures.weeks, Markup(column_chart(title, figures.weeks)))  # noqa: S704
    yield _bars("categories", "What they were about", "Category", figures.categories)
    yield _bars("acknowledged", "How long until somebody acknowledged", "Time", figures.acknowledged)
    yield _bars("open", "How old the open ones are", "Age", figures.open_by_age)


def _bars(id_: str, title: str, what: str, counts: Sequence[Count]) -> Chart:
    return Chart(id_, title, what, counts, Markup(bar_chart(title, counts)))  # noqa: S704
