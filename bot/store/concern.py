"""One concern inside one transaction, and what every part of the store knows about a row of it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import (
    ASKFIRST,
    Actor,
    ChildFile,
    ConcernState,
    Detail,
    Event,
    EventKind,
    Reader,
    Report,
    Summary,
    Terms,
    state_of,
)
from bot.concerns.ladder.escalation import Step, StepKind
from bot.concerns.ladder.retrying import Retry
from bot.concerns.naming.traces import Traces, tells_of_people, traces_of
from bot.knowledge import Route
from bot.store.access import Access
from bot.store.alerts.calls import Calls
from bot.store.alerts.notices import Notice, insert_steps, planned
from bot.store.alerts.outbox import Outbox
from bot.store.alerts.rungs import Rungs
from bot.store.database import Database, milliseconds, moment
from bot.store.erasing import Erasing
from bot.store.missing import GoneFileError, UnknownConcernError
from bot.store.schema import concerns, filed, files, notices
from bot.store.sealing.cells import cell_of, opened, sealed_row, with_bound
from bot.store.sealing.chain import Chain
from bot.store.sealing.codec import dumps, loads
from bot.store.sealing.vault import Cell, VaultError

SHUT_NAME = "(a name that cannot be opened)"
LADDER: tuple[StepKind, ...] = ("alert", "ran-out", "idle", "follow-up")


@dataclass(frozen=True)
class Overview:
    """What the inbox shows of a concern without opening it."""

    kind: Route
    categories: tuple[str, ...]


class ConcernTables:
    """What the parts that work on one school's concerns have in common."""

    def __init__(self, database: Database, school: str) -> None:
        self.database, self.school = database, school
        self.vault, self.chain = database.vault, Chain(database, school)
        self.access = Access(database.vault, school)

    def about(self, row: sa.Row[Any]) -> Overview:
        """The sealed part of a row of concerns that every line of the inbox shows."""
        return loads(opened(self.vault, concerns.c.about, row), Overview)

    def state_in(self, row: sa.Row[Any]) -> ConcernState:
        """How a row of concerns says that it stands."""
        return loads(opened(self.vault, concerns.c.state, row), ConcernState)

    def next_due(self) -> sa.ScalarSelect[int | None]:
        """When the ladder of a concern takes its next step."""
        query = sa.select(sa.func.min(notices.c.next_at)).where(
            notices.c.school == concerns.c.school,
            notices.c.concern == concerns.c.number,
            notices.c.state == "waiting",
            # the day of somebody's own action says nothing of whether anybody is being told
            notices.c.kind.in_(LADDER),
        )
        return query.correlate(concerns).scalar_subquery()

    def summary(self, row: sa.Row[Any], reader: Reader) -> Summary:
        """A row of concerns with `next_due` -> its line in the inbox, as far as it can be opened."""
        kind: Route | None = None
        categories: tuple[str, ...] = ()
        state = ConcernState(row.status, row.urgent, review_on=row.review_on)  # what stands open
        with contextlib.suppress(VaultError):
            about, state = self.about(row), self.state_in(row)
            kind, categories = about.kind, about.categories
        return Summary(
            row.number,
            kind,
            state,
            moment(row.logged_at),
            categories,
            moment(row.next_due) if row.next_due else None,
            row.reporter == self.vault.token("reporter", self.school, "person", reader.person),
        )

    def files_of(self, connection: Connection, reader: Reader) -> tuple[ChildFile, ...]:
        """The children's files that hold a concern which this reader may see."""
        query = (
            sa.select(*with_bound(files.c.name), filed.c.concern)
            .join(filed, (filed.c.school == files.c.school) & (filed.c.file == files.c.id))
            .join(concerns, (concerns.c.school == filed.c.school) & (concerns.c.number == filed.c.concern))
            .where(self.access.visible(reader))
            .order_by(concerns.c.logged_at)
        )
        names: dict[str, str] = {}
        numbers: dict[str, list[str]] = {}
        for row in connection.execute(query):
            names[row.id] = self._name_of(row)
            numbers.setdefault(row.id, []).append(row.concern)
        found = (ChildFile(file, name, tuple(numbers[file])) for file, name in names.items())
        return tuple(sorted(found, key=lambda file: file.name.casefold()))

    def _name_of(self, row: sa.Row[*tuple[Any, ...]]) -> str:
        try:
            return opened(self.vault, files.c.name, row)
        except VaultError:  # one that is damaged must keep nobody from a concern
            return SHUT_NAME


class Case:
    """One concern inside one transaction: read, decide, add lines. Made by `Concerns`, never kept."""

    def __init__(self, desk: ConcernTables, connection: Connection, row: sa.Row[Any]) -> None:
        self._desk, self._connection = desk, connection
        self.number: str = row.number
        self.round: int = row.round
        self.kind: Route = desk.about(row).kind
        self.next_due = moment(row.next_due) if row.next_due else None
        self.events = desk.chain.of(connection, row.number)
        self.erased = False
        self._arranged = Terms()
        self._at: dt.datetime | None = None

    @property
    def state(self) -> ConcernState:
        """How it stands, with what was added in this transaction."""
        return state_of(self.events)

    @property
    def report(self) -> Report:
        """What was reported."""
        report = self.events[0].detail.report
        # emptied by two people who deleted it: to everybody it is not there any more
        if report is None:
            raise UnknownConcernError
        return report

    def append(self, kind: EventKind, by: Actor, detail: Detail, now: dt.datetime) -> Event:
        """Add one line to the chronology."""
        event = self._desk.chain.append(self._connection, self.number, kind, by, detail, now)
        self._at = now
        self.events = (*self.events, event)
        return event

    def stop_ladder(self) -> None:
        """Nobody is to be called any more, and what was only true until somebody answered is told nobody."""
        self._call_off(notices.c.kind.in_(LADDER))
        self.drop_passing_news()

    def drop_passing_news(self) -> None:
        """What its reporter would hear too late: that nobody could be reached, or that nobody has answered."""
        self._call_off((notices.c.kind == "news") & (notices.c.rung > 0))

    def stop_reminder(self, action: int) -> None:
        """An action was done: nobody is to be reminded of it."""
        self._call_off((notices.c.kind == "action-due") & (notices.c.rung == action))

    def stop_everything(self, kept: Sequence[int] = ()) -> None:
        """Nothing is to be sent about it any more, but what its reporter is told and the reminders of the actions that
        are `kept`."""
        reminders = (notices.c.kind == "action-due") & notices.c.rung.in_(kept)
        self._call_off((notices.c.kind != "news") & ~reminders)

    def _call_off(self, which: sa.ColumnElement[bool]) -> None:
        ours = (notices.c.school == self._desk.school) & (notices.c.concern == self.number)
        waiting = ours & (notices.c.state == "waiting") & which
        self._connection.execute(sa.update(notices).where(waiting).values(state="cancelled"))

    def called_by(self, now: dt.datetime) -> frozenset[str]:
        """Who was called in this round by now, or is being called."""
        return self._calls().by(now)

    def stop_calling(self, person: str) -> tuple[Step, ...]:
        """This person is not to be called any more in this round; what waited for them."""
        ids, steps = self._calls().waiting_for(person)
        self._call_off(notices.c.id.in_(ids))
        self._arranged = replace(self._arranged, stopped=(*self._arranged.stopped, *ids))
        return steps

    def _calls(self) -> Calls:
        return Calls(self._desk.vault, self._connection, (self._desk.school, self.number), self.round)

    def add_steps(self, steps: Sequence[Step]) -> None:
        """More steps; a ladder's carry the round that they belong to."""
        # News belongs to no round: it must not set the count of rounds back.
        self.round = max([self.round, *(step.round for step in steps)])
        ids = insert_steps(self._connection, self._desk.vault, self._desk.school, self.number, steps)
        self._arranged = replace(self._arranged, planned=(*self._arranged.planned, *planned(ids, steps)))

    def take(self, outbox: Outbox, notice: Notice) -> bool:
        """Mark a step of this ladder as taken; False where it was called off, or another process has taken it over."""
        return outbox.take(notice, self._connection)

    def put_off(self, outbox: Outbox, notice: Notice, until: dt.datetime) -> None:
        """A step of AskFirst's own is looked at again then."""
        outbox.put_off(notice, Retry(0, until), tries=0, connection=self._connection)

    def rungs(self, outbox: Outbox, notice: Notice) -> Rungs:
        """The rows of its ladder."""
        return outbox.rungs(self._connection, notice)

    def let_in(self, person: str) -> None:
        """From now on this person may read it too."""
        self._desk.access.let_in(self._connection, self.number, [self._desk.access.person(person)])

    def let_in_parts(self, roles: Sequence[str], now: dt.datetime) -> None:
        """Whoever holds one of these parts may read it too, as long as it is not about them."""
        self._at = now
        tokens = {role: self._desk.access.role(role) for role in roles}
        new = self._desk.access.let_in(self._connection, self.number, list(tokens.values()))
        parts = tuple(role for role, token in tokens.items() if token in new)
        self._arranged = replace(self._arranged, parts=(*self._arranged.parts, *parts))

    def is_about(self, person: str) -> bool:
        """Whether it is about this person, so that they must never hear of it."""
        return self._desk.access.is_shut_out(self._connection, self.number, person)

    def files(self, reader: Reader) -> tuple[ChildFile, ...]:
        """The children's files that this reader may see."""
        return self._desk.files_of(self._connection, reader)

    def file_under(self, file: str, name: str | None) -> None:
        """Put it into a child's file; with a name, into a new one. Called after `append`, which keeps everybody else
        from emptying one meanwhile. Raises GoneFileError for one that is gone."""
        this = (files.c.school == self._desk.school) & (files.c.id == file)
        if name is not None:
            row = {"school": self._desk.school, "id": file, "name": name}
            self._connection.execute(sa.insert(files), sealed_row(self._desk.vault, files, row))
        elif self._connection.execute(sa.select(files.c.id).where(this)).scalar() is None:
            raise GoneFileError
        place = {"school": self._desk.school, "file": file, "concern": self.number}
        there = sa.select(filed.c.file).where(*(filed.c[name] == value for name, value in place.items()))
        if self._connection.execute(there).scalar() is None:
            self._connection.execute(sa.insert(filed), place)

    def traces(self, also: Sequence[str] = ()) -> Traces:
        """By what it could still be known after it was deleted; `also` are names that its report does not hold."""
        return traces_of(self.report, self.events, also)

    def delete(self, by: Actor, reason: str, now: dt.datetime, also: Sequence[str] = ()) -> None:
        """Delete it, wherever something of it is kept; `also` as in `traces`. The lines of the log stay, without what
        they held; so do who asked for it, who agreed, when, and both reasons."""
        report, terms, traces = self.report, self.events[0].detail.terms or Terms(), self.traces(also)
        closed = max((event.at for event in self.events if event.kind == "closed"), default=now)
        desk, names = self._desk, lambda event: tells_of_people(event, report, terms.about)
        event = desk.chain.delete(self._connection, self.number, by, reason, names, now)
        self.events = (*self.events, event)
        remains = Erasing(desk.vault, self._connection, desk.school, self.number)
        remains.rows()
        remains.mentions(traces, closed)
        self.erased = True

    @property
    def _state_cell(self) -> Cell:
        return cell_of(concerns.c.state, {"school": self._desk.school, "number": self.number})

    def _write_down_what_was_arranged(self) -> None:
        """In a line of its own, so that the tables can be held against the log."""
        if self._arranged != Terms():
            detail, at = Detail(terms=self._arranged), self._at or self.events[-1].at
            self._desk.chain.append(self._connection, self.number, "arranged", ASKFIRST, detail, at)
            self._arranged = Terms()

    def store(self) -> None:
        """Write down how it stands now."""
        self._write_down_what_was_arranged()
        state = self.state
        # The first time counts for good: the figures say how long a reporter waited, whoever took it over since.
        first = next((event.at for event in self.events if event.kind == "acknowledged"), None)
        values = {
            "status": state.status,
            "urgent": state.urgent,
            "round": self.round,
            "review_on": state.review_on,
            "acknowledged_at": milliseconds(first) if first else None,
            "state": self._desk.vault.seal(dumps(state), self._state_cell),
        }
        where = (concerns.c.school == self._desk.school) & (concerns.c.number == self.number)
        self._connection.execute(sa.update(concerns).where(where).values(values))
