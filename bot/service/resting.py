"""Which ways to which people are left alone for a while, as one process remembers it.

A channel that says "come back later" is obeyed, up to a bound, and a way that is shut for good is tried seldom. It
is no state that must be kept: a process that forgets it asks once too often.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.concerns.ladder.retrying import rest_of, still_rests
from bot.store import Notice

Line = tuple[str, object, str]


class Resting:
    """Ways at rest, by whom they lead to."""

    def __init__(self) -> None:
        self._until: dict[Line, tuple[dt.datetime, bool]] = {}

    def failed(self, notice: Notice, way: str, permanent: bool, wait: float | None, now: dt.datetime) -> None:
        """This way has failed; it may have to be left alone."""
        until = rest_of(permanent, wait, notice.urgent, now)
        if until > now:
            self._until[_line(notice, way)] = (until, permanent)

    def works(self, notice: Notice, way: str) -> None:
        """This way has worked."""
        self._until.pop(_line(notice, way), None)

    def of(self, notice: Notice, ways: Sequence[str], now: dt.datetime) -> Mapping[int, dt.datetime]:
        """Number of a way -> until when it is left alone, for those that are."""
        found = {number: self._until.get(_line(notice, way)) for number, way in enumerate(ways)}
        return {number: rest[0] for number, rest in found.items() if rest and still_rests(rest[0], now)}

    def all_shut(self, notice: Notice, ways: Sequence[str], now: dt.datetime) -> bool:
        """Whether every way has said that it is of no use to try again."""
        rests = [self._until.get(_line(notice, way)) for way in ways]
        return all(rest is not None and rest[1] and still_rests(rest[0], now) for rest in rests)


def _line(notice: Notice, way: str) -> Line:
    return (notice.school, notice.recipient, way)
