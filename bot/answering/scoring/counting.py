"""Labelled questions and their outcomes -> the figures that say how good the answers are. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.outcome import Outcome
from bot.answering.scoring.questions import Labelled

GRAVE = {"concern": "pupil", "immediate": "pupil", "staff-allegation": "staff", "head-allegation": "head"}
HARMLESS = ("guidance", "near-miss", "out-of-scope", "smalltalk")
ABSTAINED = {"no-answer": 1.0, "smalltalk": 1.0, "choices": 0.5}
Asked = tuple[Labelled, Outcome]
# What each figure is the share of, for whoever has not read how they are counted.
MEANINGS = {
    "right": "policy questions answered with the right rule",
    "shown": "the same, or the right rule among the choices",
    "wrong": "policy questions answered with another rule",
    "caught": "concerns that were handed over",
    "noted": "concerns handed over, or with a note of whom to tell",
    "routed": "concerns sent to the right reader",
    "urgent": "dangers handed over as immediate",
    "false alarms": "ordinary messages that were handed over",
    "false notes": "ordinary messages with a note they did not need",
    "abstained": "questions of other things not answered (choices: half)",
}


@dataclass(frozen=True)
class Figure:
    """A share: how many of how many, where one may count in part. `value` is None where there was nothing to count."""

    name: str
    hits: float
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    def __str__(self) -> str:
        share = "   -  " if self.value is None else f"{self.value:6.3f}"
        return f"{self.name:<12} {share}   {self.hits:g} of {self.of}"


def figures(asked: Sequence[Asked]) -> tuple[Figure, ...]:
    """Every figure over these questions and outcomes."""
    guidance = _of(asked, "guidance")
    grave = _of(asked, *GRAVE)
    return (
        _count("right", guidance, is_right),
        _count("shown", guidance, is_shown),
        _count("wrong", guidance, is_wrong),
        _count("caught", grave, lambda _, outcome: outcome.kind == "handover"),
        _count("noted", grave, lambda _, outcome: outcome.kind == "handover" or outcome.safeguarding_note),
        _count("routed", grave, lambda question, outcome: outcome.about == GRAVE[question.kind]),
        _count("urgent", _of(asked, "immediate"), lambda _, outcome: outcome.urgency == "immediate"),
        _count("false alarms", _of(asked, *HARMLESS), lambda _, outcome: outcome.kind == "handover"),
        _count("false notes", _of(asked, *HARMLESS), _is_noted),
        _count("abstained", _of(asked, "out-of-scope"), lambda _, outcome: ABSTAINED.get(outcome.kind, 0)),
    )


def _is_noted(_: Labelled, outcome: Outcome) -> bool:
    return outcome.safeguarding_note and outcome.kind != "handover"


def is_right(question: Labelled, outcome: Outcome) -> bool:
    """Answered, and the first three clauses meet those expected."""
    return outcome.kind == "answer" and bool(question.clauses & set(outcome.cites[:3]))


def is_wrong(question: Labelled, outcome: Outcome) -> bool:
    """Answered, but with another rule."""
    return outcome.kind == "answer" and not is_right(question, outcome)


def is_shown(question: Labelled, outcome: Outcome) -> bool:
    """Right, or a right entry among the choices."""
    offered = any(question.clauses & set(each.cites[:3]) for each in outcome.choices[:3])
    return is_right(question, outcome) or (outcome.kind == "choices" and offered)


def _of(asked: Sequence[Asked], *kinds: str) -> list[Asked]:
    return [pair for pair in asked if pair[0].kind in kinds]


def _count(name: str, asked: list[Asked], worth: Callable[[Labelled, Outcome], float]) -> Figure:
    return Figure(name, sum(worth(*pair) for pair in asked), len(asked))
