"""The edition of a document that is in force, as it was printed: it is kept whole, so that it can still be taken away
while the next one is a draft. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from bot.concerns.words import day
from bot.knowledge.school_policy.editions import Edition
from bot.service.policy_writing.model import (
    PolicyDocument,
    PrintedClause,
    PrintedSection,
    PrintedSteps,
    PrintedTable,
)

_WHOLE = ("title", "subtitle", "school", "about", "letter", "pages", "notes")


def as_issued(document: PolicyDocument, by: str = "") -> Edition:
    """The edition of a document that is put into force, by somebody or (empty) from the terminal."""
    whole = with_issuer(document, by)
    sections = [_section_item(each) for each in whole.sections]
    printed = json.dumps({**{key: getattr(whole, key) for key in _WHOLE}, "sections": sections}, ensure_ascii=False)
    return replace(document.edition, by=by, changes=document.changes, printed=printed)


def with_issuer(document: PolicyDocument, by: str) -> PolicyDocument:
    """With who put it into force at its top."""
    about = (*document.about, issued_line(by, document.edition)) if by else document.about
    return replace(document, about=about)


def issued_line(by: str, edition: Edition) -> str:
    """Who put an edition into force."""
    return f"Put into force by {by} on {day(edition.on)}."


def issued(name: str, edition: Edition | None) -> PolicyDocument | None:
    """The document as it was put into force; None where it was not kept whole, or cannot be read."""
    if edition is None or not edition.printed:
        return None
    try:
        said = json.loads(edition.printed)
        return PolicyDocument(
            id=name,
            title=said["title"],
            subtitle=said["subtitle"],
            school=said["school"],
            edition=edition,
            about=tuple(said["about"]),
            sections=tuple(_section(each, edition) for each in said["sections"]),
            letter=tuple(said["letter"]),
            pages=said["pages"],
            notes=tuple(said["notes"]),
            was_built=True,
            day=edition.on,
        )
    except (ValueError, KeyError, TypeError):
        return None


def _section_item(section: PrintedSection) -> dict[str, Any]:
    clauses = [{"id": each.id, "text": each.text, "points": each.points} for each in section.clauses]
    return {**asdict(section), "clauses": clauses}


def _section(said: Mapping[str, Any], edition: Edition) -> PrintedSection:
    table, steps = said["table"], said["steps"]
    return PrintedSection(
        number=said["number"],
        heading=said["heading"],
        clauses=tuple(_clause(each, edition) for each in said["clauses"]),
        lead=said["lead"],
        table=_table(table) if table else None,
        steps=PrintedSteps(tuple((head, text) for head, text in steps["steps"]), steps["about"]) if steps else None,
        signing=tuple(said["signing"]),
    )


def _clause(said: Mapping[str, Any], edition: Edition) -> PrintedClause:
    stands = edition.clauses[said["id"]]
    return PrintedClause(
        said["id"], stands.number, said["text"], tuple(said["points"]), stands.edition, stands.on, approved=True
    )


def _table(said: Mapping[str, Any]) -> PrintedTable:
    rows = tuple(tuple(row) for row in said["rows"])
    return PrintedTable(tuple(said["headings"]), rows, said["about"], tuple(said["widths"]))
