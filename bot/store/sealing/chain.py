"""The log of a school: every event in one chain, each with the hash of the one before it, so that whatever is changed,
removed or put in between shows. The hashes are made with the vault's key: without it nobody can forge a chain."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import Actor, Detail, Event, EventKind
from bot.concerns.chronology import BEHIND
from bot.concerns.words import WHY_DELETED, remark, why_deleted
from bot.store.database import Database, milliseconds, moment
from bot.store.schema import chains, events
from bot.store.sealing.cells import Stored, cell_of, opened, sealed_row
from bot.store.sealing.codec import dumps, loads
from bot.store.sealing.erased import NOBODY, is_proved, mark_of, marks_in
from bot.store.sealing.vault import Vault, VaultError

START = "0" * 64
SHORT = 12  # digits of a hash that are enough to keep: nobody can make one without the key
log = logging.getLogger("askfirst.audit")


@dataclass(frozen=True)
class AuditLine:
    """One event without its content; `kept` is False where the content was deleted by two people. `remark` is what else
    may be said of it; `hash` is what a line that was kept elsewhere is held against."""

    number: int
    at: dt.datetime
    concern: str
    kind: EventKind
    by: Actor
    kept: bool
    remark: str
    hash: str

    @property
    def mark(self) -> str:
        """The line in short, to be kept on paper: its number and the beginning of its hash."""
        return f"{self.number}:{self.hash[:SHORT]}"


class Chain:
    """The log of one school. `append` is called inside the caller's transaction, so that a change and its line in the
    log are stored together or not at all."""

    def __init__(self, database: Database, school: str, vault: Vault | None = None) -> None:
        """`vault` is the one to write with where it is not that of the database: while its keys are made anew."""
        self._database, self._school = database, school
        self._vault = vault or database.vault

    def append(
        self, connection: Connection, concern: str, kind: EventKind, by: Actor, detail: Detail, now: dt.datetime
    ) -> Event:
        """Write one event at the end of the chain."""
        # The mark at the end is also the lock: two writers at once would give one number twice.
        length, head = self._locked(connection)
        event = Event(length + 1, now, kind, by, detail)
        actor, content = dumps(by), dumps(detail)
        # The chain rests on a digest, never on the content: so a deletion by two people leaves it whole.
        digest = detail_digest(self._vault, self._school, event.number, content)
        row = {
            "school": self._school,
            "number": event.number,
            "concern": concern,
            "at": milliseconds(now),
            "kind": kind,
            "by": actor,
            "detail": content,
            "digest": digest,
            "previous": head,
            "hash": self._hash(head, event.number, concern, milliseconds(now), kind, actor, digest),
        }
        connection.execute(sa.insert(events), sealed_row(self._vault, events, row))
        self._move(connection, event.number, str(row["hash"]))
        # As it will be read back, to the millisecond: what is decided now and later must be the same.
        return replace(event, at=moment(milliseconds(now)))

    def lock(self, connection: Connection) -> None:
        """Keep everybody else from adding a line until this transaction is over: what is read after it stays true."""
        self._locked(connection)

    def note(self, kind: EventKind, by: Actor, detail: Detail, now: dt.datetime) -> Event:
        """Write one event that belongs to no concern, in a transaction of its own."""
        with self._database.transaction() as connection:
            return self.append(connection, "", kind, by, detail, now)

    def of(self, connection: Connection, concern: str) -> tuple[Event, ...]:
        """The chronology of one concern, oldest first, without the lines for the proof alone; without its content where
        that was deleted."""
        ours = (events.c.school == self._school) & (events.c.concern == concern)
        query = sa.select(events).where(ours, events.c.kind.not_in(BEHIND))
        return tuple(self._event(row) for row in connection.execute(query.order_by(events.c.number)))

    def of_kinds(self, connection: Connection, kinds: Sequence[EventKind]) -> tuple[Event, ...]:
        """The lines of these kinds that belong to no concern, oldest first, as far as they can be read."""
        ours = (events.c.school == self._school) & (events.c.concern == "") & events.c.kind.in_(kinds)
        rows = connection.execute(sa.select(events).where(ours).order_by(events.c.number))
        return tuple(self._readable(row) for row in rows)

    def delete(
        self, connection: Connection, concern: str, by: Actor, reason: str, names: Callable[[Event], bool],
        now: dt.datetime,
    ) -> Event:  # fmt: skip
        """Write that a concern was deleted, and take away what its lines hold and, of those in which `names` finds one,
        who did it. The lines themselves stay, and so does the chain; of the content only the two reasons."""
        ours = (events.c.school == self._school) & (events.c.concern == concern)
        rows = connection.execute(sa.select(events).where(ours).order_by(events.c.number)).all()
        # The line that keeps the first reason keeps its name, too: a line without one is proved by having no content.
        asked = max((row.number for row in rows if row.kind == "deletion-asked"), default=0)
        named = [row._mapping for row in rows if row.number != asked and names(self._readable(row))]
        marks = tuple(mark_of(self._vault, row) for row in named)
        event = self.append(connection, concern, "deleted", by, Detail(reason=reason, erased=marks), now)
        emptied = ours & events.c.number.not_in((asked, event.number))
        connection.execute(sa.update(events).where(emptied).values(detail=None))
        for row in named:
            nobody = self._vault.seal(NOBODY, cell_of(events.c.by, row))
            connection.execute(sa.update(events).where(ours, events.c.number == row["number"]).values(by=nobody))
        return event

    def lines(self) -> tuple[AuditLine, ...]:
        """The whole log of the school without content, oldest first."""
        query = sa.select(events).where(events.c.school == self._school).order_by(events.c.number)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        deleted = {row.concern for row in rows if row.kind == "deleted"}
        return tuple(self._line(row, row.concern in deleted) for row in rows)

    def _line(self, row: sa.Row[tuple[object, ...]], deleted: bool) -> AuditLine:
        event = self._readable(row)
        said = why_deleted(event) if deleted and event.kind in WHY_DELETED else remark(event)
        return AuditLine(
            row.number, moment(row.at), row.concern, row.kind, self._actor(row), row.detail is not None, said, row.hash
        )

    def every(self, connection: Connection) -> Mapping[str, tuple[Event, ...]]:
        """Every line as far as it can be read, also those kept for the proof alone, by concern and oldest first."""
        query = sa.select(events).where(events.c.school == self._school).order_by(events.c.number)
        found: dict[str, list[Event]] = {}
        for row in connection.execute(query):
            found.setdefault(row.concern, []).append(self._readable(row))
        return {concern: tuple(lines) for concern, lines in found.items()}

    def lines_in(self, connection: Connection) -> int:
        """How many lines there are."""
        query = sa.select(sa.func.count()).select_from(events).where(events.c.school == self._school)
        return int(connection.execute(query).scalar_one())

    def hash_of(self, connection: Connection, number: int) -> str | None:
        """The hash of a line, None where there is none of this number."""
        query = sa.select(events.c.hash).where(events.c.school == self._school, events.c.number == number)
        found: str | None = connection.execute(query).scalar()
        return found

    def has(self, connection: Connection, digits: str) -> bool:
        """Whether the hash of a line begins with these digits."""
        query = sa.select(events.c.number).where(events.c.school == self._school, events.c.hash.startswith(digits))
        return connection.execute(query.limit(1)).scalar() is not None

    def head(self) -> str:
        """The end of the log in short, as `AuditLine.mark`; empty where there is none, or it was tampered with."""
        with self._database.reading() as connection:
            row = connection.execute(sa.select(chains).where(chains.c.school == self._school)).one_or_none()
        whole = row is not None and row.length and row.seal == self._seal(row.length, row.head)
        return f"{row.length}:{row.head[:SHORT]}" if row is not None and whole else ""

    def faults(self, connection: Connection) -> Iterator[str]:
        """Every way in which the log does not hold together by itself, in plain words."""
        query = sa.select(events).where(events.c.school == self._school).order_by(events.c.number)
        head, length = START, 0
        deleted: set[str] = set()
        asked: dict[str, sa.Row[Any]] = {}  # the last line of each concern that asks for its deletion
        emptied: dict[int, str] = {}
        marks = marks_in(self._vault, connection.execute(query.where(events.c.kind == "deleted")))
        for row in connection.execute(query):
            length += 1
            if row.number != length:
                yield f"line {length}: is missing"
                # One gap is told once, not again for every line after it.
                length = row.number
            elif row.previous != head:
                yield f"line {row.number}: does not follow from the line before it"
            yield from self._line_faults(row, marks)
            head = row.hash
            if row.kind == "deletion-asked":
                asked[row.concern] = row
            if row.kind == "deleted":
                deleted.add(row.concern)
                first = asked.get(row.concern)
                # Former versions took both reasons away.
                if row.detail is not None and first is not None and first.detail is None:
                    yield f"line {first.number}: the reason for deleting is gone"
            if row.detail is None:
                emptied[row.number] = row.concern
        for number, concern in emptied.items():
            if concern not in deleted:
                yield f"line {number}: its content is gone, and nobody deleted it"
        yield from self._end_faults(connection, length, head)

    def _line_faults(self, row: sa.Row[tuple[object, ...]], marks: frozenset[str]) -> Iterator[str]:
        try:
            actor = opened(self._vault, events.c.by, row)
            digest = row.digest
            if row.detail is not None:
                digest = detail_digest(self._vault, self._school, row.number, self._content(row))
        except VaultError:
            yield f"line {row.number}: was changed, or its key is gone: it cannot be opened"
            return
        if is_proved(self._vault, row._mapping, actor, marks):
            return
        expected = self._hash(row.previous, row.number, row.concern, row.at, row.kind, actor, digest)
        if row.hash != expected or row.digest != digest:
            yield f"line {row.number}: was changed"

    def _end_faults(self, connection: Connection, length: int, head: str) -> Iterator[str]:
        row = connection.execute(sa.select(chains).where(chains.c.school == self._school)).one_or_none()
        if row is None:
            if length:
                yield "the end of the log is not marked"
            return
        if row.seal != self._seal(row.length, row.head):
            yield "the mark at the end of the log was changed"
        elif (row.length, row.head) != (length, head):
            yield f"the log ends at line {length}, and it was {row.length} lines long"

    def _locked(self, connection: Connection) -> tuple[int, str]:
        query = self._database.locked(sa.select(chains).where(chains.c.school == self._school), chains)
        row = connection.execute(query).one_or_none()
        if row is None:
            # The first line of a school: of two that come at once, one makes the mark, and both go on from it.
            self._begin(connection)
            row = connection.execute(query).one()
        if row.seal != self._seal(row.length, row.head):
            return self._after_tampering(connection, row.length)
        return row.length, row.head

    def _after_tampering(self, connection: Connection, length: int) -> tuple[int, str]:
        """The end of the chain was changed without the key. A concern is never refused for it: the log goes on after a
        gap, which `verify` reports from then on."""
        log.error("the end of the audit log was tampered with; run: askfirst audit verify")
        last = connection.execute(sa.select(sa.func.max(events.c.number)).where(events.c.school == self._school))
        return max(length, last.scalar() or 0) + 1, START

    def _begin(self, connection: Connection) -> None:
        row = {"school": self._school, "length": 0, "head": START, "seal": self._seal(0, START)}
        self._database.insert_new(connection, chains, row)

    def _move(self, connection: Connection, length: int, head: str) -> None:
        values = {"length": length, "head": head, "seal": self._seal(length, head)}
        connection.execute(sa.update(chains).where(chains.c.school == self._school).values(values))

    def _seal(self, length: int, head: str) -> str:
        return end_seal(self._vault, self._school, length, head)

    def _hash(self, previous: str, number: int, concern: str, at: int, kind: str, actor: str, digest: str) -> str:
        line = {"school": self._school, "number": number, "concern": concern, "at": at, "kind": kind}
        return line_hash(self._vault, previous, line, actor, digest)

    def _content(self, row: sa.Row[Any]) -> str:
        return opened(self._vault, events.c.detail, row)

    def _actor(self, row: sa.Row[tuple[object, ...]]) -> Actor:
        return loads(opened(self._vault, events.c.by, row), Actor)

    def _event(self, row: sa.Row[tuple[object, ...]]) -> Event:
        detail = loads(self._content(row), Detail) if row.detail is not None else Detail()
        return Event(row.number, moment(row.at), row.kind, self._actor(row), detail)

    def _readable(self, row: sa.Row[tuple[object, ...]]) -> Event:
        """The event as far as it can be read, for a log that may be damaged."""
        try:
            return self._event(row)
        except (VaultError, ValueError, KeyError, TypeError):
            return Event(row.number, moment(row.at), row.kind, Actor("", ""), Detail())


def detail_digest(vault: Vault, school: str, number: int, content: str) -> str:
    """What stands for the content of a line, also after the content was deleted."""
    return vault.token("detail", school, number, content)


def line_hash(vault: Vault, previous: str, line: Stored, actor: str, digest: str) -> str:
    """The hash of a line of events, with that of the line before it in it."""
    parts = (line[name] for name in ("school", "number", "concern", "at", "kind"))
    return vault.token("event", previous, *parts, actor, digest)


def end_seal(vault: Vault, school: str, length: int, head: str) -> str:
    """What proves the mark at the end of a school's log."""
    return vault.token("chain", school, length, head)
