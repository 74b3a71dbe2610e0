"""What the register of accounts says to a question about it: approved facts and nothing else; what it has not is said.
Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.accounts.due import as_of_day
from bot.accounts.model import AGREED, Registered
from bot.accounts.parts import is_public
from bot.accounts.questions import RegisterQuestion, found_by, whom_in_words
from bot.accounts.words import for_whom
from bot.answering.topics import holder_of
from bot.concerns.words import day
from bot.knowledge import Knowledge
from bot.messages import Reply

_MOST = 12  # in one reply
_NOT_THERE = (
    "The register has no approved account of that name. What is not in it must not be used yet. Please ask this "
    "person before you act:"
)
_NO_SUCH_YEAR = (
    "The register has no such year. It goes from Nursery and Reception to Year 13. Ask again with one of these, or "
    "ask this person:"
)
_NONE_FOR = "The register has nothing that is approved{whom}. Please ask this person before you use anything:"
_LISTED = "These are in the register{whom}. Use each only as it was approved, with those for whom it was approved:"
_MORE = "There are more than these. Ask the online safety lead for the whole register."


def from_register(
    knowledge: Knowledge, register: Sequence[Registered], question: RegisterQuestion, now: dt.datetime
) -> Reply | None:
    """The reply; None where the register has nothing of that name and the name need not be that of an account."""
    today = now.astimezone(knowledge.school.opening.zone).date()
    public = [as_of_day(each, today) for each in register if is_public(each)]
    found = found_by(question, public)
    if question.asked != "list":
        found = tuple(each for each in found if each.state in AGREED) or found[-1:]
    if not found:
        return _not_found(knowledge, question, now) if question.certain else None
    lines = [_said(each, question, knowledge.school.opening.zone) for each in found[:_MOST]]
    if question.asked == "list":
        lines = [_LISTED.format(whom=_for(question)), *lines]
    return Reply("action", text="\n".join((*lines, *([_MORE] if len(found) > _MOST else ()))), confidence=1.0)


def _not_found(knowledge: Knowledge, question: RegisterQuestion, now: dt.datetime) -> Reply:
    asked = holder_of(knowledge, "online-safety-lead", now)
    text = _NONE_FOR.format(whom=_for(question)) if question.asked == "list" else _NOT_THERE
    if question.whom and not whom_in_words(question.whom):
        text = _NO_SUCH_YEAR
    return Reply("no-answer", text=text, contact=asked.contact, ask=asked.role, account_form=True, confidence=1.0)


def _for(question: RegisterQuestion) -> str:
    return f" for {whom_in_words(question.whom)}" if question.whom else ""


def _said(found: Registered, question: RegisterQuestion, zone: ZoneInfo) -> str:
    """One account in two or three sentences, what was asked for first."""
    if found.state == "closed":
        return f"{found.title} is closed{f', since {day(found.closed_on)}' if found.closed_on else ''}. Do not use it."
    hold = f"These have a login: {'; '.join(each.words for each in found.holders)}."
    if question.asked == "list":
        return f"• {found.title}. For: {for_whom(found)}.{' Not in use yet.' if found.state == 'approved' else ''}"
    if question.asked == "holders":
        return f"{found.title}. {hold} It {_state(found, zone)}."
    return f"{found.title} {_state(found, zone)}. It is for: {for_whom(found)}. {hold}"


def _state(found: Registered, zone: ZoneInfo) -> str:
    decision = found.decision("leaders")
    by = f" by {decision.name} on {day(decision.at.astimezone(zone).date())}" if decision else ""
    if found.state == "approved":
        return f"is approved{by}, and is not in use yet"
    if found.state == "due":
        return f"is approved{by} and in use. Its review has been due since {day(found.review_on)}"
    return f"is approved{by} and in use. Its next review is on {day(found.review_on)}"
