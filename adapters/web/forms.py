"""A posted form -> Message. Pure: the fields are all that counts, and a field that is not known is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from bot.messages import Action, GiveFact, GiveFeedback, Message, PickEntry

_FIELDS: Mapping[str, frozenset[str]] = {
    "ask": frozenset({"text"}),
    "pick": frozenset({"entry"}),
    "fact": frozenset({"entry", "fact", "value"}),
    "feedback": frozenset({"entry", "helped"}),
}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed


class FormError(ValueError):
    """The fields are not ones that the page sends. Its text never repeats them."""


class TooLongError(ValueError):
    """What was typed is longer than an answer can be found for; `text` is what was typed."""

    def __init__(self, text: str) -> None:
        super().__init__("too long")
        self.text = text


def read_fields(body: bytes) -> dict[str, str]:
    """The body of a form -> its fields. Raises FormError where it is no form, or a field comes twice."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError as fault:
        raise FormError("not a form") from fault
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise FormError("a field twice")
    return fields


def to_message(fields: Mapping[str, str], conversation: str, longest: int) -> Message:
    """fields (action, text, entry, fact, value, helped) -> Message. Raises FormError or TooLongError."""
    action = fields.get("action", "")
    needed = _FIELDS.get(action)
    if needed is None or set(fields) - {"action"} != needed:
        raise FormError("not the fields of a button")
    if action == "ask":
        return Message(_text(fields["text"], longest), conversation)
    return Message("", conversation, _pressed(action, fields))


def _pressed(action: str, fields: Mapping[str, str]) -> Action:
    if action == "pick":
        return PickEntry(_id(fields["entry"]))
    if action == "fact":
        return GiveFact(_id(fields["entry"]), _id(fields["fact"]), _id(fields["value"]))
    if fields["helped"] not in ("yes", "no"):
        raise FormError("neither yes nor no")
    return GiveFeedback(_id(fields["entry"]) if fields["entry"] else None, fields["helped"] == "yes")


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise FormError("not an id")
    return value


def _text(typed: str, longest: int) -> str:
    """Line ends as one sign, control characters as spaces: they have no meaning in a question."""
    text = _CONTROL.sub(" ", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > longest:
        raise TooLongError(text)
    return text
