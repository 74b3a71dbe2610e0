"""A question of the questionnaire as a form: what was typed -> an answer, and what stands in the fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapters.web.forms import FormError
from bot.knowledge.school_policy.answering import MOST_ROWS, WrongAnswerError, as_value, given_as
from bot.knowledge.school_policy.model import Given, PolicyQuestion

_BLANK = 3  # rows that are offered beyond those that are filled in
_QUOTES = "'“"
_ROW = re.compile(r"row-(\d{1,2})-([a-z][a-z0-9-]{0,39})")

Fields = Mapping[str, str]


def given_in(question: PolicyQuestion, fields: Fields) -> Given:
    """What was typed or ticked. Raises WrongAnswerError with what is wrong, FormError for fields of no such form."""
    known = names(question)
    if strange := [name for name in fields if name not in known]:
        raise FormError(f"not a field of this question: {len(strange)}")
    return given_as(question, _value(question, fields))


def _value(question: PolicyQuestion, fields: Fields) -> Any:
    if question.kind == "rows":
        rows = [{column.id: fields.get(f"row-{row}-{column.id}", "").strip() for column in question.columns}
                for row in range(MOST_ROWS)]  # fmt: skip
        if not any(any(row.values()) for row in rows):
            raise WrongAnswerError("is empty", "Fill in one row at least")
        return [_whole_row(question, number, row) for number, row in enumerate(rows, 1) if any(row.values())]
    if question.kind == "several":
        found = [each for each in question.options if f"pick-{each}" in fields]
        if not found:
            raise WrongAnswerError("is empty", "Tick one at least")
        return found
    typed = fields.get("words" if question.kind == "text" else "value", "").strip()
    if not typed:
        wanted = {"choice": "Choose one", "role": "Choose one", "number": "Write a number"}
        raise WrongAnswerError("is empty", wanted.get(question.kind, "Write a few words"))
    return typed


def _whole_row(question: PolicyQuestion, number: int, row: dict[str, str]) -> dict[str, str]:
    missing = [column.heading for column in question.columns if not row[column.id]]
    if missing:
        raise WrongAnswerError(f"“{missing[0]}” is empty in row {number}", "Fill it in, or leave the whole row empty")
    return row


def names(question: PolicyQuestion) -> frozenset[str]:
    """The fields that its form may send."""
    if question.kind == "rows":
        return frozenset(f"row-{row}-{column.id}" for row in range(MOST_ROWS) for column in question.columns)
    if question.kind == "several":
        return frozenset(f"pick-{each}" for each in question.options)
    return frozenset({"words" if question.kind == "text" else "value"})


def filled(question: PolicyQuestion, given: Given) -> dict[str, str]:
    """The fields with an answer in them."""
    if question.kind == "rows":
        return {
            f"row-{row}-{column.id}": cell
            for row, cells in enumerate(given.rows)
            for column, cell in zip(question.columns, cells, strict=True)
        }
    if question.kind == "several":
        return {f"pick-{each}": "yes" for each in given.several}
    return {"words" if question.kind == "text" else "value": str(as_value(question, given))}


def rows_shown(fields: Fields) -> range:
    """So many rows: those that are filled in, and some blank ones."""
    used = [int(found[1]) for name, text in fields.items() if text and (found := _ROW.fullmatch(name))]
    return range(min(max(used, default=-1) + 1 + _BLANK, MOST_ROWS))


def in_a_sentence(wrong: WrongAnswerError) -> str:
    """What is wrong with an answer, as it stands beside the field."""
    problem = wrong.problem if wrong.problem[:1] in _QUOTES else f"The answer {wrong.problem}"
    return f"{problem}. {wrong.remedy}."
