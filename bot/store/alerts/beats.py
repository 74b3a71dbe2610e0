"""The clock of those who send, kept in the database: a clock that was put back must not let an alert wait.

Steps, leases and pauses stand in the rows as moments. Where the clock jumps back they all lie further ahead than they
were meant to; they are moved back with it, once for all processes, so that what was left of every wait is left still.
A jump ahead needs nothing: what has fallen due goes out.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.database import Database, milliseconds
from bot.store.schema import beats, notices

log = logging.getLogger("askfirst.sender")
_EVERY = dt.timedelta(seconds=10)  # between two beats of one process
_JUMP = dt.timedelta(seconds=60)  # further back than clocks are corrected in the ordinary way
_ANYBODY = ""  # the row of no school: whoever tries whether the database takes a write


class Beats:
    """The beats of these schools, for one process."""

    def __init__(self, database: Database, schools: Sequence[str]) -> None:
        self._database, self._schools = database, tuple(schools)
        self._last: dt.datetime | None = None

    def keep(self, now: dt.datetime) -> None:
        """Write down every few seconds that it is `now`. Where it was later before, every wait is moved back. Raises
        StoreError."""
        if self._last and self._last <= now < self._last + _EVERY:
            return
        with self._database.transaction() as connection:
            mine = sa.select(beats.c.school, beats.c.at).where(beats.c.school.in_(self._schools))
            kept = {row.school: row.at for row in connection.execute(self._database.locked(mine, beats))}
            for school in self._schools:
                self._beat(connection, school, kept.get(school), milliseconds(now))
        self._last = now
        # The same rhythm empties SQLite's log: what was asked or deleted meanwhile would lie there for hours.
        self._database.settle()

    def _beat(self, connection: Connection, school: str, kept: int | None, now: int) -> None:
        if kept is None:
            self._database.insert_new(connection, beats, {"school": school, "at": now})
            return
        back = kept - now
        if back > _JUMP / dt.timedelta(milliseconds=1):
            log.error(
                "the clock was put back by %d seconds: every alert that waits is moved back with it", back // 1000
            )
            _move_back(connection, school, back)
        connection.execute(sa.update(beats).where(beats.c.school == school).values(at=now))


def try_a_write(database: Database) -> None:
    """Write next to nothing. Raises StoreError where the database takes no writes: it is full, or locked."""
    with database.transaction() as connection:
        mine = sa.update(beats).where(beats.c.school == _ANYBODY).values(at=beats.c.at + 1)
        if not connection.execute(mine).rowcount:
            database.insert_new(connection, beats, {"school": _ANYBODY, "at": 0})


def _move_back(connection: Connection, school: str, by: int) -> None:
    waiting = (notices.c.school == school) & (notices.c.state == "waiting")
    moved = {name: notices.c[name] - by for name in ("due_at", "next_at", "tried_at")}
    connection.execute(sa.update(notices).where(waiting).values(**moved))
    # 0 says that it may have arrived, and None that it was never claimed.
    leased = waiting & (notices.c.lease_until > 0)
    connection.execute(sa.update(notices).where(leased).values(lease_until=notices.c.lease_until - by))
