"""How a chat shows what the core says around the concern form. Pure: every word and every person is the core's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.concerns import Advice, Receipt
from bot.concerns.guidance import after_logging
from bot.concerns.receipt import once_stored
from bot.knowledge import Person, School

NOT_OPENED = "the form could not be opened. Try again"


@dataclass(frozen=True)
class Paragraph:
    """A line or a paragraph; a heading is read first."""

    text: str
    heading: bool = False


def above_form(advice: Iterable[Advice]) -> Iterator[Paragraph]:
    """What stands above the form."""
    return _paragraphs(each for each in advice if each.kind != "pictures")


def below_form(advice: Iterable[Advice]) -> Iterator[Paragraph]:
    """What stands under it: that it takes no pictures."""
    return _paragraphs(each for each in advice if each.kind == "pictures")


def once_logged(school: School, receipt: Receipt) -> Iterator[Paragraph]:
    """What is shown in the form once it is stored."""
    yield Paragraph(f"{once_stored(receipt)} Your receipt: {receipt.receipt}", heading=True)
    yield from _paragraphs(after_logging(school, receipt))
    yield Paragraph(
        "Copy this number now. I also try to send it to you in our chat, and to say there who has answered."
    )


def title_of(receipt: Receipt) -> str:
    """What stands above that."""
    return "Logged" if receipt.passed_on else "Nobody told"


def receipt_text(receipt: Receipt) -> str:
    """The direct message that follows."""
    return (
        f"You logged concern {receipt.number}. Your receipt: {receipt.receipt}. Keep it: with it you can look the "
        "concern up on the page and add to it. You hear here who has answered."
    )


def in_one(advice: Iterable[Advice]) -> str:
    """What the core says, in one paragraph: where a chat has room for no more."""
    return " ".join(part for each in advice for part in (each.text, _numbers(each.people)) if part)


def _paragraphs(advice: Iterable[Advice]) -> Iterator[Paragraph]:
    for each in advice:
        if each.heading:
            yield Paragraph(each.heading, heading=True)
        if each.kind == "told":
            yield Paragraph(", ".join(f"{person.name} ({person.role})" for person in each.people) + ".")
        if each.text:
            yield Paragraph(each.text)
        if each.people and each.kind != "told":
            yield Paragraph("\n".join(f"{person.name}, {person.role}: {person.phone}" for person in each.people))


def _numbers(people: Sequence[Person]) -> str:
    return " or ".join(f"{person.name} on {person.phone}" for person in people) + "." if people else ""
