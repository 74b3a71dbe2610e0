"""What a button carries: ids only, and back again. Pure."""

from __future__ import annotations

import re

from bot.messages import GiveFact, GiveFeedback, PickEntry, Press

_ID = r"[a-z0-9][a-z0-9-]{0,79}"
_PICK = re.compile(rf"pick ({_ID})")
_FACT = re.compile(rf"fact ({_ID}) ({_ID}) ({_ID})")
_FEEDBACK = re.compile(rf"feedback ({_ID}|-) (yes|no)")


def to_value(action: Press) -> str:
    """An action -> the value of its button."""
    match action:
        case PickEntry(entry):
            return f"pick {entry}"
        case GiveFact(entry, fact, value):
            return f"fact {entry} {fact} {value}"
        case GiveFeedback(about, helped):
            return f"feedback {about or '-'} {'yes' if helped else 'no'}"


def to_action(value: str) -> Press | None:
    """The value of a button -> its action; None for what is no button of ours."""
    if found := _PICK.fullmatch(value):
        return PickEntry(found[1])
    if found := _FACT.fullmatch(value):
        return GiveFact(found[1], found[2], found[3])
    if found := _FEEDBACK.fullmatch(value):
        return GiveFeedback(None if found[1] == "-" else found[1], found[2] == "yes")
    return None
