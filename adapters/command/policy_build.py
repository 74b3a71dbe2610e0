"""`askfirst policy build`: the documents of the school's policy, as .docx and as PDF."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from adapters.command.arguments import day
from bot.errors import FileError
from bot.knowledge import load
from bot.service.policy_writing.building import documents, keep_editions
from bot.service.policy_writing.model import PolicyDocument
from bot.settings import Settings
from bot.tips import local_day

_FOLDER = Path("policy-documents")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which documents, where to, and as of which day."""
    parser.add_argument("documents", nargs="*", metavar="DOCUMENT", help="ids of documents (default: all of them)")
    parser.add_argument("--to", type=Path, default=_FOLDER, metavar="FOLDER", help=f"where to (default: {_FOLDER})")
    parser.add_argument(
        "--on", type=day, metavar="DATE", help="the day from which a new edition holds (default: today)"
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write them, and say of each what has changed and what is still to be done. Raises KnowledgeError, PolicyError,
    and FileError where a file cannot be written."""
    from adapters.documents.policy.docx import policy_docx  # what only asks needs neither of them
    from adapters.documents.policy.pdf import policy_pdf
    from adapters.documents.policy.tagged import is_tagged
    from adapters.documents.policy.words import ACCESSIBLE

    knowledge = load(settings.knowledge)
    on = parsed.on or local_day(knowledge.school, dt.datetime.now(dt.UTC))
    built = documents(knowledge, on, parsed.documents)
    tagged = True
    for document in built:
        pdf = policy_pdf(document)
        tagged = tagged and is_tagged(pdf)
        _write(parsed.to / f"{document.id}.docx", policy_docx(document))
        _write(parsed.to / f"{document.id}.pdf", pdf)
        print("\n".join((f"{parsed.to / document.id}.docx and .pdf", *said_of(document))))
    keep_editions(settings.knowledge, knowledge, built)
    if not tagged:
        print(ACCESSIBLE)
    return 0


def said_of(document: PolicyDocument) -> Iterator[str]:
    """Which edition it is, what has changed, and what is still to be done."""
    from adapters.documents.policy.words import change_line, due_line

    yield f"  {document.standing}: {document.title}"
    yield from (f"  {each}" for each in (*document.notes, due_line(document)) if each)
    if document.changes:
        yield "  Changed since the last edition:"
        yield from (f"    {change_line(each)}" for each in document.changes)
    elif document.was_built:
        yield "  No change since the last edition."
    else:
        yield "  Not built before."
    if document.is_draft:
        yield "  A draft, and not in force. To be done first:"
        yield from (f"    {each}." for each in document.to_do)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as fault:
        raise FileError(fault, str(path)) from None
