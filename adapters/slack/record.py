"""A concern in front of somebody who may read it, and the small forms with which they work on it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.chat.tasks import facts_of, since
from adapters.slack.alerts import ACKNOWLEDGE, OPEN
from adapters.slack.blocks import (
    BUTTON,
    VIEW_BLOCKS,
    Block,
    button,
    buttons,
    cut,
    heading,
    modal,
    paragraphs,
    plain,
    small,
    words,
)
from bot.concerns import Record
from bot.concerns.actions import MENUS, ActionField
from bot.concerns.form import TEXT
from bot.concerns.words import STATUS_WORDS
from bot.knowledge import School
from bot.service.casework import ConcernAction

RECORD, TASK = "record", "task-"
_MOST_OPTIONS = 100  # of a menu
TOO_LONG = "The rest is longer than Slack can show. Read it in the inbox on the page."


def record_view(school: School, record: Record, offered: Sequence[ConcernAction], done: str = "") -> Block:
    """One concern, whole, as far as Slack can show it; with what its reader can do, and what they have just `done`."""
    blocks = [*paragraphs(done), small(f"{STATUS_WORDS[record.state.status]}. Your reading has been recorded.")]
    blocks += _tasks(record, offered)
    parts = list(_parts(school, record))
    room = VIEW_BLOCKS - len(blocks) - 1
    blocks += parts[:room]
    if len(parts) > room:
        blocks.append(small(TOO_LONG))
    return modal(f"Concern {record.number}", blocks, RECORD, metadata=record.number)


def task_view(number: str, action: ConcernAction, fields: Sequence[ActionField]) -> Block:
    """The form of one action. A menu with nothing in it is left out, because Slack takes none."""
    blocks = [*paragraphs(action.hint)]
    blocks += [action_input(field) for field in fields if field.kind not in MENUS or field.options]
    return modal(f"Concern {number}", blocks or paragraphs(action.title), f"{TASK}{action.id}", "Save", number)


def message_view(number: str, text: str) -> Block:
    """One sentence about a concern, in the place of its record or form."""
    return modal(f"Concern {number}", paragraphs(text), "message")


def saved_view(number: str, said: str) -> Block:
    """Something was done."""
    blocks = [*paragraphs(said), *buttons([button("Open", OPEN, number)])]
    return modal(f"Concern {number}", blocks, "saved")


def _tasks(record: Record, offered: Sequence[ConcernAction]) -> list[Block]:
    return buttons([_task(record.number, action) for action in offered])


def _task(number: str, action: ConcernAction) -> Block:
    if action.id == ACKNOWLEDGE:  # one press, as on the alert
        return button(action.title, ACKNOWLEDGE, number, "primary")
    return button(action.title, f"{TASK}{action.id}", f"{action.id} {number}")


def _parts(school: School, record: Record) -> Iterator[Block]:
    for label, text in facts_of(record).items():
        yield heading(label)
        yield from plain(text)
    yield heading("What happened since")
    for line, texts in since(record, school.opening.zone):
        yield small(line)
        for text in texts:
            yield from plain(text)


def action_input(field: ActionField) -> Block:
    """One field of an action."""
    block: Block = {
        "type": "input",
        "block_id": field.id,
        "optional": not field.required,
        "label": words(field.label, 2000),
        "element": _element(field),
    }
    return {**block, "hint": words(field.hint, 2000)} if field.hint else block


def _element(field: ActionField) -> Block:
    if field.kind in MENUS:
        options = [{"text": words(each.label, BUTTON), "value": each.value} for each in field.options[:_MOST_OPTIONS]]
        element: Block = {"type": "static_select", "action_id": field.id, "options": options}
        return {**element, "placeholder": words(field.empty, 150)} if field.empty else element
    if field.kind == "day":
        return {"type": "datepicker", "action_id": field.id, **({"initial_date": field.value} if field.value else {})}
    limit = min(field.limit, TEXT)
    element = {
        "type": "plain_text_input", "action_id": field.id, "multiline": field.kind == "text", "max_length": limit,
    }  # fmt: skip
    return {**element, "initial_value": cut(field.value, limit)} if field.value else element
