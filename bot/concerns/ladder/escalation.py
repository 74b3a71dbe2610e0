"""The ladder: which steps a concern takes until somebody acknowledges, as rows with a time. Pure.

An ordinary ladder counts the school's minutes; one for immediate danger counts every minute, calls the first two parts
at once and again every two minutes, and the rest of the ladder after ten. At its end the reporter is told that nobody
has answered, and it begins anew: nothing but a person ends it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.concerns import Account, Reporter, Routing
from bot.concerns.routing import Call
from bot.concerns.standing_in import as_of
from bot.hours import after_days, after_minutes, is_open, start_of
from bot.knowledge import School

StepKind = Literal[
    "alert", "ran-out", "idle", "follow-up", "action-due", "closed", "news", "sign-in", "test", "restored",
    "cover", "answer", "summary", "account",
]  # fmt: skip
# News that is overtaken by what happens next; its kind stands in the rung of its step.
NOT_REACHED, NOT_ANSWERED = 1, 2
IN_YOUR_NAME = "in-your-name"  # whoever is alerted is the one whose name was given, unchecked, by whoever logged it


@dataclass(frozen=True)
class Recipient:
    """Whom a step goes to: somebody of school.yaml, or (with `account`) the reporter; neither for AskFirst's own."""

    person: str = ""
    account: Account | None = None


@dataclass(frozen=True)
class Step:
    """One step of a ladder. ran-out and idle are looked at by AskFirst itself, every other kind is sent to
    `recipient`. `round` counts how often the ladder has begun, `rung` its rungs; `text` is what a piece of news says,
    or IN_YOUR_NAME in an alert."""

    kind: StepKind
    due: dt.datetime
    recipient: Recipient = Recipient()
    round: int = 1
    rung: int = 0
    text: str = ""


def ladder(school: School, routing: Routing, urgent: bool, start: dt.datetime, round_: int = 1) -> tuple[Step, ...]:
    """One round of the ladder from `start` on; the last step is "ran-out", which begins the next."""
    steps = _immediate(school, routing, start, round_) if urgent else _ordinary(school, routing, start, round_)
    return tuple(_in_their_name(step) if _is_for(step, routing.claimed) else step for step in steps)


def call_now(routing: Routing, people: Sequence[str], now: dt.datetime, round_: int) -> tuple[Step, ...]:
    """A call at once to people who were not there when the round of a ladder was laid out."""
    steps = (Step("alert", now, Recipient(person), round_) for person in people)
    return tuple(_in_their_name(step) if _is_for(step, routing.claimed) else step for step in steps)


def _is_for(step: Step, person: str) -> bool:
    return step.kind == "alert" and bool(person) and step.recipient.person == person


def _in_their_name(step: Step) -> Step:
    return replace(step, text=IN_YOUR_NAME)


def _ordinary(school: School, routing: Routing, start: dt.datetime, round_: int) -> Iterator[Step]:
    last = 0
    for rung, call in enumerate(routing.calls):
        due = after_minutes(school, start, call.after)
        # Whoever covers the evening joins the first rung only: later ones count the school's own minutes anyway.
        people = _called_at(school, routing, call, due)
        for person in dict.fromkeys((*people, *(_cover(school, routing, start) if rung == 0 else ()))):
            yield Step("alert", due, Recipient(person), round_, rung)
        last = call.after
    ended = after_minutes(school, start, last + school.ladders.last_wait)
    yield Step("ran-out", ended, round=round_, rung=len(routing.calls))


def _called_at(school: School, routing: Routing, call: Call, due: dt.datetime) -> tuple[str, ...]:
    """Who is called once a rung is due: days may pass until then, and a leave may begin or end meanwhile."""
    holders = as_of(school, due).roles.get(call.role, ())
    return tuple(person for person in holders if person not in routing.silent) or call.people


def _immediate(school: School, routing: Routing, start: dt.datetime, round_: int) -> Iterator[Step]:
    every, length = school.ladders.again, school.ladders.joined
    # From the second round on nobody is spared: those who were called first have not answered.
    people = _at_once(routing) if round_ == 1 else _everybody(routing)
    people = tuple(dict.fromkeys((*people, *_cover(school, routing, start))))
    end = start + dt.timedelta(minutes=length)
    for rung, minute in enumerate(range(0, length, every)):
        for person in people:
            yield Step("alert", start + dt.timedelta(minutes=minute), Recipient(person), round_, rung)
    # The others have a step of their own, so that they can be tried early where the first ones cannot be reached.
    for person in _everybody(routing):
        if person not in people:
            yield Step("alert", end, Recipient(person), round_, length)
    yield Step("ran-out", end, round=round_, rung=length + 1)


def _at_once(routing: Routing) -> tuple[str, ...]:
    """Everybody on the first two rungs of the ladder; a reminder to the same people is no rung of its own."""
    groups = list(dict.fromkeys(call.people for call in routing.calls))
    return tuple(dict.fromkeys(person for group in groups[:2] for person in group))


def _everybody(routing: Routing) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for call in routing.calls for person in call.people))


def _cover(school: School, routing: Routing, start: dt.datetime) -> Sequence[str]:
    """Outside school hours, whoever covers them hears at once too, if they may read it."""
    if is_open(school, start):
        return ()
    called = _everybody(routing)
    return tuple(person for person in school.roles.get("out-of-hours", ()) if person in called)


def first_called(school: School, now: dt.datetime) -> tuple[str, ...]:
    """Whoever is called first on any ladder at this moment."""
    present = as_of(school, now)
    roles = dict.fromkeys(rungs[0].role for rungs in school.ladders.rungs.values() if rungs)
    return tuple(dict.fromkeys(person.id for role in roles for person in present.holders(role)))


def idle_check(school: School, since: dt.datetime, round_: int, again: int = 0) -> Step:
    """When to look whether somebody who acknowledged has done anything; `again` counts the looks before."""
    return Step("idle", after_days(school, since, school.ladders.idle_days), round=round_, rung=again)


def follow_ups(people: Sequence[str], now: dt.datetime, round_: int) -> tuple[Step, ...]:
    """A reminder to these people that nothing has been done since it was acknowledged."""
    return tuple(Step("follow-up", now, Recipient(person), round_) for person in people)


def action_due(school: School, person: str, day: dt.date, action: int) -> Step:
    """A reminder of an action on its day; its rung is the number of the action's event."""
    return Step("action-due", start_of(school, day), Recipient(person), rung=action)


def closed_for(people: Sequence[str], now: dt.datetime) -> tuple[Step, ...]:
    """A line to these people, to whom it had been passed on, that it is closed."""
    return tuple(Step("closed", now, Recipient(person)) for person in people)


def news(reporter: Reporter, text: str, now: dt.datetime, passing: int = 0) -> tuple[Step, ...]:
    """A line to whoever logged it, where they can be sent one. `passing` is NOT_REACHED or NOT_ANSWERED where it is
    only true until something happens."""
    account = reporter.account
    return (Step("news", now, Recipient(account=account), rung=passing, text=text),) if account else ()


def end_waits_until(school: School, urgent: bool, last_told: dt.datetime) -> dt.datetime:
    """The ladder does not end before whoever was told last has had time to answer."""
    if urgent:
        return last_told + dt.timedelta(minutes=school.ladders.again)
    return after_minutes(school, last_told, school.ladders.last_wait)
