"""What must be sent, as rows and as what is made of them."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import Planned
from bot.concerns.ladder.escalation import Recipient, Step, StepKind
from bot.store.database import milliseconds, moment
from bot.store.schema import notices
from bot.store.sealing.cells import opened, sealed_row
from bot.store.sealing.codec import dumps, loads
from bot.store.sealing.vault import Vault, VaultError

# What staff must hear, whatever it takes.
TO_STAFF: tuple[StepKind, ...] = ("alert", "follow-up", "action-due", "restored")


@dataclass(frozen=True)
class Notice:
    """One step to be taken now. `way` counts the recipient's ways (0 is the first), `tries` how often it has been
    tried, this time included; `repeat` says that it may have been sent before; `urgent` is the concern's urgency."""

    id: str
    school: str
    concern: str | None
    kind: StepKind
    recipient: Recipient
    round: int
    rung: int
    text: str
    way: int
    tries: int
    repeat: bool
    urgent: bool
    due: dt.datetime


@dataclass(frozen=True)
class Health:
    """How the ladders stand: steps waiting, steps later than a minute, open concerns without a next step, letters
    that somebody should have by now and that could not be brought on any way so far, and schools that were put back
    from a backup while nobody has said since that all is well."""

    waiting: int
    late: int
    missing: tuple[tuple[str, str], ...]
    undelivered: int
    restored: int = 0

    @property
    def well(self) -> bool:
        return not (self.late or self.missing or self.undelivered or self.restored)


def insert_steps(
    connection: Connection, vault: Vault, school: str, concern: str | None, steps: Sequence[Step], id_: str = ""
) -> tuple[str, ...]:
    """Steps -> rows, inside the caller's transaction; their ids. `id_` is that of a single step that must be there
    once."""
    rows = [
        {
            "id": id_ or secrets.token_hex(16),
            "school": school,
            "concern": concern,
            "kind": step.kind,
            "round": step.round,
            "rung": step.rung,
            "recipient": dumps(step.recipient),
            "text": step.text,
            "state": "waiting",
            "way": 0,
            "tries": 0,
            "due_at": milliseconds(step.due),
            "next_at": milliseconds(step.due),
        }
        for step in steps
    ]
    if rows:
        connection.execute(sa.insert(notices), [sealed_row(vault, notices, row) for row in rows])
    return tuple(str(row["id"]) for row in rows)


def planned(ids: Sequence[str], steps: Sequence[Step]) -> tuple[Planned, ...]:
    """Steps and the ids of their rows -> what the log keeps of them: of a ladder alone."""
    kept = [(id_, step) for id_, step in zip(ids, steps, strict=True) if step.kind in ("alert", "ran-out")]
    return tuple(
        Planned(id_, step.kind, step.round, step.rung, step.recipient.person, moment(milliseconds(step.due)))
        for id_, step in kept
    )


def notice_of(vault: Vault, row: sa.Row[Any], *, urgent: bool) -> Notice:
    """A row as it was before it was claimed -> the step to be taken. Raises VaultError where it cannot be read."""
    return Notice(
        id=row.id,
        school=row.school,
        concern=row.concern,
        kind=row.kind,
        recipient=recipient_of(vault, row),
        round=row.round,
        rung=row.rung,
        text=opened(vault, notices.c.text, row),
        way=row.way,
        tries=row.tries + 1,
        repeat=row.lease_until is not None,  # claimed before and never marked: it may have arrived
        urgent=urgent,
        due=moment(row.due_at),
    )


def recipient_of(vault: Vault, row: sa.Row[Any]) -> Recipient:
    """Whom a row goes to. Raises VaultError where it cannot be read."""
    return loads(opened(vault, notices.c.recipient, row), Recipient)


def recipient_if_readable(vault: Vault, row: sa.Row[Any]) -> Recipient | None:
    """The same, None where it cannot be read: whoever wants to send it says so."""
    try:
        return recipient_of(vault, row)
    except (VaultError, ValueError):  # sealed with a key that is gone, or damaged
        return None


def free(now: int) -> sa.ColumnElement[bool]:
    """Rows that no process is sending at `now` (milliseconds)."""
    return notices.c.lease_until.is_(None) | (notices.c.lease_until < now)
