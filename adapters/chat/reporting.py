"""The words around the concern form, the same in every chat. Pure; the core describes the form itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.concerns import Adult, Answers, Receipt, Report, Reporter, route
from bot.concerns.form import IN_DANGER, TELL_FIRST
from bot.concerns.reading import person_named
from bot.concerns.receipt import to_ring
from bot.hours import is_open
from bot.knowledge import Person, School

NOT_FOR_OUTSIDERS = (
    "Guests and people of other organisations cannot log a concern here. Tell a member of staff of the school now. "
    "If anyone is in danger, call 999."
)


@dataclass(frozen=True)
class Paragraph:
    """A line or a paragraph; a heading is read first."""

    text: str
    heading: bool = False


def before_writing(school: School, danger: str, told: str) -> Iterator[Paragraph]:
    """What stands above the form, by the answers ("yes", "no") on the first screen."""
    people = (*school.holders("dsl"), *school.holders("deputy-dsl"), *school.holders("head"))
    if danger == "yes":
        yield Paragraph("Call 999 now", heading=True)
        yield from (Paragraph(IN_DANGER), _people(people))
    elif told == "no":
        yield from (Paragraph(TELL_FIRST), _people(people))


def after_logging(receipt: Receipt) -> Iterator[Paragraph]:
    """What is shown in the form once it is stored."""
    yield Paragraph(f"Logged. Your receipt: {receipt.receipt}", heading=True)
    if receipt.danger:
        yield from (Paragraph("Somebody is in danger: call 999 now", heading=True), _people(receipt.ring))
    elif receipt.nobody_left:
        yield from (
            Paragraph("Nobody else at school is left to be told. Ring now:", heading=True),
            _people(receipt.ring),
        )
    if receipt.told:
        told = ", ".join(f"{person.name} ({person.role})" for person in receipt.told)
        yield Paragraph(f"Being told now: {told}.")
    if receipt.closed_until:
        yield Paragraph("The school is closed now. If it cannot wait, ring:", heading=True)
        yield _people(receipt.out_of_hours or receipt.ring)
    yield Paragraph(
        "Keep the number. I have sent it to you in our chat, and you hear there who has answered. "
        "The person it is about is not told and cannot read it."
    )


def receipt_text(receipt: Receipt) -> str:
    """The direct message that follows."""
    return (
        f"You logged concern {receipt.number}. Your receipt: {receipt.receipt}. Keep it: with it you can look the "
        "concern up on the page and add to it. You hear here who has answered."
    )


def whom_to_ring(school: School, answers: Answers, now: dt.datetime) -> str:
    """Whom to ring instead: never the person it is about, as far as the answers say by now."""
    people = to_ring(school, route(school, _so_far(school, answers)))
    cover = () if is_open(school, now) else school.holders("out-of-hours")
    return " or ".join(
        f"{person.name} on {person.phone}" for person in dict.fromkeys((*people, *cover)) if person.phone
    )


def not_logged(school: School, answers: Answers, now: dt.datetime) -> str:
    """What stands beside the first field where it could not be stored; what was typed stays in the form."""
    return (
        f"This was NOT logged. Ring {whom_to_ring(school, answers, now)}; in danger, call 999. "
        "Everything you wrote is still here: press the button again in a minute."
    )


def no_form(school: School, now: dt.datetime) -> str:
    """What is said where the form could not be opened."""
    ring = whom_to_ring(school, {}, now)
    return f"The form could not be opened, and nothing was logged. Try again, or ring {ring}. In danger, call 999."


def _so_far(school: School, answers: Answers) -> Report:
    """As much of a report as says who may hear of it."""
    about, picked = answers.get("about", ()), answers.get("adult", ("",))
    named = person_named(school, answers.get("adult_name", ("",))[0] if answers.get("adult_name") else "")
    person = picked[0] if picked and picked[0] in school.people else (named.id if named else None)
    adult = Adult("", "", person) if "adult" in about else None
    nobody = Reporter("", "", None)
    return Report(False, False, (), adult, "head" in about, "", "", None, "", "", "", "", (), "", nobody)


def _people(people: Sequence[Person]) -> Paragraph:
    return Paragraph("\n".join(f"{person.name}, {person.role}: {person.phone}" for person in people))
