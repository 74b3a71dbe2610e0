"""The register of the school's accounts as a table (CSV) for a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from adapters.documents.table import harmless
from bot.accounts.words import STATE_WORDS, for_whom, holders_in_words
from bot.service.accounts import SeenAccount

_COLUMNS = (
    "Number", "Name", "Tool", "For", "State", "Who has a login", "Where", "Asked by", "Asked on", "In use since",
    "Review", "Closed on",
)  # fmt: skip


def register_csv(seen: Sequence[SeenAccount], zone: ZoneInfo) -> bytes:
    """Lines of the register, as far as somebody may read each -> CSV in UTF-8 with a byte order mark; each cell is
    quoted, and none acts as a formula."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for each in seen:
        writer.writerow(map(harmless, _row(each, zone)))
    return sheet.getvalue().encode("utf-8-sig", errors="replace")


def _row(seen: SeenAccount, zone: ZoneInfo) -> Sequence[str]:
    found, asking = seen.found, seen.found.asking
    asked_on = found.asked_at.astimezone(zone).date().isoformat()
    address, asker, on = (found.address, found.asked_by.name, asked_on) if seen.whole else ("", "", "")
    return (
        found.number, asking.name, asking.tool, for_whom(found), STATE_WORDS[found.state], holders_in_words(found),
        address, asker, on, _day(found.live_on),
        found.review_on.isoformat(), _day(found.closed_on),
    )  # fmt: skip


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
