"""What the clauses of a document rest on, in England and elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge import Knowledge
from bot.knowledge.school_policy.editions import Edition
from bot.knowledge.school_policy.model import Outline, PolicyParagraph
from bot.service.policy_writing.filling_in import (
    cites_in,
    is_borrowed,
    left_out,
    paragraphs_of,
    with_answers,
    with_people,
)
from bot.service.policy_writing.model import PrintedTable

_OWN = "The school's own rule"


def sources(knowledge: Knowledge, outline: Outline, edition: Edition) -> PrintedTable:
    """Each document with the clauses that rest on it, then the school's own rules."""
    rests: dict[str, list[str]] = {}
    own = []
    for paragraph in paragraphs_of(knowledge, outline):
        number, found = edition.clauses[paragraph.id].number, _documents(knowledge, paragraph)
        for title in found:
            rests.setdefault(title, []).append(number)
        own += [] if found else [number]
    rows = [(title, ", ".join(numbers)) for title, numbers in rests.items()]
    rows += [(_OWN, ", ".join(own))] if own else []
    about = f"The {len(rests)} documents that the clauses rest on, and for each the numbers of its clauses."
    return PrintedTable(("Document", "Clauses that rest on it"), tuple(rows), about, (66, 34))


def _documents(knowledge: Knowledge, paragraph: PolicyParagraph) -> list[str]:
    """The documents that it rests on; of another nation's it is said whose."""
    documents = [knowledge.clauses[each].document for each in cites_in(knowledge, paragraph)]
    borrowed = is_borrowed(knowledge, paragraph)
    said = (f"{each.title} ({each.nation})" if borrowed else each.title for each in documents)
    return list(dict.fromkeys(said))


def notes(knowledge: Knowledge, outline: Outline, edition: Edition) -> Iterator[str]:
    """What is not as in England: what was left out, for somebody to fill, and what rests on England's guidance."""
    nation, head = knowledge.school.nation, with_people(knowledge, "{head}")
    if missing := [with_people(knowledge, with_answers(knowledge, each.text)) for each in left_out(knowledge, outline)]:
        said = " ".join(f"“{each}”" for each in missing)
        yield f"Left out here, because the rule is England's alone: {said} {head} says what holds in {nation}."
    used = (each for each in paragraphs_of(knowledge, outline) if is_borrowed(knowledge, each))
    if borrowed := [edition.clauses[each.id].number for each in used]:
        clauses = f"Clause {borrowed[0]} rests" if len(borrowed) == 1 else f"Clauses {', '.join(borrowed)} rest"
        yield (
            f"{clauses} on guidance for England, which {knowledge.school.name} follows too. Where a rule of {nation} "
            f"says something else, that rule holds: ask {head}."
        )
