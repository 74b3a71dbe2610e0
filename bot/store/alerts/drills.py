"""The test alerts of one school, as rows of the outbox: written down once a month, answered by whoever they reached."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.concerns.ladder.drills import Drill
from bot.concerns.ladder.escalation import Step
from bot.store.alerts.notices import insert_steps, recipient_of
from bot.store.database import Database, milliseconds, moment
from bot.store.schema import notices


class Drills:
    """A row is "waiting", "sent" or "failed" like any other, and "answered" in the end."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school, self._vault = database, school, database.vault

    def add(self, month: str, steps: Sequence[Step]) -> None:
        """The test alerts of a month, once to each recipient, whichever process looks first."""
        for step in steps:
            id_ = self._vault.lasting("test-alert", self._school, month, step.recipient.person)[:32]
            with contextlib.suppress(IntegrityError), self._database.transaction() as connection:
                if connection.execute(sa.select(notices.c.id).where(notices.c.id == id_)).scalar() is None:
                    insert_steps(connection, self._vault, self._school, None, (step,), id_)

    def all(self) -> tuple[Drill, ...]:
        """Every test alert of this school."""
        query = sa.select(notices).where(notices.c.kind == "test", notices.c.school == self._school)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Drill(
                row.id,
                recipient_of(self._vault, row).person,
                moment(row.due_at),
                row.state == "answered",
            )
            for row in rows
        )

    def answer(self, notice: str, now: dt.datetime) -> bool:
        """A test alert was answered; False where there is none of this id, or it was answered before."""
        mine = (notices.c.id == notice) & (notices.c.kind == "test") & (notices.c.school == self._school)
        # The lease is taken away: whoever is still sending it must not mark it as merely sent.
        values = {"state": "answered", "tried_at": milliseconds(now), "lease_owner": None}
        with self._database.transaction() as connection:
            answered = sa.update(notices).where(mine, notices.c.state != "answered").values(values)
            return connection.execute(answered).rowcount == 1
