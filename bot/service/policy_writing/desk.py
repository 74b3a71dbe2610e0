"""The school's own policy as channels see it: one call for each thing that somebody does.

Every call takes the school (its id), `who` (an id of people in school.yaml whom a channel has signed in) and, where
time matters, `now`. What is written is a file, whole or not at all, with a line in the log before it. Raises
PolicyError with a sentence for what cannot be, KnowledgeError where the files have a fault, StoreError where the
database cannot be used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from bot.answering.turns import Base
from bot.concerns import Actor, Detail, EventKind
from bot.knowledge import Knowledge, Person, Role, load
from bot.knowledge.approvals import digest_of
from bot.knowledge.approvals.rules import APPROVERS, GRAVE_BY, by_new_year
from bot.knowledge.school_policy.answering import as_value
from bot.knowledge.school_policy.model import Given, SchoolPolicy
from bot.service.approving.signing import Signature
from bot.service.authoring.shelf import EDITORS, Workshop
from bot.service.policy_writing.answering import Answered, Follows, with_answer, write_answer
from bot.service.policy_writing.approving import approve_paragraphs, check_signature, to_approve
from bot.service.policy_writing.building import documents, is_kept, keep_editions
from bot.service.policy_writing.files import PolicyError
from bot.service.policy_writing.filling_in import digest_of_paragraph, paragraphs_of
from bot.service.policy_writing.foreseen import Foreseen, Hanging, foreseen, hanging_on
from bot.service.policy_writing.issued import issued
from bot.service.policy_writing.model import PolicyDocument
from bot.store import Store
from bot.tips import local_day

NOT_ISSUED = "Nobody has put this edition into force yet"
_LONGEST = 300  # characters of an answer in the log
_OTHER_WORDS = "The document was changed since it was shown to you. Look at it once more"
Outcome = Literal["approved", "issued"]


class NotYoursError(PolicyError):
    """Whoever asked may not; the text says who may."""


class DocumentDesk:
    """The questionnaire and the documents of the schools of one process: `Core.documents`. `bases` gives the live base
    of each as its files say, without who stands in for a day."""

    def __init__(
        self, bases: Callable[[], Mapping[str, Base]], store: Store, workshops: Callable[[str], Workshop]
    ) -> None:
        self._bases, self._store, self._workshops = bases, store, workshops
        # What was written here, beside the live base that it was written on: another one is newer.
        self._ahead: dict[str, tuple[Knowledge, Knowledge]] = {}
        self._counted: dict[str, tuple[Knowledge, dt.date, int]] = {}

    def knowledge(self, school: str) -> Knowledge:
        """The base that the documents are made of: the live one, or what was written here and is not live yet."""
        live = self._live(school)
        seen, ahead = self._ahead.get(school, (live, live))
        return ahead if seen is live else live

    def _live(self, school: str) -> Knowledge:
        return self._bases()[school].knowledge

    def _go_ahead(self, school: str, written: Knowledge) -> None:
        """Whoever wrote something sees it at once; the live base takes a moment."""
        self._ahead[school] = (self._live(school), written)
        self._workshops(school).refresh()

    def policy(self, school: str) -> SchoolPolicy:
        """The questionnaire, with what was answered."""
        return self.knowledge(school).policy

    # --- who may

    def sees(self, school: str, who: str) -> bool:
        """Whether they see the documents: whoever writes or approves answers does."""
        return not EDITORS.isdisjoint(self._roles(school, who))

    def may_answer(self, school: str, who: str) -> bool:
        """Whether they may answer the questionnaire: whoever may approve answers to staff."""
        return not set(APPROVERS).isdisjoint(self._roles(school, who))

    def role_for(self, school: str, who: str) -> Role | None:
        """The role in which they may approve clauses and put editions into force; None where they may not."""
        return next((role for role in GRAVE_BY if role in self._roles(school, who)), None)

    def _roles(self, school: str, who: str) -> frozenset[str]:
        return self.knowledge(school).school.roles_of(who)

    # --- the questionnaire

    def hanging(self, school: str, now: dt.datetime) -> Mapping[str, Hanging]:
        """What turns on the answer to each question."""
        return hanging_on(self.knowledge(school), self._day(school, now))

    def foresee(self, school: str, question: str, given: Given, now: dt.datetime) -> Foreseen:
        """What an answer would change, with nothing written."""
        answered = with_answer(self._folder(school), question, given, self.knowledge(school))
        return foreseen(answered, question, self._day(school, now))

    def answer(self, school: str, who: str, question: str, given: Given, was: str, now: dt.datetime) -> Follows:
        """Write an answer down. `was` is how the question stood when they were shown it. Raises NotYoursError, and
        AnsweredMeanwhileError where somebody else has answered it since."""
        if not self.may_answer(school, who):
            raise NotYoursError("The questionnaire is answered by those who may approve answers to staff")

        made: list[Knowledge] = []

        def told(answered: Answered) -> None:
            made.append(answered.after)
            before, after = (_in_the_log(each.policy, question) for each in (answered.before, answered.after))
            detail = Detail(reference=question, text=f"{before} > {after}")
            self._note(school, who, "policy-answered", detail, now)

        follows = write_answer(
            self._folder(school), question, given, live=self.knowledge(school), was=was, told=told
        )  # fmt: skip
        self._go_ahead(school, made[0])
        return follows

    # --- the documents

    def documents(self, school: str, now: dt.datetime) -> tuple[PolicyDocument, ...]:
        """Every document as it is today; one that says something else than its last edition is a draft until somebody
        has put it into force."""
        knowledge = self.knowledge(school)
        return tuple(_as_it_stands(knowledge, each) for each in documents(knowledge, self._day(school, now)))

    def waits_for(self, school: str, who: str, now: dt.datetime) -> int:
        """How many documents this person may approve or put into force now. Asked for with every page: it is worked out
        once for each base and day."""
        if self.role_for(school, who) is None:
            return 0
        knowledge, day = self.knowledge(school), self._day(school, now)
        base, counted_on, count = self._counted.get(school, (None, day, 0))
        if base is not knowledge or counted_on != day:
            count = _waiting(knowledge, day)
            self._counted[school] = (knowledge, day, count)
        return count

    def in_force(self, school: str, name: str) -> PolicyDocument | None:
        """The edition of a document that is in force, as it was printed; None where it was not kept whole."""
        return issued(name, self.policy(school).editions.get(name))

    def digest(self, school: str, document: PolicyDocument) -> str:
        """What changes with any word of a document, and with what it rests on."""
        return _digest(self.knowledge(school), document)

    def to_read(self, school: str, document: PolicyDocument, now: dt.datetime) -> tuple[str, ...]:
        """The ids of the clauses that are to be read and approved: new words, and those due within a month."""
        return _to_read(self.knowledge(school), document, self._day(school, now))

    def approve(
        self, school: str, who: str, name: str, digest: str, now: dt.datetime, review_by: dt.date | None = None
    ) -> Outcome:
        """Approve the clauses of a document in the words that were shown, and put it into force where nothing else is
        to be done. Raises NotYoursError."""
        role = self.role_for(school, who)
        if role is None:
            raise NotYoursError("The documents are approved by the DSL or the headteacher")
        folder, today = self._folder(school), self._day(school, now)
        knowledge = load(folder)
        [document] = documents(knowledge, today, (name,))
        if _digest(knowledge, document) != digest:
            raise PolicyError(_OTHER_WORDS)
        made_up = _is_made_up(knowledge)
        signature = Signature(self._person(school, who).name, role, today, review_by, made_up)
        check_signature(knowledge, signature, today)
        shown = [
            (each, digest_of_paragraph(knowledge, knowledge.policy.paragraphs[each]))
            for each in _to_read(knowledge, document, today)
        ]
        if shown:
            until = review_by or by_new_year(today)
            detail = Detail(reference=name, who=role, text=", ".join(each for each, _ in shown), due=until)
            approve_paragraphs(
                folder, shown, signature, lambda: self._note(school, who, "clauses-approved", detail, now)
            )
        issued = self._issue(school, who, name, now)
        self._go_ahead(school, load(folder))
        return "issued" if issued else "approved"

    def _issue(self, school: str, who: str, name: str, now: dt.datetime) -> bool:
        folder = self._folder(school)
        knowledge = load(folder)
        [document] = documents(knowledge, self._day(school, now), (name,))
        if document.is_draft or is_kept(knowledge, document):
            return False
        detail = Detail(reference=name, text=str(document.edition.number))
        keep_editions(
            folder, knowledge, (document,), lambda: self._note(school, who, "edition-issued", detail, now),
            by=self._person(school, who).name,
        )  # fmt: skip
        return True

    # --- what all of them use

    def _day(self, school: str, now: dt.datetime) -> dt.date:
        return local_day(self.knowledge(school).school, now)

    def _folder(self, school: str) -> Path:
        folder = self._workshops(school).folder
        if folder is None:
            raise PolicyError("The documents are not written here. Use the page of the server, or askfirst policy")
        return folder

    def _person(self, school: str, who: str) -> Person:
        found = self.knowledge(school).school.people.get(who)
        if found is None:
            raise NotYoursError("You are not in school.yaml any more. Ask whoever looks after AskFirst")
        return found

    def _note(self, school: str, who: str, kind: EventKind, detail: Detail, now: dt.datetime) -> None:
        self._store.audit(school).note(kind, Actor(who, self._person(school, who).name), detail, now)


def _as_it_stands(knowledge: Knowledge, document: PolicyDocument) -> PolicyDocument:
    if document.is_draft or is_kept(knowledge, document):
        return document
    return replace(document, to_do=(NOT_ISSUED,), printed_to_do=())


def _waiting(knowledge: Knowledge, today: dt.date) -> int:
    if not knowledge.policy.questions or knowledge.policy.damaged:
        return 0
    found = documents(knowledge, today)
    ready = (not each.is_draft and not is_kept(knowledge, each) for each in found)
    return sum(is_ready or bool(_to_read(knowledge, each, today)) for is_ready, each in zip(ready, found, strict=True))


def _to_read(knowledge: Knowledge, document: PolicyDocument, today: dt.date) -> tuple[str, ...]:
    here = {each.id for each in document.clauses()}
    return tuple(each.id for each in to_approve(knowledge, today) if each.id in here)


def _digest(knowledge: Knowledge, document: PolicyDocument) -> str:
    outline = next(each for each in knowledge.policy.outlines if each.id == document.id)
    rests = [digest_of_paragraph(knowledge, each) for each in paragraphs_of(knowledge, outline)]
    said = [[name, each.number, each.text] for name, each in document.edition.clauses.items()]
    return digest_of({"document": document.id, "said": said, "rests": rests, "notes": list(document.notes)})


def _is_made_up(knowledge: Knowledge) -> bool:
    approvals = knowledge.approvals
    return any(each.made_up for each in knowledge.policy.approved.values()) or bool(approvals and approvals.made_up)


def _in_the_log(policy: SchoolPolicy, question: str) -> str:
    given = policy.answers.get(question)
    return str(as_value(policy.questions[question], given))[:_LONGEST] if given else "no answer"
