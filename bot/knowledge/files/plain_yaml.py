"""YAML as people type it: every scalar stays the text that stands in the file, and every field knows its line.

YAML's own guesses change what somebody wrote: 01204560701 is read as another number, 12:30 as 750, No as false. Here
nothing is guessed: a field that wants a number, a date or true and false reads the text itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

# Several times as quick as the pure one; the pure one where PyYAML came without its C part.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


_KEPT = 256  # files, more than twice those of a base: read again, only those that have changed are parsed again


class Marked(dict[str, Any]):
    """A mapping that knows the lines, counted from 1, on which it and each of its keys stand."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


@dataclass(frozen=True)
class Twice:
    """A key that stands twice in one mapping: where, as keys from the outermost, and on which two lines."""

    path: tuple[str, ...]
    first: int
    again: int


@lru_cache(maxsize=_KEPT)
def parse(text: str) -> tuple[Any, tuple[Twice, ...]]:
    """text -> (mappings, lists and texts, with None for what is empty; keys that stand twice). Raises yaml.YAMLError
    for what is no YAML, RecursionError for what is nested without end. It is shared: nobody changes it."""
    root = yaml.compose(text, Loader=_Loader)
    reading = _YamlReader()
    return (reading.value(root, ()) if root is not None else None), tuple(reading.twice)


class _YamlReader:
    def __init__(self) -> None:
        self.twice: list[Twice] = []
        self._known: dict[int, Any] = {}  # by node: what stands behind an anchor is one value, however often it is used

    def value(self, node: Any, path: tuple[str, ...]) -> Any:
        if node.tag.startswith("!"):  # it would be lost from the text, or change what it stands before
            raise yaml.MarkedYAMLError(problem="found a tag", problem_mark=node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            return None if node.value == "" and not node.style else node.value
        if id(node) not in self._known:
            self._known[id(node)] = self._filled(node, path)
        return self._known[id(node)]

    def _filled(self, node: Any, path: tuple[str, ...]) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, path) for item in node.value]
        found = Marked(node.start_mark.line + 1)
        for key, item in node.value:
            name = key.value if isinstance(key.value, str) else "a key that is not text"
            line = key.start_mark.line + 1
            if name in found:
                self.twice.append(Twice((*path, name), found.lines[name], line))
            found.lines[name] = line
            found[name] = self.value(item, (*path, name))
        return found
