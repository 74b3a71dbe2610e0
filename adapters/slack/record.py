"""A concern in front of somebody who may read it, and the small forms with which they work on it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.chat.tasks import TASK, TASKS, Asked, facts_of, since
from adapters.slack.alerts import ACKNOWLEDGE, OPEN
from adapters.slack.blocks import VIEW_BLOCKS, Block, button, buttons, heading, modal, paragraphs, plain, small, words
from bot.concerns import Record, staff
from bot.concerns.words import STATUS_WORDS
from bot.knowledge import School

RECORD = "record"
TOO_LONG = "The rest is longer than Slack can show. Read it in the inbox on the page."


def record_view(school: School, record: Record) -> Block:
    """One concern, whole, as far as Slack can show it."""
    blocks = [small(f"{STATUS_WORDS[record.state.status]}. Your reading has been recorded."), *_tasks(record)]
    parts = list(_parts(school, record))
    room = VIEW_BLOCKS - len(blocks) - 1
    blocks += parts[:room]
    if len(parts) > room:
        blocks.append(small(TOO_LONG))
    return modal(f"Concern {record.number}", blocks, RECORD, metadata=record.number)


def task_view(school: School, task: str, number: str) -> Block:
    """The form of one task."""
    blocks = [_input(school, field) for field in TASK[task].fields]
    return modal(f"Concern {number}", blocks, f"task-{task}", "Save", number)


def message_view(number: str, text: str) -> Block:
    """One sentence about a concern, in the place of its record or form."""
    return modal(f"Concern {number}", paragraphs(text), "message")


def saved_view(number: str, task: str) -> Block:
    """A task was done."""
    blocks = [*paragraphs(TASK[task].saved), *buttons([button("Open", OPEN, number)])]
    return modal(f"Concern {number}", blocks, "saved")


def _tasks(record: Record) -> list[Block]:
    row = []
    if record.state.status == "open" and not record.yours:
        row.append(button("Acknowledge", ACKNOWLEDGE, record.number, "primary"))
    row += [button(task.button, f"task-{task.id}", f"{task.id} {record.number}") for task in TASKS]
    return buttons(row)


def _parts(school: School, record: Record) -> Iterator[Block]:
    for label, text in facts_of(record).items():
        yield heading(label)
        yield from plain(text)
    yield heading("What happened since")
    for line, texts in since(record, school.opening.zone):
        yield small(line)
        for text in texts:
            yield from plain(text)


def _input(school: School, field: Asked) -> Block:
    element: Block = {
        "type": "plain_text_input", "action_id": field.id, "multiline": field.lines, "max_length": 3000,
    }  # fmt: skip
    if field.id == "due":
        element = {"type": "datepicker", "action_id": field.id}
    if field.id == "person":
        options = [{"text": words(f"{person.name}, {person.role}", 75), "value": person.id} for person in staff(school)]
        element = {"type": "static_select", "action_id": field.id, "options": options[:100]}
    return {
        "type": "input", "block_id": field.id, "optional": not field.needed, "label": words(field.label, 2000),
        "element": element,
    }  # fmt: skip
