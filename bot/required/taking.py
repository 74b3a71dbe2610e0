"""How somebody reads a text and answers its questions: which they are asked, and what becomes of an answer. Pure.

The questions of one person stay the same. What was answered rightly is not asked again; what was not comes back at the
end, until it is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.knowledge.checks.model import CheckQuestion
from bot.required.model import QUESTIONS, KnownHow, Progress

_KEY = 10  # digits that tell an option from the others


def drawn(first: Sequence[CheckQuestion], others: Sequence[CheckQuestion], progress: Progress) -> tuple[str, ...]:
    """The questions that this person is asked about this text: those that belong to it most, then others, in an order
    of their own."""
    mine = [*_shuffled(first, progress), *_shuffled(others, progress)]
    return tuple(each.id for each in mine[:QUESTIONS])


def options_of(check: CheckQuestion, progress: Progress) -> tuple[tuple[str, str], ...]:
    """(key, words) of each option, in an order that changes as they go on. The keys say nothing of
    which is right."""
    options = [(_digest(progress, check.id, words)[:_KEY], words) for words in (check.right, *check.wrong)]
    return tuple(sorted(options, key=lambda each: _digest(progress, str(progress.answered), each[1])))


def is_right(check: CheckQuestion, progress: Progress, key: str) -> bool | None:
    """Whether the option of this key is the right one; None where there is no such option any more."""
    words = dict(options_of(check, progress)).get(key)
    return None if words is None else words == check.right


def has_read(progress: Progress, questions: Sequence[str], standing: str, how: KnownHow, now: dt.datetime) -> Progress:
    """They say that they have read it: the questions begin, or it is done where there are none. Once is enough."""
    if progress.read_at:
        return progress
    begun = replace(progress, read_at=now, turn=tuple(questions), standing=standing, known_how=how)
    return begun if questions else replace(begun, done_at=now)


def answered(progress: Progress, question: str, right: bool, how: KnownHow, now: dt.datetime) -> Progress:
    """They took an option. Counts for the question that is theirs to answer now, and once: a press that comes again, or
    late, changes nothing."""
    if progress.done_at or progress.said or progress.turn[:1] != (question,):
        return progress
    rest = progress.turn[1:] if right else (*progress.turn[1:], question)
    taken = replace(progress, turn=rest, said=question, said_right=right, answered=progress.answered + right)
    return taken if rest else replace(taken, done_at=now, known_how=how)


def going_on(progress: Progress) -> Progress:
    """They have seen what the answer says."""
    return replace(progress, said="")


def settled(progress: Progress, there: Collection[str], now: dt.datetime) -> Progress:
    """Without questions that are asked no more, because somebody took them back or changed them meanwhile."""
    if progress.read_at is None or progress.done_at:
        return progress
    turn = tuple(each for each in progress.turn if each in there)
    return replace(progress, turn=turn, done_at=None if turn else now)


def _shuffled(checks: Sequence[CheckQuestion], progress: Progress) -> list[CheckQuestion]:
    return sorted(checks, key=lambda each: _digest(progress, each.id))


def _digest(progress: Progress, *parts: str) -> str:
    return hashlib.sha256("\0".join((progress.text, progress.colleague, *parts)).encode()).hexdigest()
