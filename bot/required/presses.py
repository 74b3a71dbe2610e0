"""What a button about something to read carries: ids only, and back again. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

RequiredVerb = Literal["list", "open", "read", "pick", "next"]
_VALUE = re.compile(
    r"required (?:(?P<list>list)|(?P<verb>open|read|next) (?P<text>[0-9a-f]{12})"
    r"|pick (?P<picked>[0-9a-f]{12}) (?P<question>[a-z0-9][a-z0-9-]{0,79}) (?P<option>[0-9a-f]{10}))"
)

_ASKED = ("my reading", "required reading", "what do i have to read", "what must i read")


@dataclass(frozen=True)
class RequiredPress:
    """What somebody does: see what they have to read; open one; say that they have read it; take an option; go on."""

    verb: RequiredVerb
    text: str = ""
    question: str = ""
    option: str = ""


def asks_what_to_read(text: str) -> bool:
    """Whether a whole message asks for the list of what its sender has to read."""
    return " ".join(text.casefold().split()).strip(" .!?/") in _ASKED


def to_value(press: RequiredPress) -> str:
    """A press -> the value of its button."""
    return " ".join(filter(None, ("required", press.verb, press.text, press.question, press.option)))


def to_required(value: str) -> RequiredPress | None:
    """The value of a button -> its press; None for what is no button of these."""
    found = _VALUE.fullmatch(value)
    if found is None:
        return None
    if found["picked"]:
        return RequiredPress("pick", found["picked"], found["question"], found["option"])
    return RequiredPress(cast(RequiredVerb, found["list"] or found["verb"]), found["text"] or "")
