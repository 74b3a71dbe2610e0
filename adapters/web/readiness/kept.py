"""A review that was closed, as it was; and any review as PDF, which governors may have too."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, file_response, in_thread
from adapters.web.inbox.sessions import SingleFields
from adapters.web.readiness.frame import ROOT, ReadinessFrame
from adapters.web.readiness.overview import charts_of, number_of
from bot.service.readiness.model import NoReviewError


class KeptPage:
    """/inbox/readiness/reviews/NUMBER"""

    def __init__(self, frame: ReadinessFrame) -> None:
        self._frame = frame

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found; the PDF is posted, because it is written down who took it out."""
        path = f"{ROOT}/reviews/{{review}}"
        return (
            web.get(path, self._frame.answering.page(self.show)),
            web.post(path, self._frame.taking_out.form(self.take_out)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """A closed review; there is none of any other number."""
        view = await self._frame.view(signed)
        number = number_of(request.match_info["review"])
        found = next((each for each in view.closed if each.number == number), None)
        if found is None:
            return self._frame.inbox.gone(signed)
        before = next((each for each in view.closed if each.number < number), None)
        charts = tuple(charts_of(view, found, before, self._frame.inbox.school.opening.zone))
        return self._frame.show("kept.html", signed, review=found, before=before, charts=charts)

    async def take_out(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.StreamResponse:
        """The PDF."""
        if fields != {"action": "pdf"}:
            raise FormError("not the fields of this page")
        frame, number, now = self._frame, number_of(request.match_info["review"]), self._frame.inbox.now()
        try:
            review, before = await in_thread(lambda: frame.desk.take_out(frame.school, signed.person.id, number, now))
        except NoReviewError:
            return frame.inbox.gone(signed)
        from adapters.documents.readiness import readiness_pdf  # it takes a while to load, and few need it

        school = frame.inbox.school
        body = await in_thread(lambda: readiness_pdf(school, review, before, signed.person.name, now))
        return file_response(body, f"are-we-ready-{number}.pdf", "application/pdf")
