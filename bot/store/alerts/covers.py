"""Who stands in for whom, as far as it was named on the page. It is kept in the log and nowhere else: what was said is
its own proof, and a line that was changed shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy.engine import Connection

from bot.concerns import Actor, Detail, EventKind
from bot.concerns.ladder.escalation import Step
from bot.concerns.leave.covering import NamedCover, detail_of, named_covers
from bot.knowledge import Cover
from bot.store.alerts.notices import insert_steps
from bot.store.database import Database
from bot.store.sealing.chain import Chain

Decide = Callable[[tuple[NamedCover, ...]], Sequence[Step]]  # those that are named -> whom to tell of one more


class Covers:
    """The stand-ins of one school."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school = database, school
        self._chain = Chain(database, school)

    def all(self) -> tuple[NamedCover, ...]:
        """Every one that was named and not ended, also of days that are over. Raises StoreError."""
        with self._database.reading() as connection:
            return self._in(connection)

    def name(self, cover: Cover, by: Actor, decide: Decide, now: dt.datetime) -> bool:
        """Name one, and tell those whom it concerns; False where it is named already. `decide` sees the others while
        nobody can name one more, and raises what it will. Raises StoreError."""
        with self._database.transaction() as connection:
            known = self._alone(connection)
            steps = decide(known)
            if cover in {each.cover for each in known}:
                return False  # the button was pressed twice
            self._write(connection, "cover-set", by, detail_of(cover), steps, now)
        return True

    def end(self, named: NamedCover, by: Actor, steps: Sequence[Step], now: dt.datetime) -> bool:
        """End it now; False where somebody was quicker. Raises StoreError."""
        with self._database.transaction() as connection:
            if named.number not in {each.number for each in self._alone(connection)}:
                return False
            self._write(connection, "cover-ended", by, detail_of(named.cover, named.number), steps, now)
        return True

    def _write(
        self, connection: Connection, kind: EventKind, by: Actor, detail: Detail, steps: Sequence[Step],
        now: dt.datetime,
    ) -> None:  # fmt: skip
        self._chain.append(connection, "", kind, by, detail, now)
        insert_steps(connection, self._database.vault, self._school, None, steps)

    def _alone(self, connection: Connection) -> tuple[NamedCover, ...]:
        """Those that are named, while every other process waits."""
        self._chain.lock(connection)
        return self._in(connection)

    def _in(self, connection: Connection) -> tuple[NamedCover, ...]:
        return named_covers(self._chain.of_kinds(connection, ("cover-set", "cover-ended")))
