"""Reading knowledge/policy/: the questionnaire and its answers, the paragraphs, the documents, who approved which
paragraph, and what was last built. A base without the folder has no policy to build."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from bot.knowledge.files.faults import Fault
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.school_policy.answering import WrongAnswerError, given_as
from bot.knowledge.school_policy.documents import read_approved, read_editions, read_outlines, read_paragraphs
from bot.knowledge.school_policy.editions import Edition
from bot.knowledge.school_policy.model import (
    ANSWERS,
    APPROVED,
    EDITIONS,
    PARAGRAPHS,
    QUESTION_KINDS,
    QUESTIONS,
    Column,
    Given,
    Option,
    PolicyQuestion,
    QuestionKind,
    SchoolPolicy,
)
from bot.knowledge.schools.model import ROLES

_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
# A file by its name, and where its faults are noted; None where there is none.
Read = Callable[[str, Faults], YamlFields | None]


def read_school_policy(read: Read, faults: Faults) -> SchoolPolicy:
    """The folder; whatever is wrong is noted in `faults`."""
    fields = read(QUESTIONS, faults)
    if fields is None:
        return SchoolPolicy()
    fields.only({"questions"})
    questions: dict[str, PolicyQuestion] = {}
    for item in fields.items("questions"):
        question = _question(YamlFields(faults, QUESTIONS, _name(item), item))
        if question.id in questions:
            faults.add(QUESTIONS, question.id, "id", "is used twice", "Give each question an id of its own")
        questions[question.id] = question
    told = read(PARAGRAPHS, faults)
    paragraphs = read_paragraphs(told, questions, faults) if told else {}
    approved = read(APPROVED, faults)
    editions, damaged = _editions(read)
    return SchoolPolicy(
        questions=questions,
        answers=_answers(read(ANSWERS, faults), questions),
        paragraphs=paragraphs,
        outlines=read_outlines(told, paragraphs, questions, faults) if told else (),
        approved=read_approved(approved, faults) if approved else {},
        editions=editions,
        damaged=damaged,
    )


def _editions(read: Read) -> tuple[dict[str, Edition], tuple[Fault, ...]]:
    """What was last built, or what is wrong with its file: no answer rests on it, so that it refuses no base."""
    faults = Faults()
    fields = read(EDITIONS, faults)
    found = read_editions(fields, faults) if fields else {}
    wrong = tuple(sorted({*faults.unreadable, *faults.found}))
    return ({}, wrong) if wrong else (found, ())


def _answers(fields: YamlFields | None, questions: Mapping[str, PolicyQuestion]) -> dict[str, Given]:
    if fields is None:
        return {}
    fields.only({"answers"})
    values = fields.mapping("answers", required=False)
    inner = fields.inner("answers", values)
    inner.only(questions)
    found = {}
    for name, value in values.items():
        if name in questions:
            try:
                found[name] = given_as(questions[name], value)
            except WrongAnswerError as wrong:
                inner.fault(name, wrong.problem, wrong.remedy)
    return found


def _question(fields: YamlFields) -> PolicyQuestion:
    fields.only({
        "id", "topic", "ask", "help", "kind", "default", "options", "from", "to", "columns", "fact", "entries",
    })  # fmt: skip
    name = fields.text("id")
    if name and (not _ID.fullmatch(name) or name in ROLES):
        fields.fault("id", f"'{name}' cannot be used", "Use small letters and hyphens, and no name of a role")
    question = PolicyQuestion(
        id=name,
        topic=fields.text("topic"),
        ask=fields.text("ask"),
        help=fields.text("help", required=False),
        kind=cast(QuestionKind, fields.choice("kind", QUESTION_KINDS) or "text"),
        default=Given(),
        options=_options(fields) if fields.has("options") else {},
        low=_number(fields, "from"),
        high=_number(fields, "to"),
        columns=tuple(map(_column, fields.items("columns"))) if fields.has("columns") else (),
        fact=fields.text("fact", required=False),
        entries=fields.texts("entries", required=False),
    )
    return _with_default(fields, question)


def _with_default(fields: YamlFields, question: PolicyQuestion) -> PolicyQuestion:
    try:
        default = given_as(question, fields.raw("default"))
    except WrongAnswerError as wrong:
        fields.fault("default", wrong.problem, wrong.remedy)
        return question
    return PolicyQuestion(**{**vars(question), "default": default})


def _options(fields: YamlFields) -> dict[str, Option]:
    options = fields.mapping("options")
    found = {}
    for name, item in options.items():
        if isinstance(item, str):
            item = {"label": item, "words": item}
        inner = fields.inner(f"options > {name}", item)
        inner.only({"label", "words"})
        found[name] = Option(inner.text("label"), inner.text("words"))
    return found


def _column(item: Any) -> Column:
    item = item if isinstance(item, Mapping) else {}
    options = item.get("options")
    return Column(str(item.get("id", "")), str(item.get("heading", "")), tuple(options) if options else ())


def _number(fields: YamlFields, key: str) -> int:
    value = fields.text(key, required=False)
    if value and not value.isdecimal():
        fields.fault(key, f"'{value}' is not a whole number", "Write it in digits")
    return int(value) if value.isdecimal() else 0


def _name(item: object) -> str:
    return str(item.get("id", "an item without id")) if isinstance(item, Mapping) else "an item without id"
