"""What is left of a concern outside of its log, and goes with it when two people delete it. Inside the caller's
transaction.

Rows of its own go whole. Of what people wrote elsewhere (questions, conversations, what a chat sent) goes what holds a
name of those it was about, or a line of what was written: nobody else may look for it there later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns.naming.traces import Traces
from bot.store.chats.places import Place, alert_parts
from bot.store.chats.received import GIVEN_UP
from bot.store.database import milliseconds
from bot.store.desks.tables import drafts
from bot.store.schema import (
    concerns,
    conversations,
    excluded,
    filed,
    files,
    gaps,
    notices,
    places,
    readers,
    received,
)
from bot.store.sealing.cells import cell_of, opened, with_bound
from bot.store.sealing.codec import loads
from bot.store.sealing.vault import Vault, VaultError

_NOTHING = "{}"
_OF_THE_CONCERN = (notices, readers, excluded, filed)


class Erasing:
    """What is kept of one concern of one school."""

    def __init__(self, vault: Vault, connection: Connection, school: str, number: str) -> None:
        self._vault, self._connection, self._school, self._number = vault, connection, school, number

    def rows(self) -> None:
        """Delete the letters about it, who read it and whom it was about, and in which files it was; of its own row
        stays that it existed."""
        mine = (filed.c.school == self._school) & (filed.c.concern == self._number)
        file_ids = list(self._connection.execute(sa.select(filed.c.file).where(mine)).scalars())
        for table in _OF_THE_CONCERN:
            where = (table.c.school == self._school) & (table.c.concern == self._number)
            self._connection.execute(sa.delete(table).where(where))
        self._empty_files(file_ids)
        self._row()
        self._places()

    def mentions(self, traces: Traces, until: dt.datetime) -> None:
        """Delete what was asked and said and tells of it. Of what a chat has sent only what came `until` then: later
        than that it is something else, and perhaps another concern that is still to be logged."""
        for column in (gaps.c.question, conversations.c.state):
            self._delete(column, column.table.c.school == self._school, traces.any_in)
        # An answer is no place for a name; a part of one that is a word of every day must take nobody's work away.
        self._delete(drafts.c.content, drafts.c.school == self._school, traces.are_in)
        came = (received.c.school == self._school) & received.c.payload.is_not(None)
        for row in self._holding(
            received.c.payload, came & (received.c.at <= milliseconds(until)), traces.whole_name_in
        ):
            # As if it was given up: who watches is told that nobody has dealt with it.
            nothing = sa.update(received).where(received.c.school == self._school, received.c.id == row.id)
            self._connection.execute(nothing.values(payload=None, tries=GIVEN_UP))

    def _empty_files(self, file_ids: list[str]) -> None:
        """A child's file in which nothing is left has no name any more."""
        others = sa.exists().where(filed.c.school == files.c.school, filed.c.file == files.c.id)
        mine = (files.c.school == self._school) & files.c.id.in_(file_ids)
        self._connection.execute(sa.delete(files).where(mine, ~others))

    def _row(self) -> None:
        row = {"school": self._school, "number": self._number}
        values = {
            "about": self._vault.seal(_NOTHING, cell_of(concerns.c.about, row)),
            # The token can be tried with a name by whoever has the keys.
            "reporter": self._vault.token("reporter", self._school, "deleted", self._number),
        }
        where = (concerns.c.school == self._school) & (concerns.c.number == self._number)
        self._connection.execute(sa.update(concerns).where(where).values(values))

    def _places(self) -> None:
        """Where its alerts stand in a chat."""
        alerts = (places.c.school == self._school) & places.c.kind.like("%-alert")
        self._delete(places.c.place, alerts, lambda text: _is_alert_of(self._number, text))

    def _delete(self, column: sa.Column[bytes], where: sa.ColumnElement[bool], which: Callable[[str], bool]) -> None:
        table = column.table
        for row in self._holding(column, where, which):
            this = (key == row._mapping[key.name] for key in table.primary_key.columns)
            self._connection.execute(sa.delete(table).where(*this))

    def _holding(
        self, column: sa.Column[bytes], where: sa.ColumnElement[bool], which: Callable[[str], bool]
    ) -> list[sa.Row[*tuple[object, ...]]]:
        rows = self._connection.execute(sa.select(*with_bound(column)).where(where)).all()
        return [row for row in rows if which(self._text(column, row))]

    def _text(self, column: sa.Column[bytes], row: sa.Row[*tuple[object, ...]]) -> str:
        try:
            return opened(self._vault, column, row)
        except VaultError:  # nobody can read it any more
            return ""


def _is_alert_of(number: str, text: str) -> bool:
    try:
        return alert_parts(loads(text, Place).name)[0] == number
    except ValueError:
        return False
