"""The log of a school and the proof of it: that it is whole, that the tables say the same, that it goes on from a line
which somebody kept elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import ASKFIRST, Detail
from bot.errors import AskFirstError
from bot.store.concern import ConcernTables
from bot.store.database import Database
from bot.store.proving.alerts import AlertProof, Row, has_unclear
from bot.store.proving.derived import Derived, derive, provable_since
from bot.store.proving.restores import RestoresSaid, restore_faults, restores_said
from bot.store.proving.rows import RowProof, unknown_faults
from bot.store.schema import accounts, concerns, excluded, filed, notices, readers, restores, sessions
from bot.store.sealing.chain import Chain

_OF_CONCERNS = (concerns, readers, excluded, notices, filed)
_OF_A_SCHOOL = (*_OF_CONCERNS, accounts, restores, sessions)  # what is there only where something has happened
_KEPT = re.compile(r"(?:(\d{1,12}):)?([0-9a-f]{8,64})", re.IGNORECASE)
_PUT_BACK = "Tell those who should hear of it by telephone, and put it back from a copy of the database"
_ROLLED_BACK = "What was logged after it may be gone: keep the database as it is, and compare it with your last backup"


@dataclass(frozen=True)
class Proof:
    """What was found: `faults`, in plain words; how many `lines` and `concerns` were looked at; and how many concerns
    are older than what the proof rests on, with the moment from which it does (None where it does not yet). `unclear`
    are the concerns with an alert that failed before the log said whether it is tried again."""

    faults: tuple[str, ...]
    lines: int
    concerns: int
    older: int
    since: dt.datetime | None
    unclear: tuple[str, ...]

    def remarks(self, zone: ZoneInfo) -> tuple[str, ...]:
        """What could not be proved, in plain words."""
        return (*self._of_older(zone), *self._of_unclear())

    def _of_unclear(self) -> Iterator[str]:
        if self.unclear:
            yield (
                f"Alerts are not tried again that failed before the log said which are: whether that is right is not "
                f"provable. Look whether somebody has heard of concern {', '.join(self.unclear)}."
            )

    def _of_older(self, zone: ZoneInfo) -> Iterator[str]:
        if not self.older:
            return
        before = f"before {self.since.astimezone(zone):%d %B %Y}" if self.since else "so far"
        yield (
            f"{self.older} of them were logged before the log held it: their readers, excluded people, kind, receipts "
            f"and first alerts are not provable {before}."
        )


class Audit(Chain):
    """The log of one school, with its proof."""

    def __init__(self, database: Database, school: str) -> None:
        super().__init__(database, school)
        self._tables = ConcernTables(database, school)

    def verify(self, now: dt.datetime | None = None) -> tuple[str, ...]:
        """Every fault in plain words; empty where the log is whole and the tables say the same."""
        return self.proof(now).faults

    def proof(self, now: dt.datetime | None = None, kept: str = "") -> Proof:
        """The whole proof. `kept` is a line that somebody kept, as `AuditLine.mark` or its hash; with `now` no alert
        may wait for a day that is far off. Raises AskFirstError where `kept` is no such thing."""
        with self._database.snapshot() as connection:
            every = self.every(connection)
            derived = {number: derive(number, lines) for number, lines in every.items() if number}
            faults = [*self.faults(connection), *self._kept_faults(connection, kept)]
            faults += self._empty_faults(connection, len(every))
            alerts = self._alerts(connection)
            known = restores_said(every.get("", ()))
            faults += [*restore_faults(connection, self._school, known)]
            faults += self._table_faults(connection, derived, alerts, now, known)
        unclear = tuple(number for number, each in sorted(derived.items()) if has_unclear(alerts.get(number, ()), each))
        older = [each for each in derived.values() if each.is_older]
        lines = sum(map(len, every.values()))
        since = provable_since(tuple(derived.values()))
        return Proof(tuple(faults), lines, len(derived), len(older), since, unclear)

    def _kept_faults(self, connection: Connection, kept: str) -> Iterator[str]:
        if not kept:
            return
        found = _KEPT.fullmatch(kept.strip())
        if found is None:
            raise AskFirstError(
                f"'{kept}' is no line of the log. Write it as askfirst audit prints it: 12:0123456789ab"
            )
        digits = found[2].lower()
        if found[1] is None:
            if not self.has(connection, digits):
                yield f"the line that was kept ({digits}) is not in the log. {_ROLLED_BACK}"
            return
        stored = self.hash_of(connection, int(found[1]))
        if stored is None:
            yield f"line {found[1]}, which was kept, is not in the log any more: it was cut off. {_ROLLED_BACK}"
        elif not stored.startswith(digits):
            yield f"line {found[1]} is not the one that was kept: the log was written anew since. {_ROLLED_BACK}"

    def begin(self, now: dt.datetime) -> None:
        """Write the first line, where nothing has happened at this school yet: from then on an empty log is a fault.
        Raises StoreError."""
        with self._database.transaction() as connection:
            if not self.lines_in(connection) and not any(self._left(connection)):
                self.append(connection, "", "begun", ASKFIRST, Detail(), now)

    def _empty_faults(self, connection: Connection, lines: int) -> Iterator[str]:
        """No line at all, where something is there that no school has before its first line."""
        for name in self._left(connection) if not lines else ():
            yield (
                f"the log has no line, and the table {name} says that there were some. {_ROLLED_BACK}. (Where it was "
                "last used before version 0.2, and nobody has logged a concern or signed in, it may never have had any)"
            )

    def _left(self, connection: Connection) -> Iterator[str]:
        for table in _OF_A_SCHOOL:
            ours = sa.select(sa.func.count()).select_from(table).where(table.c.school == self._school)
            if table is notices:  # a link that was asked for, or a test alert, comes before there is a log
                ours = ours.where(notices.c.concern.is_not(None))
            if connection.execute(ours).scalar_one():
                yield table.name

    def _table_faults(
        self,
        connection: Connection,
        derived: Mapping[str, Derived],
        alerts: Mapping[str, Sequence[Row]],
        now: dt.datetime | None,
        known: RestoresSaid,
    ) -> Iterator[str]:
        for table in _OF_CONCERNS:
            yield from unknown_faults(connection, self._school, table, frozenset(derived))
        query = sa.select(concerns).where(concerns.c.school == self._school).order_by(concerns.c.number)
        rows = {row.number: row for row in connection.execute(query)}
        proof = RowProof(self._tables, connection)
        for number, each in sorted(derived.items()):
            if number not in rows:
                yield f"concern {number}: has a chronology and nothing else. {_PUT_BACK}"
                continue
            if not each.is_whole:
                yield f"concern {number}: its chronology does not begin with its being logged. {_PUT_BACK}"
            yield from map(str, proof.faults(rows[number], each))
            if each.state.status != "deleted":
                yield from map(str, AlertProof(self._vault, alerts.get(number, ()), each, now, known).faults())

    def _alerts(self, connection: Connection) -> Mapping[str, list[Row]]:
        query = sa.select(notices).where(notices.c.school == self._school, notices.c.concern.is_not(None))
        found: dict[str, list[Row]] = {}
        for row in connection.execute(query):
            found.setdefault(row.concern, []).append(row)
        return found
