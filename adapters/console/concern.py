"""Logging a concern on the terminal: the same form as everywhere, one question after the other."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Iterator

from adapters.console.text import moment, to_ring, wrapped
from bot.concerns import Field, Form, IncompleteError, Receipt
from bot.concerns.form import IN_DANGER, NO_PICTURES, TELL_FIRST
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.service.casework import Casework

Read = Callable[[str], str]
Write = Callable[[str], None]


class StoppedError(AskFirstError):
    """The person stopped filling in the form."""

    def __init__(self) -> None:
        super().__init__("stopped: NOTHING WAS LOGGED. If it cannot wait, ring the Designated Safeguarding Lead")


def log_concern(casework: Casework, school: School, read: Read, write: Write, now: Callable[[], dt.datetime]) -> None:
    """Ask, store, show the receipt. What is wrong is asked again; what was typed is kept. Raises StoppedError."""
    submission = secrets.token_urlsafe(24)
    form = casework.form()
    answers = _ask(form.first.fields, {}, read, write)
    for line in _before(school, answers):
        write(wrapped(line))
    answers = _ask((*form.report.fields, *form.reporter.fields), answers, read, write)
    while True:
        try:
            receipt = casework.log(submission, answers, now())
        except IncompleteError as fault:
            wrong = [field for field in _all(form) if field.id in fault.problems]
            for field in wrong:
                write(wrapped(f"! {field.label}: {fault.problems[field.id]}"))
            answers = _ask(wrong, answers, read, write)
        except AskFirstError as fault:
            raise NotLoggedError(school, fault) from None
        else:
            for line in _receipt(school, receipt):
                write(wrapped(line))
            return


class NotLoggedError(AskFirstError):
    """It could not be stored; the text says whom to ring instead."""

    def __init__(self, school: School, fault: AskFirstError) -> None:
        people = [*school.holders("dsl"), *school.holders("deputy-dsl"), *school.holders("head")]
        rings = ", ".join(f"{person.name} on {person.phone}" for person in people)
        super().__init__(f"IT WAS NOT LOGGED. Ring {rings}; in danger, 999. Then try again. ({fault})")


def follow(casework: Casework, school: School, receipt: str, now: dt.datetime) -> list[str]:
    """What has become of a concern, for whoever holds the receipt."""
    found = casework.follow(receipt, now)
    if found is None:
        raise AskFirstError("there is no such receipt. Check the number: it has ten letters and digits")
    lines = [f"Concern {found.number}"]
    lines += [f"  {moment(step.at, school.opening.zone)}  {step.text}" for step in found.steps]
    if found.ring:
        lines += ["Nobody has answered yet. Do not wait, ring:", *map(to_ring, found.ring)]
    return lines


def _all(form: Form) -> tuple[Field, ...]:
    return (*form.first.fields, *form.report.fields, *form.reporter.fields)


def _ask(
    fields: Iterable[Field], answers: dict[str, tuple[str, ...]], read: Read, write: Write
) -> dict[str, tuple[str, ...]]:
    given = dict(answers)
    for field in fields:
        if field.only_with and field.only_with[1] not in given.get(field.only_with[0], ()):
            continue
        for line in _shown(field):
            write(wrapped(line))
        given[field.id] = _answer(field, read)
    return given


def _shown(field: Field) -> Iterator[str]:
    yield ""
    yield f"{field.label}{' (needed)' if field.required else ''}"
    if field.hint:
        yield f"  {field.hint}"
    for number, option in enumerate(field.options, 1):
        yield f"  {number}. {option.label}"
    if field.kind == "choices":
        yield "  Type one or more numbers, with spaces between them."
    if field.kind == "text":
        yield "  End with an empty line."


def _answer(field: Field, read: Read) -> tuple[str, ...]:
    try:
        if field.options:
            return _picked(field, read("> "))
        if field.kind != "text":
            return (read("> ").strip(),)
        lines = []
        while line := read("> ").rstrip():
            lines.append(line)
        return ("\n".join(lines),)
    except (EOFError, KeyboardInterrupt):
        raise StoppedError from None


def _picked(field: Field, typed: str) -> tuple[str, ...]:
    """Numbers, or the words themselves -> the values; what is neither is kept, to be complained of."""
    found = []
    for word in typed.replace(",", " ").split():
        if word.isdecimal() and 1 <= int(word) <= len(field.options):
            found.append(field.options[int(word) - 1].value)
        else:
            found.append(word.lower())
    return tuple(dict.fromkeys(found))


def _before(school: School, answers: dict[str, tuple[str, ...]]) -> Iterator[str]:
    people = [*school.holders("dsl"), *school.holders("deputy-dsl"), *school.holders("head")]
    if answers.get("danger") == ("yes",):
        yield from ("", IN_DANGER, *map(to_ring, people))
    elif answers.get("told") == ("no",):
        yield from ("", TELL_FIRST, *map(to_ring, people))
    yield from ("", NO_PICTURES)


def _receipt(school: School, receipt: Receipt) -> Iterator[str]:
    yield ""
    yield f"Logged. Your receipt: {receipt.receipt}"
    yield "Keep this number. With it you can see who has answered, and add more: askfirst receipt NUMBER"
    if receipt.danger:
        yield from ("Somebody is in danger: call 999 now, then ring:", *map(to_ring, receipt.ring))
    elif receipt.nobody_left:
        yield from ("Nobody else at school is left to be told of it. Ring:", *map(to_ring, receipt.ring))
    if receipt.told:
        yield f"Being told now: {', '.join(f'{person.name} ({person.role})' for person in receipt.told)}"
    if receipt.closed_until:
        yield f"The school is closed until {moment(receipt.closed_until, school.opening.zone)}. If it cannot wait:"
        yield from map(to_ring, receipt.out_of_hours or receipt.ring)
