"""The daily summaries of one school, as rows of the outbox: each written once, whichever process is the first."""

from __future__ import annotations

import contextlib

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.concerns.ladder.escalation import Step
from bot.store.alerts.notices import insert_steps
from bot.store.database import Database
from bot.store.schema import notices


class Summaries:
    """A row is "waiting", "sent" or "failed" like any other."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school, self._vault = database, school, database.vault

    def written(self, day: str, person: str) -> bool:
        """Whether the summary of this day to this person is there."""
        query = sa.select(notices.c.id).where(notices.c.id == self._id(day, person))
        with self._database.reading() as connection:
            return connection.execute(query).scalar() is not None

    def add(self, day: str, step: Step) -> None:
        """The summary of a day, unless it is there already."""
        with contextlib.suppress(IntegrityError), self._database.transaction() as connection:
            insert_steps(connection, self._vault, self._school, None, (step,), self._id(day, step.recipient.person))

    def _id(self, day: str, person: str) -> str:
        return self._vault.lasting("summary", self._school, day, person)[:32]
