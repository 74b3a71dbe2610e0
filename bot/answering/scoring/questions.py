"""Files of labelled questions, read.

A question file is a list of {id, text, kind, clauses}; kind is one of KINDS, clauses the set that a right answer rests
on. `topic` and `writer` may say what a question is about and who wrote it. Other fields are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import AskFirstError, FileError

KINDS = (
    *("guidance", "concern", "immediate", "staff-allegation", "head-allegation"),
    *("near-miss", "out-of-scope", "smalltalk", "ambiguous"),
)
UNNAMED = "-"  # the topic or writer of a question that names none
_WRITE = "Write items such as - {id: 1, text: can I friend an ex-pupil, kind: guidance, clauses: [edugeek-08]}"


class QuestionsError(AskFirstError):
    """A file of labelled questions cannot be read."""


@dataclass(frozen=True)
class Labelled:
    """One question with what is expected of it, what it is about and who wrote it."""

    id: str
    text: str
    kind: str
    clauses: frozenset[str]
    topic: str = UNNAMED
    writer: str = UNNAMED


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
    topic, writer = (_name(path, number, item, field) for field in ("topic", "writer"))
    return Labelled(str(item.get("id", number)), item["text"], item["kind"], frozenset(clauses), topic, writer)


def _name(path: Path, number: int, item: Any, field: str) -> str:
    """A topic or writer. What it is called is the file's own affair, as long as it is one name."""
    given = item.get(field)
    if isinstance(given, list | dict):
        raise QuestionsError(f"{path}: item {number}: {field} is not one name. Write it as {field}: a few words")
    return " ".join(str(UNNAMED if given is None else given).split()) or UNNAMED
