"""What somebody types of an answer at the terminal -> the fields of a draft."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

from bot.errors import AskFirstError, FileError
from bot.knowledge.authoring import CaseText, EntryText
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.model import NotThis

_LISTS = frozenset({"cites", "nations", "confirm", "phrasings", "opposites"})
_FIELDS = tuple(each.name for each in fields(EntryText))
_IN_CASE = ("ruling", "badge", "answer", "why", "instead")


def edited(text: EntryText, given: Sequence[str]) -> EntryText:
    """FIELD=TEXT, each in the place of what stands there; of a list one more item, or none for FIELD= alone. A case is
    "cases > VALUE > answer". Raises AskFirstError for what is no field."""
    for each in given:
        name, equals, value = each.partition("=")
        name, value = name.strip(), value.strip()
        if not equals:
            raise AskFirstError(f"'{each}' is no FIELD=TEXT. Write it as answer='Ask the office first.'")
        if name.startswith("cases > "):
            text = _with_case(text, name.split(" > "), value)
        elif name in _LISTS:
            before: tuple[str, ...] = getattr(text, name)
            text = _put(text, name, (*before, value) if value else ())
        elif name == "not_this":
            looks, _, target = value.rpartition(" -> ")
            text = replace(text, not_this=(*text.not_this, NotThis(looks, target)) if value else ())
        else:
            text = _put(text, _known(name), value)
    return text


def from_file(text: EntryText, name: str) -> EntryText:
    """The fields that stand in a YAML file, or on standard input, in the place of those that there are. Raises
    FileError, and AskFirstError for what is no such file."""
    try:
        read = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        data, _ = parse(read)
    except OSError as fault:
        raise FileError(fault, name) from fault
    except (yaml.YAMLError, UnicodeError):
        raise AskFirstError(f"{name} cannot be read as YAML. Write 'field: value' lines, as in an entry") from None
    if not isinstance(data, Mapping):
        raise AskFirstError(f"{name} holds no fields. Write 'field: value' lines, as in an entry")
    for key, value in data.items():
        text = _put(text, _known(key), _as_field(key, value))
    return text


def _as_field(name: str, value: Any) -> Any:
    if name in _LISTS:
        return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    if name == "not_this" and isinstance(value, Mapping):
        return tuple(NotThis(str(looks), str(target)) for looks, target in value.items())
    if isinstance(value, str) and name not in ("cases", "not_this"):
        return value
    raise AskFirstError(f"'{name}' is written otherwise: as text, or with --set")


def _with_case(text: EntryText, path: Sequence[str], value: str) -> EntryText:
    known = {case.value: case for case in text.cases}
    if len(path) != 3 or path[1] not in known or path[2] not in _IN_CASE:
        raise AskFirstError(f"There is no such case. Use: cases > {'|'.join(known) or 'VALUE'} > {'|'.join(_IN_CASE)}")
    changed: dict[str, Any] = {path[2]: value}
    cases: tuple[CaseText, ...] = tuple(
        replace(case, **changed) if case.value == path[1] else case for case in text.cases
    )
    return replace(text, cases=cases)


def _put(text: EntryText, name: str, value: Any) -> EntryText:
    changed: dict[str, Any] = {name: value}
    return replace(text, **changed)


def _known(name: str) -> str:
    if name not in _FIELDS:
        raise AskFirstError(f"'{name}' is no field of an answer. Use one of: {', '.join(_FIELDS)}")
    return name
