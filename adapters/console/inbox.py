"""The inbox on the terminal, for the demo and for a server without a browser: list, read, work on, export.

What is written is asked for, never taken from the command line, where others could see it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from adapters.console.concern import Read
from adapters.console.text import moment
from bot.concerns import Reader, Record, Summary
from bot.concerns.words import STATUS_WORDS, sentence
from bot.errors import AskFirstError, FileError
from bot.knowledge import School
from bot.service.casework import Casework, Export
from bot.store import Store

_ORDER = {"open": 0, "acknowledged": 1, "closed": 2}


@dataclass(frozen=True)
class Terminal:
    """Somebody at the terminal, reading as `reader`."""

    casework: Casework
    store: Store
    school: School
    reader: Reader
    now: dt.datetime

    def ask_day(self, read: Read, label: str) -> dt.date | None:
        """A day, or None where nothing is typed."""
        typed = read(f"{label} (YYYY-MM-DD, or empty): ").strip()
        try:
            return dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            raise AskFirstError(f"'{typed}' is not a day. Write it as 2026-11-30") from None


def list_inbox(desk: Terminal) -> Iterator[str]:
    """One line for each concern that the reader may see."""
    found = desk.store.inbox(desk.school.id).summaries(desk.reader)
    for each in sorted(found, key=lambda one: (_ORDER[one.state.status], not one.state.urgent, one.logged_at)):
        yield _line(desk, each)
    if not found:
        yield "Nothing is waiting for you."


def show_concern(desk: Terminal, number: str) -> Iterator[str]:
    """One concern, whole. The reading is recorded."""
    record = desk.casework.read(desk.reader, number, desk.now, "terminal")
    yield f"Concern {record.number}: {STATUS_WORDS[record.state.status]}. Your reading has been recorded."
    yield from (line for line in _report(record) if line)
    yield ""
    for event in record.events:
        yield f"  {event.number}. {moment(event.at, desk.school.opening.zone)}  {event.by.name}: {sentence(event)}"
        yield from (f"     {text}" for text in (event.detail.text, event.detail.reason) if text)


def work_on(desk: Terminal, number: str, action: str, read: Read) -> str:
    """Do one of ACTIONS, asking for what it needs; a line that says that it is done."""
    return ACTIONS[action](desk, number, read)


def _line(desk: Terminal, each: Summary) -> str:
    urgency = "IMMEDIATE" if each.state.urgent else "         "
    holder = f" ({each.state.holder.name})" if each.state.holder and each.state.status != "open" else ""
    due = f", next step {moment(each.next_due, desk.school.opening.zone)}" if each.next_due else ""
    when = moment(each.logged_at, desk.school.opening.zone)
    return f"{each.number}  {urgency}  {each.state.status}{holder}  about: {each.kind}  logged {when}{due}"


def _report(record: Record) -> Iterator[str]:
    report = record.report
    people = [f"{pupil.name} ({pupil.group})" if pupil.group else pupil.name for pupil in report.pupils]
    adult = [f"{report.adult.name}, {report.adult.role}".rstrip(", ")] if report.adult else []
    head = ["the headteacher"] if report.head and not report.adult else []
    day = f"{report.happened_on.day} {report.happened_on:%B %Y}" if report.happened_on else ""
    parts = {
        "Logged by": f"{report.reporter.name}, {report.reporter.role}".rstrip(", "),
        "About": "; ".join([*people, *adult, *head]),
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


def _acknowledge(desk: Terminal, number: str, _: Read) -> str:
    state = desk.casework.acknowledge(desk.reader, number, desk.now)
    assert state.holder  # noqa: S101 - whatever is acknowledged has a holder
    return f"Acknowledged by {state.holder.name}. The alerts have stopped."


def _note(desk: Terminal, number: str, read: Read) -> str:
    desk.casework.note(desk.reader, number, read("Note: "), desk.now)
    return "The note was added."


def _action(desk: Terminal, number: str, read: Read) -> str:
    text, due = read("What is to be done: "), desk.ask_day(read, "By when")
    desk.casework.action(desk.reader, number, text, due, desk.now)
    return "The action was added."


def _decision(desk: Terminal, number: str, read: Read) -> str:
    text, reason = read("Decision: "), read("Reason: ")
    desk.casework.decide(desk.reader, number, text, reason, desk.now)
    return "The decision was added."


def _refer(desk: Terminal, number: str, read: Read) -> str:
    to, reference, text = read("Referred to: "), read("Their reference, if there is one: "), read("Note: ")
    desk.casework.refer(desk.reader, number, to, reference, text, desk.now)
    return "The referral was added."


def _pass_on(desk: Terminal, number: str, read: Read) -> str:
    known = ", ".join(desk.school.people)
    person, reason = read(f"To whom ({known}): ").strip(), read("Reason: ")
    desk.casework.reassign(desk.reader, number, person, reason, desk.now)
    return "It was passed on, and the alerts have begun again."


def _close(desk: Terminal, number: str, read: Read) -> str:
    outcome, reason, review = read("Outcome: "), read("Reason: "), desk.ask_day(read, "Look at it again on")
    desk.casework.close(desk.reader, number, outcome, reason, review, desk.now)
    return "It was closed."


def _reopen(desk: Terminal, number: str, read: Read) -> str:
    desk.casework.reopen(desk.reader, number, read("Reason: "), desk.now)
    return "It is open again, in your hands."


def _export(desk: Terminal, number: str, read: Read) -> str:
    path = Path(read("File (its name ends in .pdf or .csv): ").strip()).expanduser()
    way = path.suffix.lower().removeprefix(".")
    if way not in ("pdf", "csv"):
        raise AskFirstError(f"{path}: the name must end in .pdf or .csv")
    with _new_file(path) as file:  # first: an export that cannot be written is not noted
        export = desk.casework.export(desk.reader, (number,), way, desk.now)
        file.write(_exported(desk, export, way))
    return f"Written to {path}, and noted in the chronology."


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there before, for its owner's eyes only; gone again if it is not filled. Raises FileError."""
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as fault:
        raise FileError(fault, path) from None
    try:
        with file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _exported(desk: Terminal, export: Export, way: str) -> bytes:
    from adapters.documents.pdf import concern_pdf  # it takes a while to load, and few commands need it
    from adapters.documents.table import concern_csv

    if way == "csv":
        return concern_csv(desk.school, export.records)
    title = f"Concern {export.records[0].number}"
    return concern_pdf(desk.school, export.records, title, export.by.name, desk.now)


ACTIONS: Mapping[str, Callable[[Terminal, str, Read], str]] = {
    "acknowledge": _acknowledge,
    "note": _note,
    "action": _action,
    "decision": _decision,
    "refer": _refer,
    "pass-on": _pass_on,
    "close": _close,
    "reopen": _reopen,
    "export": _export,
}
