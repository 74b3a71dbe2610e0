"""Whoever logs a concern: the form, the receipt, what becomes of it, and adding to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from bot.concerns import (
    Actor,
    Advice,
    Answers,
    Asked,
    Detail,
    Event,
    EventKind,
    Followed,
    Form,
    IncompleteError,
    Receipt,
    Report,
    Reporter,
    Routing,
    form_for,
    pass_on,
    read_report,
    reported_by,
    route,
)  # fmt: skip
from bot.concerns.ladder.escalation import Step, ladder
from bot.concerns.model import ON_THE_PAGE
from bot.concerns.receipt import followed, not_here, receipt_for
from bot.concerns.sending import before_sending
from bot.concerns.standing_in import as_of, in_place_of
from bot.concerns.typed import LONGEST_TEXT, NOTHING_WRITTEN, too_long
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.settings import Alerting
from bot.store import Case, Concerns, NewConcern, Store

_AGAIN_WITHIN = dt.timedelta(seconds=60)  # the same line by the same person is a button pressed twice
_BETWEEN = (
    "opened",
    "alert-sent",
    "alert-failed",
    "not-reached",
)  # what may come between the two without anybody's doing
_MAY_CHANGE: Mapping[str, str] = {
    "seen": "Seen or heard",
    "words": "The child’s own words",
    "happened_at": "When",
    "where": "Where",
    "present": "Who was there",
    "done": "Done already",
    "link": "Link",
}


class RefusedError(AskFirstError):
    """Something that may not be done to this concern now; its text says why."""


class Reporting:
    """The concerns of the school that `school` gives at the time, for those who log them. `alerting` says what becomes
    of alerts: whoever logs one must not be told that somebody heard where nothing is sent."""

    def __init__(self, school: Callable[[], School], store: Store, alerting: Alerting = "sent") -> None:
        self._school, self._store, self._alerting = school, store, alerting

    def form(self) -> Form:
        """What is asked."""
        return form_for(self._school())

    def before_sending(
        self, answers: Answers, now: dt.datetime, reporter: Reporter | None = None, asked: Asked = ON_THE_PAGE
    ) -> tuple[Advice, ...]:
        """How urgent it would be and for whom, if it was sent now. Nothing is stored, and no store is asked. Raises
        IncompleteError."""
        school = as_of(self._school(), now)
        report, routing, steps = self._laid_out(school, answers, now, reporter, asked)
        return before_sending(school, routing, report, steps, now, self._alerting)

    def log(
        self, submission: str, answers: Answers, now: dt.datetime, reporter: Reporter | None = None,
        asked: Asked = ON_THE_PAGE,
    ) -> Receipt:  # fmt: skip
        """Store a concern, with everybody who is to hear of it. Returns only once it is safe.

        `submission` is the key that was made when the form was opened: the same form twice is one concern. If
        somebody goes back and changes what they wrote, what is new is added to it; if they change whom it is about,
        it is another concern, because others may have to read it. `reporter` is who it is where the channel knows;
        where the form asks, `asked` says how.
        Raises IncompleteError (nothing is stored) or StoreError (tell the reporter at once that it was NOT logged).
        """
        school = as_of(self._school(), now)
        report, routing, steps = self._laid_out(school, answers, now, reporter, asked)
        events: list[tuple[EventKind, Detail]] = []
        if routing.last_resort:
            shown = ", ".join(f"{person.name} ({person.phone})" for person in routing.last_resort)
            events.append(("nobody-to-tell", Detail(text=shown)))
        new = NewConcern(f"{submission} {_subjects(report)}", report, routing, steps, tuple(events))
        logged = self._store.concerns(school.id).log(new, now)
        # Sent again: perhaps because of a fault, perhaps because its writer went back and wrote more. Neither is lost.
        if logged.repeated and (more := self._changed(logged.receipt, report)):
            self.add(logged.receipt, more, now)
        # Only who hears at this moment: the rest of the ladder is a plan, and no promise.
        told = [step.recipient.person for step in steps if step.kind == "alert" and step.due <= now]
        return receipt_for(school, routing, report, logged.number, logged.receipt, told, now, self._alerting)

    def _laid_out(
        self, school: School, answers: Answers, now: dt.datetime, reporter: Reporter | None, asked: Asked
    ) -> tuple[Report, Routing, tuple[Step, ...]]:
        """What was filled in as a report, with who hears of it and by when."""
        today = now.astimezone(school.opening.zone).date()
        report = read_report(school, self.form(), answers, today, reporter, asked)
        routing = route(school, report)
        return report, routing, ladder(school, routing, report.danger, now)

    def follow(self, receipt: str, now: dt.datetime) -> Followed | None:
        """What has become of it, for whoever holds the receipt; None for a receipt that nobody was given."""
        school = self._school()
        found = self._store.inbox(school.id).followed(receipt)
        return followed(school, found[0], found[1], now) if found else None

    def not_here(self, now: dt.datetime) -> tuple[Advice, ...]:
        """What is said of a receipt that is not there: it may be lost where the log was restored from a backup. Nothing
        where it never was. Raises StoreError."""
        school = self._school()
        lost = [(each.taken_at, each.restored_at) for each in self._store.restores(school.id).all()]
        return not_here(school, lost, now)

    def add(self, receipt: str, text: str, now: dt.datetime) -> None:
        """More from whoever logged it. Nothing is taken back: it is a line of its own, and somebody hears of it.
        Raises IncompleteError, or UnknownConcernError."""
        needed({"text": text})
        school = self._school()
        with self._store.concerns(school.id).work_by_receipt(receipt) as case:
            by = reported_by(case.report.reporter)
            if again(case, "added", by, Detail(text=text.strip()), now):
                return
            # Looked at before the line is added, which opens it again.
            answered = case.state.status != "open"
            case.append("added", by, Detail(text=text.strip()), now)
            if answered:
                self._call_again(school, case, now)

    def _changed(self, receipt: str, report: Report) -> str:
        """What a form that was sent before says now and did not say then."""
        with self._concerns.work_by_receipt(receipt) as case:
            before = case.report
            said = {event.detail.text for event in case.events if event.kind == "added"}
        changed = [
            f"{label}: {getattr(report, name)}"
            for name, label in _MAY_CHANGE.items()
            if getattr(report, name) and getattr(report, name) != getattr(before, name)
        ]
        text = "\n".join(["Sent again with changes.", *changed]) if changed else ""
        return "" if text in said else text

    def _call_again(self, school: School, case: Case, now: dt.datetime) -> None:
        """The ladder begins anew, whoever holds the concern first."""
        case.stop_ladder()
        begin_round(school, case, now)

    @property
    def _concerns(self) -> Concerns:
        return self._store.concerns(self._school().id)


def begin_round(school: School, case: Case, start: dt.datetime) -> None:
    """Another round of the ladder. Whoever is called in it may read the concern, as people hold their parts today."""
    routing = routing_now(school, case, start)
    case.let_in_parts(routing.readers, start)
    case.add_steps(ladder(school, routing, case.state.urgent, start, case.round + 1))


def routing_now(school: School, case: Case, now: dt.datetime) -> Routing:
    """Who hears of a concern by the parts that people hold at this moment; whoever was passed it (or has it) first:
    but never whom it is about, nor whoever logged it."""
    school = as_of(school, now)
    routing, state = route(school, case.report), case.state
    # Whoever has it knows it best, and is called before the ladder as it was.
    first = present(school, routing, state.passed_to or (state.holder.person if state.holder else ""), now)
    silent = routing.silent | {""}
    return pass_on(routing, first) if first in school.people and first not in silent else routing


def present(school: School, routing: Routing, person: str, now: dt.datetime) -> str:
    """`person`, or who stands in while they are on leave, as long as that one may read the concern by a part."""
    instead = in_place_of(school, person, now)
    may_read = as_of(school, now).roles_of(instead) & set(routing.readers)
    return instead if may_read and instead not in routing.silent else person


def _subjects(report: Report) -> str:
    """Whom it is about, and whether anyone is in danger: what decides who hears."""
    adult = report.adult and (report.adult.person or (report.adult.name, report.adult.role))
    return repr((report.danger, report.head, adult, [(pupil.name, pupil.group) for pupil in report.pupils]))


def needed(texts: Mapping[str, str]) -> None:
    """Texts by field: each has to say something, and not too much. Raises IncompleteError."""
    if problems := {field: NOTHING_WRITTEN for field, text in texts.items() if not text.strip()}:
        raise IncompleteError(problems)
    limited(texts)


def limited(texts: Mapping[str, str]) -> None:
    """Texts by field: none may be endless. Raises IncompleteError."""
    long = [field for field, text in texts.items() if len(text) > LONGEST_TEXT]
    if long:
        raise IncompleteError(dict.fromkeys(long, too_long(LONGEST_TEXT)))


def again(case: Case, kind: EventKind, by: Actor, detail: Detail, now: dt.datetime) -> bool:
    """Whether the last line of the chronology says the same, just now: a button was pressed twice."""
    last: Event = [event for event in case.events if event.kind not in _BETWEEN][-1]
    return (last.kind, last.by, last.detail) == (kind, by, detail) and now - last.at < _AGAIN_WITHIN
