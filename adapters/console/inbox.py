"""The inbox on the terminal, for the demo and for a server without a browser: list, read, work on, export.

What is written is asked for, never taken from the command line, where others could see it.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from adapters.console.account import in_terminal
from adapters.console.concern import Clock, Read
from adapters.console.text import StoppedTypingError, moment
from bot.concerns import IncompleteError, Reader, Record, Summary
from bot.concerns.actions import ActionField
from bot.concerns.words import STATUS_WORDS, about, logged_by, sentence, standing
from bot.errors import AskFirstError, FileError
from bot.knowledge import School
from bot.service.casework import ACTIONS, Ability, ActionDone, Casework, ConcernAction, ConcernActions, Export
from bot.service.drills import not_answered
from bot.store import Store

# What a terminal can do beside asking and showing. Nobody signs in to it: whoever can run it can read as anybody.
TERMINAL: frozenset[Ability] = frozenset({"files"})
_NUMBER = re.compile(r"[0-9A-Za-z]{5}")
_ORDER = {"open": 0, "acknowledged": 1, "closed": 2}


@dataclass(frozen=True)
class Terminal:
    """Somebody at the terminal, reading as `reader`. The clock is asked after their last answer: typing takes time."""

    casework: Casework
    store: Store
    school: School
    reader: Reader
    clock: Clock

    table: Sequence[ConcernAction] = ACTIONS

    @property
    def actions(self) -> ConcernActions:
        """What can be done to a concern."""
        return ConcernActions(lambda: self.school, self.store, self.casework, self.table)


def list_inbox(desk: Terminal) -> Iterator[str]:
    """One line for each concern that the reader may see."""
    found = desk.store.inbox(desk.school.id).summaries(desk.reader)
    for each in sorted(found, key=lambda one: (_ORDER[one.state.status], not one.state.urgent, one.logged_at)):
        yield _line(desk, each)
    if not found:
        yield "Nothing is waiting for you."
    for late in not_answered(desk.store, desk.school):
        if desk.reader.roles or late.person.id == desk.reader.person:
            yield f"{late.said}."


def show_concern(desk: Terminal, number: str) -> Iterator[str]:
    """One concern, whole. The reading is recorded."""
    record = desk.casework.read(desk.reader, number, desk.clock(), in_terminal())
    yield f"Concern {record.number}: {STATUS_WORDS[record.state.status]}. Your reading has been recorded."
    yield from (line for line in report_lines(record) if line)
    yield ""
    yield from chronology_lines(record, desk.school)
    yield ""
    yield f"What you can do: askfirst inbox {desk.reader.person} {record.number} ACTION, where ACTION is one of"
    yield from (f"  {each.id}: {each.title}" for each in desk.actions.offered(desk.reader, record, TERMINAL))


def work_on(desk: Terminal, number: str, action: str, read: Read) -> str:
    """Do something to a concern, asking for what it needs; what is said of it then. Raises AskFirstError."""
    chosen = desk.actions.find(action, TERMINAL)
    fields = desk.actions.fields(desk.reader, chosen, desk.clock(), number=number)
    try:
        path = _path(read) if chosen.needs == "files" else None
        given = {"way": path.suffix.lower().removeprefix(".")} if path else {}
        given |= {field.id: _asked(field, read) for field in fields if field.id not in given}
    except (EOFError, KeyboardInterrupt):
        raise StoppedTypingError from None
    try:
        return _to_file(desk, number, action, given, path) if path else _done(desk, number, action, given)
    except IncompleteError as fault:
        labels = {field.id: field.label.removesuffix("?") for field in fields}
        wrong = [f"{labels.get(name, name)}: {why}" for name, why in fault.problems.items()]
        raise AskFirstError(" ".join(["nothing was saved.", *wrong])) from None


def _done(desk: Terminal, number: str, action: str, given: Mapping[str, str]) -> str:
    done = _carried_out(desk, number, action, given)
    state = done.result.state
    return f"{done.said} {standing(state, desk.school.opening.zone)}." if state else done.said


def _to_file(desk: Terminal, number: str, action: str, given: Mapping[str, str], path: Path) -> str:
    with new_file(path) as file:  # first: an export that cannot be written is not noted
        done = _carried_out(desk, number, action, given)
        if done.result.export:
            file.write(_exported(desk, done.result.export, path))
    return f"{done.said} It is {path}."


def _carried_out(desk: Terminal, number: str, action: str, given: Mapping[str, str]) -> ActionDone:
    # Whoever can run this can do it as anybody: so the log holds the account beside the name that was given.
    # What was typed as a number may be anything, a name too, and the audit is printed.
    named = number.upper() if _NUMBER.fullmatch(number) else "no number"
    desk.casework.worked_in_terminal(desk.reader, action, named, in_terminal(), desk.clock())
    return desk.actions.carry_out(desk.reader, number, action, given, desk.clock(), TERMINAL)


def _line(desk: Terminal, each: Summary) -> str:
    urgency = "IMMEDIATE" if each.state.urgent else "         "
    holder = f" ({each.state.holder.name})" if each.state.holder and each.state.status != "open" else ""
    due = f", next step {moment(each.next_due, desk.school.opening.zone)}" if each.next_due else ""
    when = moment(each.logged_at, desk.school.opening.zone)
    about = f"about: {each.kind}" if each.kind else "cannot be opened (see docs/keys.md)"
    return f"{each.number}  {urgency}  {each.state.status}{holder}  {about}  logged {when}{due}"


def report_lines(record: Record) -> Iterator[str]:
    """What was reported, a line for each part of it that was filled in."""
    report = record.report
    day = f"{report.happened_on.day} {report.happened_on:%B %Y}" if report.happened_on else ""
    parts = {
        "Logged by": logged_by(report.reporter),
        "About": about(report).replace("\n", "; "),
        "Seen or heard": report.seen,
        "The child's own words": report.words,
        "When": " ".join(filter(None, (day, report.happened_at))),
        "Where": report.where,
        "Who was there": report.present,
        "Done already": report.done,
        "Category": ", ".join(report.categories),
        "Link": report.link,
    }
    yield from (f"{label}: {text}" for label, text in parts.items() if text)


def chronology_lines(record: Record, school: School) -> Iterator[str]:
    """What happened since, a line for each event and for what was written."""
    for event in record.events:
        yield f"  {event.number}. {moment(event.at, school.opening.zone)}  {event.by.name}: {sentence(event)}"
        yield from (f"     {text}" for text in (event.detail.text, event.detail.reason) if text)


def _asked(field: ActionField, read: Read) -> str:
    options = "".join(f"\n  {option.value}: {option.label}" for option in field.options)
    prompt = f"{field.label}{options}{_how(field)}"
    return read(prompt + (" " if prompt.endswith("?") else ": ")).strip()


def _how(field: ActionField) -> str:
    """How a field is to be filled in, where its label does not say so."""
    if field.options:
        return "\nOne of these words" + ("" if field.required else f" (or empty: {field.empty})")
    such = f"YYYY-MM-DD, such as {field.value}" if field.value else "YYYY-MM-DD"
    hints = [such] if field.kind == "day" else []
    hints += [] if field.required else ["or empty"]
    return f" ({', '.join(hints)})" if hints else ""


def _path(read: Read) -> Path:
    """The file to write to; the end of its name says how. Raises AskFirstError."""
    path = Path(read("File (its name ends in .pdf or .csv): ").strip()).expanduser()
    if path.suffix.lower() not in (".pdf", ".csv"):
        raise AskFirstError(f"{path}: the name must end in .pdf or .csv")
    return path


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there before, for its owner's eyes only; gone again if it is not filled. Raises FileError."""
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as fault:
        raise FileError(fault, path) from None
    with contextlib.ExitStack() as undo:
        undo.callback(path.unlink, missing_ok=True)
        with file:
            yield file
        undo.pop_all()  # filled: it stays


def _exported(desk: Terminal, export: Export, path: Path) -> bytes:
    from adapters.documents.pdf import concern_pdf  # it takes a while to load, and few commands need it
    from adapters.documents.table import concern_csv

    if path.suffix.lower() == ".csv":
        return concern_csv(desk.school, export.records)
    title = f"Concern {export.records[0].number}"
    return concern_pdf(desk.school, export.records, title, export.by.name, desk.clock())
