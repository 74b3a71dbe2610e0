"""What would still tell of a concern after it was deleted: the names of those it is about, and what was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.concerns.chronology import Actor, Event
from bot.concerns.model import Report

_SHORTEST_PART = 3  # letters of a name that stand for it alone
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir"})
# Where nobody knew a name something else stands in its place: "unknown boy, Year 8".
_NO_NAMES = frozenset({"unknown", "unnamed", "boy", "girl", "pupil", "child", "student", "year", "class", "the"})
_SHORTEST_LINE = 16  # characters of a text that nobody else writes by chance
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Traces:
    """Of one concern: `names` of several words, those that are `alone` in being the whole name, the `parts` of all of
    them as they are written with a capital letter, and the `lines` that were written."""

    names: frozenset[str]
    alone: frozenset[str]
    parts: frozenset[str]
    lines: frozenset[str]

    def are_in(self, text: str) -> bool:
        """Whether a text holds a whole name, or a line of what was written, also as JSON writes it."""
        plain = _plain(text)
        folded = _folded(plain)
        return bool(self._named(folded) or self.alone & set(_words(plain))) or any(
            line in folded for line in self.lines
        )

    def name_in(self, text: str) -> str:
        """A name, or a part of one as it is written there, in a text; empty where there is none."""
        return self._named(_folded(text)) or next((each for each in _words(text) if each in self.parts), "")

    def _named(self, folded: str) -> str:
        found = (each for each in sorted(self.names) if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", folded))
        return next(found, "")


def traces_of(report: Report, events: Sequence[Event], also: Iterable[str] = ()) -> Traces:
    """A report and the chronology that it begins -> Traces. `also` are names of people it is about that the report does
    not hold, such as the headteacher's."""
    names = [_untitled(name) for name in (*subjects_of(report), *also)]
    return Traces(
        frozenset(_folded(name) for name in names if " " in name),
        frozenset(part for name in names if " " not in name for part in _parts(name)),
        frozenset(part for name in names for part in _parts(name)),
        frozenset(_lines(_texts(report, events))),
    )


def _words(text: str) -> Iterator[str]:
    """Its words, of "Zelda's" the name alone."""
    return (re.sub("['’]s$", "", word) for word in _WORD.findall(text))


def _untitled(name: str) -> str:
    return " ".join(word for word in name.split() if word.strip(".").casefold() not in TITLES)


def _parts(name: str) -> Iterator[str]:
    for word in _WORD.findall(name):
        if len(word) >= _SHORTEST_PART and word.casefold() not in _NO_NAMES:
            yield from {word, word.capitalize()} if word[0].isupper() else {word.capitalize()}


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


def _plain(text: str) -> str:
    """A text out of JSON as it was typed."""
    unescaped = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\\n", " ").replace('\\"', '"')
    return unescaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
