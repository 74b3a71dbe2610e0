"""What was gathered for a subject access request, as the lines of a plain text for a person to look through."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.console.inbox import chronology_lines, report_lines
from adapters.console.text import moment
from bot.concerns import Record
from bot.concerns.words import STATUS_WORDS
from bot.knowledge import School
from bot.service.casework.subject_access import SubjectAccess, ask_words

LOOK_FIRST = (
    "NOT READY TO GIVE OUT. Read every line first. Names of other people are marked [THIRD PARTY: ...] as far as they "
    "are known: whoever logged it, whoever was there, other children, other adults. A nickname, a relative or somebody "
    "who is only described is not. Staff who worked on a concern are named as they are. Decide what may be given out, "
    "and whether an exemption holds, with your data protection lead."
)
SAME_NAME = "Two people can have one name: make sure that each concern is about the one who asks."


def subject_lines(found: SubjectAccess, school: School) -> Iterator[str]:
    """The whole text."""
    yield f"Subject access request: what is recorded under the name {found.name}"
    at = moment(found.at, school.opening.zone)
    yield f"{school.name}. Gathered by {found.by.name} with {found.second.name}, {at}."
    yield from ("", LOOK_FIRST, "", counted(found))
    if found.records:
        yield SAME_NAME
    if found.named_in:
        numbers = ", ".join(found.named_in)
        yield (
            f"The name also stands in concerns that are recorded under another: {numbers}. They are not in this text. "
            "Read them in the inbox, and decide what belongs to the answer."
        )
    if found.unreadable:
        numbers = ", ".join(found.unreadable)
        yield (
            f"Something of these concerns cannot be opened, so nobody knows whether they belong here: {numbers}. They "
            "are not in this text. docs/keys.md says what to do."
        )
    yield ask_words(found.ask)
    for record in found.records:
        yield from _record(record, school)


def counted(found: SubjectAccess) -> str:
    """How many there are."""
    count = len(found.records)
    if not count:
        return f"Nothing is recorded under this name that {found.by.name} may read."
    return f"{count} concern{'s are' if count > 1 else ' is'} recorded under this name."


def _record(record: Record, school: School) -> Iterator[str]:
    yield from ("", "-" * 72, f"Concern {record.number}: {STATUS_WORDS[record.state.status]}.")
    yield from report_lines(record)
    if record.files:
        yield f"In the file of: {', '.join(file.name for file in record.files)}"
    yield ""
    yield from chronology_lines(record, school)
