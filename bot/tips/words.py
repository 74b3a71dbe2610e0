"""What somebody says in a chat about the tips as a whole: "no tips this week", "resume tips"."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_PAUSE = re.compile(
    r"(?:please )?(?:no|pause|stop|hold)(?: the| all)?(?: more)? tips?"
    r"(?: (?P<span>today|this week|next week|until (?P<last>\d{4}-\d\d-\d\d)))?(?: please)?"
)
_RESUME = re.compile(r"(?:please )?(?:(?:resume|restart|start)(?: the)? tips?(?: again)?|tips? again)(?: please)?")
_SUNDAY = 6


@dataclass(frozen=True)
class Order:
    """Tips are to be paused until `last`, which is included (None: until further notice), or to go on."""

    pause: bool
    last: dt.date | None = None


def order_in(text: str, today: dt.date) -> Order | None:
    """What a message orders, where it is about nothing but that; None for every other message."""
    words = " ".join(re.sub(r"[^\w\s-]", " ", text).lower().split())
    if _RESUME.fullmatch(words):
        return Order(False)
    found = _PAUSE.fullmatch(words)
    if found is None:
        return None
    return Order(True, _last(found["span"], found["last"], today)) if _is_date(found["last"]) else None


def _last(span: str | None, last: str | None, today: dt.date) -> dt.date | None:
    if last:
        return dt.date.fromisoformat(last)
    if span == "today":
        return today
    weeks = {"this week": 0, "next week": 7}.get(span or "")
    return today + dt.timedelta(days=_SUNDAY - today.weekday() + weeks) if weeks is not None else None


def _is_date(last: str | None) -> bool:
    try:
        return last is None or bool(dt.date.fromisoformat(last))
    except ValueError:
        return False
