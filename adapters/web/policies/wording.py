"""What stands in the files as short words, in plain ones; and what is said after a form. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge.policies.editions import Kind
from bot.knowledge.policies.own import OwnClause, OwnDocument
from bot.service.policy_reading.desk import LEAVE_OUT
from bot.service.policy_reading.model import DocumentLine

FORCES: Mapping[str, str] = {
    "must": "Must: staff have to",
    "must-not": "Must not: staff may never",
    "advised": "Should: it is advised",
    "advised-against": "Should not: it is advised against",
    "may": "May: it is allowed",
    "informs": "Only informs",
}
CHOICES: Mapping[str, str] = {**FORCES, LEAVE_OUT: "No rule: leave it out"}
KINDS: Mapping[Kind, str] = {
    "changed": "Changed", "gone": "Gone", "new": "New", "moved": "Moved", "renumbered": "Another number",
    "same": "The same",
}  # fmt: skip
POLICY_CHANGED = "The policy that it rests on has changed"
# What is said once something was done. The address of the page carries the key, never a text.
DONE: Mapping[str, str] = {
    "taken-in": "It is taken in. Now look over its clauses: say of each how strongly it puts its rule.",
    "edition": "The new edition is in. What it changed stands below, with the answers that are to be read again.",
    "marked": "Kept.",
    "split": "There are two clauses now. Say of both how strongly they put their rule.",
    "joined": "The two are one clause now.",
    "ticked": "Kept, with your name and today’s date.",
    "taken-over": "The newer text is taken over. The answers that rest on what changed are to be read again.",
    "withheld": "Those answers are out of use. Whoever asks for one is sent to a person.",
    "all-marked": "Every clause is looked over. Now hold them against the answers.",
}


def state_of(line: DocumentLine) -> tuple[str, str]:
    """How a document stands: live, mine or due; and in words."""
    if line.again:
        return "due", f"{counted(len(line.again), 'answer is', 'answers are')} being read again"
    if line.unmarked:
        clauses = counted(line.clauses, "clause", "clauses")
        left = (
            "Nobody has looked it over yet"
            if line.unmarked == line.clauses
            else f"{line.unmarked} of {clauses} to look over"
        )
        return "mine", left
    return "live", "Looked over"


def counted(number: int, one: str, many: str) -> str:
    """1 clause, 2 clauses."""
    return f"{number} {one if number == 1 else many}"


def edition_of(document: OwnDocument) -> str:
    """Which edition it is, as far as it says so itself."""
    named = f"Edition {document.edition}" if document.edition else ""
    return ", ".join(filter(None, (named, document.date))) or "No edition named"


def clause_name(clause: OwnClause) -> str:
    """What a clause is called: its number as printed, else the one under which it is kept."""
    number = clause.number.rstrip(".").strip("()")
    return f"Clause {number}" if number else f"Paragraph {int(clause.id.rpartition('-')[2])}"


def clause_state(clause: OwnClause) -> str:
    """How a clause stands."""
    if clause.gone:
        return "Not in this edition any more"
    if clause.left_out:
        return "Left out: no rule"
    return FORCES.get(clause.force, "Not looked over yet")


def as_sentence(said: str) -> str:
    """An error of the core as it stands on a page."""
    said = " ".join(said.split())
    return f"{said[:1].upper()}{said[1:]}"
