"""Where the fields of a mapping stand in the text of a YAML file, and the text with some of them replaced.

Lines that belong to no field that changes stay as they are, byte for byte. A field that changes is carried through
ruamel.yaml by itself, so that what is not changed in it (the other items of a list, comments) stays as well.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_WIDTH = 114
_NARROWEST = 40
_INDENT = 2

Change = Callable[[Any], Any]  # what ruamel read of a field (None: it is not there) -> what it is to be (None: nothing)


class LayoutError(Exception):
    """The text is not laid out in lines of its own for each field: it has to be written anew as a whole."""


@dataclass(frozen=True)
class Splice:
    """The lines from `first` up to `last`, which is not included, become `lines`."""

    first: int
    last: int
    lines: tuple[str, ...]


def lines_of(text: str) -> list[str]:
    """The lines of a text as YAML counts them where nothing odd is in it, each with its ending."""
    return text.splitlines(keepends=True) if not re.search("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text) else [text]


def spliced(lines: Sequence[str], splices: Sequence[Splice]) -> str:
    """The text with all of these done; they do not overlap. Of several at one place the first stays the first."""
    made = list(lines)
    for _, splice in sorted(enumerate(splices), key=lambda each: (each[1].first, each[0]), reverse=True):
        if splice.first == splice.last == len(made) and made and not made[-1].endswith("\n"):
            made[-1] += "\n"
        made[splice.first : splice.last] = splice.lines
    return "".join(made)


def composed(text: str) -> Any:
    """The nodes of a text with their places. Raises yaml.YAMLError."""
    return yaml.compose(text, Loader=_Loader)


def value_of(node: Any, key: str) -> Any:
    """The node under a key of a mapping; None where there is none, or it is no mapping."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


@dataclass(frozen=True)
class Fields:
    """The fields of one mapping, each on lines of its own, up to the line `end`; `order` is in which they stand."""

    lines: Sequence[str]
    node: Any
    end: int
    order: Sequence[str]

    def __post_init__(self) -> None:
        starts = [key.start_mark.line for key, _ in self._pairs]
        if self.node.flow_style or len(set(starts)) < len(starts) or not starts or self.end > len(self.lines):
            raise LayoutError

    @property
    def _pairs(self) -> list[tuple[Any, Any]]:
        return list(self.node.value)

    @property
    def column(self) -> int:
        """Where the keys begin."""
        return int(self._pairs[0][0].start_mark.column)

    def span(self, name: str) -> tuple[int, int] | None:
        """The lines of a field, without empty lines and comments below it that are not indented under it."""
        starts = [(key.value, key.start_mark.line) for key, _ in self._pairs] + [("", self.end)]
        for (key, first), (_, last) in pairwise(starts):
            if key == name:
                while last > first + 1 and self._is_beside(self.lines[last - 1]):
                    last -= 1
                return first, last
        return None

    def _is_beside(self, line: str) -> bool:
        bare = line.strip()
        return not bare or (bare.startswith("#") and len(line) - len(line.lstrip()) <= self.column)

    def changed(self, changes: Mapping[str, Change]) -> list[Splice]:
        """What is to be done so that these fields are changed. Raises LayoutError."""
        return [splice for name, change in changes.items() if (splice := self._changed(name, change))]

    def _changed(self, name: str, change: Change) -> Splice | None:
        span = self.span(name)
        if span is None:
            wanted = change(None)
            place = self._place(name)
            return None if wanted is None else Splice(place, place, self._written({name: wanted}))
        first, last = span
        lead = self.lines[first][: self.column]
        data = read_block(self._block(first, last))
        wanted = change(data[name])
        if wanted is None:
            if lead.strip():
                raise LayoutError
            return Splice(first, last, ())
        data[name] = wanted
        made = self._written(data)
        return Splice(first, last, (lead + made[0][self.column :], *made[1:]))

    def _block(self, first: int, last: int) -> str:
        """The lines of a field as a text of their own."""
        pad = re.compile(rf" {{0,{self.column}}}")
        return "".join(
            [self.lines[first][self.column :], *(pad.sub("", line, 1) for line in self.lines[first + 1 : last])]
        )

    def _written(self, data: Any) -> tuple[str, ...]:
        ending = "\r\n" if self.lines[0].endswith("\r\n") else "\n"
        pad = " " * self.column
        made = dumped(data, self.column).splitlines()
        return tuple(f"{pad}{line}".rstrip() + ending for line in made)

    def _place(self, name: str) -> int:
        """Below which line a field that is not there yet belongs."""
        there = [key.value for key, _ in self._pairs]
        before = self.order[: self.order.index(name)] if name in self.order else there
        last = next((each for each in reversed(before) if each in there), there[0])
        found = self.span(last)
        return found[1] if found else self.end


def dumped(data: Any, column: int) -> str:
    """Data as ruamel writes it, for a place that begins at this column."""
    out = io.StringIO()
    _yaml(max(_WIDTH - column, _NARROWEST)).dump(data, out)
    return out.getvalue()


def read_block(text: str) -> Any:
    """What ruamel reads, with comments and quotes kept. Raises LayoutError."""
    try:
        return _yaml(_WIDTH).load(text.replace("\r\n", "\n"))
    except YAMLError:
        raise LayoutError from None


def _yaml(width: int) -> YAML:
    made = YAML()
    made.width, made.preserve_quotes = width, True
    made.indent(mapping=_INDENT, sequence=2 * _INDENT, offset=_INDENT)
    return made
