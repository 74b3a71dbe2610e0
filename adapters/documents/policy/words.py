"""What is said on every form of a document, beside its clauses. Pure."""

from __future__ import annotations

from bot.concerns.words import day
from bot.knowledge.school_policy.editions import ClauseChange
from bot.service.policy_writing.model import PolicyDocument, PrintedClause, PrintedTable
from bot.service.policy_writing.outstanding import NOBODY_APPROVED

DRAFT = "This is a draft. It is not in force. To be done first:"
CHANGED = "What has changed"
ACCESSIBLE = (
    "The .docx is the accessible form: it has headings, numbers, header rows and alternative texts. The PDF is for "
    "print."
)
_KINDS = {"new": "New", "changed": "Changed", "moved": "Moved", "gone": "Taken out"}


def standing_of(clause: PrintedClause) -> str:
    """Since when a clause stands in these words, or that nobody has approved them."""
    return f"Edition {clause.edition}, {day(clause.on)}" if clause.approved else NOBODY_APPROVED


def is_marked(clause: PrintedClause, document: PolicyDocument) -> bool:
    """Whether it is said under a clause how it stands: to parents only where nobody has approved it."""
    return not document.letter or not clause.approved


def to_do_of(document: PolicyDocument) -> tuple[str, ...]:
    """What keeps it a draft, for whoever holds it."""
    return document.printed_to_do or document.to_do


def notes_of(document: PolicyDocument) -> tuple[str, ...]:
    """What is said of another nation at the top; parents are told nothing of it once their letter is in force."""
    return document.notes if document.is_draft or not document.letter else ()


def due_line(document: PolicyDocument) -> str:
    """That clauses should have been read again, and by when; empty where none is."""
    if not document.due:
        return ""
    number, first = len(document.due), min(each.review_by for each in document.due if each.review_by)
    return f"{number} of its clauses {'was' if number == 1 else 'were'} to be read again by {day(first)}."


def changes_table(document: PolicyDocument) -> PrintedTable | None:
    """What has changed since the edition before, in the edition itself too; None where nothing has."""
    changes = document.changes or document.edition.changes
    if not changes:
        return None
    rows = tuple((each.number, _KINDS[each.kind], each.before, each.now) for each in changes)
    about = (
        f"The {len(rows)} changes since the edition before: the clause, what became of it, its words before and now."
    )
    return PrintedTable(("Clause", "What", "Before", "Now"), rows, about, (11, 15, 37, 37))


def change_line(change: ClauseChange) -> str:
    """One change in a line."""
    if change.kind == "moved":
        return f"{change.now}: moved from {change.before}"
    return f"{change.number}: {_KINDS[change.kind].lower()}. {change.now or change.before}"
