"""The register of the school's own accounts and tools, as rows of one school.

A line of it is written whole with each step, in one transaction with its line in the log and the letters about it. All
that it says is sealed for its row, how it stands too: who can write the database and has no key makes nothing approved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.accounts.model import REGISTER_STATES, Registered, RegisterState
from bot.accounts.parts import is_public
from bot.concerns import ASKFIRST, Actor, Detail, Event, EventKind
from bot.concerns.chronology import OF_ACCOUNTS
from bot.concerns.ladder.escalation import Step
from bot.errors import AskFirstError
from bot.store.alerts.notices import insert_steps
from bot.store.database import Database
from bot.store.desks.tables import register
from bot.store.numbers import digits_of
from bot.store.sealing.cells import opened, sealed_row
from bot.store.sealing.chain import Chain
from bot.store.sealing.codec import dumps, loads

_DIGITS = 4


@dataclass(frozen=True)
class RegisterStep:
    """What becomes of a line: as it is then, the line that the log gets (none for what nobody did), whom to tell."""

    found: Registered
    kind: EventKind | None = None
    by: Actor = ASKFIRST
    detail: Detail = field(default_factory=Detail)
    letters: Sequence[Step] = ()


class AccountRegister:
    """The register of one school. Every method is one transaction; it may be called from any thread."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school, self._vault = database, school, database.vault
        self._chain = Chain(database, school)

    def add(self, submission: str, make: Callable[[str], RegisterStep], now: dt.datetime) -> Registered:
        """Keep a new one; `make` is given its number. The same submission is the same request, as it was kept first.
        Raises StoreError."""
        token = self._vault.token("register", self._school, submission)
        with self._database.transaction() as connection:
            query = sa.select(register).where(register.c.school == self._school, register.c.submission == token)
            if row := connection.execute(query).one_or_none():
                return self._registered(row)
            step = make(self._free_number(connection, submission))
            connection.execute(sa.insert(register), self._row(step.found, token))
            self._write(connection, step, now)
        return step.found

    def find(self, number: str) -> Registered | None:
        """One line; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(sa.select(register).where(self._is(number))).one_or_none()
            return self._registered(row) if row else None

    def all(self, states: Collection[RegisterState] = REGISTER_STATES) -> tuple[Registered, ...]:
        """Those in one of these states, the first asked for first."""
        query = sa.select(register).where(register.c.school == self._school, register.c.state.in_(states))
        with self._database.reading() as connection:
            found = [self._registered(row) for row in connection.execute(query)]
        return tuple(sorted(found, key=lambda each: (each.asked_at, each.number)))

    def public(self) -> tuple[Registered, ...]:
        """What all staff may know of."""
        return tuple(each for each in self.all() if is_public(each))

    def change(self, number: str, decide: Callable[[Registered | None], RegisterStep | None], now: dt.datetime) -> None:
        """Take one step. `decide` sees the line as it stands while nobody else can change it (None: there is none), and
        raises what it will, or gives None: then nothing is changed. Raises StoreError."""
        with self._database.transaction() as connection:
            query = self._database.locked(sa.select(register).where(self._is(number)), register)
            row = connection.execute(query).one_or_none()
            step = decide(self._registered(row) if row else None)
            if step is None or row is None:
                return
            values = self._row(step.found, row.submission)
            connection.execute(sa.update(register).where(self._is(number)).values(values))
            self._write(connection, step, now)

    def note(self, kind: EventKind, by: Actor, detail: Detail, now: dt.datetime) -> None:
        """Write a line into the log that changes nothing."""
        self._chain.note(kind, by, detail, now)

    def history(self) -> tuple[Event, ...]:
        """Every line of the log about accounts, oldest first."""
        with self._database.reading() as connection:
            return self._chain.of_kinds(connection, OF_ACCOUNTS)

    def _write(self, connection: Connection, step: RegisterStep, now: dt.datetime) -> None:
        if step.kind:
            detail = replace(step.detail, reference=step.found.number)
            self._chain.append(connection, "", step.kind, step.by, detail, now)
        insert_steps(connection, self._vault, self._school, None, step.letters)

    def _free_number(self, connection: Connection, submission: str) -> str:
        for attempt in range(50):
            number = f"A-{digits_of(self._vault.token('register-number', self._school, submission, attempt), _DIGITS)}"
            if connection.execute(sa.select(register.c.number).where(self._is(number))).scalar() is None:
                return number
        raise AskFirstError("no number is left for another account")  # there are a million

    def _is(self, number: str) -> sa.ColumnElement[bool]:
        return (register.c.school == self._school) & (register.c.number == number)

    def _row(self, found: Registered, submission: str) -> dict[str, object]:
        row = {
            "school": self._school,
            "number": found.number,
            "submission": submission,
            "state": found.state,
            "content": dumps(found),
        }
        return sealed_row(self._vault, register, row)

    def _registered(self, row: sa.Row[tuple[object, ...]]) -> Registered:
        return loads(opened(self._vault, register.c.content, row), Registered)
