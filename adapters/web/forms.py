"""A posted form -> Message. Pure: the fields are all that counts, and a field that is not known is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args
from urllib.parse import parse_qsl

from bot.messages import Message
from bot.presses import (
    ActionName,
    AskAlso,
    AskPolicy,
    DoAction,
    GiveFact,
    GiveFeedback,
    GiveRemark,
    PickEntry,
    PickTopic,
    Press,
    RemarkKind,
    TellAuthor,
)

_FIELDS: Mapping[str, frozenset[str]] = {
    "ask": frozenset({"text"}),
    "pick": frozenset({"entry"}),
    "also": frozenset({"entry"}),
    "fact": frozenset({"entry", "fact", "value"}),
    "feedback": frozenset({"entry", "helped"}),
    "tell": frozenset({"entry"}),
    "remark": frozenset({"entry", "kind"}),
    "policy": frozenset({"entries"}),
    "topic": frozenset({"topic"}),
    "do": frozenset({"name"}),
}
_MOST_FIELDS, _MOST_ENTRIES = 100, 3
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed


class FormError(ValueError):
    """The fields are not ones that the page sends. Its text never repeats them."""


def read_fields(body: bytes) -> dict[str, tuple[str, ...]]:
    """The body of a form -> each field with what was typed or ticked. Raises FormError where it is no form."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as fault:
        raise FormError("not a form") from fault
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), plain(value))
    return fields


def single(fields: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The fields of a form without anything to tick, with one value each. Raises FormError where one comes twice."""
    if any(len(values) != 1 for values in fields.values()):
        raise FormError("a field twice")
    return {name: values[0] for name, values in fields.items()}


def plain(typed: str) -> str:
    """Line ends as one character, control characters as spaces: they have no meaning in what people write."""
    return _CONTROL.sub(" ", typed.replace("\r\n", "\n").replace("\r", "\n"))


def to_message(fields: Mapping[str, str], conversation: str) -> Message:
    """The fields of a question or a button -> Message. Raises FormError."""
    action = fields.get("action", "")
    needed = _FIELDS.get(action)
    if needed is None or set(fields) - {"action"} != needed:
        raise FormError("not the fields of a button")
    if action == "ask":
        return Message(plain(fields["text"]).strip(), conversation)
    return Message("", conversation, _pressed(action, fields))


def _pressed(action: str, fields: Mapping[str, str]) -> Press:
    if action == "pick":
        return PickEntry(_id(fields["entry"]))
    if action == "also":
        return AskAlso(_id(fields["entry"]))
    if action == "fact":
        return GiveFact(_id(fields["entry"]), _id(fields["fact"]), _id(fields["value"]))
    if action == "tell":
        return TellAuthor(_id(fields["entry"]))
    if action == "remark":
        return GiveRemark(_id(fields["entry"]), _remark(fields["kind"]))
    if action == "policy":
        return AskPolicy(tuple(_id(entry) for entry in fields["entries"].split()[:_MOST_ENTRIES]))
    if action == "topic":
        return PickTopic(_id(fields["topic"]))
    if action == "do":
        return DoAction(_name(fields["name"]))
    if fields["helped"] not in ("yes", "no"):
        raise FormError("neither yes nor no")
    return GiveFeedback(_id(fields["entry"]) if fields["entry"] else None, fields["helped"] == "yes")


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise FormError("not an id")
    return value


def _remark(value: str) -> RemarkKind:
    for kind in get_args(RemarkKind):
        if value == kind:
            return kind  # type: ignore[no-any-return]
    raise FormError("no reason of ours")


def _name(value: str) -> ActionName:
    for name in get_args(ActionName):
        if value == name:
            return name  # type: ignore[no-any-return]
    raise FormError("no action of ours")
