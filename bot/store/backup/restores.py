"""That the rows of a school came out of a backup: written down when they are put back, and what a person says of it.

What waited in the backup may have been sent, answered or closed since: it stands still until a person has said what is
to become of it, or until half an hour has passed. What comes in afterwards goes its ordinary way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import Actor, Detail
from bot.concerns.ladder.escalation import Step
from bot.store.alerts.notices import insert_steps
from bot.store.database import Database, milliseconds, moment
from bot.store.schema import beats, links, notices, received, restores, sessions
from bot.store.sealing.chain import Chain

STANDS_STILL = dt.timedelta(minutes=30)
_AFTER_THE_ALERTS = 60_000  # milliseconds
_GOES_ON = ("sign-in", "restored")  # what no ladder sends


@dataclass(frozen=True)
class Restored:
    """One time that the rows of a school were put back: how they were at `taken_at`. What waited in them is not sent
    before `until`; `held` says that a person wants it so; `looked_at` is when one last said anything."""

    restored_at: dt.datetime
    taken_at: dt.datetime
    until: dt.datetime
    looked_at: dt.datetime | None
    held: bool

    def stands_still(self, now: dt.datetime) -> bool:
        """Whether what waited in the backup is kept back at `now`."""
        return now < self.until

    def wants_somebody(self, now: dt.datetime) -> bool:
        """Whether a person is to look: nobody has so far, or alerts are held."""
        return self.looked_at is None or (self.held and self.stands_still(now))


class Restores:
    """The restores of one school."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school = database, school
        self._mine = restores.c.school == school

    def all(self) -> tuple[Restored, ...]:
        """Every one, the last one last."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(restores).where(self._mine).order_by(restores.c.restored_at)).all()
        return tuple(_restored(row) for row in rows)

    def last(self) -> Restored | None:
        """The last one."""
        return next(reversed(self.all()), None)

    def let_run(self, by: Actor, text: str, now: dt.datetime) -> None:
        """Whatever waited in the backup is sent when it is due, and at once where that has passed. `text` is what the
        log says of it. Raises StoreError."""
        self._say(by, text, now, now)

    def hold(self, by: Actor, text: str, now: dt.datetime, until: dt.datetime) -> None:
        """The same, but none of it is sent before `until`."""
        self._say(by, text, now, until)

    def tell(self, restored: Restored, steps: Sequence[Step]) -> None:
        """That it was put back, to each recipient once, whichever process looks first."""
        for step in steps:
            key = ("restored", self._school, milliseconds(restored.restored_at), step.recipient.person)
            id_ = self._database.vault.lasting(*key)[:32]
            with self._database.transaction() as connection:
                # Locked: two processes that look at once would both add it.
                connection.execute(self._database.locked(sa.select(restores.c.school).where(self._mine), restores))
                if connection.execute(sa.select(notices.c.id).where(notices.c.id == id_)).scalar() is None:
                    insert_steps(connection, self._database.vault, self._school, None, (step,), id_)

    def _say(self, by: Actor, text: str, now: dt.datetime, until: dt.datetime) -> None:
        waiting = (notices.c.school == self._school) & (notices.c.state == "waiting")
        # What has been tried since it was let go keeps its own pauses.
        untouched = waiting & notices.c.restored_at.is_not(None) & (notices.c.tries == 0)
        said = {"until": milliseconds(until), "looked_at": milliseconds(now), "held": until > now}
        with self._database.transaction() as connection:
            connection.execute(sa.update(restores).where(self._mine).values(said))
            connection.execute(sa.update(notices).where(untouched).values(next_at=_not_before(until)))
            said_of_it = Detail(text=text, reference=until.isoformat())
            Chain(self._database, self._school).append(connection, "", "restored", by, said_of_it, now)


def mark_restored(
    connection: Connection, schools: Sequence[str], taken_at: dt.datetime, now: dt.datetime
) -> dt.datetime:
    """Rows that are about to take a database's place: nothing of them is sent for half an hour, nobody is signed in by
    them, and what a chat had sent is not answered a second time. Returns until when."""
    until = now + STANDS_STILL
    for school in schools:
        row = {"school": school, "restored_at": milliseconds(now), "taken_at": milliseconds(taken_at)}
        connection.execute(sa.insert(restores).values(**row, until=milliseconds(until), looked_at=None, held=False))
    waiting = (notices.c.state == "waiting") & notices.c.kind.not_in(_GOES_ON)
    # A lease that has run out says that it may have been sent before: the letter says that it is a repeat.
    anew = {"tries": 0, "way": 0, "lease_owner": None, "lease_until": 0, "tried_at": None}
    connection.execute(
        sa.update(notices).where(waiting).values(**anew, next_at=_not_before(until), restored_at=milliseconds(now))
    )
    old = (notices.c.state == "waiting") & notices.c.kind.in_(_GOES_ON)
    connection.execute(sa.update(notices).where(old).values(state="cancelled"))
    connection.execute(sa.update(received).values(payload=None, lease_until=None))
    for table in (sessions, links, beats):
        connection.execute(sa.delete(table))
    return until


def say_restored(
    chain: Chain, connection: Connection, taken_at: dt.datetime, until: dt.datetime, now: dt.datetime
) -> None:
    """Into the log, in the transaction that moves the alerts: else the proof would find them put off, and a restore
    that nobody knows of."""
    text = f"as it was at {taken_at:%Y-%m-%d %H:%M:%S} UTC"
    detail = Detail(text=text, reference=until.isoformat(), taken=taken_at)
    chain.append(connection, "", "restored", Actor("", "the terminal"), detail, now)


def wanting(connection: Connection, schools: Sequence[str], now: dt.datetime) -> int:
    """How many of these schools were put back without anybody having said since that all is well."""
    at = milliseconds(now)
    unseen = restores.c.looked_at.is_(None) | (restores.c.held & (restores.c.until > at))
    query = sa.select(sa.func.count(restores.c.school.distinct())).where(restores.c.school.in_(schools), unseen)
    return connection.execute(query).scalar_one()


def _not_before(moment: dt.datetime) -> sa.ColumnElement[int]:
    """When a step that waits is taken: at its time, but not before this moment. The end of a ladder comes after
    everybody has been called once more: until then nobody can be said not to have answered."""
    at, due = milliseconds(moment), notices.c.due_at
    return sa.case((due > at, due), (notices.c.kind == "ran-out", at + _AFTER_THE_ALERTS), else_=at)


def _restored(row: sa.Row[tuple[object, ...]]) -> Restored:
    looked = moment(row.looked_at) if row.looked_at is not None else None
    return Restored(moment(row.restored_at), moment(row.taken_at), moment(row.until), looked, row.held)
