"""A base -> the documents of the school's policy, as they would be printed on a day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.answering.wordings import called
from bot.concerns.words import day as in_words
from bot.knowledge import Knowledge, Role
from bot.knowledge.school_policy.editions import Edition, changes, next_edition
from bot.knowledge.school_policy.model import Outline, PolicyParagraph, Section
from bot.knowledge.schools.model import has_lado
from bot.service.policy_writing.filling_in import (
    is_in,
    mid_sentence,
    paragraphs_of,
    points_of,
    with_answers,
    with_people,
)
from bot.service.policy_writing.issued import issued_line
from bot.service.policy_writing.model import (
    PolicyDocument,
    PrintedClause,
    PrintedSection,
    PrintedSteps,
    PrintedTable,
)
from bot.service.policy_writing.outstanding import is_approved, outstanding_in_words, outstanding_of
from bot.service.policy_writing.sources import notes, sources

_SIGNING = ("Name", "What I do at the school", "Signature", "Date")


def compose(knowledge: Knowledge, on: dt.date) -> tuple[PolicyDocument, ...]:
    """Every document, in order, each with what has changed since it was last built."""
    return tuple(_document(knowledge, outline, on) for outline in knowledge.policy.outlines)


def _document(knowledge: Knowledge, outline: Outline, on: dt.date) -> PolicyDocument:
    last = knowledge.policy.editions.get(outline.id)
    sections = [section for section in outline.sections if _has_something(knowledge, section)]
    edition = next_edition(last, list(_said(knowledge, sections)), on)
    outstanding = outstanding_of(knowledge, outline)
    printed = tuple(
        _section(knowledge, section, str(number), edition, outline) for number, section in enumerate(sections, 1)
    )
    return PolicyDocument(
        id=outline.id,
        title=outline.title,
        subtitle=with_answers(knowledge, outline.subtitle),
        school=knowledge.school.name,
        edition=edition,
        about=tuple(_about(knowledge, outline, edition)),
        sections=printed,
        changes=tuple(changes(last, edition)),
        to_do=tuple(outstanding.sentences()),
        printed_to_do=tuple(outstanding_in_words(knowledge, outstanding)),
        letter=("Dear parents and carers,", _signed(knowledge)) if outline.letter else (),
        pages=outline.pages,
        was_built=last is not None,
        day=on,
        outstanding=outstanding,
        notes=tuple(notes(knowledge, outline, edition)),
    )


def _has_something(knowledge: Knowledge, section: Section) -> bool:
    paragraphs = knowledge.policy.paragraphs
    return section.part != "clauses" or any(is_in(knowledge, paragraphs[each]) for each in section.paragraphs)


def _in(knowledge: Knowledge, section: Section) -> list[PolicyParagraph]:
    found = (knowledge.policy.paragraphs[each] for each in section.paragraphs)
    return [each for each in found if is_in(knowledge, each)]


def _said(knowledge: Knowledge, sections: list[Section]) -> Iterator[tuple[str, str, str]]:
    """(id, number, words) of every clause, and of every table as a whole: what an edition is told apart by."""
    for number, section in enumerate(sections, 1):
        for place, paragraph in enumerate(_in(knowledge, section), 1):
            yield (
                paragraph.id,
                f"{number}.{place}",
                "; ".join((_text(knowledge, paragraph), *points_of(knowledge, paragraph))),
            )
        if section.part in ("people", "sites") and (table := _table(knowledge, section)):
            yield f"table-{section.part}", str(number), "; ".join(", ".join(filter(None, row)) for row in table.rows)


def _section(knowledge: Knowledge, section: Section, number: str, edition: Edition, outline: Outline) -> PrintedSection:
    return PrintedSection(
        number=number,
        heading=section.heading,
        clauses=tuple(_clause(knowledge, each, edition) for each in _in(knowledge, section)),
        lead=with_people(knowledge, with_answers(knowledge, section.lead)),
        table=sources(knowledge, outline, edition) if section.part == "sources" else _table(knowledge, section),
        steps=_worry(knowledge) if section.part == "worry" else None,
        signing=_SIGNING if section.part == "signing" else (),
    )


def _text(knowledge: Knowledge, paragraph: PolicyParagraph) -> str:
    return with_people(knowledge, with_answers(knowledge, paragraph.text))


def _clause(knowledge: Knowledge, paragraph: PolicyParagraph, edition: Edition) -> PrintedClause:
    stands = edition.clauses[paragraph.id]
    approved = is_approved(knowledge, paragraph.id)
    return PrintedClause(
        paragraph.id,
        stands.number,
        _text(knowledge, paragraph),
        points_of(knowledge, paragraph),
        stands.edition,
        stands.on,
        approved,
        knowledge.policy.approved[paragraph.id].review_by if approved else None,
    )


# --- tables and the picture


def _table(knowledge: Knowledge, section: Section) -> PrintedTable | None:
    if section.part == "people":
        return _people(knowledge, section.roles)
    return _sites(knowledge) if section.part == "sites" else None


def _sites(knowledge: Knowledge) -> PrintedTable:
    question = knowledge.policy.questions["sites"]
    rows = knowledge.policy.given("sites").rows
    headings = tuple(column.heading for column in question.columns)
    about = f"The school's accounts, {len(rows)} in all: what each is, for whom, who runs it, and who gets in."
    return PrintedTable(headings, rows, about, (30, 24, 26, 20))


def _people(knowledge: Knowledge, roles: tuple[Role, ...]) -> PrintedTable:
    rows = tuple(row for role in roles for row in _holders(knowledge, role))
    about = f"Whom to tell, {len(rows)} in all: the person or service, what they are, and the number with its hours."
    return PrintedTable(("Who", "What they are", "Telephone"), rows, about, (30, 28, 42))


def _holders(knowledge: Knowledge, role: Role) -> Iterator[tuple[str, ...]]:
    if role == "lado" and not has_lado(knowledge.school.nation):
        return
    for person in knowledge.school.holders(role):
        yield person.name, person.role, f"{person.phone} ({person.hours})" if person.hours else person.phone


def _worry(knowledge: Knowledge) -> PrintedSteps:
    """The four steps that a worry about a child goes."""
    lead = _first(knowledge, "dsl")
    steps = (
        ("Danger now?", "Ring 999."),
        ("Tell somebody", f"{lead}, or a deputy. At once, by voice."),
        ("Nobody there?", f"Ring {_first(knowledge, 'social-care')}, yourself.{_when_closed(knowledge)}"),
        ("Write it down", "The same day, in the child's own words."),
    )
    said = " ".join(f"Step {number}, {head}: {text}" for number, (head, text) in enumerate(steps, 1))
    return PrintedSteps(steps, f"What to do with a worry about a child, in four steps. {said}")


def _when_closed(knowledge: Knowledge) -> str:
    """The number out of hours, without a name: the step has to fit into its box."""
    found = knowledge.school.holders("out-of-hours")
    return f" Closed? {found[0].phone}." if found else ""


def _first(knowledge: Knowledge, role: Role) -> str:
    person = next(iter(knowledge.school.holders(role)), None)
    return f"{mid_sentence(person.name, role)}, {person.phone}" if person else called(knowledge, role)


# --- what stands at the top and at the end


def _about(knowledge: Knowledge, outline: Outline, edition: Edition) -> Iterator[str]:
    policy = knowledge.policy
    names = [each.id for each in paragraphs_of(knowledge, outline)]
    approvals = [policy.approved[name] for name in names if is_approved(knowledge, name)]
    if approvals and len(approvals) == len(names):
        latest = max(approvals, key=lambda each: each.on)
        made_up = " This approval is made up, as everything of the demo school is." if latest.made_up else ""
        yield f"Approved by {latest.by} on {in_words(latest.on)}.{made_up}"
    if "responsible" in policy.questions and not outline.pages and not outline.letter:
        yield with_people(knowledge, f"{policy.words('responsible')} answers for it.")
    if edition.by:
        yield issued_line(edition.by, edition)


def _signed(knowledge: Knowledge) -> str:
    role: Role = "head"
    person = next(iter(knowledge.school.holders(role)), None)
    return f"{person.name}, {person.role}" if person else called(knowledge, role)
