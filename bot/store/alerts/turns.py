"""In which order letters are tried that wait for the same concern, and which of them nobody needs any more.

While somebody cannot be reached their reminders fall due: the first letter alone is tried. Before a later rung is tried
again every earlier one is: when a way works again, whoever should know by then hears in the order of the ladder.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns.ladder.escalation import NOT_REACHED, Recipient
from bot.store.alerts.notices import free, recipient_if_readable
from bot.store.database import Database
from bot.store.schema import notices

Row = sa.Row[Any]


class Turns:
    """The rows that are due -> those whose turn it is, inside the caller's transaction at `now` (milliseconds)."""

    def __init__(self, database: Database, connection: Connection, now: int) -> None:
        self._database, self._connection, self._now = database, connection, now

    def of(self, rows: Sequence[Row]) -> list[Row]:
        """Those to be sent now, the longest overdue first. Earlier rungs may stand in for rows that are theirs to wait
        for; rows that were overtaken are called off."""
        found: dict[str, Row] = {}
        for row in rows:
            for each in self._before(row) or (row,):
                found[each.id] = each
        kept = [row for row in found.values() if not self._overtaken(row)]
        return sorted((row for row in kept if not _waits_behind(row, kept)), key=lambda row: (row.next_at, row.due_at))

    def _before(self, row: Row) -> Sequence[Row]:
        """The nearest earlier rung, where it is to be tried before this row is tried again."""
        if not _in_line(row, self._now):
            return ()
        ready = (notices.c.next_at <= self._now) | (notices.c.tried_at < row.next_at)
        earlier = sa.select(notices).where(_ladder(row), _earlier(row), free(self._now), ready)
        query = earlier.where(notices.c.due_at <= self._now).order_by(notices.c.round, notices.c.rung)
        found = self._connection.execute(self._database.skipping(query)).all()
        return [each for each in found if (each.round, each.rung) == (found[0].round, found[0].rung)]

    def _overtaken(self, row: Row) -> bool:
        """Whether the same person waits for an earlier letter about the same concern: then one is enough."""
        person = self._recipient(row)
        if row.kind != "alert" or person is None:
            return False
        query = sa.select(notices).where(_ladder(row), notices.c.id != row.id, _earlier(row))
        if all(self._recipient(each) != person for each in self._connection.execute(query)):
            return False
        # Tried before its time, it goes back to its time; else the one before it stands for both.
        values = {"next_at": row.due_at} if row.due_at > self._now else {"state": "cancelled"}
        self._connection.execute(sa.update(notices).where(notices.c.id == row.id).values(values))
        return True

    def _recipient(self, row: Row) -> Recipient | None:
        return recipient_if_readable(self._database.vault, row)


def behind_another(now: int) -> sa.ColumnElement[bool]:
    """Whether an earlier rung of the same ladder is on its way at this moment: its outcome is waited for, where this
    row has failed before or is tried before its time."""
    front = notices.alias("front")
    on_its_way = sa.exists().where(
        front.c.school == notices.c.school,
        front.c.concern == notices.c.concern,
        front.c.state == "waiting",
        front.c.kind == "alert",
        front.c.lease_owner.is_not(None),
        front.c.lease_until >= now,
        _would_come_late()
        | (front.c.round < notices.c.round)
        | ((front.c.round == notices.c.round) & (front.c.rung < notices.c.rung)),
    )
    again = (notices.c.tries > 0) | (notices.c.due_at > now)
    return ((notices.c.kind == "alert") | _would_come_late()) & again & on_its_way


def _in_line(row: Row, now: int) -> bool:
    in_line = row.kind == "alert" or _is_not_reached(row)
    return in_line and row.concern is not None and (row.tries > 0 or row.due_at > now)


def _is_not_reached(row: Row) -> bool:
    """Whether it would tell the reporter that nobody could be reached: it comes after everybody, who may be by now."""
    return bool(row.kind == "news" and row.rung == NOT_REACHED)


def _would_come_late() -> sa.ColumnElement[bool]:
    return (notices.c.kind == "news") & (notices.c.rung == NOT_REACHED)


def _ladder(row: Row) -> sa.ColumnElement[bool]:
    mine: sa.ColumnElement[bool] = (
        (notices.c.school == row.school)
        & (notices.c.concern == row.concern)
        & (notices.c.state == "waiting")
        & (notices.c.kind == "alert")
    )
    return mine


def _earlier(row: Row) -> sa.ColumnElement[bool]:
    if _is_not_reached(row):
        return sa.true()
    rung = (notices.c.round == row.round) & (notices.c.rung < row.rung)
    earlier: sa.ColumnElement[bool] = (notices.c.round < row.round) | rung
    return earlier


def _waits_behind(row: Row, others: Sequence[Row]) -> bool:
    """Whether an earlier rung goes out in the same turn, and this one has failed before."""
    if not row.tries or not (row.kind == "alert" or _is_not_reached(row)):
        return False
    alerts = [each for each in others if each.kind == "alert"]
    before = [each for each in alerts if (each.school, each.concern) == (row.school, row.concern)]
    return any(_is_not_reached(row) or (each.round, each.rung) < (row.round, row.rung) for each in before)
