"""What outlives a turn of a conversation: its state for half an hour, questions that the base could not answer, and
how often each entry was asked for. Nobody's name is in any of it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.answering.turns import Conversation, NoteGap
from bot.store.database import Database, milliseconds
from bot.store.schema import asked, conversations, gaps
from bot.store.sealing.cells import opened, sealed_row, with_bound
from bot.store.sealing.codec import dumps, loads

_COARSE = 15 * 60 * 1000  # milliseconds


@dataclass(frozen=True)
class Gap:
    """A question that got no answer ("no-answer") or one that did not help ("not-helpful"), without a name."""

    asked_on: dt.date
    question: str
    entry: str | None
    reason: str


@dataclass(frozen=True)
class Tally:
    """How an entry fared in a stretch of days: how often it was the answer, and what people said of it."""

    entry: str
    answered: int
    helped: int
    not_helped: int


class Talk:
    """The conversations of one school. Every method is one transaction; it may be called from any thread."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school = database, school
        self._vault = database.vault

    def conversation(self, conversation: str, now: dt.datetime) -> Conversation:
        """The state of a conversation; an empty one where there is none or it has expired."""
        query = sa.select(*with_bound(conversations.c.state)).where(
            conversations.c.school == self._school, conversations.c.id == self._id(conversation)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        kept = loads(opened(self._vault, conversations.c.state, row), Conversation) if row else Conversation()
        return kept if kept.until and kept.until > now else Conversation()

    def finish_turn(self, conversation: str, turn: Finished, now: dt.datetime) -> None:
        """Keep the state and what was noted, in one transaction; expired conversations go at the same time."""
        with self._database.transaction() as connection:
            id_ = self._id(conversation)
            expired = (conversations.c.until <= milliseconds(now)) | (conversations.c.id == id_)
            connection.execute(sa.delete(conversations).where(conversations.c.school == self._school, expired))
            if turn.state.until is not None:
                row = {
                    "school": self._school,
                    "id": id_,
                    "state": dumps(turn.state),
                    # Open for all to read, so without the second of the question: that stands in the sealed state.
                    "until": _rounded_up(milliseconds(turn.state.until)),
                }
                connection.execute(sa.insert(conversations), sealed_row(self._vault, conversations, row))
            if turn.gaps:
                self._keep(connection, turn.gaps, now.date())
            if turn.entry is not None:
                self._count(connection, turn.entry, turn.helped, now.date())

    def gaps(self) -> tuple[Gap, ...]:
        """Every gap, by day: in which order they came on a day nobody knows."""
        query = sa.select(gaps).where(gaps.c.school == self._school).order_by(gaps.c.asked_on, gaps.c.id)
        with self._database.reading() as connection:
            return tuple(
                Gap(row.asked_on, opened(self._vault, gaps.c.question, row), row.entry, row.reason)
                for row in connection.execute(query)
            )

    def forget_gaps(self) -> int:
        """Delete every gap, once they have been dealt with; how many there were."""
        with self._database.forgetting() as connection:
            return connection.execute(sa.delete(gaps).where(gaps.c.school == self._school)).rowcount

    def tallies(self, since: dt.date) -> tuple[Tally, ...]:
        """How often each entry was asked for from this day on, the most asked first."""
        totals = [sa.func.sum(column) for column in (asked.c.answered, asked.c.helped, asked.c.not_helped)]
        query = (
            sa.select(asked.c.entry, *totals)
            .where(asked.c.school == self._school, asked.c.day >= since)
            .group_by(asked.c.entry)
        )
        with self._database.reading() as connection:
            found = [Tally(row[0], *(int(count) for count in row[1:])) for row in connection.execute(query)]
        return tuple(sorted(found, key=lambda tally: (-tally.answered, tally.entry)))

    def _keep(self, connection: Connection, noted: Sequence[NoteGap], today: dt.date) -> None:
        """Keep gaps without a trace of when on this day, or after which others, they came."""
        rows = [self._gap(gap, today) for gap in noted]
        if self._database.postgres:
            # It writes row after row, for whoever reads the file or a dump: those of a day are mixed with each new one.
            today_ours = (gaps.c.school == self._school) & (gaps.c.asked_on == today)
            moved = connection.execute(sa.delete(gaps).where(today_ours).returning(*gaps.c)).mappings()
            rows += [dict(row) for row in moved]
        connection.execute(sa.insert(gaps), sorted(rows, key=lambda row: str(row["id"])))

    def _gap(self, gap: NoteGap, today: dt.date) -> dict[str, object]:
        row = {
            "id": secrets.token_hex(16),
            "school": self._school,
            "asked_on": today,
            "question": gap.question,
            "entry": gap.entry,
            "reason": gap.reason,
        }
        return sealed_row(self._vault, gaps, row)

    def _id(self, conversation: str) -> str:
        """What stands for a conversation: its own id is the visitor's cookie, or an address in a chat."""
        return self._vault.token("conversation", self._school, conversation)

    def _count(self, connection: Connection, entry: str, helped: bool | None, today: dt.date) -> None:
        """One more for this entry today: an answer where `helped` is None, else what somebody said of one."""
        column = asked.c.answered if helped is None else asked.c.helped if helped else asked.c.not_helped
        where = (asked.c.school == self._school) & (asked.c.day == today) & (asked.c.entry == entry)
        more = sa.update(asked).where(where).values({column: column + 1})
        if connection.execute(more).rowcount:
            return
        row = {"school": self._school, "day": today, "entry": entry, "answered": 0, "helped": 0, "not_helped": 0}
        self._database.insert_new(connection, asked, row)
        connection.execute(more)


def _rounded_up(at: int) -> int:
    return -(-at // _COARSE) * _COARSE


@dataclass(frozen=True)
class Finished:
    """What a turn leaves behind: the next state, gaps, and the entry to count (`helped` as in GiveFeedback)."""

    state: Conversation
    gaps: Sequence[NoteGap] = ()
    entry: str | None = None
    helped: bool | None = None
