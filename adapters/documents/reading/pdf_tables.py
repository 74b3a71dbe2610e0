"""Where the lines on a page make a table: its rows and columns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]  # left, bottom, right, top
Shape = tuple[float, float, float, float, bool]  # the same, and whether its outline is drawn
_THIN = 3.0
_NEAR = 3.5
_SHORT = 6.0
_MOST_LINES = 1500  # of one page; more of them are a drawing


@dataclass(frozen=True)
class Grid:
    """The edges of columns from the left, and of rows from the top; `lines` say where cells of two columns or two rows
    are one."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    lines: tuple[Box, ...] = ()

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.ys) - 1

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.xs) - 1

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.xs[0]

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.xs[-1]

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """(row, column) at a place; None outside."""
        if not (self.left <= x <= self.right and self.ys[-1] <= y <= self.ys[0]):
            return None
        row = min(bisect_right([-each for each in self.ys], -y) - 1, self.rows - 1)
        column = min(bisect_right(self.xs, x) - 1, self.columns - 1)
        while column and not self._parted(self.xs[column], sum(self.edges(row)) / 2, upright=True):
            column -= 1
        while row and not self._parted((self.xs[column] + self.xs[column + 1]) / 2, self.ys[row], upright=False):
            row -= 1
        return row, column

    def _parted(self, x: float, y: float, *, upright: bool) -> bool:
        """Whether a line runs through this place, upright or across."""
        return any(
            left - _NEAR <= x <= right + _NEAR and bottom - _NEAR <= y <= top + _NEAR
            for left, bottom, right, top in self.lines
            if (right - left <= _THIN if upright else top - bottom <= _THIN)
        )

    def edges(self, row: int) -> tuple[float, float]:
        """The upper and the lower edge of a row."""
        return self.ys[row], self.ys[row + 1]


def grids_of(shapes: Sequence[Shape], width: float, height: float) -> list[Grid]:
    """The shapes drawn on a page -> the tables that they make, of two columns and two rows at least."""
    lines = [each for shape in shapes for each in _as_lines(shape, width, height)]
    if len(lines) > _MOST_LINES:
        return []
    grids = (_grid(part) for part in _connected(lines))
    return [grid for grid in grids if grid is not None]


def _as_lines(shape: Shape, width: float, height: float) -> list[Box]:
    left, bottom, right, top, drawn = shape
    wide, high = right - left, top - bottom
    if wide > 0.97 * width and high > 0.9 * height:  # the page itself
        return []
    if (wide <= _THIN and high >= _SHORT) or (high <= _THIN and wide >= _SHORT):
        return [(left, bottom, right, top)]
    if not drawn or wide < 2 * _SHORT or high < _SHORT:
        return []
    return [
        (left, bottom, left, top),
        (right, bottom, right, top),
        (left, bottom, right, bottom),
        (left, top, right, top),
    ]


def _connected(lines: Sequence[Box]) -> list[list[Box]]:
    """Lines that touch each other, together."""
    parts: list[list[Box]] = []
    for line in lines:
        touched = [part for part in parts if any(_touch(line, each) for each in part)]
        joined = [line, *(each for part in touched for each in part)]
        parts = [part for part in parts if not any(part is each for each in touched)]
        parts.append(joined)
    return parts


def _touch(one: Box, two: Box) -> bool:
    return (
        one[0] - _NEAR <= two[2] and two[0] - _NEAR <= one[2] and one[1] - _NEAR <= two[3] and two[1] - _NEAR <= one[3]
    )


def _grid(lines: Sequence[Box]) -> Grid | None:
    xs = _places([(each[0] + each[2]) / 2 for each in lines if each[2] - each[0] <= _THIN])
    ys = _places([(each[1] + each[3]) / 2 for each in lines if each[3] - each[1] <= _THIN])
    return Grid(tuple(xs), tuple(reversed(ys)), tuple(lines)) if len(xs) >= 3 and len(ys) >= 3 else None


def _places(values: Sequence[float]) -> list[float]:
    """Numbers -> those that differ, each for all near it."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found
