"""Who is called in one round of a ladder, by its rows, inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns.ladder.escalation import Recipient, Step
from bot.store.alerts.notices import recipient_if_readable
from bot.store.database import milliseconds, moment
from bot.store.schema import notices
from bot.store.sealing.vault import Vault


class Calls:
    """The alerts of one round that were not called off. `concern` is its school and number."""

    def __init__(self, vault: Vault, connection: Connection, concern: tuple[str, str], round_: int) -> None:
        self._vault, self._connection = vault, connection
        ours = (notices.c.school == concern[0]) & (notices.c.concern == concern[1])
        self._ours = ours & (notices.c.kind == "alert") & (notices.c.round == round_) & (notices.c.state != "cancelled")

    def by(self, now: dt.datetime) -> frozenset[str]:
        """Who was called by now, or is being called."""
        return frozenset(to.person for row, to in self._alerts() if row.due_at <= milliseconds(now))

    def waiting_for(self, person: str) -> tuple[tuple[str, ...], tuple[Step, ...]]:
        """What waits for somebody: (the ids of the rows, the same as steps)."""
        rows = [row for row, to in self._alerts() if to.person == person and row.state == "waiting"]
        steps = (Step("alert", moment(row.due_at), Recipient(person), row.round, row.rung) for row in rows)
        return tuple(row.id for row in rows), tuple(steps)

    def _alerts(self) -> Iterator[tuple[sa.Row[Any], Recipient]]:
        query = sa.select(notices).where(self._ours).order_by(notices.c.due_at, notices.c.id)
        for row in self._connection.execute(query).all():
            if recipient := recipient_if_readable(self._vault, row):
                yield row, recipient
