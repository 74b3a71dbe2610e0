"""What can be done to a concern: each action described once, offered to whoever may do it, and carried out.

Every channel draws these descriptions and calls `ConcernActions.carry_out`; the table is in action_table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.concerns import ConcernState, Reader, Record
from bot.concerns.actions import (
    ALWAYS,
    ActionContext,
    ActionField,
    GivenFields,
    OfferedWhen,
    fields_for,
    is_offered,
    read_given,
)  # fmt: skip
from bot.knowledge import School
from bot.service.casework.reporting import RefusedError
from bot.service.casework.work import Casework, Export
from bot.store import Store

# What a channel has to be able to do for an action to be offered on it, and what is said where it cannot.
Ability = Literal["files", "sign-in"]
WITHOUT: Mapping[Ability, str] = {
    "files": "this makes a file with names in it, and can only be done in the inbox on the page",
    "sign-in": "deleting takes two people who are each signed in, and can only be done in the inbox on the page",
}


@dataclass(frozen=True)
class ActionTask:
    """Something to be done: by whom, to which concern, with what was filled in."""

    casework: Casework
    reader: Reader
    number: str
    given: GivenFields
    now: dt.datetime


@dataclass(frozen=True)
class ActionResult:
    """What came of it: whether somebody else had done it `already`; how the concern stands, where that is known; the
    records that are to be written to a file."""

    already: bool = False
    state: ConcernState | None = None
    export: Export | None = None


@dataclass(frozen=True)
class ConcernAction:
    """One thing that can be done to a concern. `title` stands on the button or the line that leads to it, `send` on the
    button that does it; `hint` is read before. `said` is what is said afterwards, `said_already` where somebody was
    quicker. `needs` is what a channel must be able to do; `deletes` says that the concern is gone afterwards."""

    id: str
    title: str
    send: str
    said: str
    do: Callable[[ActionTask], ActionResult | None]
    fields: tuple[ActionField, ...] = ()
    when: OfferedWhen = ALWAYS
    hint: str = ""
    said_already: str = ""
    needs: Ability | None = None
    deletes: bool = False


@dataclass(frozen=True)
class ActionDone:
    """An action that was carried out."""

    action: ConcernAction
    result: ActionResult

    @property
    def said(self) -> str:
        """What is said of it."""
        return self.action.said_already if self.result.already else self.action.said

    @property
    def key(self) -> str:
        """Under which `ConcernActions.said` gives the same sentence: an address may hold it, and never a text."""
        return f"{self.action.id}{_ALREADY if self.result.already else ''}"


_ALREADY = "-already"


class ConcernActions:
    """What can be done to the concerns of the school that `school` gives at the time. `able` is what the channel can do
    that asks."""

    def __init__(
        self, school: Callable[[], School], store: Store, casework: Casework, table: Sequence[ConcernAction]
    ) -> None:
        self._school, self._store, self._casework = school, store, casework
        self._table: Mapping[str, ConcernAction] = {action.id: action for action in table}

    def of(self, able: frozenset[Ability]) -> tuple[ConcernAction, ...]:
        """Every action that a channel may offer at all."""
        return tuple(each for each in self._table.values() if each.needs is None or each.needs in able)

    def knows(self, action: str, able: frozenset[Ability]) -> bool:
        """Whether there is an action of this id that a channel may offer."""
        return action in {each.id for each in self.of(able)}

    def find(self, action: str, able: frozenset[Ability]) -> ConcernAction:
        """An action by its id. Raises RefusedError where there is none, or none on this channel."""
        found = self._table.get(action)
        if found is None:
            known = ", ".join(each.id for each in self.of(able))
            raise RefusedError(f"there is no such thing to do. It is one of: {known}")
        # Not only left out of what is drawn: whoever sends its id by hand is refused as well.
        if found.needs is not None and found.needs not in able:
            raise RefusedError(WITHOUT[found.needs])
        return found

    def offered(self, reader: Reader, record: Record, able: frozenset[Ability]) -> tuple[ConcernAction, ...]:
        """What somebody can do to a concern that they have before them, in the order in which it is drawn."""
        return tuple(each for each in self.of(able) if is_offered(each.when, record, reader))

    def fields(
        self,
        reader: Reader,
        action: ConcernAction,
        now: dt.datetime,
        record: Record | None = None,
        number: str = "",
    ) -> tuple[ActionField, ...]:
        """The fields of an action for this reader, with what can be picked. `record` is the concern where they have
        just read it: without one, nothing of it shows, but for the numbers of the open actions of the concern `number`.
        Raises StoreError."""
        school = self._school()
        has_file = any(field.kind == "file" for field in action.fields)
        files = self._store.inbox(school.id).files(reader) if has_file else ()
        today = now.astimezone(school.opening.zone).date()
        has_each = number and any(field.each for field in action.fields)
        actions = self._store.inbox(school.id).open_actions(reader, number) if has_each else ()
        return fields_for(action.fields, ActionContext(school, reader, today, record, files, actions))

    def carry_out(
        self,
        reader: Reader,
        number: str,
        action: str,
        given: Mapping[str, str],
        now: dt.datetime,
        able: frozenset[Ability],
    ) -> ActionDone:
        """Do it, with what was filled in by field id. Raises IncompleteError (by field id), RefusedError,
        UnknownConcernError or another StoreError; then nothing was done."""
        found = self.find(action, able)
        task = ActionTask(self._casework, reader, number, read_given(found.fields, given), now)
        return ActionDone(found, found.do(task) or ActionResult())

    def said(self, key: str) -> str:
        """What is said of an action that was carried out, by the key of ActionDone; empty for any other key."""
        action = self._table.get(key.removesuffix(_ALREADY))
        if action is None:
            return ""
        return action.said_already if key.endswith(_ALREADY) else action.said
