"""Concerns as a table (CSV) for a spreadsheet: one row for each line of a chronology."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from bot.concerns import Event, Record, Report
from bot.concerns.event_words import EVENT_WORDS
from bot.concerns.words import KNOWN_BY_WORDS, STATUS_LABELS, named, sentence
from bot.knowledge import School

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet may take for the beginning of a formula
_INSIDE = re.compile(r'([;|\t\r\n][\s"]*)(?=[=+\-@＝＋－＠])')  # a spreadsheet may part cells there, quoted or not
_EVENT = (
    "Concern", "Status", "Number", "Date", "Time", "Who", "Kind", "What", "Text", "Reason", "To whom", "Reference",
    "Due", "Supersedes", "Superseded by",
)  # fmt: skip
_REPORT = (
    "Immediate", "Told in person", "Pupils", "Adult", "Role of the adult", "The headteacher", "Categories",
    "Happened on", "Happened at", "Where", "Who was there", "Seen or heard", "The child’s own words", "Done already",
    "Link",
    "Role of the reporter", "How the reporter is known",
)  # fmt: skip


def concern_csv(school: School, records: Sequence[Record]) -> bytes:
    """Concerns -> CSV in UTF-8 with a byte order mark, as spreadsheets expect it; what was reported stands in the row
    of the line "Logged". Dates as in 2026-11-23, times by the school's clocks. No cell can act as a formula, nor can a
    part of one where a spreadsheet parts cells by another mark than the comma."""
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, (*_EVENT, *_REPORT), restval="", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for record in records:
        for event in record.events:
            row = _row(record, event, school.opening.zone)
            writer.writerow({column: harmless(text) for column, text in row.items()})
    return sheet.getvalue().encode("utf-8-sig", errors="replace")


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, nor a part of it."""
    whole = f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
    return _INSIDE.sub(r"\1'", whole)


def _row(record: Record, event: Event, zone: ZoneInfo) -> Mapping[str, str]:
    detail, at = event.detail, event.at.astimezone(zone)
    corrections = [each.number for each in record.events if _corrects(each, event)]
    about = str(detail.about) if event.kind == "correction" else ""
    texts = (
        record.number, STATUS_LABELS[record.state.status], str(event.number), f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}",
        event.by.name, EVENT_WORDS[event.kind], sentence(event), detail.text, detail.reason, detail.who,
        detail.reference, detail.due.isoformat() if detail.due else "", about, ", ".join(map(str, corrections)),
    )  # fmt: skip
    reported = _reported(detail.report) if detail.report else {}
    return {**dict(zip(_EVENT, texts, strict=True)), **reported}


def _corrects(event: Event, other: Event) -> bool:
    return event.kind == "correction" and event.detail.about == other.number


def _reported(report: Report) -> Mapping[str, str]:
    adult = report.adult
    texts = (
        _yes(report.danger), _yes(report.told), "; ".join(map(named, report.pupils)), adult.name if adult else "",
        adult.role if adult else "", _yes(report.head), "; ".join(report.categories),
        report.happened_on.isoformat() if report.happened_on else "", report.happened_at, report.where, report.present,
        report.seen, report.words, report.done, report.link, report.reporter.role,
        KNOWN_BY_WORDS[report.reporter.known_by],
    )  # fmt: skip
    return dict(zip(_REPORT, texts, strict=True))


def _yes(answer: bool) -> str:
    return "Yes" if answer else "No"
