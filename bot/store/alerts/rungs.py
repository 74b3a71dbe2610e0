"""What the rows of one ladder do to each other, inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns.ladder.escalation import NOT_REACHED, Recipient
from bot.concerns.ladder.retrying import A_WHILE
from bot.store.alerts.notices import Notice, free, recipient_if_readable
from bot.store.database import Database, milliseconds
from bot.store.schema import notices

Row = sa.Row[Any]
Early = Literal["told", "tried", "nobody"]


class Rungs:
    """The ladder of one concern."""

    def __init__(self, database: Database, connection: Connection, school: str, concern: str) -> None:
        self._database, self._connection = database, connection
        self._ours = (notices.c.school == school) & (notices.c.concern == concern)

    def somebody_heard(self, notice: Notice, now: dt.datetime) -> None:
        """This alert was sent: what else waits for the same person by now is no longer needed, who was to be tried
        before their time has it again, and nobody is told that nobody could be reached."""
        at = milliseconds(now)
        waiting = self._waiting(notices.c.kind == "alert", free(at))
        same = [row.id for row in waiting if row.due_at <= at and self._recipient(row) == notice.recipient]
        self._change(notices.c.id.in_(same), state="cancelled")
        early = [row.id for row in waiting if row.due_at > at and row.next_at < row.due_at]
        self._change(notices.c.id.in_(early), next_at=notices.c.due_at)
        self._change((notices.c.kind == "news") & (notices.c.rung == NOT_REACHED), state="cancelled")

    def call_next(self, notice: Notice, now: dt.datetime, *, for_good: bool = False) -> Early:
        """Nobody on this notice's rung could be reached for a while: let the next be tried before its time. "told":
        somebody on this rung was; "tried": somebody is still being tried; "nobody": nobody is left to be tried.
        `for_good`: the rung is gone, so that the next one moves up to its time."""
        at, round_ = milliseconds(now), notices.c.round == notice.round
        if self.was_heard(notice.round, notice.rung):
            return "told"
        waiting = self._waiting(notices.c.kind == "alert", round_)
        if any(row.rung == notice.rung and row.id != notice.id and _is_tried(row, at) for row in waiting):
            return "tried"
        known = {self._recipient(row) for row in waiting if row.rung <= notice.rung}
        for rung in sorted({row.rung for row in waiting if row.rung > notice.rung}):
            on_it = [row for row in waiting if row.rung == rung and self._recipient(row) not in known]
            if fresh := [row.id for row in on_it if row.due_at > at and row.next_at == row.due_at]:
                brought = {"next_at": at, "due_at": at} if for_good else {"next_at": at}
                self._change(notices.c.id.in_(fresh), **brought)
                return "tried"
            if any(_is_tried(row, at) for row in on_it):
                return "tried"
            known |= {self._recipient(row) for row in on_it}
        return "nobody"

    def was_heard(self, round_: int, rung: int | None = None) -> bool:
        """Whether anybody was told in this round, or on this rung of it."""
        mine = (notices.c.kind == "alert") & (notices.c.state == "sent") & (notices.c.round == round_)
        if rung is not None:
            mine &= notices.c.rung == rung
        return bool(self._connection.execute(sa.select(sa.exists().where(self._ours, mine))).scalar())

    def untold(self, now: dt.datetime) -> frozenset[str]:
        """Everybody who should know by now and has not been told."""
        waiting = self._waiting(notices.c.kind == "alert", notices.c.due_at <= milliseconds(now))
        found = [self._recipient(row) for row in waiting]
        return frozenset(recipient.person for recipient in found if recipient)

    def _waiting(self, *which: sa.ColumnElement[bool]) -> Sequence[Row]:
        query = sa.select(notices).where(self._ours, notices.c.state == "waiting", *which)
        return self._connection.execute(query.order_by(notices.c.due_at, notices.c.id)).all()

    def _change(self, which: sa.ColumnElement[bool], **values: object) -> None:
        waiting = self._ours & (notices.c.state == "waiting") & which
        self._connection.execute(sa.update(notices).where(waiting).values(**values))

    def _recipient(self, row: Row) -> Recipient | None:
        return recipient_if_readable(self._database.vault, row)


def _is_tried(row: Row, now: int) -> bool:
    """Whether somebody may still be reached in a moment: on their way, or due, and not at rest for a while."""
    if row.lease_owner is not None and row.lease_until is not None and row.lease_until >= now:
        return True
    at_rest = row.next_at > now and row.tried_at is not None
    return not (at_rest and row.next_at - row.tried_at >= A_WHILE / dt.timedelta(milliseconds=1))
