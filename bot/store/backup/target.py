"""The database whose place a backup is to take: is anybody using it, and would anything be lost?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.backup.copying import VERSION_TABLE, reflected
from bot.store.backup.manifest import BackupError
from bot.store.database import milliseconds
from bot.store.schema import beats, notices, posts

_QUIET = dt.timedelta(seconds=25)  # who sends writes a beat every ten: after this nobody does
_NOTHING_LOST = frozenset({VERSION_TABLE, "vault", "beats"})  # what a database holds that was only opened
RUNNING = (
    "AskFirst is running on this database, or was a few seconds ago. Stop every server (systemctl stop askfirst), "
    "wait half a minute, and run this again"
)
NEEDS_REPLACE = (
    "there is a database with something in it already. If the backup is to take its place, say --replace: the one that "
    "is there is kept aside"
)


def look_at(connection: Connection, replace: bool, now: dt.datetime) -> bool:
    """Whether the database holds anything. Raises BackupError while somebody uses it; where it holds something and
    nobody has said `replace`."""
    tables = reflected(connection).tables
    _refuse_if_used(connection, tables, now)
    left = (table for name, table in tables.items() if name not in _NOTHING_LOST)
    holds = any(connection.execute(sa.select(sa.literal(1)).select_from(table)).first() for table in left)
    if holds and not replace:
        raise BackupError(NEEDS_REPLACE)
    return holds


def _refuse_if_used(connection: Connection, tables: Collection[str], now: dt.datetime) -> None:
    """Somebody sends for a school of this database where a beat was just written, or something is leased."""
    first, last = milliseconds(now - _QUIET), milliseconds(now + _QUIET)
    looks = (
        (beats, (beats.c.school != "") & beats.c.at.between(first, last)),
        (notices, notices.c.lease_until.between(milliseconds(now), last)),
        (posts, posts.c.lease_until.between(milliseconds(now), last)),
    )
    for table, fresh in looks:
        used = sa.select(sa.literal(1)).select_from(table).where(fresh)
        if table.name in tables and connection.execute(used).first():
            raise BackupError(RUNNING)
