"""A log that nobody can fill: of lines that say the same again and again only so many are written."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

MOST = 120  # lines of one kind in a while: two a second
WHILE = 60.0  # seconds
_KINDS = 500  # that are kept apart


class BoundedLog(logging.Filter):
    """Lets through so many lines of each kind in a while; the next one after that says how many were left out. Lines
    are of one kind where they differ only in what is filled in. `seconds` counts seconds (tests only)."""

    def __init__(self, most: int = MOST, seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._most, self._seconds = most, seconds
        self._seen: dict[tuple[str, int, str], tuple[float, int]] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is written."""
        kind, now = (record.name, record.levelno, str(record.msg)), self._seconds()
        with self._lock:
            if len(self._seen) >= _KINDS:
                self._seen.clear()
            since, count = self._seen.get(kind, (now, 0))
            left_out = 0
            if now - since >= WHILE:
                left_out, since, count = max(count - self._most, 0), now, 0
            self._seen[kind] = since, count + 1
        if left_out:
            record.msg = f"{record.msg} ({left_out} more lines like this one were left out)"
        return count < self._most


def bound(most: int = MOST) -> None:
    """Bound every line of this process."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(BoundedLog(most))
