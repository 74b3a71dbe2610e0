"""What a chat channel sent, as rows: written down before the channel is told "received", then worked on.

The channel's own id of a delivery makes it one row, however often it is repeated; a lease lets another process take
over what a dead one had begun. Once dealt with, the content is gone and the id stays for a while.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.store.database import Database, milliseconds, moment
from bot.store.schema import received
from bot.store.sealing.cells import opened, sealed_row, with_bound
from bot.store.sealing.vault import VaultError

LEASE = dt.timedelta(seconds=30)
KEPT = dt.timedelta(days=2)  # longer than any channel repeats a delivery
_TRIES = 5
GIVEN_UP = 1000  # in the place of a number of tries
_TAKEN_UP_WITHIN = dt.timedelta(minutes=1)  # after a lease has run out, where a process is there to do it


@dataclass(frozen=True)
class Delivered:
    """One delivery to be worked on; `tries` counts, this one included."""

    id: str
    payload: str
    tries: int


@dataclass(frozen=True)
class Unanswered:
    """How many deliveries of the last days nobody has dealt with, and when the oldest of them came."""

    count: int
    since: dt.datetime | None


class Received:
    """The deliveries of one school's channel. The name of a channel has at most twelve characters."""

    def __init__(self, database: Database, school: str, channel: str) -> None:
        self._database, self._school, self._channel = database, school, channel
        self._vault = database.vault

    def take(self, delivery: str, payload: str, now: dt.datetime) -> Delivered | None:
        """Write a delivery down and claim it; None where it was there already. `delivery` is the channel's id of it."""
        row = {
            "school": self._school,
            "id": self._vault.token("received", self._school, self._channel, delivery),
            "channel": self._channel,
            "payload": payload,
            "at": milliseconds(now),
            "tries": 1,
            "lease_until": milliseconds(now + LEASE),
        }
        row = sealed_row(self._vault, received, row)
        with self._database.transaction() as connection:
            new = self._database.insert_new(connection, received, row)
        return Delivered(str(row["id"]), payload, 1) if new else None

    def left_over(self, now: dt.datetime, limit: int = 20) -> tuple[Delivered, ...]:
        """Claim what a process began and never finished, oldest first. What has failed often is left alone, and
        what cannot be opened is given up."""
        where = (
            self._ours
            & received.c.payload.is_not(None)
            & (received.c.lease_until < milliseconds(now))
            & (received.c.tries < _TRIES)
        )
        query = sa.select(received).where(where).order_by(received.c.at).limit(limit)
        if self._database.postgres:
            query = query.with_for_update(skip_locked=True)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
            claimed = sa.update(received).where(
                received.c.school == self._school, received.c.id.in_([row.id for row in rows])
            )
            if rows:
                # Counted before it is tried: a message that kills its process is given up in the end.
                values = {"tries": received.c.tries + 1, "lease_until": milliseconds(now + LEASE)}
                connection.execute(claimed.values(values))
        return tuple(each for row in rows if (each := self._delivered(row)))

    def _delivered(self, row: sa.Row[Any]) -> Delivered | None:
        try:
            return Delivered(row.id, opened(self._vault, received.c.payload, row), row.tries + 1)
        except VaultError:  # nobody will ever read it, and the others must not wait for it
            self.give_up(Delivered(row.id, "", row.tries + 1))
            return None

    def renew(self, ids: Collection[str], now: dt.datetime) -> None:
        """Whoever deals with these is alive: their leases begin anew."""
        mine = self._ours & received.c.id.in_(ids) & received.c.payload.is_not(None)
        if ids:
            with self._database.transaction() as connection:
                connection.execute(sa.update(received).where(mine).values(lease_until=milliseconds(now + LEASE)))

    def kept(self, delivery: str) -> str | None:
        """What was written down under the channel's own id; None where there is nothing, or it was dealt with."""
        token = self._vault.token("received", self._school, self._channel, delivery)
        ours = (received.c.school == self._school) & (received.c.id == token) & received.c.payload.is_not(None)
        with self._database.reading() as connection:
            row = connection.execute(sa.select(*with_bound(received.c.payload)).where(ours)).one_or_none()
        return opened(self._vault, received.c.payload, row) if row is not None else None

    def done(self, delivered: Delivered, now: dt.datetime) -> None:
        """It was dealt with. What is days old and will not be tried again is forgotten at the same time."""
        ours, finished = received.c.school == self._school, received.c.payload.is_(None) | (received.c.tries >= _TRIES)
        # Its id is needed a while longer, and nobody needs to see at which second somebody wrote.
        hour = milliseconds(now.replace(minute=0, second=0, microsecond=0))
        with self._database.transaction() as connection:
            mine = sa.update(received).where(ours, received.c.id == delivered.id)
            connection.execute(mine.values(payload=None, at=hour, lease_until=None))
            connection.execute(sa.delete(received).where(ours, finished, received.c.at < milliseconds(now - KEPT)))

    def give_up(self, delivered: Delivered) -> None:
        """It will not be dealt with: its content is gone, and `unanswered` counts it for as long as its id is kept."""
        mine = (received.c.school == self._school) & (received.c.id == delivered.id)
        with self._database.transaction() as connection:
            connection.execute(sa.update(received).where(mine).values(payload=None, tries=GIVEN_UP))

    def unanswered(self, now: dt.datetime) -> Unanswered:
        """What was given up, and what nobody has taken up again since its lease ran out."""
        stuck = received.c.payload.is_not(None) & (received.c.lease_until < milliseconds(now - _TAKEN_UP_WITHIN))
        given_up = received.c.tries == GIVEN_UP
        query = sa.select(sa.func.count(), sa.func.min(received.c.at)).where(self._ours, given_up | stuck)
        with self._database.reading() as connection:
            count, since = connection.execute(query).one()
        return Unanswered(count, moment(since) if since is not None else None)

    def forget(self, delivery: str) -> None:
        """Delete it, and its id with it; nothing happens where it is not there."""
        token = self._vault.token("received", self._school, self._channel, delivery)
        with self._database.forgetting() as connection:
            connection.execute(sa.delete(received).where(self._ours, received.c.id == token))

    def forget_older(self, than: dt.datetime) -> int:
        """Delete everything that came before this moment, dealt with or not; how much there was."""
        with self._database.forgetting() as connection:
            return connection.execute(
                sa.delete(received).where(self._ours, received.c.at < milliseconds(than))
            ).rowcount

    @property
    def _ours(self) -> sa.ColumnElement[bool]:
        return (received.c.school == self._school) & (received.c.channel == self._channel)
