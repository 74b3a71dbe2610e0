"""Wrong or out of date? What whoever reads an answer may say of it, and what becomes of that. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messages import Button, Contact, Reply
from bot.presses import GiveRemark, RemarkKind, TellAuthor

TELL_AUTHOR = "Wrong or out of date? Tell the author"
WHAT_IS_WRONG = "What is wrong with “{title}”? Choose what fits best. Nobody sees that it was you."
REASONS: Mapping[RemarkKind, str] = {
    "out-of-date": "It is out of date",
    "not-here": "It does not fit our school",
    "unclear": "It is hard to understand",
    "wrong": "I think it is wrong",
}
_THOUGHT: Mapping[RemarkKind, str] = {
    "out-of-date": "thinks it is out of date",
    "not-here": "thinks it does not fit your school",
    "unclear": "finds it hard to understand",
    "wrong": "thinks it is wrong",
}
THANKS = (
    "Thank you. The people who look after this answer see that somebody {thought}. Nobody sees that it was you. If "
    "something is happening now, do not wait for a new answer: ask this person."
)


def tell_author(entry: str) -> Button:
    """What stands under every answer."""
    return Button(TELL_AUTHOR, TellAuthor(entry))


def to_choose(entry: str, title: str) -> Reply:
    """The reasons that there are."""
    offers = tuple(Button(label, GiveRemark(entry, kind)) for kind, label in REASONS.items())
    return Reply("smalltalk", text=WHAT_IS_WRONG.format(title=title), offers=offers, confidence=1.0)


def thanks(kind: RemarkKind, contact: Contact, role: str | None) -> Reply:
    """What becomes of it, and whom to ask meanwhile."""
    text = THANKS.format(thought=_THOUGHT[kind])
    return Reply("smalltalk", text=text, contact=contact, ask=role, confidence=1.0)
