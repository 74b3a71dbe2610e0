"""The figures of groups of questions: by kind, topic, writer or length. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.answering.scoring.counting import Asked, Figure, figures
from bot.answering.scoring.questions import KINDS, UNNAMED, Labelled

_BANDS = ((10, "up to 10"), (18, "11-18"), (28, "19-28"), (45, "29-45"))  # words
_LONGER = "more words"
_LENGTHS = (*(name for _, name in _BANDS), _LONGER)
# Figures that are shares of the same questions stand side by side.
TABLES: Mapping[str, tuple[str, ...]] = {
    "guidance": ("right", "shown", "wrong"),
    "concerns": ("caught", "noted", "routed", "urgent"),
    "no concern": ("false alarms", "false notes", "abstained"),
}


def _length(question: Labelled) -> str:
    words = len(question.text.split())
    return next((name for most, name in _BANDS if words <= most), _LONGER)


_GROUP_OF: Mapping[str, Callable[[Labelled], str]] = {
    "kind": lambda question: question.kind,
    "topic": lambda question: question.topic,
    "writer": lambda question: question.writer,
    "length": _length,
}
BY = tuple(_GROUP_OF)
_ORDER: Mapping[str, tuple[str, ...]] = {"kind": KINDS, "length": _LENGTHS}


@dataclass(frozen=True)
class Group:
    """The questions of one group, and their figures by name."""

    name: str
    size: int
    figures: Mapping[str, Figure]


def grouped(asked: Sequence[Asked], by: str) -> tuple[Group, ...]:
    """One of BY -> the groups in their order, those that name nothing last."""
    found: dict[str, list[Asked]] = {}
    for pair in asked:
        found.setdefault(_GROUP_OF[by](pair[0]), []).append(pair)
    order = _ORDER.get(by, ())
    names = sorted(found, key=lambda name: (order.index(name) if order else 0, name == UNNAMED, _natural(name)))
    return tuple(_group(name, found[name]) for name in names)


def in_table(groups: Sequence[Group]) -> Iterator[str]:
    """The groups as aligned lines: a table for each kind of figure, after an empty line. A group stands where it has
    something to count."""
    for heading, names in TABLES.items():
        counted = [group for group in groups if any(group.figures[name].of for name in names)]
        shown = [name for name in names if any(group.figures[name].of for group in counted)]
        if counted:
            rows = [(group.name, *(_cell(group.figures[name]) for name in shown)) for group in counted]
            yield ""
            yield from aligned([(heading, *shown), *rows])


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of as many cells each -> lines in which the cells stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _group(name: str, asked: Sequence[Asked]) -> Group:
    return Group(name, len(asked), {figure.name: figure for figure in figures(asked)})


def _cell(figure: Figure) -> str:
    return "-" if figure.value is None else f"{figure.value:.3f} {figure.hits:g} of {figure.of}"


def _natural(name: str) -> tuple[int, str]:
    """Topics that are numbers stand in the order of numbers, before those with a name."""
    return (int(name), name) if name.isdecimal() and len(name) < 10 else (10**9, name)
