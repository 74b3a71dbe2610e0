"""Who has read what staff must read, as a table (CSV) for a spreadsheet."""

from __future__ import annotations

import csv
import io
from zoneinfo import ZoneInfo

from adapters.documents.table import harmless
from bot.required.results import COLUMNS, RequiredResults, rows_of


def required_csv(results: RequiredResults, zone: ZoneInfo) -> bytes:
    """Results -> CSV in UTF-8 with a byte order mark. No cell can act as a formula; how often anybody tried is not in
    it."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in row] for row in rows_of(results, zone))
    return sheet.getvalue().encode("utf-8-sig", errors="replace")
