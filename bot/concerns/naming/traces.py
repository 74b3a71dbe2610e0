"""What would still tell of a concern after it was deleted: the names of those it is about, and what was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.concerns.chronology import ASKFIRST, Actor, Event
from bot.concerns.model import Report
from bot.concerns.naming.names import (
    EVERYDAY,
    NO_NAMES,
    SHORTEST_PART,
    composed,
    folded_name,
    full_name_in,
    given_name,
    untitled,
)

_SHORTEST_LINE = 40  # characters of a text that nobody else writes by chance
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Traces:
    """Of one concern: `names` of several words, those that are `alone` in being the whole name, the `parts` of all of
    them, which count with a capital letter, the `given` names in small letters, and the `lines` that were
    written."""

    names: frozenset[str]
    alone: frozenset[str]
    parts: frozenset[str]
    given: frozenset[str]
    lines: frozenset[str]

    def are_in(self, text: str) -> bool:
        """Whether a text holds a whole name, or a line of what was written, also as JSON writes it."""
        folded = _folded(_as_typed(text))
        return self.whole_name_in(text) or any(line in folded for line in self.lines)

    def any_in(self, text: str) -> bool:
        """Whether a text holds any of them: also a part of a name, as it counts there."""
        return self.are_in(text) or bool(self.name_in(text))

    def whole_name_in(self, text: str) -> bool:
        """Whether a text holds a whole name, also as JSON writes it."""
        typed = _as_typed(text)
        return bool(self._named(typed)) or any(_counts(each, self.alone) for each in _words(typed))

    def name_in(self, text: str) -> str:
        """A name, or a part of one as it is written there, in a text; empty where there is none."""
        found = (each for each in _words(text) if _counts(each, self.parts) or folded_name(each) in self.given)
        return self._named(text) or next(found, "")

    def _named(self, text: str) -> str:
        return next((each for each in sorted(self.names) if full_name_in(each, text)), "")


def traces_of(report: Report, events: Sequence[Event], also: Iterable[str] = ()) -> Traces:
    """A report and the chronology that it begins -> Traces. `also` are names of people it is about that the report does
    not hold, such as the headteacher's."""
    names = [untitled(name) for name in (*subjects_of(report), *also)]
    return Traces(
        frozenset(_folded(name) for name in names if " " in name),
        frozenset(part for name in names if " " not in name for part in _parts(name)),
        frozenset(part for name in names for part in _parts(name)),
        frozenset(map(given_name, names)) - {""},
        frozenset(_lines(_texts(report, events))),
    )


def _counts(word: str, parts: frozenset[str]) -> bool:
    return word != word.lower() and folded_name(word) in parts


def _words(text: str) -> Iterator[str]:
    """Its words, of "Zelda's" the name alone."""
    return (word.removesuffix("'s") for word in _WORD.findall(composed(text)))


def _parts(name: str) -> Iterator[str]:
    words = _WORD.findall(composed(name))
    for place, word in enumerate(words):
        # As a surname it counts with its capital letter.
        everyday = folded_name(word) in EVERYDAY and (place == 0 or place < len(words) - 1)
        if len(word) >= SHORTEST_PART and word.casefold() not in NO_NAMES and not everyday:
            yield folded_name(word)


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
    yield from (report.seen, report.words, report.done)
    for event in events:
        if event.by != ASKFIRST:
            yield from (event.detail.text, event.detail.reason)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (line for each in text.splitlines() if len(line := _folded(each)) >= _SHORTEST_LINE)


def _folded(text: str) -> str:
    return " ".join(folded_name(text).split())


def _as_typed(text: str) -> str:
    """A text out of JSON as it was typed."""
    unescaped = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\\n", " ").replace('\\"', '"')
    return unescaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
