"""What is still to be done before a document of the policy is in force. Pure.

A document is a draft for as long as it could say something else than the bot, or than somebody here approved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering.wordings import called
from bot.knowledge import Knowledge, Role
from bot.knowledge.school_policy.model import Outline
from bot.service.policy_writing.filling_in import (
    digest_of_paragraph,
    paragraphs_of,
    questions_in,
    roles_in,
)

NOBODY_APPROVED = "Nobody here has approved these words yet."


@dataclass(frozen=True)
class Outstanding:
    """What keeps a document a draft: `questions` that nobody has answered, `clauses` that nobody has approved as they
    stand, answers to staff (entries) that are `waiting` for approval or are `loose` (must turn on the same and do not
    any more), and roles that are `empty`."""

    questions: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    empty: tuple[Role, ...] = ()

    def sentences(self) -> Iterator[str]:
        """One for each kind of thing, with what to do about it."""
        if self.questions:
            open_ = ", ".join(self.questions)
            yield f"Not answered yet, so the usual answer stands: {open_}. Answer them: askfirst policy ask"
        if count := len(self.clauses):
            clauses = "1 clause is not approved as it stands"
            clauses = clauses if count == 1 else f"{count} clauses are not approved as they stand"
            yield f"{clauses}. Read and approve: askfirst policy approve"
        if self.waiting:
            those = ", ".join(self.waiting)
            yield f"Answers to staff that turn on the same are not approved as they stand: askfirst approve {those}"
        if self.loose:
            those = ", ".join(self.loose)
            yield f"Answers to staff that must turn on the same and do not any more: {those}. Mend their files"
        if self.empty:
            yield f"Nobody holds these roles in school.yaml: {', '.join(self.empty)}. Name somebody"


def outstanding_in_words(knowledge: Knowledge, found: Outstanding) -> Iterator[str]:
    """The same for whoever holds the printed draft: no ids, and nothing to be typed into a terminal."""
    if found.questions:
        asks = ", ".join(f"“{knowledge.policy.questions[each].ask}”" for each in found.questions)
        yield f"Nobody has answered this yet, so the usual answer stands: {asks}"
    if count := len(found.clauses):
        clauses = "1 clause is not approved as it stands"
        clauses = clauses if count == 1 else f"{count} clauses are not approved as they stand"
        yield f"{clauses}. The DSL or the headteacher approves them"
    if found.waiting:
        yield f"Answers to staff say the same and are not approved as they stand: {_titles(knowledge, found.waiting)}"
    if found.loose:
        yield f"Answers to staff must say the same and do not any more: {_titles(knowledge, found.loose)}"
    if found.empty:
        yield f"Nobody at the school is named as {', '.join(called(knowledge, each) for each in found.empty)}"


def _titles(knowledge: Knowledge, entries: tuple[str, ...]) -> str:
    return ", ".join(f"“{knowledge.entries[each].title}”" for each in entries)


def outstanding_of(knowledge: Knowledge, outline: Outline) -> Outstanding:
    """What is to be done for a document; nothing where it may be put into force."""
    used = _questions(knowledge, outline)
    return Outstanding(
        questions=tuple(each for each in used if each not in knowledge.policy.answers),
        clauses=tuple(e.id for e in paragraphs_of(knowledge, outline) if not is_approved(knowledge, e.id)),
        waiting=tuple(sorted({entry for each in used for entry in answers_waiting(knowledge, each)})),
        loose=tuple(sorted({entry for each in used for entry in no_longer_following(knowledge, each)})),
        empty=tuple(role for role in _roles(knowledge, outline) if not knowledge.school.holders(role)),
    )


def answers_waiting(knowledge: Knowledge, question: str) -> Iterator[str]:
    """Answers to staff that turn on this question, whose words of today nobody has approved."""
    for entry, questions in knowledge.policy.followed.items():
        found = knowledge.entries.get(entry)
        if found is None or question not in questions or not found.holds_in(knowledge.school.nation):
            continue
        if entry in knowledge.waiting or found.withheld:
            yield entry


def no_longer_following(knowledge: Knowledge, question: str) -> Iterator[str]:
    """Answers to staff that must turn on this question and do not."""
    for entry in knowledge.policy.questions[question].entries:
        if entry in knowledge.entries and question not in knowledge.policy.followed.get(entry, ()):
            yield entry


def is_approved(knowledge: Knowledge, paragraph: str) -> bool:
    """Whether somebody has approved a paragraph in the words of today."""
    approval = knowledge.policy.approved.get(paragraph)
    return approval is not None and approval.digest == digest_of_paragraph(
        knowledge, knowledge.policy.paragraphs[paragraph]
    )


def _questions(knowledge: Knowledge, outline: Outline) -> list[str]:
    """The questions that decide anything in a document, in the order of the questionnaire."""
    used = {name for each in paragraphs_of(knowledge, outline) for name in questions_in(knowledge, each)}
    used |= {"sites"} if any(section.part == "sites" for section in outline.sections) else set()
    return [name for name in knowledge.policy.questions if name in used]


def _roles(knowledge: Knowledge, outline: Outline) -> list[Role]:
    named = (role for each in paragraphs_of(knowledge, outline) for role in roles_in(knowledge, each.text))
    return sorted(dict.fromkeys(named))
