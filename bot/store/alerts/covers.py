"""Who stands in for whom, as far as it was named on the page. It is kept in the log and nowhere else: what was said is
its own proof, and a line that was changed shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.engine import Connection

from bot.concerns import Actor, EventKind
from bot.concerns.ladder.escalation import Step
from bot.concerns.leave.covering import NamedCover, detail_of, named_covers
from bot.knowledge import Cover
from bot.store.alerts.notices import insert_steps
from bot.store.database import Database
from bot.store.sealing.chain import Chain


class Covers:
    """The stand-ins of one school."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school = database, school
        self._chain = Chain(database, school)

    def all(self) -> tuple[NamedCover, ...]:
        """Every one that was named and not ended, also of days that are over. Raises StoreError."""
        with self._database.reading() as connection:
            return self._in(connection)

    def name(self, cover: Cover, by: Actor, steps: Sequence[Step], now: dt.datetime) -> bool:
        """Name one, and tell those whom it concerns; False where it is named already. Raises StoreError."""
        return self._write("cover-set", cover, by, steps, now)

    def end(self, named: NamedCover, by: Actor, steps: Sequence[Step], now: dt.datetime) -> bool:
        """End it now; False where somebody was quicker. Raises StoreError."""
        return self._write("cover-ended", named.cover, by, steps, now, named.number)

    def _write(
        self, kind: EventKind, cover: Cover, by: Actor, steps: Sequence[Step], now: dt.datetime,
        ended: int | None = None,
    ) -> bool:  # fmt: skip
        with self._database.transaction() as connection:
            known = self._in(connection)
            if ended is not None and ended not in {each.number for each in known}:
                return False
            if ended is None and cover in {each.cover for each in known}:
                return False  # the button was pressed twice
            self._chain.append(connection, "", kind, by, detail_of(cover, ended), now)
            insert_steps(connection, self._database.vault, self._school, None, steps)
        return True

    def _in(self, connection: Connection) -> tuple[NamedCover, ...]:
        return named_covers(self._chain.of_kinds(connection, ("cover-set", "cover-ended")))
