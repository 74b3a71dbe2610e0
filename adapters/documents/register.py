"""The register of the school's accounts as a table (CSV) for a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence

from adapters.documents.table import harmless
from bot.accounts.model import Registered
from bot.accounts.words import STATE_WORDS, for_whom, holders_in_words

_COLUMNS = (
    "Number", "Name", "Tool", "For", "State", "Who has a login", "Where", "Asked by", "Asked on", "In use since",
    "Review", "Closed on",
)  # fmt: skip


def register_csv(found: Sequence[Registered]) -> bytes:
    """Lines of the register -> CSV in UTF-8 with a byte order mark; each cell is quoted, and none acts as a formula."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for each in found:
        writer.writerow(map(harmless, _row(each)))
    return sheet.getvalue().encode("utf-8-sig", errors="replace")


def _row(found: Registered) -> Sequence[str]:
    asking = found.asking
    return (
        found.number, asking.name, asking.tool, for_whom(found), STATE_WORDS[found.state], holders_in_words(found),
        found.address, found.asked_by.name, found.asked_at.date().isoformat(), _day(found.live_on),
        found.review_on.isoformat(), _day(found.closed_on),
    )  # fmt: skip


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
