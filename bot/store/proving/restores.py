"""That a backup was put back, and what a person said of it: what the log says, held against the table of restores.

Whoever asks for a receipt that is gone is told by that table, and alerts wait by it: so nobody may make up a restore,
move one to another time or take one away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import Event
from bot.store.database import milliseconds
from bot.store.schema import restores

_LOOK = "Look in askfirst audit for the lines that say so"


@dataclass(frozen=True)
class RestoreRow:
    """One row of the table, in milliseconds."""

    restored_at: int
    taken_at: int
    until: int
    looked_at: int | None = None
    held: bool = False


@dataclass(frozen=True)
class RestoresSaid:
    """Every restore of a school that its log knows, by the moment of it; `until` is until when what waited in the last
    one stands still, as a person last said, None where there was none."""

    rows: Mapping[int, RestoreRow]
    until: dt.datetime | None


def restores_said(lines: Sequence[Event]) -> RestoresSaid:
    """The lines that belong to no concern, oldest first -> what they say of restores. Pure."""
    rows: dict[int, RestoreRow] = {}
    until: dt.datetime | None = None
    for line in lines:
        if line.kind != "restored" or not line.detail.reference:
            continue
        until, at = dt.datetime.fromisoformat(line.detail.reference), milliseconds(line.at)
        if line.detail.taken:
            rows[at] = RestoreRow(at, milliseconds(line.detail.taken), milliseconds(until))
            continue
        # What a person says is said of all that were put back so far.
        wait = milliseconds(until)
        rows = {each: replace(row, until=wait, looked_at=at, held=wait > at) for each, row in rows.items()}
    return RestoresSaid(rows, until)


def restore_faults(connection: Connection, school: str, known: RestoresSaid) -> Iterator[str]:
    """Where the table differs from it."""
    query = sa.select(restores).where(restores.c.school == school)
    found = {row.restored_at: _kept(row) for row in connection.execute(query)}
    gone, made_up = len(known.rows.keys() - found.keys()), len(found.keys() - known.rows.keys())
    changed = sum(found[at] != row for at, row in known.rows.items() if at in found)
    if gone:
        yield f"restores: {gone} that the log knows of are gone from the table. {_LOOK}"
    if made_up:
        yield f"restores: {made_up} stand in the table at a time at which the log knows of none. {_LOOK}"
    if changed:
        yield f"restores: {changed} are not as the log says: the backup, how long alerts wait, or who looked. {_LOOK}"


def _kept(row: sa.Row[Any]) -> RestoreRow:
    return RestoreRow(row.restored_at, row.taken_at, row.until, row.looked_at, bool(row.held))
