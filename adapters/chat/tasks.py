"""What can be done to a concern from a chat, by whoever may read it: the small forms, and doing it. Pure but for the
casework that it is handed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.concerns import ConcernState, IncompleteError, Reader, Record
from bot.concerns.words import moment, sentence
from bot.knowledge import School
from bot.service.casework import Casework, RefusedError
from bot.store import StoreError, UnknownConcernError

NOT_YOURS = "There is no such concern, or it is not yours to read."
NOT_SAVED = "This was NOT saved. Press Save again in a moment; nothing you wrote is lost."
NOT_DONE = "That did not work: the concern log cannot be reached just now. Press it again in a minute."


@dataclass(frozen=True)
class Asked:
    """One field of a task: its id, its label, whether it is needed and whether it has several lines. "person" is picked
    from the people of school.yaml, "due" is a day."""

    id: str
    label: str
    needed: bool
    lines: bool = False


@dataclass(frozen=True)
class ChatTask:
    """Something that can be done to a concern: its button, its form, and what is said afterwards."""

    id: str
    button: str
    fields: tuple[Asked, ...]
    saved: str


_REASON = Asked("reason", "Reason", True, True)
TASKS: tuple[ChatTask, ...] = (
    ChatTask("note", "Add a note", (Asked("text", "Note", True, True),), "The note was added."),
    ChatTask(
        "action",
        "Add an action",
        (Asked("text", "What is to be done?", True, True), Asked("due", "By when?", False)),
        "The action was added.",
    ),
    ChatTask(
        "decision", "Add a decision", (Asked("text", "Decision", True, True), _REASON), "The decision was added."
    ),
    ChatTask(
        "pass-on",
        "Pass it on",
        (Asked("person", "To whom?", True), _REASON),
        "It was passed on, and the alerts have begun again.",
    ),
    ChatTask(
        "close",
        "Close it",
        (Asked("outcome", "Outcome", True, True), _REASON, Asked("due", "Look at it again on", False)),
        "It was closed.",
    ),
)  # fmt: skip
TASK: Mapping[str, ChatTask] = {task.id: task for task in TASKS}


def carry_out(
    work: Casework, reader: Reader, task: str, number: str, given: Mapping[str, str], now: dt.datetime
) -> None:
    """Do one task with what was filled in, by field id. Raises IncompleteError, RefusedError or StoreError."""
    text, reason = given.get("text", ""), given.get("reason", "")
    match task:
        case "note":
            work.note(reader, number, text, now)
        case "action":
            work.action(reader, number, text, _day(given), now)
        case "decision":
            work.decide(reader, number, text, reason, now)
        case "pass-on":
            work.reassign(reader, number, given.get("person", ""), reason, now)
        case "close":
            work.close(reader, number, given.get("outcome", ""), reason, _day(given), now)


def problems_of(fault: IncompleteError) -> dict[str, str]:
    """What is wrong, by the field of the task's form."""
    return {("due" if name == "review_on" else name): why for name, why in fault.problems.items()}


def sentence_of(fault: Exception, chat: str) -> str:
    """What is shown of a fault. Whoever may not read a concern is not told whether it exists."""
    if isinstance(fault, UnknownConcernError):
        return NOT_YOURS
    if isinstance(fault, RefusedError):
        text = str(fault)
        return f"{text[:1].upper()}{text[1:]}."
    if isinstance(fault, StoreError | TimeoutError):
        return NOT_DONE
    return f"{chat} does not say who you are just now. Press it again in a minute, or use the inbox on the page."


def who_has(school: School, state: ConcernState) -> str:
    """Who has taken a concern on, in the place of the buttons of its alert."""
    if state.holder is None:
        return "It has been closed."
    at = state.acknowledged_at
    local = at.astimezone(school.opening.zone) if at else None
    when = f" at {local:%H:%M} on {local.day} {local:%B}" if local else ""
    closed = " It has been closed since." if state.status == "closed" else ""
    return f"{state.holder.name} acknowledged it{when}.{closed}"


def facts_of(record: Record) -> dict[str, str]:
    """The report, by the labels under which it is read; what was left empty is left out."""
    report = record.report
    about = [f"{pupil.name}, {pupil.group}".rstrip(", ") for pupil in report.pupils]
    if report.adult:
        about.append(f"{report.adult.name}, {report.adult.role}".rstrip(", "))
    elif report.head:
        about.append("The headteacher")
    day = f"{report.happened_on:%d %b %Y}" if report.happened_on else ""
    shown = {
        "About": "\n".join(about),
        "Seen or heard": report.seen,
        "The child’s own words": report.words,
        "When it happened": f"{day} {report.happened_at}".strip(),
        "Where": report.where,
        "Who was there": report.present,
        "Done already": report.done,
        "Category": ", ".join(report.categories),
        "Link": report.link,
        "Logged by": f"{report.reporter.name}, {report.reporter.role}".rstrip(", "),
    }
    return {label: text for label, text in shown.items() if text}


def since(record: Record, zone: ZoneInfo) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The chronology: each line, and the texts that belong to it."""
    for event in record.events:
        texts = () if event.kind == "logged" else (event.detail.text, event.detail.reason)
        line = f"{event.number}. {moment(event.at, zone)}, {event.by.name}: {sentence(event)}"
        yield line, tuple(text for text in texts if text)


def _day(given: Mapping[str, str]) -> dt.date | None:
    return dt.date.fromisoformat(given["due"]) if given.get("due") else None
