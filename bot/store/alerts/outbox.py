"""What must be sent, as rows: claimed with a lease, tried, marked. Several processes may do so at once.

A row is claimed before it is tried and marked after it: whoever dies in between leaves a lease that runs out, and the
next one sends it again, saying that it is a repeat. At least once; the id tells the receiver which ones are the same.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns.ladder.escalation import Step
from bot.concerns.ladder.retrying import LATE, LEASE, Retry
from bot.errors import without_content
from bot.store.alerts.beats import Beats
from bot.store.alerts.notices import TO_STAFF, Health, Notice, free, insert_steps, notice_of
from bot.store.alerts.rungs import Rungs
from bot.store.alerts.turns import Turns, behind_another
from bot.store.backup.restores import wanting
from bot.store.database import Database, milliseconds, moment
from bot.store.schema import concerns, notices
from bot.store.sealing.cells import bound_columns, cell_of
from bot.store.sealing.vault import SEALED_NOTHING

log = logging.getLogger("askfirst.sender")
_FORGOTTEN_AT_ONCE = 200  # texts of old letters
_LOOKS = 5  # at rows that turn out to be overtaken, before what is due is left to the next turn


class Outbox:
    """The rows of these schools, for one process that sends (`owner` is its own random name)."""

    def __init__(self, database: Database, schools: Sequence[str], owner: str) -> None:
        self._database, self._schools, self._owner = database, tuple(schools), owner
        self._vault, self._beats = database.vault, Beats(database, schools)

    def add(self, school: str, concern: str | None, steps: Sequence[Step]) -> None:
        """Steps that belong to no change of a concern, such as a link for signing in."""
        if school in self._schools:
            with self._database.transaction() as connection:
                insert_steps(connection, self._vault, school, concern, steps)

    def claim(self, now: dt.datetime, limit: int = 20) -> tuple[Notice, ...]:
        """The steps that are due, the longest overdue first, leased to this process: nobody else takes them meanwhile.
        That each is tried is written down before it is. One that cannot be read is left to its lease, and said in the
        log: it must keep no other from being sent."""
        self._beats.keep(now)
        due = sa.select(notices).where(self._due(now), ~behind_another(milliseconds(now)))
        query = self._database.skipping(due.order_by(notices.c.next_at, notices.c.due_at, notices.c.id).limit(limit))
        with self._database.transaction() as connection:
            turns = Turns(self._database, connection, milliseconds(now))
            for _ in range(_LOOKS):
                rows = connection.execute(query).all()
                # As they were: that one had a lease already is how a repeat is known.
                if before := turns.of(rows)[:limit]:
                    self._lease(connection, [row.id for row in before], now)
                    urgent = self._urgent(connection, before)
                    found = (self._readable(row, urgent) for row in before)
                    return tuple(notice for notice in found if notice)
                if not rows:
                    break
        return ()

    def peek(self, now: dt.datetime, limit: int = 20) -> tuple[Notice, ...]:
        """What is due, only read: for a database that takes no writes. Nothing is leased, nothing is marked."""
        due = sa.select(notices).where(self._due(now), notices.c.kind.in_(TO_STAFF))
        with self._database.reading() as connection:
            rows = connection.execute(due.order_by(notices.c.next_at, notices.c.due_at).limit(limit)).all()
            urgent = self._urgent(connection, rows)
            found = (self._readable(row, urgent) for row in rows)
            return tuple(notice for notice in found if notice)

    def regain(self, ids: Sequence[str], now: dt.datetime) -> Mapping[str, bool]:
        """Lease what this process has sent and could not mark -> whether it did, by id: False where another process
        has it at this moment; none for what was sent, has failed, or is gone. What was called off is marked too."""
        ours = notices.c.school.in_(self._schools)
        mine = ours & notices.c.id.in_(ids) & notices.c.state.in_(("waiting", "cancelled"))
        mark = {"lease_owner": self._owner, "lease_until": milliseconds(now + LEASE)}
        to_have = mine & (free(milliseconds(now)) | (notices.c.lease_owner == self._owner))
        with self._database.transaction() as connection:
            chosen = list(connection.execute(self._database.skipping(sa.select(notices.c.id).where(to_have))).scalars())
            connection.execute(sa.update(notices).where(notices.c.id.in_(chosen)).values(mark))
            found = connection.execute(sa.select(notices.c.id, notices.c.lease_owner).where(mine))
            return {row.id: row.lease_owner == self._owner for row in found}

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

    def lock(self, connection: Connection, notice: Notice) -> bool:
        """Take the lock of the notice's concern, as whoever works on it does first: so that nobody waits in a ring.
        False where it was deleted."""
        mine = (concerns.c.school == notice.school) & (concerns.c.number == notice.concern)
        found = connection.execute(self._database.locked(sa.select(concerns.c.status).where(mine), concerns)).scalar()
        return found != "deleted"

    def put_off(
        self, notice: Notice, retry: Retry, *, uncertain: bool = False, tries: int | None = None,
        connection: Connection | None = None,
    ) -> bool:  # fmt: skip
        """It failed, and is tried again; where it may have arrived, an old lease is left, which makes it a repeat.
        `tries` is set where the last one shall not count."""
        left = 0 if uncertain or notice.repeat else None
        values = {"way": retry.way, "next_at": milliseconds(retry.at), "lease_owner": None, "lease_until": left}
        if tries is not None:
            values["tries"] = tries
        return self._mark(notice, values, connection)

    def end(self, notice: Notice) -> bool:
        """It is of no use to try again: whoever it was for has left."""
        return self._mark(notice, {"state": "failed"})

    def wake(self, school: str, now: dt.datetime) -> None:
        """Something has arrived: whatever has failed so far is tried again now, in the order in which it was due."""
        if school not in self._schools:
            return
        at = milliseconds(now)
        asleep = (notices.c.tries > 0) & (notices.c.due_at <= at) & (notices.c.next_at > at) & free(at)
        mine = (notices.c.school == school) & (notices.c.state == "waiting") & asleep
        with self._database.transaction() as connection:
            query = self._database.skipping(sa.select(notices.c.id).where(mine))
            if found := list(connection.execute(query).scalars()):
                woken = sa.update(notices).where(notices.c.id.in_(found))
                connection.execute(woken.values(next_at=notices.c.due_at))

    def rungs(self, connection: Connection, notice: Notice) -> Rungs:
        """The ladder that a notice belongs to."""
        return Rungs(self._database, connection, notice.school, notice.concern or "")

    def forget_texts(self, school: str, before: dt.datetime) -> int:
        """Take the text out of what was dealt with before this moment; how many letters there were. That it was sent,
        when and to whom stays, for the proof."""
        if school not in self._schools:
            return 0
        at = sa.func.coalesce(notices.c.tried_at, notices.c.due_at)
        over = (notices.c.school == school) & (notices.c.state != "waiting") & (at < milliseconds(before))
        full = over & (sa.func.length(notices.c.text) > SEALED_NOTHING)
        query = sa.select(*bound_columns(notices)).where(full).order_by(notices.c.id).limit(_FORGOTTEN_AT_ONCE)
        with self._database.reading() as connection:  # in most minutes there is nothing to be written
            if connection.execute(query.limit(1)).first() is None:
                return 0
        with self._database.forgetting() as connection:
            # Locked, in one order: several processes that do this at once never wait for each other in a ring.
            found = connection.execute(self._database.skipping(query)).mappings().all()
            for row in found:
                empty = self._vault.seal("", cell_of(notices.c.text, row))
                connection.execute(sa.update(notices).where(notices.c.id == row["id"]).values(text=empty))
        return len(found)

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
                connection.execute(count.where(ours, _undelivered(now))).scalar_one(),
                wanting(connection, self._schools, now),
            )

    def _due(self, now: dt.datetime) -> sa.ColumnElement[bool]:
        return (
            (notices.c.state == "waiting")
            & (notices.c.next_at <= milliseconds(now))
            & free(milliseconds(now))
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
            return notice_of(self._vault, row, urgent=(row.school, row.concern) in urgent)
        except Exception as fault:  # sealed with a key that is gone, or damaged: wrong with this one alone
            log.error("a %s cannot be read, and it is tried again: %s", row.kind, without_content(fault))
            return None

    def _lease(self, connection: Connection, chosen: Sequence[str], now: dt.datetime) -> None:
        taken = sa.update(notices).where(notices.c.id.in_(chosen))
        connection.execute(
            taken.values(
                lease_owner=self._owner,
                lease_until=milliseconds(now + LEASE),
                tried_at=milliseconds(now),
                tries=notices.c.tries + 1,
            )
        )

    def _mark(self, notice: Notice, values: dict[str, Any], connection: Connection | None = None) -> bool:
        if connection is None:
            with self._database.transaction() as own:
                return self._mark(notice, values, own)
        where = (notices.c.id == notice.id) & (notices.c.lease_owner == self._owner)
        if "state" not in values:  # a step that was cancelled meanwhile is not tried again
            where &= notices.c.state == "waiting"
        elif notice.kind == "sign-in":  # what anybody has typed, or a link: nobody asks for it again
            return connection.execute(sa.delete(notices).where(where)).rowcount == 1
        return connection.execute(sa.update(notices).where(where).values(values)).rowcount == 1


def _undelivered(now: dt.datetime) -> sa.ColumnElement[bool]:
    """What staff should have by now and what has failed at least once since; and, for as long as nobody has answered,
    what came to nothing because they have left."""
    failed_before = (notices.c.tries > 1) | ((notices.c.tries > 0) & notices.c.lease_owner.is_(None))
    waiting = (notices.c.state == "waiting") & (notices.c.due_at <= milliseconds(now)) & failed_before
    still_open = sa.exists().where(
        concerns.c.school == notices.c.school,
        concerns.c.number == notices.c.concern,
        concerns.c.status == "open",
        concerns.c.round == notices.c.round,
    )
    return notices.c.kind.in_(TO_STAFF) & (waiting | ((notices.c.state == "failed") & still_open))
