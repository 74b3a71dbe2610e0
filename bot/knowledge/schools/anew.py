"""The text of a school.yaml -> the same text for another school: its own name and people, everything else as it stands.
Pure; comments stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import yaml

from bot.knowledge.schools.model import ROLES

_HEAD = """\
# {name}. Begun with `askfirst adopt`: people and numbers are those that were typed in. Hours (of the school and
# of lines outside), terms, ladders and categories are still the demo school's: read each of them, then run
# `askfirst check` and `askfirst doctor`.
"""
# Numbers that are kept for drama: whoever has one is made up.
_MADE_UP = re.compile(r"(?:020 7946 0|01632 960|07700 900)\d{3}")
_PLAIN = re.compile(r"[A-Za-z][\w .'’-]*[\w.]|\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Part:
    """Somebody in the demo school whom another school must name anew, or has nobody for: their key under `people`, what
    they are called, and the roles that they hold."""

    key: str
    name: str
    title: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """Who has a part at the new school."""

    name: str
    phone: str
    email: str = ""


class _Change(NamedTuple):
    start: int
    end: int
    text: str


_Fields = Mapping[str, tuple[yaml.Node, yaml.Node]]


def parts_of(text: str) -> tuple[Part, ...]:
    """Whoever has a made-up number, in the order of the file. A number of the whole nation stays as it is."""
    root = _fields(yaml.compose(text, Loader=yaml.SafeLoader))
    roles = {role: _texts(node) for role, (_, node) in _fields(root["roles"][1]).items()}
    return tuple(
        Part(key, said["name"], said["role"], tuple(role for role in roles if key in roles[role]))
        for key, (_, node) in _fields(root["people"][1]).items()
        if _MADE_UP.fullmatch((said := _said(node)).get("phone", ""))
    )


def anew(text: str, id_: str, name: str, nation: str, named: Mapping[str, Named], today: str) -> str:
    """The file for a school of this name. `named` are the people of `parts_of` by key, and others by the role that they
    are to have; a part without anybody is taken out, from the roles too."""
    root = _fields(yaml.compose(text, Loader=yaml.SafeLoader))
    gone = {part.key for part in parts_of(text)} - set(named)
    people = _fields(root["people"][1])
    new: list[str] = [key for key in named if key not in people and key in ROLES]
    changes = [
        _Change(0, root["id"][0].start_mark.index, _HEAD.format(name=name)),
        *(_Change(*_span(root[key][1]), _scalar(value)) for key, value in (("id", id_), ("nation", nation))),
        _Change(*_span(root["name"][1]), _scalar(name)),
        *_of_people(text, people, named, gone, today),
        *_of_roles(text, _fields(root["roles"][1]), gone, new),
    ]
    before = next(at for key, (at, _) in people.items() if key not in gone).start_mark
    added = "".join(f"{key}: {_flow(_new(key, named[key]))}\n{' ' * before.column}" for key in new)
    changes.append(_Change(before.index, before.index, added))
    for change in sorted(changes, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def _of_people(text: str, people: _Fields, named: Mapping[str, Named], gone: set[str], today: str) -> Iterator[_Change]:
    for key, (at, node) in people.items():
        if key in gone:
            yield _Change(*_lines(text, at, node), "")
        elif key in named:
            given = named[key]
            said = {**_said(node), "name": given.name, "phone": given.phone, "email": given.email}
            said |= {"checked": today} if "checked" in said else {}
            yield _Change(*_span(node), _flow(said))


def _of_roles(text: str, roles: _Fields, gone: set[str], new: list[str]) -> Iterator[_Change]:
    end = 0
    for role, (_, node) in roles.items():
        kept = [key for key in _texts(node) if key not in gone]
        more = [role] if role in new else []
        yield _Change(*_span(node), f"[{', '.join([*kept, *more])}]")
        end = _line_end(text, node.end_mark.index)
    for role in new:
        if role not in roles:
            yield _Change(end, end, f"  {role}: [{role}]\n")


def _new(role: str, given: Named) -> dict[str, str]:
    title = role.replace("-", " ").capitalize()
    return {"name": given.name, "role": title, "phone": given.phone, "email": given.email}


def _fields(node: yaml.Node | None) -> _Fields:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {key.value: (key, value) for key, value in pairs}


def _said(node: yaml.Node) -> dict[str, str]:
    """The fields of a person as text; a list as it is written."""
    return {
        key: f"[{', '.join(_texts(value))}]" if isinstance(value, yaml.SequenceNode) else str(value.value)
        for key, (_, value) in _fields(node).items()
    }


def _texts(node: yaml.Node) -> list[str]:
    return [str(each.value) for each in node.value] if isinstance(node, yaml.SequenceNode) else []


def _flow(said: Mapping[str, str]) -> str:
    shown = (f"{key}: {value if value.startswith('[') else _scalar(value)}" for key, value in said.items() if value)
    return f"{{{', '.join(shown)}}}"


def _scalar(value: str) -> str:
    """A text as YAML: bare where nothing in it could be read as anything else."""
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def _span(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.index, node.end_mark.index


def _lines(text: str, key: yaml.Node, value: yaml.Node) -> tuple[int, int]:
    """From the beginning of the first line of a field to the end of its last one."""
    return text.rfind("\n", 0, key.start_mark.index) + 1, _line_end(text, value.end_mark.index)


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1
