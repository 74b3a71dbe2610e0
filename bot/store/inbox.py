"""What may be read of one school's concerns, by whom. Nothing here changes anything."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.concerns import Account, ChildFile, Detail, Event, Reader, Report, Reporter, Summary
from bot.concerns.chronology import open_actions
from bot.concerns.naming.names import folded_name
from bot.store.alerts.notices import recipient_if_readable
from bot.store.concern import ConcernTables
from bot.store.database import moment
from bot.store.numbers import as_receipt
from bot.store.schema import concerns, events, notices
from bot.store.sealing.cells import opened, with_bound
from bot.store.sealing.codec import loads
from bot.store.sealing.vault import VaultError


@dataclass(frozen=True)
class Counted:
    """A concern as the figures count it."""

    logged_at: dt.datetime
    acknowledged_at: dt.datetime | None
    status: str
    categories: tuple[str, ...]


class Inbox(ConcernTables):
    """What readers and reporters of one school may see. Every method is one transaction."""

    def summaries(
        self, reader: Reader, statuses: Sequence[str] = ("open", "acknowledged", "closed")
    ) -> tuple[Summary, ...]:
        """What this reader may see, in the order in which it was logged."""
        query = (
            sa.select(concerns, self.next_due().label("next_due"))
            .where(self.access.visible(reader), concerns.c.status.in_(statuses))
            .order_by(concerns.c.logged_at)
        )
        with self.database.reading() as connection:
            return tuple(self.summary(row, reader) for row in connection.execute(query))

    def search(self, reader: Reader, wanted: str) -> frozenset[str]:
        """The numbers of the concerns that this reader may see and that hold these words anywhere, as far as
        they can be opened."""
        needle = _on_one_line(wanted)
        query = (
            sa.select(*with_bound(events.c.detail))
            .join(concerns, (concerns.c.school == events.c.school) & (concerns.c.number == events.c.concern))
            .where(self.access.visible(reader), events.c.detail.is_not(None))
        )
        with self.database.reading() as connection:
            # Opened one by one: an index of the words would tell what is in them to whoever has the file.
            rows = connection.execute(query).all() if needle else []
        return frozenset(
            row.concern for row in rows if needle in row.concern.casefold() or needle in _words_of(self._detail(row))
        )

    def reports(self, reader: Reader, unless_about: str) -> tuple[tuple[str, Report], ...]:
        """Number and report of each concern that this reader may see, in the order in which they were logged; none that
        is about the person `unless_about`, and none that cannot be opened (see `unreadable`)."""
        query = (
            sa.select(*with_bound(events.c.detail))
            .join(concerns, (concerns.c.school == events.c.school) & (concerns.c.number == events.c.concern))
            .where(self.access.visible(reader), ~self.access.about(unless_about))
            .where(events.c.kind == "logged", events.c.detail.is_not(None))
            .order_by(concerns.c.logged_at)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        found = ((row.concern, loads(self._detail(row), Detail).report) for row in rows)
        return tuple((number, report) for number, report in found if report)

    def unreadable(self, reader: Reader, unless_about: str) -> tuple[str, ...]:
        """The numbers of those concerns, of the same as for `reports`, of which something cannot be opened."""
        theirs = self.access.visible(reader) & ~self.access.about(unless_about)
        of_line = (concerns.c.school == events.c.school) & (concerns.c.number == events.c.concern)
        lines = sa.select(*with_bound(events.c.detail, events.c.by)).join(concerns, of_line)
        with self.database.reading() as connection:
            own = connection.execute(sa.select(concerns).where(theirs)).all()
            rows = connection.execute(lines.where(theirs, events.c.detail.is_not(None))).all()
        found = {row.number for row in own if not self._opens(row, concerns.c.about, concerns.c.state)}
        found |= {row.concern for row in rows if not self._opens(row, events.c.detail, events.c.by)}
        return tuple(sorted(found))

    def _categories(self, row: sa.Row[Any]) -> tuple[str, ...]:
        """Under which categories it counts: none where that cannot be opened, and the figures go on."""
        return self.about(row).categories if self._opens(row, concerns.c.about) else ()

    def _opens(self, row: sa.Row[Any], *columns: sa.Column[Any]) -> bool:
        try:
            return all(opened(self.vault, column, row) for column in columns)
        except VaultError:
            return False

    def _detail(self, row: sa.Row[Any]) -> str:
        """What a line holds; an empty one where it is damaged: that is no reason not to look at the others."""
        try:
            return opened(self.vault, events.c.detail, row)
        except VaultError:
            return "{}"

    def files(self, reader: Reader) -> tuple[ChildFile, ...]:
        """The children's files that hold a concern which this reader may see."""
        with self.database.reading() as connection:
            return self.files_of(connection, reader)

    def open_actions(self, reader: Reader, number: str) -> tuple[Event, ...]:
        """The actions of a concern that are still open; none where this reader may not see it."""
        query = sa.select(concerns.c.number).where(self.access.visible(reader), concerns.c.number == as_receipt(number))
        with self.database.reading() as connection:
            found = connection.execute(query).scalar()
            return open_actions(self.chain.of(connection, found)) if found else ()

    def reviews(self, reader: Reader, today: dt.date) -> tuple[Summary, ...]:
        """Closed concerns whose review is due, of those that this reader may see."""
        closed = self.summaries(reader, ("closed",))
        return tuple(each for each in closed if each.state.review_on is not None and each.state.review_on <= today)

    def counted(self, reader: Reader) -> tuple[Counted, ...]:
        """For the figures: every concern about a pupil and those that the reader may read, but never one that is about
        the reader."""
        query = sa.select(concerns).where(self.access.counted(reader)).order_by(concerns.c.logged_at)
        with self.database.reading() as connection:
            return tuple(
                Counted(
                    moment(row.logged_at),
                    moment(row.acknowledged_at) if row.acknowledged_at else None,
                    row.status,
                    self._categories(row),
                )
                for row in connection.execute(query)
            )

    def logged_by(self, reporter: Reporter) -> tuple[tuple[str, dt.datetime, str], ...]:
        """What somebody has logged: number, when, status."""
        query = sa.select(concerns.c.number, concerns.c.logged_at, concerns.c.status).where(
            concerns.c.school == self.school,
            concerns.c.reporter == self.access.reporter(reporter),
            concerns.c.status != "deleted",
        )
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(concerns.c.logged_at)).all()
        return tuple((row.number, moment(row.logged_at), row.status) for row in rows)

    def awaiting(self, accounts: Collection[Account]) -> frozenset[str]:
        """The numbers of the concerns of which there is still something to be sent to one of these accounts."""
        query = sa.select(notices).where(
            notices.c.school == self.school, notices.c.state == "waiting", notices.c.concern.is_not(None)
        )
        with self.database.reading() as connection:
            rows = [(row.concern, recipient_if_readable(self.vault, row)) for row in connection.execute(query)]
        return frozenset(number for number, to in rows if to and to.account in accounts)

    def not_acknowledged(self) -> frozenset[str]:
        """The numbers of the concerns that nobody has acknowledged yet."""
        query = sa.select(concerns.c.number).where(concerns.c.school == self.school, concerns.c.status == "open")
        with self.database.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def followed(self, receipt: str) -> tuple[str, tuple[Event, ...]] | None:
        """A receipt -> the number and the chronology, for what its reporter may be told of it; None for no receipt."""
        query = sa.select(concerns.c.number).where(self.access.by_receipt(receipt))
        with self.database.reading() as connection:
            number = connection.execute(query).scalar()
            return None if number is None else (number, self.chain.of(connection, number))


_NOT_SAID = ("terms", "notice", "known_by")  # what nobody wrote, and a search would find in every concern


def _words_of(detail: str) -> str:
    """The texts of an opened detail, without its field names."""
    return _on_one_line(" ".join(_texts(json.loads(detail))))


def _on_one_line(text: str) -> str:
    return " ".join(folded_name(text).split())


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in _NOT_SAID:
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
