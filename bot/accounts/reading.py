"""What was filled in -> what is asked for, or what is wrong beside each field, and what is forbidden by which entry."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from bot.accounts.forbidden import ForbiddenError, forbidden_in
from bot.accounts.form import AccountForm
from bot.accounts.model import Asking, Holder
from bot.accounts.parts import leaders
from bot.concerns import Answers, Asked, IncompleteError, Reporter, Screen
from bot.concerns.reading import field_faults, given_answers, person_named, reporter_faults, reporter_in
from bot.concerns.typed import NOT_A_DAY
from bot.knowledge import School

_NUMBER = re.compile(r"\d{1,2}")
_A_YEAR = dt.timedelta(days=366)


def read_screen(school: School, screen: Screen, answers: Answers, today: dt.date) -> None:
    """Whether one screen is filled in as it must be. Raises IncompleteError, or ForbiddenError with the entries."""
    answers = given_answers(answers)
    names = {field.id for field in screen.fields}
    of_screen = {name: values for name, values in answers.items() if name in names}
    problems = dict(field_faults(screen.fields, answers))
    more = dict(_more_faults(school, answers, names, today))
    problems = {**more, **problems}
    if "age_limit" in more:  # of a number nobody need be told that it is too long
        problems["age_limit"] = more["age_limit"]
    found = forbidden_in(of_screen, holders_in(school, of_screen) if "holders" in names else (), school.nation)
    found = tuple(each for each in found if each.field in names and each.field not in problems)
    if found:
        raise ForbiddenError(found, {**problems, **{each.field: each.words for each in found}})
    if problems:
        raise IncompleteError({name: problems[name] for name in (f.id for f in screen.fields) if name in problems})


def read_asking(school: School, form: AccountForm, answers: Answers, today: dt.date) -> Asking:
    """All screens -> what is asked for. Raises IncompleteError with every problem of the first screen that has one."""
    for screen in form.screens:
        read_screen(school, screen, answers, today)
    given = given_answers(answers)
    kept = {f.id: given[f.id] for f in form.fields if f.id in given and _is_asked(f.only_with, given)}
    return Asking(
        answers=kept,
        name=" ".join(kept["name"][0].split()),
        tool=" ".join(kept["tool"][0].split()),
        audience=kept["audience"],
        years=kept.get("years", ()),
        age_limit=int(kept["age_limit"][0]),
        holders=holders_in(school, kept),
        manager=kept["manager"][0],
        review_on=dt.date.fromisoformat(kept["review"][0].strip()),
    )


def read_asker(school: School, form: AccountForm, answers: Answers, asked: Asked) -> Reporter:
    """Who asks, where the form asks that too. Raises IncompleteError."""
    answers = given_answers(answers)
    problems = {**dict(reporter_faults(school, answers)), **dict(field_faults(form.you.fields, answers))}
    if problems:
        raise IncompleteError(problems)
    return reporter_in(school, answers, asked)


def holders_in(school: School, answers: Answers) -> tuple[Holder, ...]:
    """Who has a login: those who were picked, and those who were written, each once."""
    lead = {each.id for each in leaders(school)}
    picked = (school.people[each] for each in answers.get("holders", ()) if each in school.people)
    found = {each.name.casefold(): Holder(each.name, each.role, each.id, each.id in lead) for each in picked}
    for holder in _written(school, (answers.get("others", ()) or ("",))[0], lead):
        found.setdefault(holder.name.casefold(), holder)
    return tuple(found.values())


def _written(school: School, typed: str, lead: set[str]) -> Iterator[Holder]:
    for line in typed.splitlines():
        name, _, role = (" ".join(part.split()) for part in line.partition(","))
        if person := person_named(school, name):
            yield Holder(person.name, person.role, person.id, person.id in lead)
        elif name:
            yield Holder(name, role)


def _is_asked(only_with: tuple[str, str] | None, given: Mapping[str, tuple[str, ...]]) -> bool:
    return only_with is None or only_with[1] in given.get(only_with[0], ())


def _more_faults(school: School, answers: Answers, names: set[str], today: dt.date) -> Iterator[tuple[str, str]]:
    """What holds for one field alone."""
    one = {name: values[0].strip() for name, values in answers.items() if values and name in names}
    if "age_limit" in one and not _NUMBER.fullmatch(one["age_limit"]):
        yield "age_limit", "Write a number, such as 13. Write 0 if there is none."
    if "pupils" in answers.get("audience", ()) and "years" in names and not answers.get("years"):
        yield "years", "Tick each year whose pupils use it or follow it."
    if one.get("pictures") == "pupils" and "consent" not in one:
        yield "consent", "Write how consent is checked."
    if "others" in one and any("," not in line for line in one["others"].splitlines() if line.strip()):
        yield "others", "Write a comma and their role after each name."
    if "review" in one:
        yield from _review_faults(one["review"], today)


def _review_faults(typed: str, today: dt.date) -> Iterator[tuple[str, str]]:
    try:
        day = dt.date.fromisoformat(typed)
    except ValueError:
        yield "review", NOT_A_DAY
        return
    if not today < day <= today + _A_YEAR:
        yield "review", "Pick a day within the next year."
