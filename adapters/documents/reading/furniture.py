"""The header and footer of pages, found by coming back, and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from adapters.documents.reading.lines import Line

_EDGE = 4  # lines at the top and at the bottom of a page that may belong to its frame
_SHARE = 0.4  # of the pages on which a line comes back
_FEWEST = 2
_NUMBER = re.compile(r"[\W_]*(?:page|p\.?|tudalen)?\s*\d{1,4}(?:\s*(?:of|/|\||o)\s*\d{1,4})?[\W_]*", re.I)
_FIGURES = re.compile(r"\d+")


def without_furniture(lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """The lines of several pages -> (without headers, footers and page numbers, what those said, each once)."""
    pages: dict[int | None, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    edges = {id(line) for page in pages.values() for line in _edge(page)}
    texts = {_alike(line.text): set[int | None]() for line in lines}
    for line in lines:
        if id(line) in edges:
            texts[_alike(line.text)].add(line.page)
    enough = max(_FEWEST, _SHARE * len(pages))
    frame = {id(line) for line in lines if id(line) in edges and _is_frame(line, len(texts[_alike(line.text)]), enough)}
    dropped = Counter(line.text for line in lines if id(line) in frame)
    return [line for line in lines if id(line) not in frame], list(dropped)


def _is_frame(line: Line, pages: int, enough: float) -> bool:
    """Whether a line at the edge of a page belongs to its frame. A rule that two pages begin with is none: it is too
    long, or an item of a list."""
    if _NUMBER.fullmatch(line.text) and str(line.page) in _FIGURES.findall(line.text):
        return True
    return pages >= enough and len(line.text) <= 140


def _edge(page: Sequence[Line]) -> list[Line]:
    return [*page[:_EDGE], *page[-_EDGE:]] if len(page) > _EDGE else list(page)


def _alike(text: str) -> str:
    """A line without its figures: "Page 3 of 9" is "Page 4 of 9"."""
    return " ".join(_FIGURES.sub("#", text.lower()).split())
