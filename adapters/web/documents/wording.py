"""What the pages of the documents say: answers in words, what was done, what is still to be done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.answering.wordings import called
from bot.knowledge import Knowledge
from bot.knowledge.authoring import FieldDifference, Piece
from bot.knowledge.school_policy.model import Given, PolicyQuestion
from bot.knowledge.schools.model import ROLES, SERVICES
from bot.service.policy_writing.filling_in import with_people
from bot.service.policy_writing.model import PolicyDocument

# What is said once something was done. The address of the page carries the key, never a text.
DONE: Mapping[str, str] = {
    "saved": "The answer is kept. Staff still get the approved answers, and the documents that it changes are drafts "
    "until they are approved.",
    "same": "This is the answer already. Nothing was changed.",
    "all": "The answer is kept, and with it every question is answered. Now read the documents and approve them.",
    "approved": "The clauses are approved. The document is not in force yet: what is still to be done stands below.",
    "issued": "The document is in force from today. Download it below, and put the Word file on the website.",
}
CHANGE_WORDS: Mapping[str, str] = {"new": "New", "changed": "Changed", "moved": "New number", "gone": "Taken out"}


@dataclass(frozen=True)
class ToDo:
    """One thing that keeps a document a draft, with links to where it is done: (address, text)."""

    said: str
    links: tuple[tuple[str, str], ...] = ()


def in_words(knowledge: Knowledge, question: PolicyQuestion, given: Given) -> str:
    """An answer as it is read in the questionnaire."""
    if question.kind == "rows":
        return "; ".join(", ".join(row) for row in given.rows)
    if question.kind == "several":
        return ", ".join(question.options[each].label for each in given.several)
    if question.kind == "choice":
        return question.options[given.value].label
    return role_in_words(knowledge, given.value) if question.kind == "role" else given.value


def role_in_words(knowledge: Knowledge, role: str) -> str:
    """Whoever holds a role, with what they are called."""
    words = called(knowledge, role)
    names = [each.name for each in knowledge.school.holders(role)] if role in ROLES else []
    return f"{words[:1].upper()}{words[1:]}" + (f": {', '.join(names)}" if names else " (nobody holds this)")


def roles_to_pick(knowledge: Knowledge, now: str) -> list[tuple[str, str]]:
    """The roles that somebody at the school holds, and the one that is answered now."""
    roles = knowledge.school.roles
    held = [role for role in ROLES if role == now or (role in roles and role not in (*SERVICES, "author", "approver"))]
    return [(role, role_in_words(knowledge, role)) for role in held]


def with_names(knowledge: Knowledge, found: Iterable[FieldDifference]) -> Iterator[FieldDifference]:
    """With whoever holds a role in the place of its mark."""
    for each in found:
        yield replace(each, pieces=pieces_with_names(knowledge, each.pieces))


def pieces_with_names(knowledge: Knowledge, found: Iterable[Piece]) -> tuple[Piece, ...]:
    """The same for a text word by word."""
    return tuple(replace(each, text=with_people(knowledge, each.text)) for each in found)


def to_do(knowledge: Knowledge, document: PolicyDocument, root: str) -> Iterator[ToDo]:
    """What keeps it a draft, in the words of the page."""
    open_, policy = document.outstanding, knowledge.policy
    if open_.questions:
        links = tuple((f"{root}/questions/{each}", policy.questions[each].ask) for each in open_.questions)
        yield ToDo("Nobody has answered these yet, so that the usual answer stands:", links)
    if count := len(open_.clauses):
        clauses = "One clause is" if count == 1 else f"{count} clauses are"
        yield ToDo(f"{clauses} not approved in these words. The DSL or the headteacher approves them below.")
    if open_.waiting:
        links = tuple((f"/inbox/answers/waiting/file:{each}", _title(knowledge, each)) for each in open_.waiting)
        yield ToDo("These answers to staff say the same, and their new words wait for approval:", links)
    if open_.loose:
        titles = ", ".join(f"“{_title(knowledge, each)}”" for each in open_.loose)
        yield ToDo(f"Answers to staff that must follow the same question do not any more: {titles}. Ask whoever looks "
                   "after AskFirst.")  # fmt: skip
    if open_.empty:
        roles = ", ".join(called(knowledge, each) for each in open_.empty)
        yield ToDo(
            f"Nobody at the school holds these parts: {roles}. Ask whoever looks after AskFirst to name somebody."
        )


def _title(knowledge: Knowledge, entry: str) -> str:
    found = knowledge.find(entry)
    return found.title if found else entry
