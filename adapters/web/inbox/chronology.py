"""A concern's chronology -> what is drawn of it: each line with what superseded it, actions, readings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.concerns import Event, EventKind, Record

# Lines that somebody wrote, and so may have got wrong.
_WRITTEN: frozenset[EventKind] = frozenset(
    {"logged", "added", "note", "action", "decision", "reassigned", "referred", "closed", "reopened"}
)
_QUIET: frozenset[EventKind] = frozenset({"alert-failed", "not-reached", "ran-out", "exported", "linked"})
_SETTLED: frozenset[EventKind] = frozenset({"action-done", "action-cancelled"})
_APART: frozenset[EventKind] = frozenset({"alert-sent", "opened"})


@dataclass(frozen=True)
class ChronologyLine:
    """One line. `corrections` are what superseded it, oldest first: the last one counts. `done` is when an action was
    done or cancelled; `quiet` says that nobody wrote it; `open` that it may be put right."""

    event: Event
    corrections: tuple[Event, ...]
    done: Event | None
    quiet: bool
    open: bool


@dataclass(frozen=True)
class Chronology:
    """`report` and `lines` oldest first; `actions` are still to be done, the next due first; `alerts` and `readings`
    are apart, because there are so many; `asked` is the line in which a deletion was asked for."""

    report: ChronologyLine
    lines: tuple[ChronologyLine, ...]
    actions: tuple[ChronologyLine, ...]
    alerts: tuple[Event, ...]
    readings: tuple[Event, ...]
    asked: Event | None


def chronology_of(record: Record) -> Chronology:
    """Record -> Chronology."""
    events = record.events
    superseded = _corrections(events)
    done = {event.detail.about: event for event in events if event.kind in _SETTLED}
    lines = [_line(event, superseded, done) for event in events if event.kind not in _APART]
    to_do = [line for line in lines if line.event.kind == "action" and line.done is None]
    return Chronology(
        report=lines[0],
        lines=tuple(lines),
        actions=tuple(sorted(to_do, key=lambda line: (line.event.detail.due is None, str(line.event.detail.due)))),
        alerts=tuple(event for event in events if event.kind == "alert-sent"),
        readings=tuple(event for event in events if event.kind == "opened"),
        asked=next((event for event in reversed(events) if event.kind == "deletion-asked"), None),
    )


def _line(event: Event, superseded: Mapping[int, Sequence[Event]], done: Mapping[int | None, Event]) -> ChronologyLine:
    return ChronologyLine(
        event=event,
        corrections=tuple(superseded.get(event.number, ())),
        done=done.get(event.number) if event.kind == "action" else None,
        quiet=event.kind in _QUIET,
        open=event.kind in _WRITTEN,
    )


def _corrections(events: Sequence[Event]) -> Mapping[int, Sequence[Event]]:
    """The number of a line -> its corrections; one of a correction belongs to the line that was wrong at first."""
    first: dict[int, int] = {}
    found: dict[int, list[Event]] = {}
    for event in events:
        if event.kind == "correction" and event.detail.about is not None:
            first[event.number] = first.get(event.detail.about, event.detail.about)
            found.setdefault(first[event.number], []).append(event)
    return found
