"""One concern in the tables of who may read it and how it stands, held against what the log says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.concern import ConcernTables
from bot.store.database import milliseconds
from bot.store.proving.derived import Derived, ProofFault
from bot.store.schema import concerns, excluded, filed, readers
from bot.store.sealing.vault import VaultError

Row = sa.Row[Any]
_LOOK = "Look in askfirst audit who has opened it since, and change nothing before that is clear"
_TELL = "Tell those who should hear of it by telephone"
_PUT_BACK = "Put it back from a copy of the database that still fits the log"


class RowProof:
    """The tables of one school, read inside the caller's transaction."""

    def __init__(self, tables: ConcernTables, connection: Connection) -> None:
        self._tables, self._connection = tables, connection

    def faults(self, row: Row, derived: Derived) -> Iterator[ProofFault]:
        """Where a row of concerns, and what belongs to it, differs from the log."""
        if row.status != derived.state.status:
            what = f"it is marked '{row.status}', and the log says '{derived.state.status}'"
            yield ProofFault(row.number, "status", what, _TELL)
        if "deleted" in (row.status, derived.state.status):
            return
        for field, do, differs in self._fields(row, derived):
            if _is_so(differs):
                yield ProofFault(row.number, field, "the table differs from the log", do)
        yield from self._reader_faults(row.number, derived)
        yield from self._people_faults(row.number, derived)
        if self._of(filed.c.file, filed, row.number) != derived.files:
            yield ProofFault(row.number, "child’s file", "it is in other files than the log says", _PUT_BACK)

    def _fields(self, row: Row, derived: Derived) -> Iterator[tuple[str, str, Callable[[], bool]]]:
        report, terms, state = derived.report, derived.terms, derived.state
        yield "urgency", _TELL, lambda: row.urgent != state.urgent
        if derived.is_whole:
            yield "logged at", _PUT_BACK, lambda: row.logged_at != milliseconds(derived.events[0].at)
        at = derived.acknowledged_at
        yield "acknowledged at", _PUT_BACK, lambda: row.acknowledged_at != (milliseconds(at) if at else None)
        yield "review day", _PUT_BACK, lambda: row.review_on != state.review_on
        yield "how it stands", _TELL, lambda: self._tables.state_in(row) != state
        if derived.round:
            yield "round of alerts", _TELL, lambda: row.round != derived.round
        if report:
            reporter = self._tables.access.reporter(report.reporter)
            yield "reporter", _LOOK, lambda: row.reporter != reporter
            yield "categories", _PUT_BACK, lambda: self._tables.about(row).categories != report.categories
        if terms:
            yield "kind", _LOOK, lambda: self._tables.about(row).kind != terms.kind
            yield "receipt", _LOOK, lambda: row.receipt != self._tables.access.as_stored(terms.receipt)

    def _reader_faults(self, number: str, derived: Derived) -> Iterator[ProofFault]:
        if derived.terms is None:
            return
        access = self._tables.access
        should = {access.role(part) for part in derived.parts} | {access.person(each) for each in derived.people}
        should |= {access.figures()} if derived.terms.figures else set()
        found = self._of(readers.c.reader, readers, number)
        if more := len(found - should):
            yield ProofFault(number, "readers", f"{more} that the log has not let in", _LOOK)
        if less := len(should - found):
            yield ProofFault(number, "readers", f"{less} that the log has let in are gone", _TELL)

    def _people_faults(self, number: str, derived: Derived) -> Iterator[ProofFault]:
        if derived.terms is None:
            return
        should = {self._tables.access.person(each) for each in derived.terms.about}
        found = self._of(excluded.c.person, excluded, number)
        if more := len(found - should):
            yield ProofFault(number, "excluded people", f"{more} that the log does not shut out", _TELL)
        if less := len(should - found):
            yield ProofFault(number, "excluded people", f"{less} that the log shuts out are let in", _LOOK)

    def _of(self, column: sa.Column[str], table: sa.Table, number: str) -> frozenset[str]:
        query = sa.select(column).where(table.c.school == self._tables.school, table.c.concern == number)
        return frozenset(self._connection.execute(query).scalars())


def unknown_faults(connection: Connection, school: str, table: sa.Table, known: frozenset[str]) -> Iterator[str]:
    """Rows of concerns that the log has never heard of."""
    column = table.c.number if table is concerns else table.c.concern
    query = sa.select(column).where(table.c.school == school, column.is_not(None)).distinct()
    for number in sorted(set(connection.execute(query).scalars()) - known):
        yield f"concern {number}: has no chronology, and stands in the table {table.name}. {_PUT_BACK}"


def _is_so(differs: Callable[[], bool]) -> bool:
    """Also where what is sealed there cannot be opened: then it is not what was put there."""
    try:
        return differs()
    except (VaultError, ValueError):
        return True
