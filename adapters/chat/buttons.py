"""What a button carries: ids only, and back again. Pure."""

from __future__ import annotations

import re
from typing import cast, get_args

from bot.errors import AskFirstError
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

NOT_OURS = "This button no longer does anything. Ask again."
_ID = r"[a-z0-9][a-z0-9-]{0,79}"
_PICK = re.compile(rf"pick ({_ID})")
_ALSO = re.compile(rf"also ({_ID})")
_FACT = re.compile(rf"fact ({_ID}) ({_ID}) ({_ID})")
_POLICY = re.compile(rf"policy(?: -|((?: {_ID}){{1,3}}))")
_TOPIC = re.compile(rf"topic ({_ID})")
_FEEDBACK = re.compile(rf"feedback ({_ID}|-) (yes|no)")
_TELL = re.compile(rf"tell ({_ID})")
_REMARK = re.compile(rf"remark ({_ID}) ({'|'.join(get_args(RemarkKind))})")


class NotOursError(AskFirstError):
    """A button was pressed that no longer does anything; its text is for whoever pressed it."""

    def __init__(self) -> None:
        super().__init__(NOT_OURS)


def to_value(action: Press) -> str:
    """An action -> the value of its button."""
    match action:
        case PickEntry(entry):
            return f"pick {entry}"
        case AskAlso(entry):
            return f"also {entry}"
        case GiveFact(entry, fact, value):
            return f"fact {entry} {fact} {value}"
        case GiveFeedback(about, helped):
            return f"feedback {about or '-'} {'yes' if helped else 'no'}"
        case TellAuthor(entry):
            return f"tell {entry}"
        case GiveRemark(entry, kind):
            return f"remark {entry} {kind}"
        case AskPolicy(entries):
            return f"policy {' '.join(entries) or '-'}"
        case PickTopic(topic):
            return f"topic {topic}"
        case DoAction(name):
            return f"do {name}"


def to_action(value: str) -> Press | None:
    """The value of a button -> its action; None for what is no button of ours."""
    if found := _PICK.fullmatch(value):
        return PickEntry(found[1])
    if found := _ALSO.fullmatch(value):
        return AskAlso(found[1])
    if found := _FACT.fullmatch(value):
        return GiveFact(found[1], found[2], found[3])
    if found := _FEEDBACK.fullmatch(value):
        return GiveFeedback(None if found[1] == "-" else found[1], found[2] == "yes")
    if found := _TELL.fullmatch(value):
        return TellAuthor(found[1])
    if found := _REMARK.fullmatch(value):
        return GiveRemark(found[1], cast(RemarkKind, found[2]))
    if found := _POLICY.fullmatch(value):
        return AskPolicy(tuple((found[1] or "").split()))
    if found := _TOPIC.fullmatch(value):
        return PickTopic(found[1])
    return next((DoAction(name) for name in get_args(ActionName) if value == f"do {name}"), None)
