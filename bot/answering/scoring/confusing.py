"""Which entry was said where another was expected. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.outcome import Outcome
from bot.answering.scoring.counting import Asked, is_shown


@dataclass(frozen=True)
class Confusion:
    """An entry that was answered, or offered first, where these clauses were expected, and for which questions."""

    entry: str
    offered: bool
    expected: tuple[str, ...]
    questions: tuple[str, ...]


def confusions(asked: Sequence[Asked]) -> tuple[Confusion, ...]:
    """Those among guidance questions that were answered wrongly, or offered choices of which none is right; the
    commonest first."""
    found: dict[tuple[str, bool, tuple[str, ...]], list[str]] = {}
    for question, outcome in asked:
        said = _said(outcome)
        if question.kind == "guidance" and said and not is_shown(question, outcome):
            key = (said, outcome.kind == "choices", tuple(sorted(question.clauses)))
            found.setdefault(key, []).append(question.id)
    made = (Confusion(*key, tuple(questions)) for key, questions in found.items())
    return tuple(sorted(made, key=lambda each: (-len(each.questions), each.entry, each.offered, each.expected)))


def _said(outcome: Outcome) -> str | None:
    if outcome.kind == "choices":
        return outcome.choices[0].entry
    return outcome.entry if outcome.kind == "answer" else None
