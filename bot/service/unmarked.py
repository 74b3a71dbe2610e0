"""What is sent while the database takes no writes: a full disk, or somebody who holds it.

An alert that cannot be marked goes out all the same, once from this process, and is marked as soon as that is possible.
Another process, or the next one, may send it again: at least once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.store import Notice

_AGAIN = dt.timedelta(seconds=60)  # after a try that failed


@dataclass(frozen=True)
class Arrived:
    """A letter that was sent and could not be marked: on which way, and when."""

    way: str
    at: dt.datetime


class Unmarked:
    """What one process remembers of it."""

    def __init__(self) -> None:
        self._arrived: dict[str, Arrived] = {}
        self._left: dict[str, Notice] = {}  # of those that have arrived, where marking came to nothing
        self._tried: dict[str, dt.datetime] = {}
        self._on_their_way: set[str] = set()

    def sent(self, notice: Notice, way: str, now: dt.datetime) -> None:
        """It arrived, and that could not be written down."""
        self._arrived[notice.id] = Arrived(way, now)
        self._on_their_way.discard(notice.id)

    def failed(self, notice: Notice) -> None:
        """It did not arrive."""
        self._on_their_way.discard(notice.id)

    def on_its_way(self, notice: Notice, now: dt.datetime) -> bool:
        """Whether it is being sent without a mark, and nobody knows yet how that ends."""
        tried = self._tried.get(notice.id)
        return notice.id in self._on_their_way and tried is not None and abs(now - tried) < _AGAIN

    def arrived(self, notice: Notice) -> Arrived | None:
        """Whether it was sent already, and only not marked."""
        return self._arrived.get(notice.id)

    def left(self) -> tuple[tuple[Notice, Arrived], ...]:
        """Whatever is to be marked, the first first; not what another thread is marking at this moment."""
        found = ((notice, self._arrived.get(notice.id)) for notice in tuple(self._left.values()))
        return tuple((notice, arrived) for notice, arrived in found if arrived)

    def not_marked(self, notice: Notice) -> None:
        """To mark it was tried, and came to nothing."""
        self._left[notice.id] = notice

    def marked(self, notice: Notice) -> None:
        """It is written down now."""
        self._arrived.pop(notice.id, None)
        self._left.pop(notice.id, None)
        self._tried.pop(notice.id, None)

    def to_try(self, due: Sequence[Notice], now: dt.datetime) -> tuple[Notice, ...]:
        """Those that are to be sent without a mark: one for each person and concern."""
        return tuple(self._to_try(due, now))

    def _to_try(self, due: Sequence[Notice], now: dt.datetime) -> Iterator[Notice]:
        taken = set()
        for notice in due:
            line = (notice.school, notice.concern, notice.recipient)
            tried = self._tried.get(notice.id)
            if notice.id in self._arrived or line in taken or (tried and abs(now - tried) < _AGAIN):
                continue
            taken.add(line)
            self._tried[notice.id] = now
            self._on_their_way.add(notice.id)
            yield notice
