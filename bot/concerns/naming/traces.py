"""What would still tell of a concern after it was deleted: the names of those it is about, and what was written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.concerns.chronology import Actor, Event
from bot.concerns.model import Report

_SHORTEST_PART = 3  # letters of a name that stand for it alone
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir"})
_SHORTEST_LINE = 16  # characters of a text that nobody else writes by chance
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True)
class Traces:
    """Of one concern: the full `names`, their `parts`, and the `lines` that were written."""

    names: frozenset[str]
    parts: frozenset[str]
    lines: frozenset[str]

    def are_in(self, text: str) -> bool:
        """Whether a text holds one of the full names, or a line of what was written, also as JSON writes it."""
        folded = _folded(text)
        return any(each in folded or _in_json(each) in folded for each in self.names | self.lines)

    def name_in(self, text: str) -> str:
        """A name, or a part of one as it is written there, in a text; empty where there is none."""
        folded = _folded(text)
        whole = (each for each in sorted(self.names) if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", folded))
        parts = (each for each in _WORD.findall(text) if each in self.parts)
        return next(whole, next(parts, ""))


def traces_of(report: Report, events: Sequence[Event], also: Iterable[str] = ()) -> Traces:
    """A report and the chronology that it begins -> Traces. `also` are names of people it is about that the report does
    not hold, such as the headteacher's."""
    names = [_untitled(name) for name in (*subjects_of(report), *also)]
    names = [name for name in names if len(name) >= _SHORTEST_PART]
    parts = {part for name in names for part in _WORD.findall(name) if len(part) >= _SHORTEST_PART}
    return Traces(frozenset(map(_folded, names)), frozenset(parts), frozenset(_lines(_texts(report, events))))


def _untitled(name: str) -> str:
    return " ".join(word for word in name.split() if word.strip(".").casefold() not in TITLES)


def subjects_of(report: Report) -> tuple[str, ...]:
    """The names of those whom a report is about, as they were typed."""
    adult = (report.adult.name,) if report.adult else ()
    return tuple(name.strip() for name in (*(pupil.name for pupil in report.pupils), *adult) if name.strip())


def tells_of_people(event: Event, report: Report, about: Iterable[str]) -> bool:
    """Whether a line names, as who did it, whoever logged the concern or one of those it is about (ids in `about`)."""
    if event.kind in ("logged", "added"):
        return True
    return event.by.person in set(about) - {""} or _is_named(event.by, report)


def _is_named(actor: Actor, report: Report) -> bool:
    return _folded(actor.name) in {_folded(name) for name in subjects_of(report)}


def _texts(report: Report, events: Sequence[Event]) -> Iterator[str]:
    yield from (report.seen, report.words, report.where, report.present, report.done, report.link)
    for event in events:
        yield from (event.detail.text, event.detail.reason)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (line for each in text.splitlines() if len(line := _folded(each)) >= _SHORTEST_LINE)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1]
