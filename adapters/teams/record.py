"""A concern in front of somebody who may read it, and the small forms with which they work on it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.chat.tasks import facts_of, since
from adapters.teams.activities import ActivityBody
from adapters.teams.cards import Part, beside, dialog, heading, paragraphs, problem, rows, sender, small, text
from bot.concerns import Record
from bot.concerns.actions import MENUS, ActionField, belongs_to
from bot.concerns.form import TEXT
from bot.concerns.words import STATUS_WORDS
from bot.knowledge import School
from bot.service.casework import ConcernAction

PICKED_BEFORE = "As you picked it before"
OPEN, TASK_FORM, TASK_DONE, ACKNOWLEDGE = "open", "task", "done", "acknowledge"


def record_dialog(school: School, record: Record, offered: Sequence[ConcernAction], done: str = "") -> Part:
    """One concern, whole, as far as Teams can show it; with what its reader can do, and what they have just `done`."""
    parts = [
        *([text(done)] if done else []),
        small(f"{STATUS_WORDS[record.state.status]}. Your reading has been recorded."),
        *_parts(school, record),
        *rows([_task(record.number, action) for action in offered]),
    ]
    return dialog(f"Concern {record.number}", parts)


def task_dialog(
    number: str,
    action: ConcernAction,
    fields: Sequence[ActionField],
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Part:
    """The form of one action. `given` is what was typed before, None where it opens; `problems` is what is wrong."""
    problems = problems or {}
    parts = [*([text(action.hint)] if action.hint else [])]
    parts += [problem(words) for name, words in problems.items() if name not in {field.id for field in fields}]
    for field in fields:
        if wrong := problems.get(field.id):
            parts.append(beside(field.label, wrong))
        parts += action_input(field, field.value if given is None else given.get(field.id, ""))
    buttons = [
        sender("Save", {"do": f"{TASK_DONE} {action.id} {number}"}),
        {"type": "Action.Submit", "title": "Back", "associatedInputs": "none", "data": {"do": f"{OPEN} {number}"}},
    ]
    return dialog(f"Concern {number}", [*parts, *rows(buttons)], whole=True)


def given_of(action: ConcernAction, data: ActivityBody) -> dict[str, str]:
    """What was filled in on the form of an action, by field id."""
    found = {name: value for name, value in data.items() if belongs_to(action.fields, name)}
    return {name: value for name, value in found.items() if isinstance(value, str) and value}


def drawn_without(action: ConcernAction) -> tuple[ActionField, ...]:
    """The fields of an action while the store cannot say which actions are open."""
    return tuple(field for field in action.fields if not field.each)


def saved_dialog(number: str, said: str) -> Part:
    """Something was done."""
    back = sender("Open", {"do": f"{OPEN} {number}"})
    return dialog(f"Concern {number}", [text(said), *rows([back])], "medium")


def message_dialog(number: str, words: str) -> Part:
    """One sentence about a concern, in the place of its record or form."""
    return dialog(f"Concern {number}", paragraphs(words), "medium")


def _parts(school: School, record: Record) -> Iterator[Part]:
    for label, words in facts_of(record).items():
        yield heading(label)
        yield from paragraphs(words)
    yield heading("What happened since")
    for line, texts in since(record, school.opening.zone):
        yield small(line)
        for words in texts:
            yield from paragraphs(words)


def _task(number: str, action: ConcernAction) -> Part:
    if action.id == ACKNOWLEDGE:  # one press, as on the alert
        return sender(action.title, {"do": f"{ACKNOWLEDGE} {number}"})
    data = {"do": f"{TASK_FORM} {action.id} {number}"}
    return {"type": "Action.Submit", "title": action.title, "data": data}


def action_input(field: ActionField, value: str) -> list[Part]:
    """A field with its hint. A menu with nothing in it is left out, because Teams takes none."""
    if field.kind in MENUS and not (field.options or value):
        return []
    needed = {"isRequired": True, "errorMessage": "This is needed."} if field.required else {}
    made = {**_element(field, value), "id": field.id, "label": field.label, **needed}
    hint = [{**small(field.hint), "spacing": "None"}] if field.hint else []
    return [{**made, **({"value": value} if value else {})}, *hint]


def _element(field: ActionField, value: str) -> Part:
    if field.kind in MENUS:
        choices = [{"title": option.label, "value": option.value} for option in field.options]
        if value and value not in {option.value for option in field.options}:
            choices.append({"title": PICKED_BEFORE, "value": value})  # the store cannot say just now what it is called
        return {"type": "Input.ChoiceSet", "style": "compact", "placeholder": field.empty, "choices": choices}
    if field.kind == "day":
        return {"type": "Input.Date"}
    return {"type": "Input.Text", "isMultiline": field.kind == "text", "maxLength": min(field.limit, TEXT)}
