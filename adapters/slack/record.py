"""A concern in front of somebody who may read it, and the small forms with which they work on it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from adapters.slack.alerts import ACKNOWLEDGE, OPEN
from adapters.slack.blocks import VIEW_BLOCKS, Block, button, buttons, heading, modal, paragraphs, plain, small, words
from bot.concerns import Record, staff
from bot.concerns.words import STATUS_WORDS, sentence
from bot.knowledge import School

RECORD = "record"
NOT_YOURS = "There is no such concern, or it is not yours to read."
TOO_LONG = "The rest is longer than Slack can show. Read it in the inbox on the page."


@dataclass(frozen=True)
class Task:
    """Something that can be done to a concern: its button, and its form (field, label, needed, several lines)."""

    id: str
    button: str
    fields: tuple[tuple[str, str, bool, bool], ...]


TASKS: tuple[Task, ...] = (
    Task("note", "Add a note", (("text", "Note", True, True),)),
    Task("action", "Add an action", (("text", "What is to be done?", True, True), ("due", "By when?", False, False))),
    Task("decision", "Add a decision", (("text", "Decision", True, True), ("reason", "Reason", True, True))),
    Task("pass-on", "Pass it on", (("person", "To whom?", True, False), ("reason", "Reason", True, True))),
    Task(
        "close",
        "Close it",
        (
            ("outcome", "Outcome", True, True),
            ("reason", "Reason", True, True),
            ("due", "Look at it again on", False, False),
        ),
    ),
)
_SAVED = {
    "note": "The note was added.",
    "action": "The action was added.",
    "decision": "The decision was added.",
    "pass-on": "It was passed on, and the alerts have begun again.",
    "close": "It was closed.",
}
_BY_ID = {task.id: task for task in TASKS}


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
    wanted = _BY_ID[task]
    blocks = [_input(school, *field) for field in wanted.fields]
    return modal(f"Concern {number}", blocks, f"task-{task}", "Save", number)


def message_view(number: str, text: str) -> Block:
    """One sentence about a concern, in the place of its record or form."""
    return modal(f"Concern {number}", paragraphs(text), "message")


def saved_view(number: str, task: str) -> Block:
    """A task was done."""
    blocks = [*paragraphs(_SAVED[task]), *buttons([button("Open", OPEN, number)])]
    return modal(f"Concern {number}", blocks, "saved")


def _tasks(record: Record) -> list[Block]:
    row = []
    if record.state.status == "open" and not record.yours:
        row.append(button("Acknowledge", ACKNOWLEDGE, record.number, "primary"))
    row += [button(task.button, f"task-{task.id}", f"{task.id} {record.number}") for task in TASKS]
    return buttons(row)


def _parts(school: School, record: Record) -> Iterator[Block]:
    report, zone = record.report, school.opening.zone
    about = [f"{pupil.name}, {pupil.group}".rstrip(", ") for pupil in report.pupils]
    if report.adult:
        about.append(f"{report.adult.name}, {report.adult.role}".rstrip(", "))
    elif report.head:
        about.append("The headteacher")
    day = f"{report.happened_on:%d %b %Y}" if report.happened_on else ""
    when = f"{day} {report.happened_at}".strip()
    shown = {
        "About": "\n".join(about),
        "Seen or heard": report.seen,
        "The child’s own words": report.words,
        "When it happened": when,
        "Where": report.where,
        "Who was there": report.present,
        "Done already": report.done,
        "Category": ", ".join(report.categories),
        "Link": report.link,
        "Logged by": f"{report.reporter.name}, {report.reporter.role}".rstrip(", "),
    }
    for label, text in shown.items():
        if text:
            yield heading(label)
            yield from plain(text)
    yield heading("What happened since")
    for event in record.events:
        yield small(f"{event.number}. {_moment(event.at, zone)}, {event.by.name}: {sentence(event)}")
        for text in (event.detail.text, event.detail.reason):
            if text and event.kind != "logged":
                yield from plain(text)


def _input(school: School, name: str, label: str, needed: bool, lines: bool) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": lines, "max_length": 3000}
    if name == "due":
        element = {"type": "datepicker", "action_id": name}
    if name == "person":
        options = [{"text": words(f"{person.name}, {person.role}", 75), "value": person.id} for person in staff(school)]
        element = {"type": "static_select", "action_id": name, "options": options[:100]}
    return {
        "type": "input", "block_id": name, "optional": not needed, "label": words(label, 2000), "element": element,
    }  # fmt: skip


def _moment(at: dt.datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"
