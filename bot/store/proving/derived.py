"""The lines of a concern -> what its tables must hold. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.concerns import ConcernState, Event, Planned, Report, Terms, state_of
from bot.concerns.chronology import BEHIND


@dataclass(frozen=True)
class ProofFault:
    """A difference between the log and the tables: in which concern, in what of it, what it is and what to do. None of
    it says what the concern holds, nor about whom it is."""

    concern: str
    field: str
    what: str
    do: str

    def __str__(self) -> str:
        return f"concern {self.concern}: {self.field}: {self.what}. {self.do}"


@dataclass(frozen=True)
class Derived:
    """What the log says of one concern: `terms` are those of its first line, None where it was logged before the log
    held any; `parts`, `people` and `planned` are all that was let in and arranged since; `sent` says when which row was
    sent, `given_up` which rows are tried no more, `unclear` which failed at a time when the log did not say so,
    `stopped` which were called off alone."""

    number: str
    events: tuple[Event, ...]
    state: ConcernState
    report: Report | None
    terms: Terms | None
    parts: frozenset[str]
    people: frozenset[str]
    planned: Mapping[str, Planned]
    files: frozenset[str]
    sent: Mapping[str, dt.datetime]
    given_up: frozenset[str]
    unclear: frozenset[str]
    stopped: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether its chronology begins where every one does."""
        return bool(self.events) and self.events[0].kind == "logged"

    @property
    def is_older(self) -> bool:
        """Whether it was logged before the log held what its tables are held against."""
        return self.is_whole and self.terms is None and self.state.status != "deleted"

    @property
    def round(self) -> int:
        """The newest round of its ladder that the log knows; 0 where it knows none."""
        return max((each.round for each in self.planned.values()), default=0)

    @property
    def acknowledged_at(self) -> dt.datetime | None:
        """When it was acknowledged for the first time."""
        return next((event.at for event in self.events if event.kind == "acknowledged"), None)


def derive(number: str, lines: Sequence[Event]) -> Derived:
    """Every line of a concern, oldest first -> Derived."""
    events = tuple(event for event in lines if event.kind not in BEHIND)
    first = next((event.detail for event in events if event.kind == "logged"), None)
    arranged = [event.detail.terms for event in lines if event.detail.terms]
    failed = [event.detail for event in events if event.kind == "alert-failed"]
    return Derived(
        number=number,
        events=events,
        state=state_of(events),
        report=first.report if first else None,
        terms=first.terms if first else None,
        parts=frozenset(part for terms in arranged for part in terms.parts),
        people=frozenset(event.detail.reference for event in events if event.kind == "reassigned"),
        planned={each.id: each for terms in arranged for each in terms.planned},
        files=frozenset(event.detail.reference for event in events if event.kind == "linked"),
        sent={event.detail.notice: event.at for event in events if event.kind == "alert-sent"},
        given_up=frozenset(each.notice for each in failed if each.over),
        unclear=frozenset(each.notice for each in failed if each.over is None),
        stopped=frozenset(notice for terms in arranged for notice in terms.stopped),
    )


def provable_since(derived: Sequence[Derived]) -> dt.datetime | None:
    """From when on the log holds what the tables are held against; None where it does not yet."""
    return min((each.events[0].at for each in derived if each.terms and each.events), default=None)
