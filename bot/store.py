"""What outlives a process: conversations (for half an hour), and questions that the base could not answer.

A conversation is an opaque id with the last entry and facts; a gap is a question without a name. SQLite with
write-ahead log and full sync by default, PostgreSQL by its URL.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.dialogue import NoteGap, State
from bot.errors import AskFirstError

_metadata = sa.MetaData()
_conversations = sa.Table(
    "conversations",
    _metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False, index=True),  # seconds since 1970, so that no zone is lost
)
_gaps = sa.Table(
    "gaps",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("asked_on", sa.Date, nullable=False),  # the day, not the time: a time could point to a person
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("entry", sa.String(80)),
    sa.Column("reason", sa.String(20), nullable=False),
)


class StoreError(AskFirstError):
    """The database cannot be opened or used."""


@dataclass(frozen=True)
class Gap:
    """A question that got no answer ("no-answer") or one that did not help ("not-helpful"), without a name."""

    asked_on: dt.date
    question: str
    entry: str | None
    reason: str


class Store:
    """Opened by `open_store`. Every method is one transaction; it may be called from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def conversation(self, conversation: str, now: dt.datetime) -> State:
        """The state of a conversation; an empty one where there is none or it has expired."""
        query = sa.select(_conversations.c.state).where(
            _conversations.c.id == conversation, _conversations.c.until > now.timestamp()
        )
        with self._engine.connect() as connection:
            kept = connection.execute(query).scalar()
        return _to_state(json.loads(kept)) if kept else State()

    def finish_turn(self, conversation: str, state: State, gaps: Sequence[NoteGap], now: dt.datetime) -> None:
        """Keep the state and what was noted, in one transaction; expired conversations go at the same time."""
        with self._engine.begin() as connection:
            expired = (_conversations.c.until <= now.timestamp()) | (_conversations.c.id == conversation)
            connection.execute(sa.delete(_conversations).where(expired))
            if state.until is not None:
                row = {
                    "id": conversation,
                    "state": json.dumps(_from_state(state)),
                    "until": int(state.until.timestamp()),
                }
                connection.execute(sa.insert(_conversations), row)
            for gap in gaps:
                row = {"asked_on": now.date(), "question": gap.question, "entry": gap.entry, "reason": gap.reason}
                connection.execute(sa.insert(_gaps), row)

    def gaps(self) -> tuple[Gap, ...]:
        """Every gap, oldest first."""
        query = sa.select(_gaps.c.asked_on, _gaps.c.question, _gaps.c.entry, _gaps.c.reason).order_by(_gaps.c.id)
        with self._engine.connect() as connection:
            return tuple(Gap(*row) for row in connection.execute(query))

    def forget_gaps(self) -> int:
        """Delete every gap, once they have been dealt with; how many there were."""
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(_gaps)).rowcount

    def close(self) -> None:
        self._engine.dispose()


def open_store(url: str) -> Store:
    """url (SQLAlchemy) -> Store, its tables made where they are missing. Raises StoreError, saying what to do."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url)
        if parsed.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        _metadata.create_all(engine)
    except (SQLAlchemyError, OSError, ImportError) as fault:
        raise StoreError(
            f"the database cannot be opened ({type(fault).__name__}). "
            "Check ASKFIRST_DATABASE_URL, the disk and the rights"
        ) from fault
    return Store(engine)


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's own begin decides, see below
    for setting in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _from_state(state: State) -> dict[str, Any]:
    until = state.until.isoformat() if state.until else None
    return {
        "entry": state.entry,
        "asked": state.asked,
        "facts": dict(state.facts),
        "question": state.question,
        "until": until,
    }


def _to_state(kept: dict[str, Any]) -> State:
    until = dt.datetime.fromisoformat(kept["until"]) if kept["until"] else None
    return State(kept["entry"], kept["asked"], kept["facts"], kept["question"], until)
