"""One part of the review, statement by statement: what AskFirst knows, what was answered, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from adapters.web.readiness.frame import DONE, ROOT, ReadinessFrame
from bot.concerns import staff
from bot.readiness import FIELDS, Judgement, ReviewedPart, ReviewedStatement, SelfReview
from bot.service.readiness.model import GivenStatement, NoReviewError, SavedPart

_NAMES = (*FIELDS, "version")
_NONE_OPEN = "No review is open. Begin one first"


@dataclass(frozen=True)
class TriedPart:
    """What was typed into a part that could not be kept whole, and what became of it."""

    given: Mapping[str, GivenStatement] = field(default_factory=dict)
    saved: SavedPart = field(default_factory=SavedPart)

    def typed(self, statement: ReviewedStatement, name: str) -> str:
        """What stands in a field: what was typed and not kept, else what is saved."""
        wrong = statement.id in self.saved.problems or statement.id in self.saved.clashes
        if wrong and statement.id in self.given:
            return self.given[statement.id].fields.get(name, "")
        value = getattr(statement.judged, name)
        return str(value) if value else ""

    def problem(self, statement: str, name: str) -> str:
        """What is wrong with a field; empty for nothing."""
        return self.saved.problems.get(statement, {}).get(name, "")

    def clash(self, statement: str) -> Judgement | None:
        """What somebody else saved there meanwhile."""
        return self.saved.clashes.get(statement)


class PartPage:
    """/inbox/readiness/parts/PART"""

    def __init__(self, frame: ReadinessFrame) -> None:
        self._frame = frame

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        path = f"{ROOT}/parts/{{part}}"
        return (
            web.get(path, self._frame.answering.page(self.show)),
            web.post(path, self._frame.answering.form(self.save)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The statements of a part as they stand."""
        return await self._draw(signed, request.match_info["part"], done=said_after(request, DONE))

    async def save(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Keep what was filled in, then show the same part or the next one."""
        here = request.match_info["part"]
        action = fields.get("action", "")
        given = given_in({name: text for name, text in fields.items() if name not in ("action", "review")})
        number = fields.get("review", "")
        if action not in ("save", "next") or not (number.isascii() and number.isdecimal() and len(number) < 6):
            raise FormError("not the fields of this page")
        frame, now = self._frame, self._frame.inbox.now()
        saved = await in_thread(lambda: frame.desk.save(frame.school, signed.person.id, int(number), given, now))
        if not saved.whole:
            return await self._draw(signed, here, 409 if saved.clashes else 400, tried=TriedPart(given, saved))
        view = await frame.view(signed)
        following = _next(view.open, here) if view.open and action == "next" else here
        return see_other(f"{ROOT}/parts/{following}?done=saved" if following else f"{ROOT}?done=saved")

    async def _draw(
        self, signed: Signed, here: str, status: int = 200, *, done: str = "", tried: TriedPart | None = None
    ) -> web.Response:
        view = await self._frame.view(signed)
        if view.open is None:
            raise NoReviewError(_NONE_OPEN)
        part = view.open.part(here)
        if part is None:
            return self._frame.inbox.gone(signed)
        tried = tried or TriedPart()
        return self._frame.show(
            "part.html",
            signed,
            status,
            review=view.open,
            part=part,
            last=view.last,
            tried=tried,
            faults=tuple(_faults(part, tried)),
            following=_next(view.open, here),
            owners=[each.name for each in staff(self._frame.inbox.school)],
            done=done,
        )


def given_in(fields: SingleFields) -> dict[str, GivenStatement]:
    """The fields of a part, as evidence-STATEMENT -> what was filled in by statement. Raises FormError."""
    found: dict[str, dict[str, str]] = {}
    for key, text in fields.items():
        name, hyphen, statement = key.partition("-")
        if name not in _NAMES or not hyphen:
            raise FormError("not a field of a statement")
        found.setdefault(statement, {})[name] = text
    given: dict[str, GivenStatement] = {}
    for statement, its in found.items():
        version = its.pop("version", "")
        if not (version.isascii() and version.isdecimal() and len(version) < 6):
            raise FormError("no version of a statement")
        given[statement] = GivenStatement(its, int(version))
    return given


def _faults(part: ReviewedPart, tried: TriedPart) -> Iterable[tuple[str, str, str]]:
    """The summary at the head: where, which statement, what is wrong."""
    for each in part.statements:
        if their := tried.clash(each.id):
            said = f"{their.by.name} saved this while you were writing. Compare the two, and save again to keep yours."
            yield f"{each.id}-theirs", each.says, said
        for name, said in tried.saved.problems.get(each.id, {}).items():
            yield f"{each.id}-{name}", each.says, said


def _next(review: SelfReview, here: str) -> str:
    """The part after this one; empty after the last."""
    parts = [part.id for part in review.parts]
    after = parts[parts.index(here) + 1 :] if here in parts else []
    return after[0] if after else ""
