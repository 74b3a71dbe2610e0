"""What was filled in -> a Report, or what is wrong beside each field. Nothing that was typed is changed or lost.

What a record needs is asked for, but a concern is never refused for a detail that the reporter may not know.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.concerns.form import Field, Form, staff
from bot.concerns.model import ON_THE_PAGE, Account, Adult, Asked, Pupil, Report, Reporter
from bot.concerns.naming.names import name_words
from bot.concerns.typed import NOT_A_DAY_OR_EMPTY, NOT_PICKED, NOTHING_WRITTEN, IncompleteError
from bot.knowledge import Person, School

Answers = Mapping[str, tuple[str, ...]]  # field id -> what was typed or ticked

_ROLE_OF_HEAD = re.compile(
    r"\b(?:head[ -]?(?:teacher|master|mistress)|principal|the head|executive head|head of school)\b"
    r"|^\W*(?:acting |interim |co-?)?head\W*$",
    re.I,
)
_ROLE_OF_DSL = re.compile(r"\b(?:dsl|designated safeguarding lead)\b", re.I)
_NOT_THE_ONE = re.compile(r"\b(?:deputy|assistant|vice|former|ex|trainee|pa|secretary)\b", re.I)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")


def read_first(form: Form, answers: Answers) -> tuple[bool, bool]:
    """The first screen -> (somebody is in danger now, somebody was told in person). Raises IncompleteError."""
    answers = given_answers(answers)
    _refuse(dict(field_faults(form.first.fields, answers)))
    return _one(answers, "danger") == "yes", _one(answers, "told") == "yes"


def read_report(
    school: School,
    form: Form,
    answers: Answers,
    today: dt.date,
    reporter: Reporter | None = None,
    asked: Asked = ON_THE_PAGE,
) -> Report:
    """All screens -> Report. `reporter` is who it is where the channel knows, None where the form asks; then `asked`
    says how.

    Raises IncompleteError with every problem at once.
    """
    answers = given_answers(answers)
    screens = [form.first, form.report, *([form.reporter] if reporter is None else [])]
    problems = dict(fault for screen in screens for fault in field_faults(screen.fields, answers))
    # Of two things that are wrong with one field the plainer is said: what holds for every field of its kind.
    problems = {**dict(_left_out(school, form, answers)), **problems}
    problems = {**dict(_subject_faults(school, answers)), **dict(_date_faults(answers, today)), **problems}
    if reporter is None:
        problems = {**dict(reporter_faults(school, answers)), **problems}
    order = [field.id for screen in screens for field in screen.fields]
    _refuse({name: problems[name] for name in order if name in problems})
    about = answers.get("about", ())
    adult = _adult(school, answers) if "adult" in about else None
    return Report(
        danger=_one(answers, "danger") == "yes",
        told=_one(answers, "told") == "yes",
        pupils=tuple(_pupils(_one(answers, "pupils"))) if "pupil" in about else (),
        adult=adult,
        head="head" in about or (adult is not None and adult.person in school.roles.get("head", ())),
        seen=_one(answers, "seen"),
        words=_one(answers, "words"),
        happened_on=dt.date.fromisoformat(day) if (day := _one(answers, "date")) else None,
        happened_at=_one(answers, "time"),
        where=_one(answers, "where"),
        present=_one(answers, "present"),
        done=_one(answers, "done"),
        categories=answers.get("categories", ()),
        link=_one(answers, "link"),
        reporter=reporter or reporter_in(school, answers, asked),
    )


def subject_is_clear(school: School, form: Form, answers: Answers) -> bool:
    """Whether nothing is wrong with the answers that say whom it is about: only then can nobody else be the one."""
    answers = given_answers(answers)
    problems = dict(field_faults(form.report.fields, answers)) | dict(_left_out(school, form, answers))
    problems |= dict(_subject_faults(school, answers))
    return not problems.keys() & {"about", "adult", "adult_name", "adult_role"}


def given_answers(answers: Answers) -> Answers:
    """The answers without blanks, which browsers send for what was left empty."""
    return {field: tuple(value for value in values if value.strip()) for field, values in answers.items()}


def _refuse(problems: Mapping[str, str]) -> None:
    if problems:
        raise IncompleteError(problems)


def _one(answers: Answers, field: str) -> str:
    return (answers.get(field, ()) or ("",))[0].strip()


def _asked(field: Field, answers: Answers) -> bool:
    return field.only_with is None or field.only_with[1] in answers.get(field.only_with[0], ())


def field_faults(fields: Sequence[Field], answers: Answers) -> Iterator[tuple[str, str]]:
    """What holds for every field of its kind: needed, not too long, one of the options."""
    for field in fields:
        if not _asked(field, answers):
            continue
        given = answers.get(field.id, ())
        if not all(map(_can_be_stored, given)):
            yield field.id, "There is half a character in this. Delete it where you see �, and type it again."
        elif field.required and not given:
            yield field.id, NOTHING_WRITTEN if field.limit else "Pick an answer."
        elif field.limit and len(given and given[0].strip()) > field.limit:
            length = len(given[0].strip())
            yield field.id, f"This is {length:,} characters long. Up to {field.limit:,} fit; add the rest afterwards."
        elif field.options and not set(given) <= {option.value for option in field.options}:
            yield field.id, NOT_PICKED


def _left_out(school: School, form: Form, answers: Answers) -> Iterator[tuple[str, str]]:
    """What was typed in a place from which it would not reach the record."""
    labels = {option.value: option.label for field in form.report.fields for option in field.options}
    for field in form.report.fields:
        if field.only_with and _one(answers, field.id) and not _asked(field, answers):
            owner, value = field.only_with
            yield owner, f"You filled in “{field.label}”. Tick “{labels[value]}” as well, or empty it."
    for picked, name, role in (("adult", "adult_name", "adult_role"), ("you", "you_name", "you_role")):
        person = next((each for each in staff(school) if each.id == _one(answers, picked)), None)
        if person is None:
            continue
        advice = f"You picked {person.name} from the list. Pick nobody there, or empty this box."
        if _one(answers, name) and person_named(school, _one(answers, name)) != person:
            yield name, advice
        elif _one(answers, role) and _one(answers, role).casefold() != person.role.casefold():
            yield role, advice


def _subject_faults(school: School, answers: Answers) -> Iterator[tuple[str, str]]:
    about = answers.get("about", ())
    if "pupil" in about and not any(pupil.name for pupil in _pupils(_one(answers, "pupils"))):
        yield "pupils", "Write the pupil’s name, even if you only know a part of it."
    if "adult" not in about or _one(answers, "adult"):
        return
    name, role = _one(answers, "adult_name"), _one(answers, "adult_role")
    if not name:
        yield "adult_name", "Pick the adult from the list, or write their name here."
    elif not person_named(school, name) and (alike := _might_be(school, name)):
        known = f"{alike.name}, {alike.role}"
        or_not = "If so, pick them from the list or write that name. If not, write first and last name."
        yield "adult_name", f"Is this {known}? {or_not}"
    if _ROLE_OF_HEAD.search(role) and not _NOT_THE_ONE.search(role):
        yield "adult_role", "If it is about the headteacher, tick “The headteacher” above. Then the chair reads it."
    elif _ROLE_OF_DSL.search(role) and not _NOT_THE_ONE.search(role):
        yield "adult_role", "If it is about the Designated Safeguarding Lead, pick them from the list above."


def _date_faults(answers: Answers, today: dt.date) -> Iterator[tuple[str, str]]:
    day = _one(answers, "date")
    if not day:
        return
    try:
        parsed = dt.date.fromisoformat(day)
    except ValueError:
        yield "date", NOT_A_DAY_OR_EMPTY
        return
    if parsed > today:
        yield "date", "This day is still to come. Check it, or leave it empty."
    elif parsed.year < 1950:
        yield "date", "This day is too long ago. Check the year, or leave it empty."


def reporter_faults(school: School, answers: Answers) -> Iterator[tuple[str, str]]:
    """What is wrong with what somebody wrote about themselves, by field id."""
    name, email = _one(answers, "you_name"), _one(answers, "you_email")
    if not _one(answers, "you"):
        if not name:
            yield "you_name", "Your full name is needed. Pick yourself from the list, or write it here."
        elif not person_named(school, name) and (alike := _might_be(school, name)):
            yield "you_name", f"Are you {alike.name}? If so, pick yourself from the list. If not, write your full name."
    if email and not _EMAIL.fullmatch(email):
        yield "you_email", "This is not an e-mail address. Mend it, or leave it empty."


def _pupils(typed: str) -> Iterator[Pupil]:
    for line in typed.splitlines():
        name, _, group = line.partition(",")
        if line.replace(",", "").strip():
            yield Pupil(name.strip(), group.strip().strip(",").strip())


def _adult(school: School, answers: Answers) -> Adult:
    name, role = _one(answers, "adult_name"), _one(answers, "adult_role")
    person = school.people.get(_one(answers, "adult")) or person_named(school, name)
    return Adult(person.name, person.role, person.id) if person else Adult(name, role, None)


def reporter_in(school: School, answers: Answers, asked: Asked) -> Reporter:
    """Whoever is named in the form. A name is a claim: only whoever is signed in with it is known to have it."""
    name, role, email = (_one(answers, field) for field in ("you_name", "you_role", "you_email"))
    person = school.people.get(_one(answers, "you")) or person_named(school, name)
    address = email or (person.email if person else "")
    account = Account("email", address) if address else None
    if person:
        known_by = "signed-in" if person.id == asked.signed_in else asked.known_by
        return Reporter(person.name, person.role, person.id, account, known_by)
    return Reporter(name, role, None, account, asked.known_by)


def person_named(school: School, typed: str) -> Person | None:
    """Who of school.yaml has this first and last name, however it is written; None where nobody has."""
    # A first name alone, or a last name, is nobody: two may share it, and one of them may be the one it is about.
    names = set(name_words(typed))
    return next((person for person in staff(school) if len(names) > 1 and set(name_words(person.name)) == names), None)


def _might_be(school: School, typed: str) -> Person | None:
    """Who of school.yaml may be meant: their last name is there, and no other first name tells them apart."""
    names = name_words(typed)
    for person in staff(school):
        *first, last = name_words(person.name) or [""]
        others = [name for name in names if name != last]
        if last in names and (set(first) <= set(others) or all(_fits(name, first) for name in others)):
            return person
    return None


def _fits(name: str, first: Sequence[str]) -> bool:
    return any(name == other or (len(name) == 1 and other.startswith(name)) for other in first)


def _can_be_stored(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
