"""Concerns as a PDF that can be printed and handed on, to children's social care for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from zoneinfo import ZoneInfo

from adapters.documents.printable import BOX
from adapters.documents.sheet import Sheet
from bot.concerns import Event, Record, Report
from bot.concerns.words import (
    NOT_STATED,
    STATUS_LABELS,
    about,
    happened,
    logged_by,
    moment,
    sentence,
    standing,
    urgency,
)  # fmt: skip
from bot.knowledge import School

_EXACT = "Exactly as they were said, written down by the reporter."
_NUMBERS = (
    "Numbers count through the school’s whole log, so some are not in this list. Times are by the school’s clocks. "
    "Nothing is edited: a correction stands by itself and names what it supersedes."
)
_COVER = (34.0, 44.0, 46.0, 28.0, 22.0)  # widths of the list's columns
_BOXES = (
    f"A box ({BOX}) stands for a character that this file cannot show, such as an emoji or a letter of some alphabets. "
    "AskFirst and the table (CSV) have it."
)


def concern_pdf(school: School, records: Sequence[Record], title: str, exported_by: str, now: dt.datetime) -> bytes:
    """One concern, or several (such as a child's file) behind a cover that lists them, each from a new page on.

    `title` stands at the top; `exported_by` is the name that every page says, with `now`. The same input gives the
    same bytes.
    """
    draw = partial(_drawn, school, records, title, exported_by, now)
    if len(records) == 1:
        return bytes(draw(None).output())
    with closing(draw({})) as draft:  # to learn the pages that the cover names
        pages = draft.begins
    return bytes(draw(pages).output())


def _drawn(
    school: School, records: Sequence[Record], title: str, exported_by: str, now: dt.datetime,
    pages: Mapping[str, int] | None,
) -> Sheet:  # fmt: skip
    """The document. `pages` is where the cover says that each concern begins, None for no cover."""
    zone = school.opening.zone
    sheet = Sheet(school.name, f"Exported by {exported_by} on {moment(now, zone)}", now)
    sheet.set_title(_neutral_title(records))
    if pages is not None:
        _cover(sheet, school, records, title, pages)
    for record in records:
        sheet.part(_running(record))
        _concern(sheet, record, title if pages is None else f"Safeguarding concern {record.number}", zone)
    return sheet


def _running(record: Record) -> str:
    return f"Concern {record.number}"


def _neutral_title(records: Sequence[Record]) -> str:
    """What a file manager shows: numbers, never a name."""
    numbers = ", ".join(record.number for record in records)
    return f"Safeguarding concern{'s' * (len(records) != 1)} {numbers}".strip().encode(errors="replace").decode()


def _cover(sheet: Sheet, school: School, records: Sequence[Record], title: str, pages: Mapping[str, int]) -> None:
    count = len(records)
    sheet.part(f"{count} concerns", bookmark=False)
    sheet.headline(title)
    sheet.passage(f"{school.name}. {count} safeguarding concerns, each from a new page on.")
    sheet.ln(6)
    sheet.row(("Concern", "Logged", "Status", "Immediate", "Page"), _COVER, bold=True)
    for record in records:
        logged = moment(record.logged.at, school.opening.zone)
        urgent = "Immediate" if record.report.danger else "No"
        page = str(pages.get(_running(record), ""))
        sheet.row((record.number, logged, STATUS_LABELS[record.state.status], urgent, page), _COVER)


def _concern(sheet: Sheet, record: Record, title: str, zone: ZoneInfo) -> None:
    sheet.boxes = False
    sheet.headline(title)
    _particulars(sheet, record, zone)
    _account(sheet, record.report)
    _chronology(sheet, record.events, zone)
    sheet.ln(3)
    sheet.aside(f"End of concern {record.number}.")
    if sheet.boxes:
        sheet.aside(_BOXES)


def _particulars(sheet: Sheet, record: Record, zone: ZoneInfo) -> None:
    report = record.report
    sheet.pair("Number", record.number)
    sheet.pair("Status", standing(record.state, zone))
    sheet.pair("Urgency", urgency(report), strong=report.danger)
    sheet.pair("Logged", moment(record.logged.at, zone))
    sheet.pair("Logged by", logged_by(report.reporter))
    sheet.pair("Told in person", "Yes, before it was logged" if report.told else "No")
    sheet.pair("About", about(report), strong=True)
    sheet.pair("Category", "\n".join(report.categories) or NOT_STATED)
    if record.files:
        sheet.pair("In the file of", "\n".join(file.name for file in record.files))
    if corrections := _superseding(record.events).get(record.logged.number):
        sheet.pair("Put right later", f"See {_numbers(corrections)} in the chronology.", strong=True)


def _account(sheet: Sheet, report: Report) -> None:
    sheet.heading("What happened")
    sheet.pair("When", happened(report))
    sheet.pair("Where", report.where or NOT_STATED)
    sheet.pair("Who was there", report.present or NOT_STATED)
    sheet.heading("What was seen or heard")
    sheet.passage(report.seen or NOT_STATED)
    sheet.heading("The child’s own words")
    if report.words:
        sheet.boxed(_EXACT, report.words)
    else:
        sheet.passage(NOT_STATED)
    sheet.heading("What was done already")
    sheet.passage(report.done or NOT_STATED)
    if report.link:
        sheet.heading("Link to a message or a post")
        sheet.passage(report.link)


def _chronology(sheet: Sheet, events: Sequence[Event], zone: ZoneInfo) -> None:
    sheet.heading("Chronology")
    sheet.aside(_NUMBERS)
    sheet.ln(1.5)
    superseding = _superseding(events)
    for event in events:
        remarks = tuple(_remarks(event, superseding.get(event.number, ())))
        sheet.entry(str(event.number), moment(event.at, zone), event.by.name, sentence(event), remarks)


def _remarks(event: Event, corrections: Sequence[int]) -> Iterator[tuple[str, bool]]:
    """What stands under an event: (text, whether it stands out)."""
    if corrections:
        yield f"Superseded by {_numbers(corrections)}", True
    if event.detail.text:
        yield event.detail.text, False
    if event.detail.reason:
        yield f"Reason: {event.detail.reason}", False


def _superseding(events: Sequence[Event]) -> dict[int, tuple[int, ...]]:
    """The number of an event -> the numbers of the corrections that supersede it."""
    found: dict[int, tuple[int, ...]] = {}
    for event in events:
        if event.kind == "correction" and event.detail.about is not None:
            found[event.detail.about] = (*found.get(event.detail.about, ()), event.number)
    return found


def _numbers(numbers: Sequence[int]) -> str:
    return "no. " + " and no. ".join(str(number) for number in numbers)
