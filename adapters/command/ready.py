"""`askfirst ready PERSON`: the review of readiness in the terminal, through the same service as the page."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.console.account import in_terminal
from adapters.console.readiness import NONE_YET, plan_lines, review_lines, saved_lines
from bot.concerns import Actor, Detail, IncompleteError
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.readiness import FIELDS, RATINGS
from bot.readiness.facts import today_at
from bot.service.accounts import AccountDesk
from bot.service.casework.covering import with_stand_ins
from bot.service.live.last_good import files_or_last_good
from bot.service.readiness.desk import ReadinessDesk
from bot.service.readiness.known import AskFirstKnows, DesksKnow
from bot.service.readiness.model import GivenStatement, NotCompleteError, ReadinessError, ReadinessView
from bot.service.required.desk import RequiredDesk
from bot.settings import Settings
from bot.store import Store, open_for

_AS_ASKFIRST = "askfirst"  # leaves the rating to what AskFirst knows
_SAID = {
    "evidence": "what shows it", "plan": "what is to be done, where it does not hold", "owner": "who does it",
    "due": "by which day, as 2027-01-15", "differs": "why you see it otherwise than AskFirst",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who it is, and what they do."""
    parser.add_argument("person", metavar="PERSON", help="who you are: the name in front of your line in school.yaml")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("show", help="how it stands, statement by statement (what it does by itself)")
    actions.add_parser("begin", help="begin a review")
    answer = actions.add_parser("answer", help="answer a statement; what is not named stays as it is")
    answer.add_argument("statement", metavar="STATEMENT", help="its name, as `show` has it")
    answer.add_argument("rating", nargs="?", choices=(*RATINGS, _AS_ASKFIRST), help="whether it holds")
    for name, said in _SAID.items():
        answer.add_argument(f"--{name}", metavar=name.upper(), help=said)
    actions.add_parser("plan", help="what is to be done, by whom and when")
    done = actions.add_parser("done", help="take something off the plan of the last review that was closed")
    done.add_argument("statement", metavar="STATEMENT")
    done.add_argument("how", nargs="+", metavar="HOW", help="what was done")
    pdf = actions.add_parser("pdf", help="write the PDF for governors")
    pdf.add_argument("file", type=Path, metavar="FILE")
    pdf.add_argument(
        "--review", type=int, metavar="NUMBER", help="which review (default: the last one that was closed)"
    )
    actions.add_parser("close", help="close the review; it is then kept as it was")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print what comes of it; 1 where something was not saved. Raises ReadinessError."""
    knowledge = files_or_last_good(settings)
    with contextlib.closing(open_for(settings)) as store:
        school = with_stand_ins(knowledge.school, store)
        if parsed.person not in school.people:
            raise AskFirstError(
                f"there is no '{parsed.person}' in school.yaml. The people are: {', '.join(school.people)}"
            )
        here = replace(knowledge, school=school)
        desks = DesksKnow(AccountDesk(lambda: here, store), RequiredDesk(lambda: here, store))
        desk = ReadinessDesk(lambda: {school.id: here}, store, (AskFirstKnows(store), desks))
        typed = _Typed(desk, store, school, parsed, dt.datetime.now(dt.UTC))
        lines = list(_ACTIONS[parsed.action or "show"](typed))
        print(*lines, sep="\n")
        return 1 if any(line.startswith("NOT ") for line in lines) else 0


@dataclass(frozen=True)
class _Typed:
    """What somebody typed, and what it is done with."""

    desk: ReadinessDesk
    store: Store
    school: School
    parsed: argparse.Namespace
    now: dt.datetime

    @property
    def who(self) -> str:
        return str(self.parsed.person)

    def write_down(self) -> None:
        """What changes anything is written down first: at a terminal nobody signs in."""
        actor = Actor(self.who, self.school.people[self.who].name)
        what = f"ready {self.parsed.action} {getattr(self.parsed, 'statement', '')}".strip()
        self.store.audit(self.school.id).note("in-terminal", actor, Detail(reference=what, way=in_terminal()), self.now)


def _seen(typed: _Typed) -> ReadinessView:
    view = typed.desk.view(typed.school.id, typed.who, typed.now)
    if not view.answers:
        raise ReadinessError("Governors get the PDF: askfirst ready PERSON pdf FILE")
    return view


def _show(typed: _Typed) -> Iterable[str]:
    view = _seen(typed)
    shown = view.open or view.last
    before = view.last if view.open else next(iter(view.closed[1:]), None)
    return review_lines(shown, before, typed.school.opening.zone) if shown else [NONE_YET]


def _begin(typed: _Typed) -> Iterable[str]:
    typed.write_down()
    return [f"Review {typed.desk.begin(typed.school.id, typed.who, typed.now)} is open. Show it: askfirst ready PERSON"]


def _answer(typed: _Typed) -> Iterable[str]:
    typed.write_down()
    view = typed.desk.view(typed.school.id, typed.who, typed.now)
    statement = view.open.find(typed.parsed.statement) if view.open else None
    if view.open is None or statement is None:
        raise ReadinessError("There is no such statement in an open review. See: askfirst ready PERSON show")
    fields = {name: str(getattr(statement.judged, name) or "") for name in FIELDS}
    fields |= {name: given for name in _SAID if (given := getattr(typed.parsed, name)) is not None}
    if typed.parsed.rating:
        fields["rating"] = "" if typed.parsed.rating == _AS_ASKFIRST else typed.parsed.rating
    version = statement.judgement.version if statement.judgement else 0
    given = {statement.id: GivenStatement(fields, version)}
    return saved_lines(typed.desk.save(typed.school.id, typed.who, view.open.number, given, typed.now))


def _plan(typed: _Typed) -> Iterable[str]:
    _seen(typed)
    return plan_lines(typed.desk.plan(typed.school.id, typed.now), today_at(typed.school, typed.now))


def _done(typed: _Typed) -> Iterable[str]:
    typed.write_down()
    last = typed.desk.view(typed.school.id, typed.who, typed.now).last
    how = " ".join(typed.parsed.how)
    number = last.number if last else 0
    try:
        typed.desk.done(typed.school.id, typed.who, number, typed.parsed.statement, how, typed.now)
    except IncompleteError as fault:
        raise ReadinessError(fault.problems["how"]) from None
    return ["That is off the plan. It stays in the review as done."]


def _pdf(typed: _Typed) -> Iterable[str]:
    from adapters.documents.readiness import readiness_pdf  # it takes a while to load

    view = typed.desk.view(typed.school.id, typed.who, typed.now)
    newest = view.last or view.open
    number = typed.parsed.review or (newest.number if newest else 0)
    typed.write_down()
    review, before = typed.desk.take_out(typed.school.id, typed.who, number, typed.now)
    by = typed.school.people[typed.who].name
    typed.parsed.file.write_bytes(readiness_pdf(typed.school, review, before, by, typed.now))
    return [f"{typed.parsed.file} is review {review.number} as a PDF for governors."]


def _close(typed: _Typed) -> Iterable[str]:
    typed.write_down()
    try:
        review = typed.desk.close(typed.school.id, typed.who, typed.now)
    except NotCompleteError as fault:
        return [f"NOT CLOSED: {fault}.", *(f"  {name}: {said}" for name, said in fault.missing)]
    return [f"Review {review.number} is closed, and kept as it was. Its score is {review.score.percent}%."]


_ACTIONS: Mapping[str, Callable[[_Typed], Iterable[str]]] = {
    "show": _show, "begin": _begin, "answer": _answer, "plan": _plan, "done": _done, "pdf": _pdf, "close": _close,
}  # fmt: skip
