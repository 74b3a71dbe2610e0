"""The whole way of a message, on one screen.

    channel -> Message -> what this conversation remembers -> the next turn -> kept -> Reply -> channel

Pure modules decide (bot.answering.dialogue and what it calls); this one carries out.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.accounts import Registered
from bot.accounts.questions import question_in
from bot.answering.dialogue import Base, Turn, respond, respond_to_edit
from bot.concerns.standing_in import as_of
from bot.errors import AskFirstError, without_content
from bot.knowledge import Knowledge, School
from bot.messages import Message, Reply
from bot.presses import GiveFeedback, GiveRemark, TellAuthor
from bot.store import Finished, Store

log = logging.getLogger("askfirst.answers")


class Assistant:
    """Answers messages out of the live base. Synchronous: channels in which many ask at once go through `Questions`."""

    def __init__(self, base: Callable[[], Base], store: Store) -> None:
        self._base = base
        self._store = store

    def handle(self, message: Message, now: dt.datetime) -> Reply:
        """One message of one conversation -> the reply. `now` is aware of its zone."""
        base = _at(self._base(), now)
        if message.action is None and question_in(message.text):
            base = replace(base, register=self._register(base.knowledge.school))
        talk = self._store.talk(base.knowledge.school.id)
        state = talk.conversation(message.conversation, now)
        turn = respond(base, state, message, now)
        if isinstance(message.action, TellAuthor | GiveRemark):
            self._count(base.knowledge.school, turn, now)
        else:
            talk.finish_turn(message.conversation, _finished(base.knowledge, message, turn), now)
        return turn.reply

    def _register(self, school: School) -> Sequence[Registered] | None:
        """What all staff may know of; None where it cannot be read: a concern must not wait for it."""
        try:
            return self._store.register(school.id).public()
        except (AskFirstError, ValueError) as fault:
            log.error("the register of accounts cannot be read: %s", without_content(fault))
            return None

    def handle_edit(self, message: Message, before: Message | None, now: dt.datetime) -> Reply | None:
        """A message that somebody changed -> a handover where it has become a concern; None where nothing is said.
        `before` is None where the channel does not tell what stood there."""
        base = _at(self._base(), now)
        turn = respond_to_edit(base, message, before, now)
        if turn is None:
            return None
        self._store.talk(base.knowledge.school.id).finish_turn(
            message.conversation, _finished(base.knowledge, message, turn), now
        )
        return turn.reply

    def _count(self, school: School, turn: Turn, now: dt.datetime) -> None:
        """Count what was said of an answer. Nothing of the conversation is written beside it: not even the database
        could say that the two belong together."""
        if turn.remark:
            day = now.astimezone(school.opening.zone).date()
            self._store.drafts(school.id).remark(turn.remark.entry, turn.remark.kind, day)


def _at(base: Base, now: dt.datetime) -> Base:
    """The base with the school as it is now: whoever stands in for somebody on leave is named in their place."""
    knowledge, school = base.knowledge, base.knowledge.school
    return replace(base, knowledge=replace(knowledge, school=as_of(school, now))) if school.cover else base


def _finished(knowledge: Knowledge, message: Message, turn: Turn) -> Finished:
    """What a turn leaves behind, with the entry that is counted: the answer given, or the one that was judged."""
    if isinstance(message.action, GiveFeedback):
        judged = message.action.entry
        entry = knowledge.current(judged) if judged else None
        return Finished(turn.state, turn.gaps, entry, message.action.helped)
    return Finished(turn.state, turn.gaps, turn.reply.entry)
