"""While some colleagues try AskFirst out the others get no answers, and everything that keeps somebody safe. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.answering.commands import carry_out, command_of
from bot.answering.handover import note
from bot.answering.topics import whom_to_ask
from bot.answering.turns import Base, Conversation, Turn
from bot.concerns.words import day
from bot.knowledge import Knowledge
from bot.messages import Message, Reply
from bot.presses import OPINIONS, ActionName, DoAction

TRIED = "AskFirst is being tried by some colleagues until {until}. Please ask this person meanwhile:"
_OPEN: tuple[ActionName, ...] = ("log-concern", "who-is-dsl", "help")  # to everybody


def as_tried(knowledge: Knowledge, now: dt.datetime) -> Knowledge:
    """The base as it is served while there is a pilot: what nobody has approved yet too, and marked, for that is what
    is being tried."""
    if not in_pilot(knowledge, now):
        return knowledge
    return replace(knowledge, entries={name: replace(e, withheld=False) for name, e in knowledge.entries.items()})


def in_pilot(knowledge: Knowledge, now: dt.datetime) -> bool:
    """Whether only some are answered on this day."""
    school = knowledge.school
    return school.pilot is not None and now.astimezone(school.opening.zone).date() <= school.pilot.until


def turned_away(base: Base, message: Message, now: dt.datetime) -> Turn | None:
    """The turn for somebody who does not take part; None where there is no pilot, or where they do. It is asked after
    the triage: whatever looks like a concern has been handed over by then."""
    pilot, action = base.knowledge.school.pilot, message.action
    if pilot is None or message.trying or not in_pilot(base.knowledge, now):
        return None
    name = action.name if isinstance(action, DoAction) else None if action else command_of(message.text)
    if name in _OPEN:
        return Turn(carry_out(base.knowledge, name, now), Conversation())
    if isinstance(action, OPINIONS):
        return None
    asked = whom_to_ask(base.knowledge, None, now)
    reply = Reply(
        "no-answer", text=TRIED.format(until=day(pilot.until)), contact=asked.contact, ask=asked.role, form=True
    )
    # The way to a person stands beside it: what they ask may be how to tell of a child.
    beside = note(base.knowledge.school, base.knowledge.handovers, None, None, now)
    return Turn(replace(reply, note=beside), Conversation())
