"""A concern in front of somebody who may read it, and the small forms with which they work on it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters.chat.tasks import TASK, TASKS, Asked, facts_of, since
from adapters.teams.activities import ActivityBody
from adapters.teams.cards import Part, beside, dialog, heading, paragraphs, problem, rows, sender, small, text
from bot.concerns import Record, staff
from bot.concerns.words import STATUS_WORDS
from bot.knowledge import School

OPEN, TASK_FORM, TASK_DONE, ACKNOWLEDGE = "open", "task", "done", "acknowledge"


def record_dialog(school: School, record: Record) -> Part:
    """One concern, whole, as far as Teams can show it."""
    parts = [
        small(f"{STATUS_WORDS[record.state.status]}. Your reading has been recorded."),
        *_parts(school, record),
        *_tasks(record),
    ]
    return dialog(f"Concern {record.number}", parts)


def task_dialog(school: School, task: str, number: str, given: Mapping[str, str], problems: Mapping[str, str]) -> Part:
    """The form of one task, with what was typed already and what is wrong with it."""
    fields = TASK[task].fields
    parts = [problem(words) for name, words in problems.items() if name not in {field.id for field in fields}]
    for field in fields:
        if wrong := problems.get(field.id):
            parts.append(beside(field.label, wrong))
        parts.append(_input(school, field, given.get(field.id, "")))
    buttons = [
        sender("Save", {"do": f"{TASK_DONE} {task} {number}"}),
        {"type": "Action.Submit", "title": "Back", "associatedInputs": "none", "data": {"do": f"{OPEN} {number}"}},
    ]
    return dialog(f"Concern {number}", [*parts, *rows(buttons)], whole=True)


def given_of(task: str, data: ActivityBody) -> dict[str, str]:
    """What was filled in on the form of a task, by field id."""
    found = {field.id: data.get(field.id) for field in TASK[task].fields}
    return {name: value for name, value in found.items() if isinstance(value, str) and value}


def saved_dialog(number: str, task: str) -> Part:
    """A task was done."""
    back = sender("Open", {"do": f"{OPEN} {number}"})
    return dialog(f"Concern {number}", [text(TASK[task].saved), *rows([back])], "medium")


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


def _tasks(record: Record) -> list[Part]:
    buttons = []
    if record.state.status == "open" and not record.yours:
        buttons.append(sender("Acknowledge", {"do": f"{ACKNOWLEDGE} {record.number}"}))
    for task in TASKS:
        data = {"do": f"{TASK_FORM} {task.id} {record.number}"}
        buttons.append({"type": "Action.Submit", "title": task.button, "data": data})
    return rows(buttons)


def _input(school: School, field: Asked, value: str) -> Part:
    made: Part = {"type": "Input.Text", "isMultiline": field.lines, "maxLength": 3000}
    if field.id == "due":
        made = {"type": "Input.Date"}
    if field.id == "person":
        choices = [{"title": f"{person.name}, {person.role}", "value": person.id} for person in staff(school)]
        made = {"type": "Input.ChoiceSet", "style": "compact", "placeholder": "Pick somebody", "choices": choices}
    needed = {"isRequired": True, "errorMessage": "This is needed."} if field.needed else {}
    return {**made, "id": field.id, "label": field.label, **needed, **({"value": value} if value else {})}
