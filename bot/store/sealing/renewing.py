"""Sealing everything again with another key, and after a leak another key behind the tokens and the log as well.

A token is covered by the new index key as it stands: nobody needs to know what it stood for. The log is hashed anew,
line by line, and a line that did not hold before does not hold afterwards.

A value that no key opens stops it, named by its place. Whoever says that it is to be left as it is goes on without it,
and the log says so: one damaged value must not keep a leaked key in use.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import Actor, Detail
from bot.store.database import Database
from bot.store.schema import OTHERS, chains, events, every_token, links, metadata, sessions, vault
from bot.store.sealing.cells import Stored, bound_columns, cell_of, sealed_columns
from bot.store.sealing.chain import START, Chain, detail_digest, end_seal, line_hash
from bot.store.sealing.erased import is_proved, marks_in
from bot.store.sealing.vault import Cell, Vault, VaultError

_PROVED = frozenset({events.c.digest, events.c.previous, events.c.hash, chains.c.head, chains.c.seal})


def covered_columns() -> tuple[sa.Column[str], ...]:
    """The columns of tokens that are covered by the new key, as they stand."""
    return tuple(column for column in every_token() if column not in _PROVED)


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns: what tells its rows apart, and the place of a value in one of them."""

    table: sa.Table
    columns: tuple[sa.Column[Any], ...]
    bound: tuple[sa.Column[Any], ...]
    cell: Callable[[sa.Column[Any], Stored], Cell]


@dataclass(frozen=True)
class Unreadable:
    """A sealed value that none of the keys opens: where it stands, and nothing of it. `row` is what tells its row from
    every other."""

    school: str
    table: str
    column: str
    row: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.table}.{self.column}: {', '.join(f'{name} {value}' for name, value in self.row)}"


@dataclass(frozen=True)
class Renewed:
    """How many values were sealed again, and which were left as they are."""

    count: int
    left: tuple[Unreadable, ...]


class UnreadableSealsError(VaultError):
    """Values that none of the keys opens stopped a change of keys. Nothing was changed."""

    def __init__(self, found: Sequence[Unreadable]) -> None:
        many = "1 value in the database cannot" if len(found) == 1 else f"{len(found)} values in the database cannot"
        super().__init__(
            "\n".join(
                (
                    f"{many} be opened with the keys in ASKFIRST_KEYS. Nothing was changed.",
                    *(f"  {each}" for each in found),
                    "1. Perhaps a key is missing: put every key that was ever used after the first one, and run this "
                    "again.",
                    "2. Perhaps somebody changed them, or the disk did: run askfirst audit verify, and put back a "
                    "backup in which they open, if you have one.",
                    "3. If neither helps: make a backup, then run this with --leave-unreadable. It leaves these as "
                    "they are, changes the key for everything else, and says so in the audit.",
                )
            )
        )


def renew_seals(database: Database, leave_at: dt.datetime | None = None) -> Renewed:
    """Seal everything again with the first key. All or nothing: what cannot be opened stops it. With `leave_at` that is
    left as it is, and the log says so at that moment. Raises UnreadableSealsError."""
    with database.transaction() as connection:
        if database.postgres:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        moving = _Moving(connection, database.vault, database.vault)
        moving.run()
        _keep_index(connection, database.vault)
        _say_left(database, connection, database.vault, moving.unreadable, leave_at)
    database.settle()
    return Renewed(moving.count + 1, moving.unreadable)


def renew_keys(database: Database, leave_at: dt.datetime | None = None) -> Renewed:
    """The same with a new index key, while nobody else writes; everybody is signed out. Raises UnreadableSealsError."""
    old = database.vault
    new = old.with_index((*old.index_keys, secrets.token_bytes(32)))
    with database.exclusive() as connection:
        for table in (links, sessions):
            connection.execute(sa.delete(table))
        for school in _schools(connection):
            _Rehashing(connection, school, old, new).run()
        moving = _Moving(connection, old, new)
        moving.run()
        _cover_the_rest(connection, new)
        _keep_index(connection, new)
        _say_left(database, connection, new, moving.unreadable, leave_at)
    database.sweep()
    return Renewed(moving.count + 1, moving.unreadable)


def _schools(connection: Connection) -> Sequence[str]:
    return connection.execute(sa.select(events.c.school).union(sa.select(chains.c.school))).scalars().all()


def _say_left(
    database: Database, connection: Connection, vault: Vault, left: Sequence[Unreadable], at: dt.datetime | None
) -> None:
    """Into the log of the school whose they are; of every school where they are of none."""
    if not left:
        return
    if at is None:
        raise UnreadableSealsError(left)
    for school in sorted({*_schools(connection), *(each.school for each in left if each.school)}):
        if ours := [str(each) for each in left if each.school in ("", school)]:
            chain = Chain(database, school, vault)
            chain.append(connection, "", "left-sealed", Actor("", "the terminal"), Detail(text="; ".join(ours)), at)


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


class _Moving:
    """Opening every value, and sealing it again; tokens in the same rows are covered on the way. `unreadable` are the
    values that could not be opened: they stand as they were."""

    def __init__(self, connection: Connection, old: Vault, new: Vault) -> None:
        self._connection, self._old, self._new = connection, old, new
        self._unreadable: dict[Unreadable, None] = {}
        self.count = 0

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        return tuple(self._unreadable)

    def run(self) -> None:
        """Every table."""
        for each in sealed_tables(self._connection):
            self._table(each)

    def _table(self, sealed: SealedTable) -> None:
        table = sealed.table
        tokens = (
            [column for column in table.columns if column in covered_columns()] if self._new is not self._old else []
        )
        read = sa.select(*dict.fromkeys((*table.primary_key.columns, *sealed.bound, *tokens, *sealed.columns)))
        for found in self._connection.execute(read).mappings().all():
            row: sa.RowMapping | None = found
            while row is not None:
                covered = {column.name: self._new.renewed(row[column.name]) for column in tokens if row[column.name]}
                values = self._sealed_anew(sealed, row, {**row, **covered})
                if self._exchanged(sealed, row, {**covered, **values}):
                    self.count += len(values)
                    break
                # Somebody has written it meanwhile, or deleted it: what they wrote must not be lost.
                row = self._connection.execute(read.where(_this(table, row))).mappings().one_or_none()

    def _sealed_anew(self, sealed: SealedTable, found: Stored, moved: Stored) -> dict[str, bytes]:
        values: dict[str, bytes] = {}
        for column in sealed.columns:
            if found[column.name] is None:
                continue
            try:
                text = self._old.open(found[column.name], sealed.cell(column, found))
            except VaultError:
                self._unreadable[_place(sealed, column, found)] = None
                continue
            values[column.name] = self._new.seal(text, sealed.cell(column, moved))
        return values

    def _exchanged(self, sealed: SealedTable, found: Stored, values: dict[str, Any]) -> bool:
        """Write into a row that still is as it was found; whether it was."""
        written = (column for column in sealed.columns if column.name in values or found[column.name] is None)
        same = (column.is_not_distinct_from(found[column.name]) for column in written)
        where = sa.and_(_this(sealed.table, found), *same)
        return not values or self._connection.execute(sa.update(sealed.table).where(where).values(values)).rowcount == 1


def _place(sealed: SealedTable, column: sa.Column[Any], row: Stored) -> Unreadable:
    names = dict.fromkeys(each.name for each in (*sealed.table.primary_key.columns, *sealed.bound))
    told = tuple((name, str(row[name])) for name in names if row[name] not in (None, ""))
    return Unreadable(row.get("school") or "", sealed.table.name, column.name, told)


def _this(table: sa.Table, row: Stored) -> sa.ColumnElement[bool]:
    return sa.and_(*(key == row[key.name] for key in table.primary_key.columns))


def _cover_the_rest(connection: Connection, new: Vault) -> None:
    """Tokens in tables that hold nothing sealed."""
    for table in {column.table for column in covered_columns() if not sealed_columns(column.table)}:
        tokens = [column for column in covered_columns() if column.table is table]
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
