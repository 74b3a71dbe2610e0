"""What somebody answered, checked against its question. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.knowledge.school_policy.model import Column, Given, PolicyQuestion
from bot.knowledge.schools.model import ROLES

LONGEST = 120  # characters of an answer in words
MOST_ROWS = 20


class WrongAnswerError(ValueError):
    """This is no answer to the question: what is wrong, and what to write, each a sentence without a full stop."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}. {remedy}")
        self.problem, self.remedy = problem, remedy


def given_as(question: PolicyQuestion, value: Any) -> Given:
    """A value of answers.yaml -> what was answered. Raises WrongAnswerError."""
    if question.kind == "rows":
        return Given(rows=tuple(_row(question.columns, item) for item in _items(value, MOST_ROWS)))
    if question.kind == "several":
        return Given(several=tuple(_option(question, item) for item in _items(value, len(question.options))))
    if not isinstance(value, str) or not value.strip():
        raise WrongAnswerError("is empty or not text", "Write it as one text")
    text = " ".join(value.split())
    if question.kind == "choice":
        return Given(_option(question, text))
    if question.kind == "role":
        return Given(_one_of(text, ROLES))
    return Given(_number(question, text) if question.kind == "number" else _words(text))


def as_value(question: PolicyQuestion, given: Given) -> Any:
    """What was answered as it stands in answers.yaml."""
    if question.kind == "rows":
        return [
            {column.id: cell for column, cell in zip(question.columns, row, strict=True) if cell} for row in given.rows
        ]
    return list(given.several) if question.kind == "several" else given.value


def _items(value: Any, most: int) -> Sequence[Any]:
    if not isinstance(value, list) or not value:
        raise WrongAnswerError("is not a list", "Write one a line, each after '- '")
    if len(value) > most:
        raise WrongAnswerError(f"has {len(value)} lines", f"Keep it to {most}")
    return value


def _option(question: PolicyQuestion, value: Any) -> str:
    return _one_of(value, tuple(question.options))


def _one_of(value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise WrongAnswerError(f"'{value}' is not known", f"Use one of: {', '.join(known)}")
    return str(value)


def _number(question: PolicyQuestion, text: str) -> str:
    if not text.isdecimal() or len(text) > 4 or not question.low <= int(text) <= question.high:
        problem = f"'{text}' is not a whole number from {question.low} to {question.high}"
        raise WrongAnswerError(problem, f"Write it in digits, such as {question.default.value}")
    return str(int(text))


def _words(text: str) -> str:
    if len(text) > LONGEST:
        raise WrongAnswerError(f"has {len(text)} characters", f"Say it in {LONGEST} at most")
    if "{" in text or "}" in text:
        raise WrongAnswerError("holds braces", "Write the words themselves")
    return text


def _row(columns: Sequence[Column], item: Any) -> tuple[str, ...]:
    if not isinstance(item, Mapping):
        raise WrongAnswerError(
            "holds a line without fields", f"Write each as {', '.join(f'{c.id}: …' for c in columns)}"
        )
    names = [column.id for column in columns]
    if strange := [str(key) for key in item if key not in names]:
        raise WrongAnswerError(f"'{strange[0]}' is no column", f"Use: {', '.join(names)}")
    cells = []
    for column in columns:
        cell = item.get(column.id)
        if not isinstance(cell, str) or not cell.strip():
            raise WrongAnswerError(f"a line has nothing under '{column.id}'", f"Fill in: {', '.join(names)}")
        text = _words(" ".join(cell.split()))
        cells.append(_one_of(text, column.options) if column.options else text)
    return tuple(cells)
