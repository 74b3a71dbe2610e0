"""The text of a file of entries as AskFirst 0.1 wrote them -> the same file in the form of today. Pure.

Only what has to change is changed, at the very place where it stands: comments, order and layout stay. Nothing is
approved in the new form: who approved the old words has not read the new ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from bot.knowledge.entries.badges import Ruled, ruled

_GONE = ("approved_by", "reviewed", "review_by", "nation")
_OPENS = re.compile(r"(?P<mark>[>|][+-]?\d?[^\n]*\n\s*|[\"']?)")


class NotCarriedOverError(Exception):
    """A file is laid out so that it cannot be carried over; the text says what to do."""


class _Change(NamedTuple):
    """What stands from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


def carried_over(text: str) -> tuple[str, int]:
    """(the file in the form of today, how many entries were changed). Raises yaml.YAMLError for what is no YAML,
    NotCarriedOverError for entries in brackets."""
    changes: list[_Change] = []
    number = 0
    for entry in _items(yaml.compose(text, Loader=yaml.SafeLoader), "entries"):
        found = _fields(entry)
        if "verdict" in found and "ruling" not in found:
            changes += _of_entry(text, entry, found)
            number += 1
    for change in sorted(changes, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text, number


_Found = dict[str, tuple[yaml.Node, yaml.Node]]


def _fields(node: yaml.Node) -> _Found:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {key.value: (key, value) for key, value in pairs if isinstance(key.value, str)}


def _items(node: yaml.Node | None, key: str) -> list[yaml.Node]:
    value = _fields(node).get(key) if node is not None else None
    return list(value[1].value) if value and isinstance(value[1], yaml.SequenceNode) else []


def _of_entry(text: str, entry: yaml.Node, found: _Found) -> Iterator[_Change]:
    if getattr(entry, "flow_style", False):
        line = entry.start_mark.line + 1
        raise NotCarriedOverError(f"line {line}: an entry in brackets. Write each field on a line of its own")
    title = _value(found, "title")
    yield from _ruled(text, entry, title)
    nation = _value(found, "nation")
    for name in _GONE:
        if name in found:
            kept = f"nations: [{nation}]" if name == "nation" and nation not in ("", "UK") else ""
            yield _replaced(text, found[name], kept)
    if "facts" in found:
        for case in _items(found["facts"][1], "cases"):
            yield from _ruled(text, case, title)


def _value(found: _Found, name: str) -> str:
    return str(found[name][1].value) if name in found else ""


def _ruled(text: str, spoken: yaml.Node, title: str) -> Iterator[_Change]:
    """Ruling and badge in the place of the verdict, and the answer without its Yes or No."""
    found = _fields(spoken)
    if "verdict" not in found or "answer" not in found:
        return
    said = " ".join(_value(found, "answer").split())
    new = ruled(_value(found, "verdict"), " ".join(title.split()), said)
    key, value = found["verdict"]
    ending = "\r\n" if "\r\n" in text else "\n"
    between = ", " if getattr(spoken, "flow_style", False) else ending + " " * key.start_mark.column
    badge = f"badge: {json.dumps(new.badge, ensure_ascii=False)}"
    yield _Change(key.start_mark.index, value.end_mark.index, f"ruling: {new.ruling}{between}{badge}")
    yield from _answer(text, found["answer"][1], said, new)


def _answer(text: str, node: yaml.Node, said: str, new: Ruled) -> Iterator[_Change]:
    """The beginning of an answer as it stands in the file, up to where the old and the new one say the same."""
    if said == new.answer:
        return
    old = re.match(r"(?:yes|no)[.,:;!]+\s+\S", said, re.I)
    start = node.start_mark.index
    opened = _OPENS.match(text, start)
    begun = opened.end() if opened else start
    words = [re.escape(word) for word in old[0].split()] if old else []
    there = re.compile(r"\s+".join(words)).match(text, begun) if words else None
    if there is None:
        raise NotCarriedOverError(f"line {node.start_mark.line + 1}: take the first word away from this answer")
    kept = said[len(old[0]) :] if old else ""
    yield _Change(begun, there.end(), new.answer[: len(new.answer) - len(kept)])


def _replaced(text: str, pair: tuple[yaml.Node, yaml.Node], kept: str) -> _Change:
    """A field that goes, with its whole line, or what comes in its place."""
    key, value = pair
    if kept:
        return _Change(key.start_mark.index, value.end_mark.index, kept)
    before = text.rfind("\n", 0, key.start_mark.index) + 1
    if text[before : key.start_mark.index].strip():
        line = key.start_mark.line + 1
        raise NotCarriedOverError(f"line {line}: '{key.value}' stands first. Move 'id' above it")
    after = text.find("\n", value.end_mark.index)
    return _Change(before, len(text) if after < 0 else after + 1, "")
