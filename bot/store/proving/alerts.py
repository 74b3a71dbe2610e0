"""What is still to be sent of one concern, held against what the log says was arranged, sent and answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.concerns import Event, Planned, acted_on
from bot.concerns.chronology import open_actions
from bot.concerns.ladder.retrying import LEASE, LONGEST_REST
from bot.store.alerts.notices import recipient_if_readable
from bot.store.database import milliseconds
from bot.store.proving.derived import Derived, ProofFault
from bot.store.proving.restores import RestoresSaid
from bot.store.sealing.vault import Vault

Row = sa.Row[Any]
_LADDER = ("alert", "ran-out")
_SLACK = dt.timedelta(minutes=1)  # between the clocks of two machines
_OWN_REST = dt.timedelta(days=70)  # a ladder's end waits for school time, and so for the end of a holiday
_FAR = dt.timedelta(days=100)
_TELL = "Tell those who should hear of it by telephone, now"
_LOOK = "Look who was written to"


class AlertProof:
    """The rows of one concern. `now` is given where it is known: then no row may wait for a day that is far off.
    `restores_said` says until when what was put back from a backup waits, where one was."""

    def __init__(
        self,
        vault: Vault,
        rows: Sequence[Row],
        derived: Derived,
        now: dt.datetime | None,
        restores_said: RestoresSaid,
    ) -> None:
        self._vault, self._rows, self._derived, self._now = vault, rows, derived, now
        self._restores_said = restores_said
        self._by_id: Mapping[str, Row] = {row.id: row for row in rows}

    def faults(self) -> Iterator[ProofFault]:
        """Every difference, the kinds of it in one line each."""
        yield from self._told("were arranged and are gone", self._gone())
        yield from self._told("are not as they were arranged", self._changed())
        yield from self._told("are said to be dealt with, and the log does not know of it", self._settled())
        yield from self._told("wait for longer than anybody arranged", self._put_off())
        yield from self._told("are said to come out of a backup that nobody put back", self._not_put_back(), _LOOK)
        yield from self._told("were never arranged", self._made_up(), _LOOK)
        yield from self._told("still wait though somebody has it", self._left_over(), _LOOK)
        yield from self._told("are gone, and nobody is reminded", self._not_reminded(), field="reminders")

    def _told(self, what: str, found: Iterator[object], do: str = _TELL, field: str = "alerts") -> Iterator[ProofFault]:
        if count := len(list(found)):
            yield ProofFault(self._derived.number, field, f"{count} {what}", do)

    def _gone(self) -> Iterator[Planned]:
        return (each for each in self._derived.planned.values() if each.id not in self._by_id)

    def _there(self) -> Iterator[tuple[Planned, Row]]:
        return ((each, self._by_id[each.id]) for each in self._derived.planned.values() if each.id in self._by_id)

    def _changed(self) -> Iterator[Row]:
        for each, row in self._there():
            to = recipient_if_readable(self._vault, row)
            as_it_was = (row.kind, row.round, row.rung) == (each.kind, each.round, each.rung)
            # It may have been brought forward, where an earlier rung was gone for good.
            if not as_it_was or to is None or to.person != each.person or row.due_at > milliseconds(each.due):
                yield row

    def _settled(self) -> Iterator[Row]:
        for each, row in self._there():
            if each.kind == "alert" and not self._is_explained(each, row):
                yield row
            if each.kind == "ran-out" and self._is_live(each) and row.state != "waiting":
                yield row

    def _is_live(self, each: Planned) -> bool:
        return self._derived.state.status == "open" and each.round == self._derived.round

    def _is_explained(self, each: Planned, row: Row) -> bool:
        """Whether the log knows how an alert came to be in its state."""
        match row.state:
            case "waiting":
                return True
            case "sent":
                return each.id in self._derived.sent
            case "failed":
                return self._may_be_over(row)
            case "cancelled":
                called_off = not self._is_live(each) or each.id in self._derived.stopped
                return called_off or any(self._stands_for(other, each, row) for other in self._rows)
            case _:
                return False

    def _stands_for(self, other: Row, each: Planned, row: Row) -> bool:
        """Whether the same person heard by another alert at this one's time, or hears by an earlier one, also by one
        that is older than what the log holds."""
        to = recipient_if_readable(self._vault, other)
        if other.kind != "alert" or other.id == each.id or to is None or to.person != each.person:
            return False
        if other.state == "waiting":
            return bool((other.round, other.rung) < (each.round, each.rung))
        at = self._derived.sent.get(other.id)
        if other.state == "failed":
            return self._may_be_over(other) or other.id not in self._derived.planned
        return at is not None and milliseconds(at) >= row.due_at

    def _may_be_over(self, row: Row) -> bool:
        return row.id in self._derived.given_up or row.id in self._derived.unclear

    def _put_off(self) -> Iterator[Row]:
        return (row for row in self._rows if row.state == "waiting" and not self._comes_in_time(row))

    def _comes_in_time(self, row: Row) -> bool:
        latest = milliseconds(self._now + _SLACK) if self._now else None
        if latest is not None and row.lease_until is not None and row.lease_until > latest + _ms(LEASE):
            return False
        if latest is not None and row.due_at > latest + _ms(_FAR) and row.kind != "action-due":
            return False
        if row.next_at <= row.due_at:
            return True
        held = self._restores_said.until if row.restored_at is not None else None
        if held and row.next_at <= milliseconds(held + _SLACK):
            return True
        rest = _OWN_REST if row.kind in ("ran-out", "idle") else LONGEST_REST
        if row.tried_at is None or (latest is not None and row.tried_at > latest):
            return False
        return bool(row.next_at <= row.tried_at + _ms(rest + _SLACK))

    def _not_put_back(self) -> Iterator[Row]:
        at = self._restores_said.rows
        return (row for row in self._rows if row.restored_at is not None and row.restored_at not in at)

    def _made_up(self) -> Iterator[Row]:
        """Of rounds that the log has arranged; of older ones it cannot say."""
        rounds = {each.round for each in self._derived.planned.values()}
        for row in self._rows:
            known = row.round in rounds or (self._derived.terms is not None)
            if row.kind in _LADDER and known and row.id not in self._derived.planned:
                yield row

    def _left_over(self) -> Iterator[Row]:
        if self._derived.state.status == "open":
            return iter(())
        return (row for row in self._rows if row.kind in _LADDER and row.state == "waiting")

    def _not_reminded(self) -> Iterator[object]:
        derived = self._derived
        reminders = {row.rung: row for row in self._rows if row.kind == "action-due" and row.state != "cancelled"}
        for action in open_actions(derived.events):
            due = action.detail.due
            if due and not _was_let_go(action, derived.events) and not _is_about(reminders.get(action.number), due):
                yield action
        idle = any(row.kind == "idle" and row.state == "waiting" for row in self._rows)
        if derived.state.status == "acknowledged" and not acted_on(derived.events) and not idle:
            yield derived


def has_unclear(rows: Sequence[Row], derived: Derived) -> bool:
    """Whether an alert is not tried again, and the log is too old to say whether that is right."""
    unclear = derived.unclear - derived.given_up
    return any(row.kind == "alert" and row.state == "failed" and row.id in unclear for row in rows)


def _was_let_go(action: Event, events: Sequence[Event]) -> bool:
    """Whether its reminder went with a closing that did not keep it: up to version 0.2 closing asked nobody."""
    closing = next((each for each in events if each.kind == "closed" and each.number > action.number), None)
    kept = (each.number for each in events if each.kind == "action-kept" and each.detail.about == action.number)
    return closing is not None and not any(number < closing.number for number in kept)


def _is_about(row: Row | None, day: dt.date) -> bool:
    """Whether a reminder falls due on this day, or when school begins again after it."""
    if row is None:
        return False
    due = dt.datetime.combine(day, dt.time(), dt.UTC)
    return bool(milliseconds(due - dt.timedelta(days=2)) <= row.due_at <= milliseconds(due + _OWN_REST))


def _ms(span: dt.timedelta) -> int:
    return int(span / dt.timedelta(milliseconds=1))
