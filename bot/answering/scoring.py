"""Labelled questions and their outcomes -> the figures that say how good the answers are. Pure.

A question file is a list of {id, text, kind, clauses}; kind is one of KINDS, clauses the set that a right answer
rests on. Other fields are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.answering.outcome import Outcome
from bot.errors import AskFirstError, FileError

KINDS = (
    *("guidance", "concern", "immediate", "staff-allegation", "head-allegation"),
    *("near-miss", "out-of-scope", "smalltalk", "ambiguous"),
)
GRAVE = {"concern": "pupil", "immediate": "pupil", "staff-allegation": "staff", "head-allegation": "head"}
HARMLESS = ("guidance", "near-miss", "out-of-scope", "smalltalk")
_WRITE = "Write items such as - {id: 1, text: can I friend an ex-pupil, kind: guidance, clauses: [edugeek-08]}"


class QuestionsError(AskFirstError):
    """A file of labelled questions cannot be read."""


@dataclass(frozen=True)
class Labelled:
    """One question with what is expected of it."""

    id: str
    text: str
    kind: str
    clauses: frozenset[str]


@dataclass(frozen=True)
class Figure:
    """A share: how many of how many. `value` is None where there was nothing to count."""

    name: str
    hits: float
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    def __str__(self) -> str:
        share = "   -  " if self.value is None else f"{self.value:6.3f}"
        return f"{self.name:<12} {share}   {self.hits:g} of {self.of}"


def read_questions(path: Path) -> list[Labelled]:
    """path -> labelled questions. Raises FileError, or QuestionsError naming the file and the item."""
    try:
        items: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise FileError(fault, path) from fault
    except (ValueError, RecursionError, yaml.YAMLError) as fault:  # PyYAML raises ValueError for the 30 February
        mark = getattr(fault, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise QuestionsError(f"{path}{line}: is not valid YAML. {_WRITE}") from fault
    if not isinstance(items, list):
        raise QuestionsError(f"{path}: is not a list of questions. {_WRITE}")
    return [_labelled(path, number, item) for number, item in enumerate(items, 1)]


def _labelled(path: Path, number: int, item: Any) -> Labelled:
    if not isinstance(item, dict) or not isinstance(item.get("text"), str) or item.get("kind") not in KINDS:
        raise QuestionsError(f"{path}: item {number} needs a text and a kind out of {', '.join(KINDS)}")
    clauses = item.get("clauses") or []
    if not isinstance(clauses, list) or not all(isinstance(clause, str) for clause in clauses):
        raise QuestionsError(f"{path}: item {number}: clauses is not a list of ids. Write it as [edugeek-08]")
    return Labelled(str(item.get("id", number)), item["text"], item["kind"], frozenset(clauses))


def figures(asked: Sequence[tuple[Labelled, Outcome]]) -> tuple[Figure, ...]:
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
        _count("abstained", _of(asked, "out-of-scope"), lambda _, outcome: outcome.kind in ABSTAINED),
    )


ABSTAINED = ("no-answer", "choices", "smalltalk")


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


def _of(asked: Sequence[tuple[Labelled, Outcome]], *kinds: str) -> list[tuple[Labelled, Outcome]]:
    return [pair for pair in asked if pair[0].kind in kinds]


def _count(name: str, asked: list[tuple[Labelled, Outcome]], test: Callable[[Labelled, Outcome], bool]) -> Figure:
    return Figure(name, sum(test(*pair) for pair in asked), len(asked))
