"""Sealing everything again with another key, and after a leak another key behind the tokens and the log as well.

A token is covered by the new index key as it stands: nobody needs to know what it stood for. The log is hashed anew,
line by line, and a line that did not hold before does not hold afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.database import Database
from bot.store.schema import OTHERS, TOKENS, chains, events, links, metadata, sessions, vault
from bot.store.sealing.cells import Stored, bound_columns, cell_of, sealed_columns
from bot.store.sealing.chain import START, detail_digest, end_seal, line_hash
from bot.store.sealing.erased import is_proved, marks_in
from bot.store.sealing.vault import Cell, Vault, VaultError

_PROVED = frozenset({events.c.digest, events.c.previous, events.c.hash, chains.c.head, chains.c.seal})
COVERED = tuple(column for column in TOKENS if column not in _PROVED)  # by the new key, as they stand


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns: what tells its rows apart, and the place of a value in one of them."""

    table: sa.Table
    columns: tuple[sa.Column[Any], ...]
    bound: tuple[sa.Column[Any], ...]
    cell: Callable[[sa.Column[Any], Stored], Cell]


def renew_seals(database: Database) -> int:
    """Seal everything again with the first key; how many values there were. All or nothing. Raises VaultError."""
    with database.transaction() as connection:
        if database.postgres:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        count = sum(_moved(connection, each, database.vault, database.vault) for each in sealed_tables(connection))
        _keep_index(connection, database.vault)
    database.settle()
    return count + 1


def renew_keys(database: Database) -> int:
    """The same with a new index key, while nobody else writes; everybody is signed out. Raises VaultError."""
    old = database.vault
    new = old.with_index((*old.index_keys, secrets.token_bytes(32)))
    with database.exclusive() as connection:
        for table in (links, sessions):
            connection.execute(sa.delete(table))
        for school in connection.execute(sa.select(events.c.school).union(sa.select(chains.c.school))).scalars().all():
            _Rehashing(connection, school, old, new).run()
        count = sum(_moved(connection, each, old, new) for each in sealed_tables(connection))
        _cover_the_rest(connection, new)
        _keep_index(connection, new)
    database.sweep()
    return count + 1


def sealed_tables(connection: Connection) -> Iterator[SealedTable]:
    """Every table that holds something sealed, but the keys themselves."""
    for table in metadata.sorted_tables:
        if table is not vault and (columns := sealed_columns(table)):
            yield SealedTable(table, tuple(columns), tuple(bound_columns(table)), cell_of)
    there = set(sa.inspect(connection).get_table_names())
    for name in sorted(set(OTHERS) & there):
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        yield SealedTable(
            table, tuple(sealed_columns(table)), tuple(table.c[each] for each in OTHERS[name]), _cell_of_others
        )


def _cell_of_others(column: sa.Column[Any], row: Stored) -> Cell:
    name = column.table.name
    return Cell(name, column.name, "", tuple(str(row[each] or "") for each in OTHERS[name]))


def _moved(connection: Connection, sealed: SealedTable, old: Vault, new: Vault) -> int:
    """Open every value of a table and seal it again; tokens in its rows are covered on the way."""
    table = sealed.table
    tokens = [column for column in table.columns if column in COVERED] if new is not old else []
    read = sa.select(*dict.fromkeys((*table.primary_key.columns, *sealed.bound, *tokens, *sealed.columns)))
    count = 0
    for found in connection.execute(read).mappings().all():
        row: sa.RowMapping | None = found
        while row is not None:
            covered = {column.name: new.renewed(row[column.name]) for column in tokens if row[column.name]}
            values = _sealed_anew(sealed, row, {**row, **covered}, old, new)
            if _exchanged(connection, sealed, row, {**covered, **values}):
                count += len(values)
                break
            # Somebody has written it meanwhile, or deleted it: what they wrote must not be lost.
            row = connection.execute(read.where(_this(table, row))).mappings().one_or_none()
    return count


def _sealed_anew(sealed: SealedTable, found: Stored, moved: Stored, old: Vault, new: Vault) -> dict[str, bytes]:
    return {
        column.name: new.seal(old.open(found[column.name], sealed.cell(column, found)), sealed.cell(column, moved))
        for column in sealed.columns
        if found[column.name] is not None
    }


def _exchanged(connection: Connection, sealed: SealedTable, found: Stored, values: dict[str, Any]) -> bool:
    """Write into a row that still is as it was found; whether it was."""
    same = (column.is_not_distinct_from(found[column.name]) for column in sealed.columns)
    where = sa.and_(_this(sealed.table, found), *same)
    return not values or connection.execute(sa.update(sealed.table).where(where).values(values)).rowcount == 1


def _this(table: sa.Table, row: Stored) -> sa.ColumnElement[bool]:
    return sa.and_(*(key == row[key.name] for key in table.primary_key.columns))


def _cover_the_rest(connection: Connection, new: Vault) -> None:
    """Tokens in tables that hold nothing sealed."""
    for table in {column.table for column in COVERED if not sealed_columns(column.table)}:
        tokens = [column for column in COVERED if column.table is table]
        for found in connection.execute(sa.select(*table.primary_key.columns, *tokens)).mappings().all():
            covered = {column: new.renewed(found[column.name]) for column in tokens}
            connection.execute(sa.update(table).where(_this(table, found)).values(covered))


def _keep_index(connection: Connection, new: Vault) -> None:
    connection.execute(sa.update(vault).where(vault.c.name == "index").values(value=new.own_index()))


class _Rehashing:
    """The log of one school, hashed anew: what held with the old keys holds with the new ones, and nothing else."""

    def __init__(self, connection: Connection, school: str, old: Vault, new: Vault) -> None:
        self._connection, self._school, self._old, self._new = connection, school, old, new
        self._marks: frozenset[str] = frozenset()

    def run(self) -> None:
        """Hash every line, and the mark at the end."""
        query = sa.select(events).where(events.c.school == self._school).order_by(events.c.number)
        before, after = START, START
        self._marks = marks_in(self._old, self._connection.execute(query.where(events.c.kind == "deleted")))
        for row in self._connection.execute(query).mappings().all():
            values = self._line(row, after if row["previous"] == before else row["previous"])
            where = (events.c.school == self._school) & (events.c.number == row["number"])
            self._connection.execute(sa.update(events).where(where).values(values))
            before, after = row["hash"], values["hash"]
        self._end(before, after)

    def _line(self, row: Stored, previous: str) -> dict[str, str]:
        """The new digest and hash of a line; where the old ones do not hold they stay, and hold no more than before."""
        kept = {"digest": row["digest"], "previous": previous, "hash": row["hash"]}
        try:
            actor = self._old.open(row["by"], cell_of(events.c.by, row))
            content = row["detail"] and self._old.open(row["detail"], cell_of(events.c.detail, row))
        except VaultError:
            return kept
        digest = row["digest"]
        if content is not None:
            digest = detail_digest(self._old, self._school, row["number"], content)
        held = (line_hash(self._old, row["previous"], row, actor, digest), digest) == (row["hash"], row["digest"])
        # A line from which the name was taken is hashed as it stands from now on, and needs its mark no longer.
        if not held and not is_proved(self._old, row, actor, self._marks):
            return kept
        if content is not None:
            digest = detail_digest(self._new, self._school, row["number"], content)
        return {"digest": digest, "previous": previous, "hash": line_hash(self._new, previous, row, actor, digest)}

    def _end(self, before: str, after: str) -> None:
        row = self._connection.execute(sa.select(chains).where(chains.c.school == self._school)).one_or_none()
        if row is None or row.seal != end_seal(self._old, self._school, row.length, row.head):
            return  # it was changed, and that shows with the new key as with the old one
        # Where the lines before the mark were cut off, it goes on to name the one that is gone.
        head = after if row.head == before else row.head
        seal = end_seal(self._new, self._school, row.length, head)
        where = chains.c.school == self._school
        self._connection.execute(sa.update(chains).where(where).values(head=head, seal=seal))
