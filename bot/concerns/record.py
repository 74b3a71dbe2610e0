"""What is shown of a concern to somebody who may read it, and what is counted without names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.concerns.chronology import ConcernState, Event
from bot.concerns.model import Report
from bot.knowledge import Route


@dataclass(frozen=True)
class Summary:
    """One line of the inbox: no names and no words of the report. `next_due` is the ladder's next step, None where it
    has stopped; `yours` says that the reader logged it themselves; `kind` is None where it cannot be opened."""

    number: str
    kind: Route | None
    state: ConcernState
    logged_at: dt.datetime
    categories: tuple[str, ...]
    next_due: dt.datetime | None
    yours: bool


@dataclass(frozen=True)
class ChildFile:
    """Concerns that somebody decided to be about the same child. `numbers` are those that the reader may see."""

    id: str
    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """One concern with its whole chronology, oldest first."""

    number: str
    kind: Route
    state: ConcernState
    events: tuple[Event, ...]
    next_due: dt.datetime | None
    yours: bool
    files: tuple[ChildFile, ...]

    @property
    def logged(self) -> Event:
        return self.events[0]

    @property
    def report(self) -> Report:
        report = self.events[0].detail.report
        if report is None:
            raise ValueError(f"concern {self.number}: its chronology does not begin with the report")
        return report


@dataclass(frozen=True)
class Count:
    """One bar of a chart."""

    label: str
    count: int


@dataclass(frozen=True)
class Figures:
    """Counts without names: `weeks` by the Monday they begin on, oldest first; `acknowledged` by how long it took;
    `open_by_age`; `median_minutes` to acknowledge, None where nobody has yet; `asked` by the entry's title;
    `unanswered` are questions as typed, most asked first; `helped` and `not_helped` are feedback on answers."""

    since: dt.date
    weeks: Sequence[Count]
    categories: Sequence[Count]
    acknowledged: Sequence[Count]
    median_minutes: float | None
    open_by_age: Sequence[Count]
    asked: Sequence[Count]
    unanswered: Sequence[Count]
    helped: int
    not_helped: int
