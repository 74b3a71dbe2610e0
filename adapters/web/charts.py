"""Counts as pictures: SVG that stands in the page, in the page's own colours. Pure.

A picture never stands alone: the template puts a table with the same numbers beside it.
"""

from __future__ import annotations

import math
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from html import escape
from itertools import accumulate

from bot.concerns import Count

NOTHING = "<p>Nothing to show yet.</p>"
_WIDTH = 480
_LETTER = 7.8  # the width of a letter at the size of a label, a little more than most have
_BAR, _ROW, _NUMBER = 10, 40, 90
_RIGHT, _HIGH, _BELOW, _ABOVE = 24, 150, 26, 18
_WIDEST = 48.0  # of a column
_LONGEST = 14  # letters of a label under a column
_LINES = 4  # at most, above the ground of the columns


def bar_chart(title: str, counts: Sequence[Count], *, share: bool = False) -> str:
    """Counts -> horizontal bars in their order: label left, number right. Every text in it is escaped. A `share` is of
    a hundred: its bars are as long as that says."""
    if not any(each.count > 0 for each in counts):
        return NOTHING
    most = 100 if share else max(each.count for each in counts)
    rows = "".join(_bar(index * _ROW, each, most, "%" if share else "") for index, each in enumerate(counts))
    told = "; ".join(f"{_plain(each.label)}: {each.count}%" for each in counts) if share else ""
    return _picture("bars", title, counts, len(counts) * _ROW, rows, told)


def column_chart(title: str, counts: Sequence[Count]) -> str:
    """Counts -> columns from left to right, as of weeks; only as many labels as have room. Every text is escaped."""
    if not any(each.count > 0 for each in counts):
        return NOTHING
    step = _step(max(each.count for each in counts))
    top = step * math.ceil(max(each.count for each in counts) / step)
    left = 14 + round(_letters(f"{top:,}") * _LETTER)
    parts = (*_lines(left, top, step), *_columns(left, counts, top), *_labels(left, counts))
    return _picture("columns", title, counts, _ABOVE + _HIGH + _BELOW, "".join(parts))


def _picture(kind: str, title: str, counts: Sequence[Count], height: int, drawn: str, told: str = "") -> str:
    name = f"{kind}-{zlib.crc32(title.encode(errors='replace')):08x}"
    most = max(counts, key=lambda each: each.count)
    told = told or f"{sum(each.count for each in counts):,} in all. The most: {_plain(most.label)}, {most.count:,}."
    return (
        f'<svg class="chart chart-{kind}" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc" font-size="14" fill="var(--ink)">'
        f'<title id="{name}-title">{escape(_plain(title))}</title><desc id="{name}-desc">{escape(told)}</desc>'
        f"{drawn}</svg>"
    )


def _bar(y: int, count: Count, most: int, unit: str = "") -> str:
    label = _shortened(count.label, int((_WIDTH - _NUMBER) / _LETTER))
    return (
        f'<text x="0" y="{y + 16}">{escape(label)}</text>'
        f'<text x="{_WIDTH}" y="{y + 16}" text-anchor="end" font-weight="700">{count.count:,}{unit}</text>'
        f'<rect x="0" y="{y + 22}" width="{_WIDTH}" height="{_BAR}" rx="2" fill="var(--line)"/>'
        f'<rect x="0" y="{y + 22}" width="{_WIDTH * max(count.count, 0) / most:.1f}" height="{_BAR}" rx="2" '
        'fill="var(--accent)"/>'
    )


def _lines(left: int, top: int, step: int) -> Iterator[str]:
    """Lines across, each with its number."""
    for number in range(0, top + 1, step):
        y = _y(number, top)
        colour = "var(--line)" if number else "currentColor"
        yield f'<path d="M{left} {y:.1f}H{_WIDTH - _RIGHT}" stroke="{colour}"/>'
        yield f'<text x="{left - 6}" y="{y + 5:.1f}" text-anchor="end">{number:,}</text>'


def _columns(left: int, counts: Sequence[Count], top: int) -> Iterator[str]:
    slot = _slot(left, counts)
    width = min(0.7 * slot, _WIDEST)
    for index, each in enumerate(counts):
        if each.count > 0:
            y = _y(each.count, top)
            yield (
                f'<rect x="{left + (index + 0.5) * slot - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" '
                f'height="{_ABOVE + _HIGH - y:.1f}" fill="var(--accent)">'
                f"<title>{escape(_plain(each.label))}: {each.count:,}</title></rect>"
            )


def _labels(left: int, counts: Sequence[Count]) -> Iterator[str]:
    """Every so many columns their label, counted from the last, since that is the one of now."""
    slot = _slot(left, counts)
    labels = [_shortened(each.label, _LONGEST) for each in counts]
    every = math.ceil((max(map(_letters, labels)) + 1) * _LETTER / slot)
    free = float(_WIDTH)  # up to here nothing is written yet
    for index in range(len(labels) - 1, -1, -every):
        width = _letters(labels[index]) * _LETTER
        start = min(max(left + (index + 0.5) * slot - width / 2, 0.0), _WIDTH - width)
        if start + width <= free:
            yield _text(start + width / 2, labels[index])
            free = start - _LETTER


def _text(x: float, label: str) -> str:
    return f'<text x="{x:.1f}" y="{_ABOVE + _HIGH + 19}" text-anchor="middle">{escape(label)}</text>'


def _slot(left: int, counts: Sequence[Count]) -> float:
    """The room of one column."""
    return (_WIDTH - left - _RIGHT) / len(counts)


def _y(number: int, top: int) -> float:
    return _ABOVE + _HIGH * (1 - number / top)


def _step(most: int) -> int:
    """A round number that goes into `most` only a few times."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most <= step * _LINES:
                return step
        size *= 10


def _plain(text: str) -> str:
    """One line, without what cannot be seen."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def _shortened(text: str, letters: int) -> str:
    """The label, its end cut off where it is wider than so many letters."""
    plain = _plain(text)
    if _letters(plain) <= letters:
        return plain
    room = [char for char, upto in zip(plain, accumulate(map(_letters, plain)), strict=True) if upto <= letters - 2]
    return "".join(room).rstrip() + "…"


def _letters(text: str) -> int:
    """How wide a text is, counted in letters of usual width."""
    return sum(2 if char in "MWmw@%…—" or unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
