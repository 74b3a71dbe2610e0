"""Who hears of what is done with a request, and in which words. Pure; a letter goes the ordinary way of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from bot.accounts.due import to_hand_over, wants_a_look
from bot.accounts.model import Registered
from bot.accounts.parts import leaders, who_decides
from bot.accounts.words import for_whom
from bot.concerns.ladder.escalation import Recipient, Step
from bot.concerns.words import day
from bot.knowledge import School

_NO_USE_YET = "Nothing is in use before both have agreed."
_SEPARATOR = "\n\n"


def it_was_asked(found: Registered, now: dt.datetime) -> tuple[Step, ...]:
    """To the line manager, that it waits for them; to the asker, where they can be sent a line."""
    said = f"{found.asked_by.name} asks for a new account or tool: {found.title}, for {_lower(for_whom(found))}."
    name = (
        () if found.asked_by.checked else ("Nobody has checked that name. If you know nothing of it, ask them first.",)
    )
    lines = ("a request waits for you", said, *name, f"You decide first, as line manager. {_NO_USE_YET}")
    got = (
        "your request was sent",
        f"{found.title}: your line manager decides first, then the senior leaders (SLT). {_NO_USE_YET}",
    )
    return (_letter(found, Recipient(found.asking.manager), lines, now), *_to_asker(found, got, now))


def it_was_decided(school: School, found: Registered, now: dt.datetime) -> tuple[Step, ...]:
    """To the senior leaders, that it waits for them; to the asker, what was decided and why."""
    last = found.decisions[-1]
    waits = (
        "a request waits for you",
        f"{found.title}: {last.name} has agreed as line manager. Now the senior leaders (SLT) decide.",
        _NO_USE_YET,
    )
    to_leaders = who_decides(school, found) if found.state == "leaders" else ()
    steps = [_letter(found, Recipient(each.id), waits, now) for each in to_leaders]
    return (*steps, *_to_asker(found, _outcome(found), now))


def it_was_changed(school: School, found: Registered, by: str, what: str, now: dt.datetime) -> tuple[Step, ...]:
    """To the senior leaders and those with a login, that something was done."""
    people = dict.fromkeys((*(each.id for each in leaders(school)), *(each.person for each in found.holders)))
    return _told(school, found, people, by, what, now)


def it_was_taken_back(school: School, before: Registered, by: str, now: dt.datetime) -> tuple[Step, ...]:
    """To whoever was to decide about it next, that there is nothing to decide any more."""
    deciding = [each.id for each in who_decides(school, before)]
    people = deciding if before.state == "leaders" else [before.asking.manager]
    return _told(school, before, people, by, "the request was taken back", now)


def _told(
    school: School, found: Registered, people: Iterable[str], by: str, what: str, now: dt.datetime
) -> tuple[Step, ...]:
    told = [each for each in people if each and each != by and each in school.people]
    return tuple(
        _letter(found, Recipient(each), (f"{found.title}: {what}", f"{found.title}: {what}."), now) for each in told
    )


def reminders(school: School, found: Registered, today: dt.date, now: dt.datetime) -> tuple[Step, ...]:
    """To those with a login and the line manager, that it is due for review; to the senior leaders, whose login is
    still to be handed over."""
    steps: list[Step] = []
    if wants_a_look(found, today):
        said = f"{found.title} was to be looked at again by {day(found.review_on)}."
        if found.state == "approved":
            said = f"{said} Nobody has said yet that it is in use: say so in the register, or close it there."
        else:
            said = f"{said} Look through it together, and keep the review."
        people = (
            found.asking.manager,
            *(each.person for each in found.holders),
            *(each.id for each in leaders(school)),
        )
        steps += _to_all(school, people, found, ("an account is due for review", said), now)
    for holder in to_hand_over(school, found, today):
        said = f"{holder.words} has a login to {found.title}, and leaves or has left."
        said = f"{said} Name somebody else, and change the password."
        people = tuple(each.id for each in leaders(school))
        steps += _to_all(school, people, found, ("an account is to be handed over", said), now)
    return tuple(steps)


def parts_of_letter(text: str) -> tuple[str, str, tuple[str, ...]]:
    """The text of a step -> the number in the register, the subject, the lines."""
    number, subject, *lines = text.split(_SEPARATOR)
    return number, subject, tuple(lines)


def _outcome(found: Registered) -> Sequence[str]:
    last = found.decisions[-1]
    reason = f"{last.name} wrote: {' '.join(last.reason.split())}"
    if not last.agreed:
        return "your request was refused", f"{found.title} was refused. It must not be used.", reason
    if found.state == "leaders":
        return (
            "your line manager has agreed",
            f"{found.title}: now the senior leaders (SLT) decide. {_NO_USE_YET}",
            reason,
        )
    then = (
        "say in the register when it is in use" if found.asked_by.checked
        else "tell your line manager when it is in use: they say so in the register, which you cannot open yourself"
    )  # fmt: skip
    return "your request was approved", f"{found.title} was approved. Set it up as you wrote it, and {then}.", reason


def _to_asker(found: Registered, lines: Sequence[str], now: dt.datetime) -> Iterator[Step]:
    asker = found.asked_by
    if asker.checked:
        yield _letter(found, Recipient(asker.checked), lines, now)
    elif asker.account:
        yield _letter(found, Recipient(account=asker.account), lines, now)


def _to_all(
    school: School, people: Iterable[str], found: Registered, lines: Sequence[str], now: dt.datetime
) -> Iterator[Step]:
    for person in dict.fromkeys(each for each in people if each in school.people):
        yield _letter(found, Recipient(person), lines, now)


def _letter(found: Registered, to: Recipient, lines: Sequence[str], now: dt.datetime) -> Step:
    return Step("account", now, to, text=_SEPARATOR.join((found.number, *lines)))


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
