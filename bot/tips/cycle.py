"""The order of one channel's tips: all that fit once, in an order of their own, then all again in another one."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence


class Cycle:
    """One run through the tips of a channel after the other. Each is shuffled by a key of the school, the channel and
    the day on which it began, so that every process finds the same order. `used` were posted, `passed` would have been
    on a day on which nothing was."""

    def __init__(self, school: str, channel: str, tips: Sequence[str]) -> None:
        self._name, self._tips = f"{school}\0{channel}", tuple(tips)
        self._used: set[str] = set()
        self._passed: set[str] = set()
        self._begun: dt.date | None = None
        self._order: tuple[str, ...] = ()
        self._last = ""

    def was_posted(self, tip: str, day: dt.date, fitting: Callable[[], set[str]], *, pinned: bool) -> None:
        """It was posted on this day. If its turn had been, a new cycle had begun, unless somebody wanted it again."""
        again = tip in self._used or (tip in self._passed and not fitting() - self._used - self._passed)
        if again and not pinned:
            self._begin(day)
        self._take(tip, day, self._used)

    def pass_over(self, day: dt.date, fitting: set[str], groups: Sequence[set[str]]) -> None:
        """Nothing was posted on this day: the tip that would have been is not posted a day later."""
        if tip := self.next(day, fitting, groups):
            self._used.discard(tip)
            self._passed.add(tip)

    def next(self, day: dt.date, fitting: set[str], groups: Sequence[set[str]]) -> str | None:
        """The tip of this day out of those that fit: of the first of the groups that has one left, else any that is
        left; a new cycle begins where none is."""
        free = fitting - self._used - self._passed
        if not free:
            self._begin(day)
            free = fitting - {self._last} or fitting  # not the last one of the cycle before
        free = next((left for group in groups if (left := free & group)), free)
        chosen = next((tip for tip in self._shuffled(day) if tip in free), None)
        if chosen:
            self._take(chosen, day, self._used)
        return chosen

    def pin(self, tip: str, day: dt.date) -> None:
        """Somebody wants this one on this day."""
        self._take(tip, day, self._used)

    def _begin(self, day: dt.date) -> None:
        self._used, self._passed, self._order, self._begun = set(), set(), (), day

    def _take(self, tip: str, day: dt.date, taken: set[str]) -> None:
        self._begun = self._begun or day
        taken.add(tip)
        self._last = tip

    def _shuffled(self, day: dt.date) -> tuple[str, ...]:
        if not self._order:
            key = f"{self._name}\0{self._begun or day}\0"
            self._order = tuple(sorted(self._tips, key=lambda tip: hashlib.sha256((key + tip).encode()).digest()))
        return self._order
