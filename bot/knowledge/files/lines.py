"""Reading when a telephone line outside the school is open: "always", "Mon-Fri 08:30-17:00", "outside Mon-Fri ..."."""

from __future__ import annotations

import datetime as dt
import re

from bot.hours import LineHours
from bot.knowledge.files.fields import YamlFields

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"(daily|[a-z]{3}(?:-[a-z]{3})?) (\d{1,2}:\d\d)-(\d{1,2}:\d\d)", re.I)
REMEDY = "Write: always; Mon-Fri 08:30-17:00, Sat 10:00-16:00; or: outside Mon-Fri 08:30-17:00"


def read_line_hours(fields: YamlFields, key: str) -> LineHours | None:
    """fields -> LineHours; None where nothing is said, or where it cannot be read, which is a fault."""
    words = fields.text(key) if fields.has(key) else ""
    if not words:
        return None
    if words.lower() == "always":
        return LineHours({}, True, "day and night")
    outside = words.lower().startswith("outside ")
    spans: dict[int, tuple[dt.time, dt.time]] = {}
    for part in (words[len("outside ") :] if outside else words).split(","):
        span = _span(part.strip())
        if span is None:
            fields.fault(key, f"'{part.strip()}' is not a span of hours", REMEDY)
            return None
        spans |= span
    return LineHours(spans, outside, words)


def _span(part: str) -> dict[int, tuple[dt.time, dt.time]] | None:
    found = _PART.fullmatch(part)
    days = _days(found[1].lower()) if found else ()
    if found is None or not days:
        return None
    try:
        opens, closes = (dt.time.fromisoformat(each.zfill(5)) for each in (found[2], found[3]))
    except ValueError:
        return None
    return dict.fromkeys(days, (opens, closes)) if opens < closes else None


def _days(word: str) -> tuple[int, ...]:
    if word == "daily":
        return tuple(range(7))
    first, _, last = word.partition("-")
    if first not in _DAYS or (last and last not in _DAYS):
        return ()
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return tuple(range(start, end + 1))
