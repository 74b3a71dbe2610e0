"""The words of a reply that every chat shows alike; each draws them with its own blocks. Pure."""

from __future__ import annotations

import datetime as dt
import re

from bot.messages import SIGNS, Answer, Contact, Handover, Note, Reply, Source
from bot.presses import GiveFeedback

SOURCES_HEADING = "Where this comes from"
ASK = "Whom to ask"
NOT_APPROVED = "Nobody at this school has approved this answer yet."
MADE_UP = "made up for the demo school"
LOG_IT = "Log this concern"


def named(person: Contact) -> str:
    """Somebody to speak to, without the number."""
    return f"{person.name}, {person.role}" + (f" ({person.hours})" if person.hours else "")


def line_of(person: Contact) -> str:
    """Somebody to speak to, with the number where there is one."""
    return f"{named(person)}: {person.phone}".rstrip(": ")


def tel(phone: str) -> str:
    """A telephone number as people write it -> the address of a link that rings it."""
    number = phone.strip()
    if number.startswith("+"):  # the (0) is only dialled inside the country
        number = number.replace("(0)", "")
    return "tel:" + re.sub(r"(?!^\+)\D", "", number)


def elsewhere_of(handover: Handover) -> tuple[str, str, tuple[Contact, ...]] | None:
    """Where a school logs its concerns that does not do it here: what to press or read, the address, numbers."""
    place = handover.elsewhere
    return (f"Log it in {place.name}", place.link, place.numbers) if place else None


def badge_of(answer: Answer) -> str:
    """The ruling about the act that the badge names: what is read first. The title stands below it."""
    return f"{SIGNS[answer.ruling]} {answer.badge}"


def documents_of(answer: Answer) -> str:
    """What an answer rests on, in a few words; where in them stands with the sources."""
    found = dict.fromkeys(", ".join(filter(None, (each.document, each.publisher))) for each in answer.sources)
    return f"Rests on: {'; '.join(found)}"


def place_of(source: Source) -> str:
    """Where a clause stands."""
    return ", ".join(filter(None, (source.document, source.publisher, source.date or "no date", source.where)))


def approval_of(answer: Answer) -> str:
    """Who answers for an answer, and since when."""
    if not answer.approved_by:
        return NOT_APPROVED
    who = ", ".join(filter(None, (answer.approved_by, answer.approved_role)))
    made_up = f" ({MADE_UP})" if answer.made_up else ""
    return f"Approved by {who}, on {day(answer.reviewed)}{made_up}."


def due_of(answer: Answer) -> str:
    """Since when somebody should have read an answer again; empty where nobody need have, or where it is
    said that the policy has changed."""
    return f"Due for review since {day(answer.review_by)}." if answer.due_for_review and not answer.read_again else ""


def day(date: str) -> str:
    """2026-09-01 -> 1 September 2026; anything that is not such a date stays as it is."""
    try:
        parsed = dt.date.fromisoformat(date)
    except ValueError:
        return date
    return f"{parsed.day} {parsed:%B %Y}"


def feedback_of(reply: Reply) -> tuple[tuple[str, GiveFeedback], ...]:
    """The buttons that say whether a reply helped: the label of each, and what it means."""
    if not reply.feedback:
        return ()
    if reply.choices:
        return (("None of these", GiveFeedback(reply.entry, helped=False)),)
    return (
        ("This helped", GiveFeedback(reply.entry, helped=True)),
        ("This didn't help", GiveFeedback(reply.entry, helped=False)),
    )


def read_aloud(reply: Reply) -> str:
    """A reply without its layout: what notifications and screen readers read."""
    if reply.answer:
        title = reply.answer.title
        text = f"{badge_of(reply.answer)}. {title}{'' if title.endswith('?') else '.'} {reply.answer.answer}"
        text = f"{reply.text} {text}".strip()
    elif reply.handover:
        text = _handed_over(reply.handover)
    else:
        people = map(line_of, (*reply.people, *filter(None, (reply.contact,))))
        text = " ".join((reply.text, *people, *(f"“{choice.title}”" for choice in reply.choices)))
    return f"{text} {_noted(reply.note)}" if reply.note else text


def _handed_over(handover: Handover) -> str:
    said = (f"{each.heading}: {'; '.join(map(line_of, each.people)) or '999'}." for each in handover.ring)
    return " ".join((*handover.above, handover.first, *said))


def _noted(note: Note) -> str:
    return f"{note.text} {'; '.join(map(line_of, note.people))}."
