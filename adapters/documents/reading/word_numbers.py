"""The numbers that Word works out for a paragraph and writes nowhere: by lists, levels and styles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from adapters.documents.reading.packages import first, named, value
from bot.knowledge.policies.importing.numbers import letters, roman

_PLACE = re.compile(r"%([1-9])")
_DEEPEST = 9


@dataclass(frozen=True)
class Level:
    """How one level of a list counts and is written."""

    start: int
    written: str  # decimal, lowerLetter, bullet, ...
    text: str  # such as "%1.%2"
    style: str = ""  # paragraphs of this style are on it
    legal: bool = False  # all in figures, whatever the others are in


@dataclass
class Numbering:
    """The lists of a document, and how far each has counted."""

    lists: dict[str, str] = field(default_factory=dict)  # numId -> abstractNumId
    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # by abstractNumId
    starts: dict[tuple[str, int], int] = field(default_factory=dict)  # (numId, level) -> where it starts anew
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def level_of_style(self, number: str, style: str) -> int:
        """The level of a list on which paragraphs of this style are; 0 where none says so."""
        levels = self.levels.get(self.lists.get(number, ""), {})
        return next((depth for depth, level in levels.items() if style and level.style == style), 0)

    def next(self, number: str, depth: int) -> tuple[str, bool]:
        """The next paragraph of this list on this level -> (its number as printed, whether it is in a list at all). A
        bullet has an empty number."""
        kind = self.lists.get(number, "")
        level = self.levels.get(kind, {}).get(depth)
        if level is None:
            return "", False
        counts = self._counts.setdefault(kind, {})
        if (number, depth) in self.starts and (number, depth) not in self._begun:
            self._begun.add((number, depth))
            counts[depth] = self.starts[number, depth] - 1
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in range(depth + 1, _DEEPEST):
            counts.pop(deeper, None)
        if level.written in ("bullet", "none"):
            return "", level.written == "bullet"
        return self._written(kind, level, counts), True

    def _written(self, kind: str, level: Level, counts: dict[int, int]) -> str:
        levels = self.levels[kind]

        def one(found: re.Match[str]) -> str:
            depth = int(found[1]) - 1
            its = levels.get(depth)
            if its is None:
                return ""
            count = counts.setdefault(depth, its.start)
            return _counted(count, "decimal" if level.legal else its.written)

        return _PLACE.sub(one, level.text).strip()


def _counted(count: int, written: str) -> str:
    match written:
        case "lowerLetter":
            return letters(count)
        case "upperLetter":
            return letters(count).upper()
        case "lowerRoman":
            return roman(count)
        case "upperRoman":
            return roman(count).upper()
        case "decimalZero":
            return f"{count:02}"
        case "none" | "bullet":
            return ""
        case _:
            return str(count)


def numbering_of(root: Element | None) -> Numbering:
    """word/numbering.xml -> Numbering; without it no paragraph is in a list."""
    found = Numbering()
    if root is None:
        return found
    for kind in named(root, "abstractNum"):
        found.levels[value(kind, "abstractNumId")] = dict(map(_level, named(kind, "lvl")))
    for item in named(root, "num"):
        number, kind_id = value(item, "numId"), value(first(item, "abstractNumId"))
        found.lists[number] = kind_id
        overrides = list(named(item, "lvlOverride"))
        if any(first(each, "lvl") is not None for each in overrides):  # it is a kind of its own then
            own = f"{kind_id} {number}"
            found.levels[own] = dict(found.levels.get(kind_id, {}))
            found.levels[own].update(_level(level) for each in overrides for level in named(each, "lvl"))
            found.lists[number] = own
        for each in overrides:
            start = first(each, "startOverride")
            if start is not None:
                found.starts[number, _whole(value(each, "ilvl"), 0)] = _whole(value(start), 1)
    return found


def _level(element: Element) -> tuple[int, Level]:
    legal = first(element, "isLgl")
    return _whole(value(element, "ilvl"), 0), Level(
        _whole(value(first(element, "start")), 1),
        value(first(element, "numFmt")) or "decimal",
        value(first(element, "lvlText")),
        value(first(element, "pStyle")),
        legal is not None and value(legal) not in ("0", "false", "off"),
    )


def _whole(text: str, missing: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else missing
