"""One concern: read whole, and worked on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from adapters.web.forms import FormError
from adapters.web.inbox.actions import FormTask, carry_out
from adapters.web.inbox.chronology import chronology_of
from adapters.web.inbox.frame import Frame, Signed, apart, see_other
from adapters.web.inbox.sessions import Sessions, SingleFields
from adapters.web.inbox.wording import DONE, Clock, how_it_stands, in_seven_years, next_step
from bot.concerns import ChildFile, IncompleteError, Record, Report, staff
from bot.knowledge import Person, School
from bot.service.casework import RefusedError
from bot.store import UnknownConcernError


@dataclass(frozen=True)
class Tried:
    """A form that could not be taken: what was typed into it, and what is wrong beside which field."""

    fields: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def is_(self, action: str, about: str = "") -> bool:
        """Whether it was this form."""
        return self.fields.get("action") == action and self.fields.get("about", "") == about

    def problem(self, action: str, name: str, about: str = "") -> str:
        """What is wrong with this field of this form."""
        return self.problems.get(name, "") if self.is_(action, about) else ""

    def typed(self, action: str, name: str, about: str = "", otherwise: str = "") -> str:
        """What was typed there; `otherwise` where it was another form."""
        return self.fields.get(name, "") if self.is_(action, about) else otherwise

    def is_first(self, name: str) -> bool:
        """Whether this is the first field with a problem."""
        return next(iter(self.problems), None) == name


class ConcernPage:
    """/inbox/concerns/NUMBER"""

    def __init__(self, frame: Frame, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        path = "/inbox/concerns/{number}"
        return (
            web.get(path, self._sessions.page(self.show)),
            web.post(path, self._sessions.form(self.act)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The concern; that it was read is written down before it is shown."""
        done = DONE.get(request.query.get("done", ""), "")
        return await self._draw(request.match_info["number"], signed, done=done)

    async def act(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Do one thing, then show the concern again. What was typed is never lost."""
        number = request.match_info["number"]
        task = FormTask(self._frame.casework, signed.reader, number, fields, self._frame.now())
        try:
            done = await apart(lambda: carry_out(task))
        except FormError:
            raise web.HTTPBadRequest from None
        except UnknownConcernError:
            return self._frame.gone(signed)
        except IncompleteError as fault:
            return await self._draw(number, signed, status=400, tried=Tried(fields, fault.problems))
        except RefusedError as fault:
            return await self._draw(number, signed, status=409, tried=Tried(fields), refused=str(fault))
        if done == "deleted":
            return see_other("/inbox?done=deleted")
        return see_other(f"{request.rel_url.raw_path}?done={done}")

    async def _draw(
        self,
        number: str,
        signed: Signed,
        *,
        status: int = 200,
        done: str = "",
        tried: Tried | None = None,
        refused: str = "",
    ) -> web.Response:
        now = self._frame.now()
        try:
            record = await apart(lambda: self._frame.casework.read(signed.reader, number, now))
        except UnknownConcernError:
            return self._frame.gone(signed)
        files = await apart(lambda: self._frame.inbox.files(signed.reader))
        school, clock = self._frame.school, Clock(self._frame.school.opening.zone, now)
        return self._frame.show(
            "concern.html",
            signed,
            status,
            record=record,
            chronology=chronology_of(record),
            standing=how_it_stands(school, record.state),
            next_step=next_step(clock, record),
            people_to_pick=_people(may_take_it(school, signed.person.id, record.report)),
            files_to_pick=_files(files, record),
            new_name=_new_name(files, record),
            today=self._frame.today(),
            review_on=in_seven_years(self._frame.today()),
            done=done,
            tried=tried or Tried(),
            refused=refused,
        )


def may_take_it(school: School, reader: str, report: Report) -> tuple[Person, ...]:
    """To whom it can be passed on: not to whoever reads, has logged it or is spoken of."""
    spoken_of = {report.adult.person} if report.adult else set()
    heads = set(school.roles.get("head", ())) if report.head else set()
    never = {reader, report.reporter.person} | spoken_of | heads
    return tuple(person for person in staff(school) if person.id not in never)


def _people(people: Iterable[Person]) -> list[tuple[str, str]]:
    return [("", "Pick somebody"), *((person.id, f"{person.name}, {person.role}") for person in people)]


def _files(files: Iterable[ChildFile], record: Record) -> list[tuple[str, str]]:
    """The children's files that it is not in yet; the numbers tell two children of one name apart."""
    others = [
        (each.id, f"{each.name} ({', '.join(each.numbers)})") for each in files if record.number not in each.numbers
    ]
    return [("", "A new file, named below"), *others]


def _new_name(files: Iterable[ChildFile], record: Record) -> str:
    """What a new file would be called, empty where a file has that name: then a person has to decide."""
    name = record.report.pupils[0].name if record.report.pupils else ""
    taken = {each.name.casefold() for each in files}
    return "" if name.casefold() in taken else name
