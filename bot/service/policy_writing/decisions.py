"""Who changed which answer of the questionnaire, and when, as far as an answer to staff follows it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.answering.wordings import called
from bot.concerns import Event
from bot.concerns.words import day
from bot.knowledge import Knowledge
from bot.knowledge.school_policy.model import PolicyQuestion
from bot.knowledge.schools.model import ROLES

_BETWEEN = " > "  # what stands in the log between what it was and what it is
_NOT_ANSWERED = "no answer"


@dataclass(frozen=True)
class DecidedAnswer:
    """Somebody (`who`: their id, and name) answered a question of the questionnaire otherwise than before."""

    who: str
    name: str
    at: dt.datetime
    ask: str
    before: str
    after: str

    def sentence(self, on: dt.date) -> str:
        """Who changed what, and when: `on` is the day at the school."""
        return f"{self.name} changed what your school decided, on {day(on)}: {self.change}."

    @property
    def change(self) -> str:
        """The question, with what it was and what it is; without a full stop."""
        before, after = (f"“{each}”" if each else "nothing yet" for each in (self.before, self.after))
        return f"“{self.ask}” was answered {before}, and is {after} now"


def decisions(knowledge: Knowledge, events: Iterable[Event], entry: str) -> tuple[DecidedAnswer, ...]:
    """Everything that was decided and that the words of this entry follow, the oldest first."""
    policy = knowledge.policy
    followed = policy.followed.get(entry, frozenset())
    return tuple(
        made
        for event in events
        if event.kind == "policy-answered" and event.detail.reference in followed
        for made in _decision(knowledge, policy.questions[event.detail.reference], event)
    )


def _decision(knowledge: Knowledge, question: PolicyQuestion, event: Event) -> Iterator[DecidedAnswer]:
    before, told, after = event.detail.text.partition(_BETWEEN)
    was, now = (_in_words(knowledge, question, each) for each in (before, after))
    if told and was != now:
        yield DecidedAnswer(event.by.person, event.by.name, event.at, question.ask, was, now)


def _in_words(knowledge: Knowledge, question: PolicyQuestion, said: str) -> str:
    """An answer of the log as people call it. What is longer than a word stays as it was written down."""
    if said == _NOT_ANSWERED:
        said = question.default.value
    if question.kind == "choice" and said in question.options:
        return question.options[said].label
    return called(knowledge, said) if question.kind == "role" and said in ROLES else said
