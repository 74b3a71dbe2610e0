"""What somebody decides about the tips: a posted form -> the one call of TipDesk that carries it out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.web.forms import FormError
from bot.concerns import IncompleteError
from bot.concerns.typed import NOT_PICKED, day_in
from bot.service.tip_desk import TipDesk

_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True)
class TipTask:
    """One form: for which school, by whom (their name), with what was typed."""

    desk: TipDesk
    school: str
    by: str
    fields: Mapping[str, str]
    today: dt.date
    now: dt.datetime

    def named(self, field: str) -> str:
        """What was picked from a list. Raises IncompleteError where nothing was."""
        if not self.fields[field]:
            raise IncompleteError({field: NOT_PICKED})
        return self.fields[field]

    def day(self, field: str) -> dt.date | None:
        """The day in a field, None where it is empty. Raises IncompleteError."""
        return day_in(field, self.fields[field])

    def needed(self, field: str) -> dt.date:
        """The day in a field that must not be empty. Raises IncompleteError."""
        day = day_in(field, self.fields[field], needed=True)
        if day is None:
            raise IncompleteError({field: "Pick a day."})
        return day


@dataclass(frozen=True)
class TipAction:
    """The fields that its form sends, and what is done; `do` gives the key in TIPS_DONE of what is said then."""

    fields: frozenset[str]
    do: Callable[[TipTask], str]


def decide(task: TipTask) -> str:
    """Do what the form asks for. Raises FormError, IncompleteError or TipError."""
    action = TIP_ACTIONS.get(task.fields.get("action", ""))
    if action is None or set(task.fields) - {"action"} != action.fields:
        raise FormError("not the fields of this page")
    return action.do(task)


def end_of_week(today: dt.date) -> dt.date:
    """The Sunday until which "no tips this week" holds: on a weekend, that of the week to come."""
    left = _SUNDAY - today.weekday()
    return today + dt.timedelta(days=left + 7 if today.weekday() >= _SATURDAY else left)


def _pause_week(task: TipTask) -> str:
    task.desk.pause(task.school, task.by, end_of_week(task.today), task.now)
    return "paused"


def _pause_until(task: TipTask) -> str:
    task.desk.pause(task.school, task.by, task.needed("last"), task.now)
    return "paused"


def _pause(task: TipTask) -> str:
    task.desk.pause(task.school, task.by, None, task.now)
    return "paused"


def _resume(task: TipTask) -> str:
    return "resumed" if task.desk.resume(task.school, "", task.now) else "running"


def _hold(task: TipTask) -> str:
    task.desk.skip(task.school, task.named("tip"), task.by, task.day("last"), task.now)
    return "held"


def _let_go(task: TipTask) -> str:
    task.desk.resume(task.school, task.named("tip"), task.now)
    return "let-go"


def _pin(task: TipTask) -> str:
    tip, day = task.named("tip"), task.needed("day")
    task.desk.pin(task.school, tip, day, task.fields["channel"], task.by, task.now)
    return "pinned"


def _unpin(task: TipTask) -> str:
    task.desk.unpin(task.school, task.needed("day"))
    return "unpinned"


TIP_ACTIONS: Mapping[str, TipAction] = {
    "pause-week": TipAction(frozenset(), _pause_week),
    "pause-until": TipAction(frozenset({"last"}), _pause_until),
    "pause": TipAction(frozenset(), _pause),
    "resume": TipAction(frozenset(), _resume),
    "hold": TipAction(frozenset({"tip", "last"}), _hold),
    "let-go": TipAction(frozenset({"tip"}), _let_go),
    "pin": TipAction(frozenset({"tip", "day", "channel"}), _pin),
    "unpin": TipAction(frozenset({"day"}), _unpin),
}
