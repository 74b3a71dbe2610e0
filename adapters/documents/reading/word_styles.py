"""The styles of a .docx: which are headings, which are bold, which are in a list. By their names, never by their ids:
writers other than Word number those."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from adapters.documents.reading.packages import first, named, value

_HEADING = re.compile(r"heading ([1-9])(?: char)?", re.I)
_CONTENTS = re.compile(r"toc(?: ?\d| heading)|contents? ?\d?|table of (?:figures|contents)", re.I)
_TEXT_LEVEL = 9  # of an outline: no heading


@dataclass(frozen=True)
class _Style:
    name: str
    based_on: str
    element: Element


@dataclass
class Styles:
    """The paragraph styles of a document by id; what a style does not say, the one that it is based on does."""

    found: dict[str, _Style] = field(default_factory=dict)
    default: str = ""

    def heading_level(self, style: str, own: Element | None) -> int:
        """1 to 9; 0 where it is no heading."""
        if own is not None:
            outline = value(own)
            return int(outline) + 1 if outline.isdecimal() and int(outline) < _TEXT_LEVEL else 0
        for each in self._chain(style):
            if named_level := _HEADING.fullmatch(each.name):
                return int(named_level[1])
            outline = value(first(each.element, "pPr", "outlineLvl"))
            if outline.isdecimal():
                return int(outline) + 1 if int(outline) < _TEXT_LEVEL else 0
        return 0

    def is_title(self, style: str) -> bool:
        """Whether it is the title of the document."""
        return any(each.name.lower() == "title" for each in self._chain(style))

    def is_contents(self, style: str) -> bool:
        """Whether it is a line of a list of contents."""
        return any(_CONTENTS.fullmatch(each.name) for each in self._chain(style))

    def is_bold(self, style: str) -> bool:
        """Whether its letters are bold unless a run says otherwise."""
        marks = (first(each.element, "rPr", "b") for each in self._chain(style))
        return is_on(next((mark for mark in marks if mark is not None), None))

    def numbering(self, style: str) -> tuple[str, str, str]:
        """(the list that its paragraphs are in, the level as text, the id of the style that says so)."""
        for name, each in self._chain_with_ids(style):
            numbered = first(each.element, "pPr", "numPr")
            if numbered is not None:
                return value(first(numbered, "numId")), value(first(numbered, "ilvl")), name
        return "", "", ""

    def _chain(self, style: str) -> Iterator[_Style]:
        return (each for _, each in self._chain_with_ids(style))

    def _chain_with_ids(self, style: str) -> Iterator[tuple[str, _Style]]:
        seen: set[str] = set()
        name = style or self.default
        while name in self.found and name not in seen:
            seen.add(name)
            yield name, self.found[name]
            name = self.found[name].based_on


def styles_of(root: Element | None) -> Styles:
    """word/styles.xml -> Styles; without it no paragraph has one."""
    styles = Styles()
    for each in named(root, "style") if root is not None else ():
        if value(each, "type") in ("paragraph", ""):
            name = value(each, "styleId")
            styles.found[name] = _Style(value(first(each, "name")), value(first(each, "basedOn")), each)
            if value(each, "default") in ("1", "true"):
                styles.default = name
    return styles


def is_on(mark: Element | None) -> bool:
    """Whether a mark such as bold is there and not switched off."""
    return mark is not None and value(mark) not in ("0", "false", "off", "none")
