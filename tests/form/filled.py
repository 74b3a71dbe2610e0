"""Forms that are filled in, and how they are read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.concerns import Account, Answers, Field, Form, IncompleteError, Report, Reporter, form_for, read_report
from bot.knowledge import Person, School
from tests.conftest import NOW

TODAY = NOW.date()
KNOWN = Reporter("Sam Teal", "Teaching assistant", None, Account("slack", "U1"))
FILLED = {
    "danger": "no",
    "told": "yes",
    "about": "pupil",
    "pupils": "Zoe Lark, 7B",
    "seen": "She flinched when the door shut.",
    "you_name": "Sam Teal",
}
ABOUT_AN_ADULT = {**FILLED, "about": "adult", "pupils": "", "adult_name": "Joe Marsh", "adult_role": "Coach"}


def answers(filled: dict[str, str], **changes: str | tuple[str, ...]) -> Answers:
    merged: dict[str, str | tuple[str, ...]] = {**filled, **changes}
    return {name: (value,) if isinstance(value, str) else value for name, value in merged.items() if value}


def read(school: School, filled: dict[str, str], **changes: str | tuple[str, ...]) -> Report:
    return read_report(school, form_for(school), answers(filled, **changes), TODAY)


def problems(school: School, filled: dict[str, str], **changes: str | tuple[str, ...]) -> dict[str, str]:
    with pytest.raises(IncompleteError) as caught:
        read(school, filled, **changes)
    return dict(caught.value.problems)


def meant(school: School, typed: str) -> str:
    """Whom the form takes an adult of this name for: a person's id, "stranger", or "asked" where it asks."""
    try:
        adult = read(school, ABOUT_AN_ADULT, adult_name=typed, adult_role="").adult
    except IncompleteError as refused:
        assert list(refused.problems) == ["adult_name"]
        return "asked"
    return adult.person or "stranger" if adult else "nobody"


def fields_of(form: Form) -> tuple[Field, ...]:
    return (*form.first.fields, *form.report.fields, *form.reporter.fields)


def with_person(school: School, person: Person, role: str) -> School:
    """The school with one more person, who holds this part."""
    roles = {**school.roles, role: (*school.roles[role], person.id)}
    return replace(school, people={**school.people, person.id: person}, roles=roles)
