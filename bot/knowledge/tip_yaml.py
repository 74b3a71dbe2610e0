"""The text of tips.yaml -> the same text with one more tip. Pure: whether it is right is found out by reading it."""

from __future__ import annotations

import json
import re
import textwrap

import yaml

from bot.knowledge.model import Tip

_WIDTH = 116
_PLAIN = re.compile(r"[a-z][a-z0-9-]*")


class NoPlaceError(Exception):
    """The file is not laid out so that a tip can be added to it; the text says what to do."""


def with_tip(text: str, tip: Tip) -> str:
    """The file with this tip below the last one, indented as that one is. Raises NoPlaceError."""
    tips = _list_of_tips(text)
    ending = "\r\n" if "\r\n" in text else "\n"
    if not tips.value:
        return _in_empty_list(text, tips, _lines(tip, "  "), ending)
    if tips.flow_style:
        raise NoPlaceError(
            "tips.yaml has its tips in one line, in brackets. Write each on lines of its own, after '- '"
        )
    lines = text.splitlines(keepends=True)
    after = _line_after(tips, lines)
    if not lines[after - 1].endswith(("\n", "\r")):
        lines[after - 1] += ending
    new = [line + ending for line in _lines(tip, " " * tips.start_mark.column)]
    return "".join([*lines[:after], *new, *lines[after:]])


def _list_of_tips(text: str) -> yaml.SequenceNode:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    found = next((value for key, value in pairs if key.value == "tips"), None)
    if not isinstance(found, yaml.SequenceNode):
        raise NoPlaceError("tips.yaml has no list of tips. Write a line 'tips: []' at its end")
    return found


def _in_empty_list(text: str, tips: yaml.SequenceNode, lines: list[str], ending: str) -> str:
    """The brackets of an empty list become lines of their own."""
    before, after = text[: tips.start_mark.index].rstrip(" "), text[tips.end_mark.index :]
    return before + ending + ending.join(lines) + (after if after.startswith(("\n", "\r")) else ending + after.lstrip())


def _line_after(tips: yaml.SequenceNode, lines: list[str]) -> int:
    """The number of the line below the last tip. A folded text ends at whatever follows it: comments and empty lines
    before that are no part of it."""
    last = tips.value[-1]
    while isinstance(last, yaml.MappingNode | yaml.SequenceNode) and last.value and not last.flow_style:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    if last.end_mark.column:
        return int(last.end_mark.line) + 1
    after = int(last.end_mark.line)
    while after > last.start_mark.line + 1 and re.match(r"\s*(#|$)", lines[after - 1]):
        after -= 1
    return after


def _lines(tip: Tip, indent: str) -> list[str]:
    """One tip as it stands in the file."""
    fields = [f"- id: {_scalar(tip.id)}", f"  entry: {_scalar(tip.entry)}"]
    if tip.theme:
        fields.append(f"  theme: {_scalar(tip.theme)}")
    # Between quotes a line that goes on is joined by one space: breaks may stand where spaces do, and nowhere else.
    quoted = json.dumps(tip.text, ensure_ascii=False)
    width = max(_WIDTH - len(indent), 40)
    text = textwrap.wrap(
        quoted,
        width,
        initial_indent="  text: ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [indent + line for line in (*fields, *text)]


def _scalar(value: str) -> str:
    """A name as YAML: bare where it is read as the same text."""
    bare = _PLAIN.fullmatch(value) and yaml.safe_load(value) == value
    return value if bare else json.dumps(value, ensure_ascii=False)
