"""The concerns of one school: stored once, worked on by those whom routing lets in, changed only by adding lines."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.concerns import (
    ASKFIRST,
    Actor,
    ConcernState,
    Detail,
    EventKind,
    Reader,
    Record,
    Report,
    Routing,
    Terms,
    reported_by,
)
from bot.concerns.ladder.escalation import Step
from bot.errors import AskFirstError
from bot.store.alerts.notices import Notice, insert_steps, planned
from bot.store.alerts.outbox import Outbox
from bot.store.concern import Case, ConcernTables, Overview
from bot.store.database import milliseconds
from bot.store.missing import UnknownConcernError
from bot.store.numbers import as_receipt, digits_of
from bot.store.schema import concerns
from bot.store.sealing.cells import sealed_row
from bot.store.sealing.codec import dumps

_NUMBER, _SECRET = 5, 5  # digits of 5 bits


@dataclass(frozen=True)
class NewConcern:
    """What is stored when a form comes in. `submission` is the key that was made when the form was opened; `steps` is
    the ladder; `events` come after "logged"."""

    submission: str
    report: Report
    routing: Routing
    steps: tuple[Step, ...]
    events: tuple[tuple[EventKind, Detail], ...] = ()


@dataclass(frozen=True)
class Logged:
    """Stored: the concern's number, the reporter's receipt (the number and a secret), and whether it was there
    already, because the same form came in before."""

    number: str
    receipt: str
    repeated: bool


class Concerns(ConcernTables):
    """The concerns of one school. Every method is one transaction."""

    def log(self, new: NewConcern, now: dt.datetime) -> Logged:
        """Store a concern with its ladder, once for each submission. Returns only after the commit."""
        try:
            with self.database.transaction() as connection:
                return self._log(connection, new, now)
        except _TwiceAtOnceError:  # the same form by two requests: the other one has stored it
            with self.database.transaction() as connection:
                return self._log(connection, new, now)

    def read(self, number: str, reader: Reader, by: Actor, now: dt.datetime, way: str = "") -> Record:
        """One concern, whole; that it was read is written down first. Raises UnknownConcernError."""
        with self.work(number, reader) as case:
            # Before it is shown: whoever has seen it and lost the connection has seen it.
            case.append("opened", by, Detail(way=way), now)
            yours = case.report.reporter.checked == reader.person
            files = tuple(file for file in case.files(reader) if case.number in file.numbers)
            return Record(case.number, case.kind, case.state, case.events, case.next_due, yours, files)

    @contextlib.contextmanager
    def work(self, number: str, reader: Reader) -> Iterator[Case]:
        """One concern for somebody who may read it, in one transaction. Raises UnknownConcernError."""
        with self._work(self.access.visible(reader) & (concerns.c.number == as_receipt(number))) as case:
            yield case

    @contextlib.contextmanager
    def work_by_receipt(self, receipt: str) -> Iterator[Case]:
        """One concern for whoever logged it. Raises UnknownConcernError."""
        with self._work(self.access.by_receipt(receipt)) as case:
            yield case

    @contextlib.contextmanager
    def work_on_ladder(self, number: str) -> Iterator[Case]:
        """One concern for AskFirst itself, which moves its ladder. Raises UnknownConcernError."""
        ours = (concerns.c.school == self.school) & (concerns.c.number == number)
        with self._work(ours & (concerns.c.status != "deleted")) as case:
            yield case

    def delivered(self, outbox: Outbox, notice: Notice, kind: EventKind, detail: Detail, now: dt.datetime) -> bool:
        """Mark a notice as sent (or, with "alert-failed", only write the try down) and add its line, in one
        transaction; False where somebody else has taken the notice over."""
        with self.database.transaction() as connection:
            if not outbox.lock(connection, notice):  # deleted meanwhile: nothing more is written of it
                return False
            if kind == "alert-sent":
                if not outbox.sent(notice, connection):
                    return False
                if notice.kind == "alert":
                    outbox.rungs(connection, notice).somebody_heard(notice, now)
            if notice.concern:
                self.chain.append(connection, notice.concern, kind, ASKFIRST, detail, now)
            return True

    @contextlib.contextmanager
    def _work(self, where: sa.ColumnElement[bool]) -> Iterator[Case]:
        query = sa.select(concerns, self.next_due().label("next_due")).where(where)
        with self.database.transaction() as connection:
            row = connection.execute(self.database.locked(query, concerns)).one_or_none()
            if row is None:
                raise UnknownConcernError
            case = Case(self, connection, row)
            yield case
            # Not reached where the work raised: then nothing of it is kept.
            case.store()
        if case.erased:
            self.database.settle()

    def _log(self, connection: Connection, new: NewConcern, now: dt.datetime) -> Logged:
        submission = self.vault.token("submission", self.school, new.submission)
        found = sa.select(concerns.c.number).where(
            concerns.c.school == self.school, concerns.c.submission == submission
        )
        if number := connection.execute(found).scalar():
            return Logged(number, self._receipt(number, new.submission), repeated=True)
        # Number and receipt follow from the submission: where the answer to the first request is lost, the second one
        # gives the same receipt, though only a digest of it is kept.
        number = self._free_number(connection, new.submission)
        receipt = self._receipt(number, new.submission)
        try:
            connection.execute(sa.insert(concerns), self._row(new, number, submission, receipt, now))
        except IntegrityError:
            raise _TwiceAtOnceError from None
        self._enter(connection, number, receipt, new, now)
        return Logged(number, receipt, repeated=False)

    def _row(self, new: NewConcern, number: str, submission: str, receipt: str, now: dt.datetime) -> dict[str, object]:
        state = ConcernState("open", urgent=new.report.danger)
        row = {
            "school": self.school,
            "number": number,
            "submission": submission,
            "receipt": self.access.receipt(receipt),
            "reporter": self.access.reporter(new.report.reporter),
            "status": state.status,
            "urgent": state.urgent,
            "round": 1,
            "logged_at": milliseconds(now),
            "about": dumps(Overview(new.routing.kind, new.report.categories)),
            "state": dumps(state),
        }
        return sealed_row(self.vault, concerns, row)

    def _enter(self, connection: Connection, number: str, receipt: str, new: NewConcern, now: dt.datetime) -> None:
        tokens = [self.access.role(role) for role in new.routing.readers]
        # Of concerns about adults not even the number may show to those who only see the figures.
        if new.routing.kind == "pupil":
            tokens.append(self.access.figures())
        self.access.let_in(connection, number, tokens)
        self.access.shut_out(connection, number, sorted(new.routing.excluded))
        ids = insert_steps(connection, self.vault, self.school, number, new.steps)
        terms = Terms(
            parts=new.routing.readers,
            planned=planned(ids, new.steps),
            kind=new.routing.kind,
            about=tuple(sorted(new.routing.excluded)),
            receipt=self.access.lasting_receipt(receipt),
            figures=new.routing.kind == "pupil",
        )
        by = reported_by(new.report.reporter)
        self.chain.append(connection, number, "logged", by, Detail(report=new.report, terms=terms), now)
        for kind, detail in new.events:
            self.chain.append(connection, number, kind, ASKFIRST, detail, now)

    def _free_number(self, connection: Connection, submission: str) -> str:
        for attempt in range(50):
            number = digits_of(self.vault.token("number", self.school, submission, attempt), _NUMBER)
            taken = sa.select(concerns.c.number).where(concerns.c.school == self.school, concerns.c.number == number)
            if connection.execute(taken).scalar() is None:
                return number
        raise AskFirstError("no number is left for another concern")  # there are 33 million

    def _receipt(self, number: str, submission: str) -> str:
        # Out of what only the form's sender has: the same form gives the same receipt, whatever became of the keys.
        secret = self.vault.lasting("receipt", self.school, submission)
        return f"{number}-{digits_of(secret, _SECRET)}"


class _TwiceAtOnceError(Exception):
    """Two requests with the same submission met."""
