"""What can be done to a concern, as data: the fields of each action and when it is offered. Pure; every channel draws
these fields, and what comes back from them is read here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.concerns.chronology import Event, Status, open_actions
from bot.concerns.form import LINE, FieldOption, staff
from bot.concerns.model import Reader, Report
from bot.concerns.record import ChildFile, Record
from bot.concerns.typed import LONGEST_TEXT, NOT_PICKED, NOTHING_WRITTEN, IncompleteError, day_in, number_in, too_long
from bot.knowledge import Person, School

ActionFieldKind = Literal["text", "line", "day", "number", "choice", "person", "file"]
_EACH = re.compile(r"([a-z]+)-([0-9]{1,9})", re.ASCII)
_LONGEST_LABEL = 120
MENUS: frozenset[ActionFieldKind] = frozenset({"choice", "person", "file"})


@dataclass(frozen=True)
class ActionField:
    """One thing that an action asks for. "text" has several lines, "line" has one; "number" is that of a line of the
    chronology; a "choice", a "person" and a "file" are picked from `options`. `empty` says what it means to pick
    nothing; `value` stands in the field already, and `suggest` is where it comes from. With `each` it stands for one
    field for each action that is still open, whose ids are its own and the number of the action ("becomes-12")."""

    id: str
    kind: ActionFieldKind
    label: str
    hint: str = ""
    required: bool = True
    options: tuple[FieldOption, ...] = ()
    empty: str = ""
    value: str = ""
    suggest: Literal["", "review", "child"] = ""
    each: Literal["", "open-action"] = ""

    @property
    def limit(self) -> int:
        """How many characters it takes."""
        return LONGEST_TEXT if self.kind == "text" else LINE


@dataclass(frozen=True)
class OfferedWhen:
    """When an action is offered, to those who may read the concern: where the concern stands so; `by` whom; whether a
    deletion has been asked for (None: either way); and only where an action is still to be done."""

    status: frozenset[Status] = frozenset({"open", "acknowledged", "closed"})
    by: Literal["readers", "not whoever logged it", "not whoever asked for it"] = "readers"
    deletion: bool | None = None
    to_do: bool = False


ALWAYS = OfferedWhen()


@dataclass(frozen=True)
class ActionContext:
    """What the fields of an action are filled from. `record` is None where the reader has not read it just now: then
    nothing of it may show in a field, and of its open `actions` no more than the numbers."""

    school: School
    reader: Reader
    today: dt.date
    record: Record | None = None
    files: tuple[ChildFile, ...] = ()
    actions: tuple[Event, ...] = ()


@dataclass(frozen=True)
class GivenFields:
    """What was filled in, found to be as it must be."""

    texts: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.texts.get(field, "")

    def day(self, field: str) -> dt.date | None:
        """The day in a field, None where it is empty."""
        return day_in(field, self[field])

    def number(self, field: str) -> int:
        """The number in a field that needs one."""
        return number_in(field, self[field])

    def each(self, field: str) -> Mapping[int, str]:
        """What was picked for each open action: its number -> the value."""
        found = {name: _EACH.fullmatch(name) for name in self.texts}
        return {int(match[2]): self.texts[name] for name, match in found.items() if match and match[1] == field}


def is_offered(when: OfferedWhen, record: Record, reader: Reader) -> bool:
    """Whether an action is offered to somebody who may read the record."""
    state = record.state
    if state.status not in when.status or (when.to_do and not still_to_do(record)):
        return False
    if when.deletion is not None and when.deletion is not (state.deletion_by is not None):
        return False
    if when.by == "not whoever logged it":
        return not record.yours
    asked = state.deletion_by.person if state.deletion_by else ""
    return when.by == "readers" or asked != reader.person


def still_to_do(record: Record) -> tuple[int, ...]:
    """The numbers of the actions that are still open."""
    return tuple(event.number for event in open_actions(record.events))


def fields_for(fields: Sequence[ActionField], context: ActionContext) -> tuple[ActionField, ...]:
    """The fields of an action as they are drawn: filled, and one for each open action where one stands for each."""
    shown = (each for field in fields for each in (_for_each(field, context) if field.each else (field,)))
    return tuple(filled(field, context) for field in shown)


def belongs_to(fields: Sequence[ActionField], name: str) -> ActionField | None:
    """The field that this name is filled in under; None where it is none of theirs."""
    match = _EACH.fullmatch(name)
    for field in fields:
        if not field.each and field.id == name:
            return field
        if field.each and match and match[1] == field.id:
            return replace(field, id=name, each="")
    return None


def filled(field: ActionField, context: ActionContext) -> ActionField:
    """A field with what can be picked in it, and with what stands in it before anybody types."""
    pick, suggest = _OPTIONS.get(field.kind), _SUGGESTED.get(field.suggest)
    return replace(
        field,
        options=pick(context) if pick else field.options,
        value=suggest(context) if suggest else field.value,
    )


def read_given(fields: Sequence[ActionField], given: Mapping[str, str]) -> GivenFields:
    """What was filled in, by field id. Raises IncompleteError with every problem at once."""
    named = {name: belongs_to(fields, name) for name in given}
    asked = [*(field for field in fields if not field.each), *(each for name, each in named.items() if each)]
    problems = {field.id: wrong for field in asked if (wrong := _problem(field, given.get(field.id, "")))}
    # All at once: somebody who writes under pressure is not sent back twice.
    if problems:
        raise IncompleteError(problems)
    return GivenFields({field.id: given.get(field.id, "") for field in asked})


def may_take_it(school: School, reader: str, report: Report) -> tuple[Person, ...]:
    """To whom it can be passed on: not to whoever reads, is known to have logged it or is spoken of."""
    spoken_of = {report.adult.person} if report.adult else set()
    heads = set(school.roles.get("head", ())) if report.head else set()
    never = {reader, report.reporter.checked} | spoken_of | heads
    return tuple(person for person in staff(school) if person.id not in never)


def in_seven_years(today: dt.date) -> dt.date:
    """When a closed concern is looked at again unless somebody says otherwise: the start of a school year."""
    return dt.date(today.year + 7, 9, 1)


def _for_each(field: ActionField, context: ActionContext) -> Iterator[ActionField]:
    for event in open_actions(context.record.events) if context.record else context.actions:
        text = f": {event.detail.text}" if context.record else ""
        label = (
            f"{field.label} no. {event.number}{text if len(text) <= _LONGEST_LABEL else text[:_LONGEST_LABEL] + '…'}"
        )
        yield replace(field, id=f"{field.id}-{event.number}", label=label, each="")


def _problem(field: ActionField, typed: str) -> str:
    try:
        if field.kind == "number":
            number_in(field.id, typed)
        elif field.kind == "day":
            day_in(field.id, typed, field.required)
    except IncompleteError as fault:
        return fault.problems[field.id]
    if field.required and not typed.strip():
        return NOT_PICKED if field.kind in MENUS or field.kind == "day" else NOTHING_WRITTEN
    # What is picked is checked like what is typed: a chat or a browser may send anything.
    if field.options and typed and typed not in {option.value for option in field.options}:
        return NOT_PICKED
    return too_long(field.limit) if len(typed.strip()) > field.limit else ""


def _people(context: ActionContext) -> tuple[FieldOption, ...]:
    """Before the record is read everybody is offered: who is left out would say whom it is about."""
    if context.record:
        people = may_take_it(context.school, context.reader.person, context.record.report)
    else:
        people = tuple(each for each in staff(context.school) if each.id != context.reader.person)
    return tuple(FieldOption(person.id, f"{person.name}, {person.role}") for person in people)


def _files(context: ActionContext) -> tuple[FieldOption, ...]:
    """The children's files that it is not in yet; the numbers tell two children of one name apart."""
    number = context.record.number if context.record else ""
    others = (each for each in context.files if number not in each.numbers)
    return tuple(FieldOption(each.id, f"{each.name} ({', '.join(each.numbers)})") for each in others)


def _child(context: ActionContext) -> str:
    """What a new file would be called, empty where a file has that name: then a person has to decide."""
    pupils = context.record.report.pupils if context.record else ()
    name = pupils[0].name if pupils else ""
    return "" if name.casefold() in {each.name.casefold() for each in context.files} else name


_OPTIONS: Mapping[str, Callable[[ActionContext], tuple[FieldOption, ...]]] = {"person": _people, "file": _files}
_SUGGESTED: Mapping[str, Callable[[ActionContext], str]] = {
    "child": _child,
    "review": lambda context: in_seven_years(context.today).isoformat(),
}
