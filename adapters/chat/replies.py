"""The words of a reply that every chat shows alike; each draws them with its own blocks. Pure."""

from __future__ import annotations

from bot.messages import VERDICT_WORDS, Answer, Contact, GiveFeedback, Handover, Reply, Source

SOURCES_HEADING = "Where this comes from"
LOG_IT = "Log this concern"


def line_of(person: Contact) -> str:
    """Somebody to speak to, with the number where there is one."""
    return f"{person.name}, {person.role}: {person.phone}".rstrip(": ")


def heading_of(handover: Handover) -> str:
    """What a handover begins with."""
    return "Get help first" if handover.urgency == "immediate" else "This needs a person, not a policy"


def verdict_of(answer: Answer) -> str:
    """The verdict and what it is about: what is read first."""
    symbol, word = VERDICT_WORDS[answer.verdict]
    return f"{symbol} {word}: {answer.title}"


def place_of(source: Source) -> str:
    """Where a clause stands."""
    return ", ".join(filter(None, (source.document, source.publisher, source.date or "no date", source.where)))


def approval_of(answer: Answer) -> str:
    """Who answers for an answer, and until when."""
    return f"Approved by {answer.approved_by}, reviewed {answer.reviewed}, to be reviewed by {answer.review_by}."


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
        text = f"{verdict_of(reply.answer)}. {reply.answer.answer}"
    elif reply.handover:
        text = " ".join((reply.handover.first, *map(line_of, reply.handover.people)))
    else:
        people = map(line_of, (*reply.people, *filter(None, (reply.contact,))))
        text = " ".join((reply.text, *people, *(f"“{choice.title}”" for choice in reply.choices)))
    return f"{reply.note} {text}" if reply.note else text
