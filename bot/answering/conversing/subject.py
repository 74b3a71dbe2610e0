"""A question that names neither who nor what ("is that allowed?"): told by its words, never by a score. Pure."""

from __future__ import annotations

from bot.answering.conversing.parts import opens_question
from bot.knowledge import Subjectless
from bot.understanding.decision import Decision, Pleasantry

_LONGEST = 25  # words
_A_QUESTION = 3
_YOU = frozenset({"you", "your"})


def lacks_subject(words: Subjectless, typed: str, said: tuple[str, ...]) -> bool:
    """Whether a message asks, and with empty words alone. `said` is its normal form."""
    return _asks(typed, said) and all(word in words.empty for word in said)


def bare_deed(words: Subjectless, typed: str, said: tuple[str, ...]) -> str | None:
    """The deed of a message that asks for it and points to what it is done to ("can I accept it?"), but does not say
    what that is."""
    named = {word for word in said if word not in words.empty}
    if len(named) != 1 or not named <= words.deeds or not words.pointing & set(said):
        return None
    return named.pop() if _asks(typed, said) else None


def _asks(typed: str, said: tuple[str, ...]) -> bool:
    return 2 <= len(said) <= _LONGEST and (opens_question(typed) or opens_question(" ".join(said)))


def to_the_bot(said: tuple[str, ...], decision: Decision) -> bool:
    """Whether a message of empty words is small talk: with the bot ("what can you do?"), or a word or two."""
    return isinstance(decision, Pleasantry) and (len(said) < _A_QUESTION or not _YOU.isdisjoint(said))
