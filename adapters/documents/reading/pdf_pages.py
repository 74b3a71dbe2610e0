"""A page of a PDF -> its lines, with where they lie; what stands in a table with lines around its cells as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ctypes import c_double, c_int, create_string_buffer
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pypdfium2 import raw

from adapters.documents.reading.lines import Line
from adapters.documents.reading.pdf_tables import Grid, Shape, grids_of

_SPACE = 0.8  # of the size of a letter: PDFium marks narrower spaces between words itself
_APART = 0.6  # of a letter's height two words overlap that stand in one line
_BOLD = 600
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_MARKS = (0xF0B7, 0xF0A7, 0xF0D8, 0xF0FC)  # before items, as Word's symbol font has them
_PRIVATE = range(0xE000, 0xF900)
_NO_LETTERS = frozenset({0, 0xFFFD, 0xFFFE, 0xFFFF})


@dataclass
class _Word:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True)
class PageText:
    """The lines of one page; how many letters it has and how many of these mean nothing; whether there is a picture
    that covers much of it."""

    lines: tuple[Line, ...]
    letters: int
    strange: int
    pictured: bool


def page_text(page: Any, number: int, tables: int) -> PageText:
    """One page of pypdfium2; `tables` is how many tables came before it."""
    width, height = page.get_size()
    text = page.get_textpage()
    try:
        words, strange = _words(text)
    finally:
        text.close()
    grids, pictured = _drawn(page, width, height)
    lines: list[Line] = []
    outside = words
    for place, grid in enumerate(grids):
        inside = [word for word in outside if grid.cell(*word.middle) is not None]
        outside = [word for word in outside if grid.cell(*word.middle) is None]
        lines += _rows(grid, inside, number, height, tables + place + 1)
    lines += _lines(outside, number, height)
    letters = sum(char.isalnum() for word in words for char in word.text)
    return PageText(tuple(sorted(lines, key=lambda line: -line.top)), letters, strange, pictured)


def _words(text: Any) -> tuple[list[_Word], int]:
    words: list[_Word] = []
    current: _Word | None = None
    strange = 0
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    for place in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, place)
        if code in (0x20, 0x0D, 0x0A, 0x09, 0xA0):
            current = None
            continue
        if code in _NO_LETTERS or (code in _PRIVATE and code not in _MARKS):
            strange += 1
        if not raw.FPDFText_GetCharBox(text, place, left, right, bottom, top):
            continue
        char = _LIGATURES.get(code) or chr(code)
        size = raw.FPDFText_GetFontSize(text, place)
        joins = (
            current is not None
            and abs(current.bottom - bottom.value) < max(size, 4)
            and -size < left.value - current.right < _SPACE * max(size, 4)
        )
        if current is None or not joins:
            current = _Word("", left.value, right.value, top.value, bottom.value, size, _is_bold(text, place))
            words.append(current)
        current.text += char
        current.right, current.top = max(current.right, right.value), max(current.top, top.value)
        current.bottom = min(current.bottom, bottom.value)
    return words, strange


def _is_bold(text: Any, place: int) -> bool:
    if raw.FPDFText_GetFontWeight(text, place) >= _BOLD:
        return True
    name, flags = create_string_buffer(128), c_int()
    raw.FPDFText_GetFontInfo(text, place, name, 128, flags)
    return b"bold" in name.value.lower() or b"black" in name.value.lower()


def _lines(words: Sequence[_Word], number: int, height: float) -> list[Line]:
    """Words -> lines, by how far they overlap in height."""
    rows: list[list[_Word]] = []
    for word in sorted(words, key=lambda each: (-each.middle[1], each.left)):
        row = next((each for each in rows[-3:] if _beside(each[0], word)), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    return [_line(sorted(row, key=lambda each: each.left), number, height) for row in rows]


def _beside(one: _Word, two: _Word) -> bool:
    """Whether two words stand in one line: their lower edges are nearly as high, or one lies within the other."""
    lower = min(one.top, two.top) - max(one.bottom, two.bottom)
    return lower >= _APART * min(one.top - one.bottom, two.top - two.bottom, one.size, two.size)


def _line(words: Sequence[_Word], number: int, height: float) -> Line:
    parts = [words[0].text]
    for before, word in pairwise(words):
        gap = word.left - before.right
        parts.append(("   " if gap > 2.5 * max(word.size, 4) else " ") + word.text)
    text = "".join(parts).strip()
    counted = [word for word in words for _ in word.text if any(char.isalnum() for char in word.text)] or list(words)
    sizes = sorted(word.size for word in counted)
    return Line(
        text, number, words[0].left, words[-1].right, max(word.top for word in words),
        min(word.bottom for word in words), sizes[len(sizes) // 2], all(word.bold for word in counted), height,
    )  # fmt: skip


def _rows(grid: Grid, words: Sequence[_Word], number: int, height: float, table: int) -> Iterator[Line]:
    cells: dict[tuple[int, int], list[_Word]] = {}
    for word in words:
        if (cell := grid.cell(*word.middle)) is not None:
            cells.setdefault(cell, []).append(word)
    for row in range(grid.rows):
        texts = tuple(_cell_text(cells.get((row, column), ()), number, height) for column in range(grid.columns))
        if any(texts):
            top, bottom = grid.edges(row)
            inside = [word for column in range(grid.columns) for word in cells.get((row, column), ())]
            bold = all(word.bold for word in inside) and sum(map(bool, texts)) > 1
            yield Line("", number, grid.left, grid.right, top, bottom, 10, bold, height, texts, table)


def _cell_text(words: Sequence[_Word], number: int, height: float) -> str:
    return " ".join(line.text for line in _lines(words, number, height))


def _drawn(page: Any, width: float, height: float) -> tuple[list[Grid], bool]:
    """The tables drawn on a page, and whether there is a large picture or a drawing without end."""
    boxes: list[Shape] = []
    pictured, paths = False, 0
    for each in page.get_objects(max_depth=4):
        if each.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = each.get_bounds()
            pictured = pictured or (right - left) * (top - bottom) > 0.2 * width * height
        elif each.type == raw.FPDF_PAGEOBJ_PATH:
            paths += 1
            if paths <= _MOST_PATHS:
                boxes.append((*each.get_bounds(), _is_stroked(each)))
    return grids_of(boxes, width, height), pictured or paths > _LETTERS_DRAWN


def _is_stroked(path: Any) -> bool:
    """Whether its outline is drawn: what is only filled is a shade behind a text, or a line by itself."""
    fill, stroke = c_int(), c_int()
    return bool(raw.FPDFPath_GetDrawMode(path, fill, stroke)) and bool(stroke.value)


_MOST_PATHS = 4000
_LETTERS_DRAWN = 300  # so many shapes may be letters that were turned into drawings
