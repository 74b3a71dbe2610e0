"""What must be sent, as rows: claimed with a lease, tried, marked. Several processes may do so at once.

A row is claimed before it is tried and marked after it: whoever dies in between leaves a lease that runs out, and the
next one sends it again, saying that it is a repeat. At least once; the id tells the receiver which ones are the same.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns.escalation import LATE, LEASE, Recipient, Retry, Step, StepKind
from bot.errors import without_content
from bot.store.database import Database, milliseconds, moment
from bot.store.schema import concerns, notices
from bot.store.sealing.codec import dumps, loads
from bot.store.sealing.vault import Vault

log = logging.getLogger("askfirst.sender")


@dataclass(frozen=True)
class Notice:
    """One step to be taken now. `way` counts the recipient's ways (0 is the first) and `tries` those on it, this one
    included; `repeat` says that it may have been sent before; `urgent` is the concern's urgency."""

    id: str
    school: str
    concern: str | None
    kind: StepKind
    recipient: Recipient
    round: int
    rung: int
    text: str
    way: int
    tries: int
    repeat: bool
    urgent: bool
    due: dt.datetime


@dataclass(frozen=True)
class Health:
    """How the ladders stand: steps waiting, steps later than a minute, open concerns without a next step, and steps
    that could not be delivered on any way."""

    waiting: int
    late: int
    missing: tuple[tuple[str, str], ...]
    undelivered: int

    @property
    def well(self) -> bool:
        return not self.late and not self.missing


def insert_steps(
    connection: Connection, vault: Vault, school: str, concern: str | None, steps: Sequence[Step], id_: str = ""
) -> None:
    """Steps -> rows, inside the caller's transaction. `id_` is that of a single step that must be there once."""
    rows = [
        {
            "id": id_ or secrets.token_hex(16),
            "school": school,
            "concern": concern,
            "kind": step.kind,
            "round": step.round,
            "rung": step.rung,
            "recipient": vault.seal(dumps(step.recipient)),
            "text": vault.seal(step.text),
            "state": "waiting",
            "way": 0,
            "tries": 0,
            "due_at": milliseconds(step.due),
            "next_at": milliseconds(step.due),
        }
        for step in steps
    ]
    if rows:
        connection.execute(sa.insert(notices), rows)


class Outbox:
    """The rows of these schools, for one process that sends (`owner` is its own random name)."""

    def __init__(self, database: Database, schools: Sequence[str], owner: str) -> None:
        self._database, self._schools, self._owner = database, tuple(schools), owner
        self._vault = database.vault

    def add(self, school: str, concern: str | None, steps: Sequence[Step]) -> None:
        """Steps that belong to no change of a concern, such as a link for signing in."""
        if school in self._schools:
            with self._database.transaction() as connection:
                insert_steps(connection, self._vault, school, concern, steps)

    def claim(self, now: dt.datetime, limit: int = 20) -> tuple[Notice, ...]:
        """The steps that are due, the longest overdue first, leased to this process: nobody else takes them meanwhile.
        That each is tried is written down before it is. One that cannot be read is left to its lease, and said in the
        log: it must keep no other from being sent."""
        due = sa.select(notices.c.id).where(self._due(now)).order_by(notices.c.next_at, notices.c.id).limit(limit)
        if self._database.postgres:
            # Processes that look at the same moment take different rows, instead of waiting for each other.
            due = due.with_for_update(skip_locked=True)
        with self._database.transaction() as connection:
            chosen = list(connection.execute(due).scalars())
            if not chosen:
                return ()
            # As they were: that one had a lease already is how a repeat is known.
            before = {row.id: row for row in connection.execute(sa.select(notices).where(notices.c.id.in_(chosen)))}
            taken = sa.update(notices).where(notices.c.id.in_(chosen))
            connection.execute(
                taken.values(
                    lease_owner=self._owner,
                    lease_until=milliseconds(now + LEASE),
                    tried_at=milliseconds(now),
                    tries=notices.c.tries + 1,
                )
            )
            urgent = self._urgent(connection, list(before.values()))
            found = (self._readable(before[id_], urgent) for id_ in chosen)
            return tuple(notice for notice in found if notice)

    def renew(self, now: dt.datetime) -> None:
        """This process is alive and still sending: nobody is to take over what it has claimed."""
        mine = (notices.c.lease_owner == self._owner) & (notices.c.state == "waiting")
        # What has run out is not taken back: somebody else may be about to send it.
        held = mine & (notices.c.lease_until >= milliseconds(now))
        with self._database.transaction() as connection:
            connection.execute(sa.update(notices).where(held).values(lease_until=milliseconds(now + LEASE)))

    def sent(self, notice: Notice, connection: Connection | None = None) -> bool:
        """Mark it as sent; False where the lease was lost meanwhile, and somebody else has taken it over."""
        return self._mark(notice, {"state": "sent"}, connection)

    def take(self, notice: Notice, connection: Connection) -> bool:
        """Mark a step of AskFirst's own as taken; False where it was called off or taken over meanwhile."""
        where = (notices.c.id == notice.id) & (notices.c.lease_owner == self._owner) & (notices.c.state == "waiting")
        return connection.execute(sa.update(notices).where(where).values(state="sent")).rowcount == 1

    def lock(self, connection: Connection, notice: Notice) -> None:
        """Take the lock of the notice's concern, as whoever works on it does first: so that nobody waits in a ring."""
        mine = (concerns.c.school == notice.school) & (concerns.c.number == notice.concern)
        connection.execute(self._database.locked(sa.select(concerns.c.number).where(mine), concerns))

    def put_off(self, notice: Notice, retry: Retry, *, uncertain: bool = False) -> bool:
        """It failed, and is tried again; where it may have arrived, an old lease is left, which makes it a repeat."""
        left = 0 if uncertain or notice.repeat else None
        values = {"way": retry.way, "next_at": milliseconds(retry.at), "lease_owner": None, "lease_until": left}
        # Each way has tries of its own: a dead mail server uses up none of another's.
        if retry.way != notice.way:
            values["tries"] = 0
        return self._mark(notice, values)

    def given_up(self, notice: Notice, now: dt.datetime) -> bool:
        """It failed on every way. The next rung of the ladder is brought forward: nobody waits for a dead line."""
        with self._database.transaction() as connection:
            self.lock(connection, notice)
            marked = self._mark(notice, {"state": "failed"}, connection)
            if marked and notice.kind == "alert":
                self._bring_forward(connection, notice, now)
            return marked

    def find(self, id_: str) -> Notice | None:
        """One notice by its id, as it was sent; None where there is none of these schools."""
        query = sa.select(notices).where(notices.c.id == id_, notices.c.school.in_(self._schools))
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
            return self._readable(row, self._urgent(connection, [row])) if row else None

    def next_due(self) -> dt.datetime | None:
        """When the next step of these schools is to be looked at; None where nothing waits."""
        query = sa.select(sa.func.min(notices.c.next_at)).where(
            notices.c.state == "waiting", notices.c.school.in_(self._schools)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).scalar()
        return moment(found) if found is not None else None

    def health(self, now: dt.datetime) -> Health:
        """What the watchdog sees."""
        ours = notices.c.school.in_(self._schools)
        waiting = notices.c.state == "waiting"
        late = waiting & (notices.c.next_at < milliseconds(now - LATE))
        count = sa.select(sa.func.count()).select_from(notices)
        step = sa.exists().where(
            notices.c.school == concerns.c.school,
            notices.c.concern == concerns.c.number,
            notices.c.state == "waiting",
            # reminders tell nobody of an open concern: with nothing else left it would wait for ever
            notices.c.kind.in_(("alert", "ran-out")),
        )
        missing = sa.select(concerns.c.school, concerns.c.number).where(
            concerns.c.school.in_(self._schools), concerns.c.status == "open", ~step
        )
        with self._database.reading() as connection:
            return Health(
                connection.execute(count.where(ours, waiting)).scalar_one(),
                connection.execute(count.where(ours, late)).scalar_one(),
                tuple((row.school, row.number) for row in connection.execute(missing)),
                connection.execute(count.where(ours, notices.c.state == "failed")).scalar_one(),
            )

    def _due(self, now: dt.datetime) -> sa.ColumnElement[bool]:
        free = notices.c.lease_until.is_(None) | (notices.c.lease_until < milliseconds(now))
        return (
            (notices.c.state == "waiting")
            & (notices.c.next_at <= milliseconds(now))
            & free
            & notices.c.school.in_(self._schools)
        )

    def _urgent(self, connection: Connection, rows: Sequence[sa.Row[Any]]) -> set[tuple[str, str]]:
        numbers = {row.concern for row in rows if row.concern}
        query = sa.select(concerns.c.school, concerns.c.number).where(
            concerns.c.school.in_(self._schools), concerns.c.number.in_(numbers), concerns.c.urgent
        )
        return {(row.school, row.number) for row in connection.execute(query)} if numbers else set()

    def _readable(self, row: sa.Row[Any], urgent: set[tuple[str, str]]) -> Notice | None:
        try:
            return self._notice(row, urgent)
        except Exception as fault:  # sealed with a key that is gone, or damaged: wrong with this one alone
            log.error("a %s cannot be read, and it is tried again: %s", row.kind, without_content(fault))
            return None

    def _notice(self, row: sa.Row[Any], urgent: set[tuple[str, str]]) -> Notice:
        return Notice(
            id=row.id,
            school=row.school,
            concern=row.concern,
            kind=row.kind,
            recipient=loads(self._vault.open(row.recipient), Recipient),
            round=row.round,
            rung=row.rung,
            text=self._vault.open(row.text),
            way=row.way,
            tries=row.tries + 1,
            repeat=row.lease_until is not None,  # claimed before and never marked: it may have arrived
            urgent=(row.school, row.concern) in urgent,
            due=moment(row.due_at),
        )

    def _mark(self, notice: Notice, values: dict[str, Any], connection: Connection | None = None) -> bool:
        if connection is None:
            with self._database.transaction() as own:
                return self._mark(notice, values, own)
        where = (notices.c.id == notice.id) & (notices.c.lease_owner == self._owner)
        if "state" not in values:  # a step that was cancelled meanwhile is not tried again
            where &= notices.c.state == "waiting"
        return connection.execute(sa.update(notices).where(where).values(values)).rowcount == 1

    def _bring_forward(self, connection: Connection, notice: Notice, now: dt.datetime) -> None:
        ladder = (
            (notices.c.school == notice.school)
            & (notices.c.concern == notice.concern)
            & (notices.c.state == "waiting")
            & (notices.c.round == notice.round)
        )
        others = sa.select(sa.func.count()).where(ladder, notices.c.rung == notice.rung, notices.c.kind == "alert")
        if connection.execute(others).scalar():
            return  # somebody else on this rung is still being told
        told = sa.select(sa.func.count()).where(
            notices.c.school == notice.school,
            notices.c.concern == notice.concern,
            notices.c.round == notice.round,
            notices.c.rung == notice.rung,
            notices.c.state == "sent",
        )
        if connection.execute(told).scalar():
            return  # somebody on this rung was told
        following = sa.select(sa.func.min(notices.c.rung)).where(ladder, notices.c.rung > notice.rung)
        rung = connection.execute(following).scalar()
        if rung is not None:
            soon = sa.update(notices).where(ladder, notices.c.rung == rung, notices.c.next_at > milliseconds(now))
            connection.execute(soon.values(next_at=milliseconds(now)))
