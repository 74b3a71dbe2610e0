"""A document becomes clauses of the base: for the first time, or as a new edition. One that names private persons waits
until somebody has looked at what was found."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.concerns import Actor, Detail
from bot.concerns.naming.private import PrivateFinding, private_persons
from bot.errors import AskFirstError
from bot.knowledge import Entry, Knowledge, Role, School
from bot.knowledge.policies.editions import Compared, compare, first_edition
from bot.knowledge.policies.importing.about import about, slug_of
from bot.knowledge.policies.importing.blocks import ReadDocument
from bot.knowledge.policies.importing.clauses import Imported, clauses_of
from bot.knowledge.policies.own import LetIn, OwnDocument, short_digest
from bot.knowledge.policies.own_text import own_text
from bot.knowledge.policies.resting import resting_on
from bot.service.policy_reading.files import NotKeptError, change_own, keep_former
from bot.store import Store
from bot.tips import local_day

MAY_LET_IN: tuple[Role, ...] = ("head", "dsl", "deputy-dsl", "data-protection-lead")
MAY_LET_IN_RECORDS: tuple[Role, ...] = ("head", "dsl")  # what looks like a record about a child
SHORTEST_REASON = 10  # characters


@dataclass(frozen=True)
class ReadPolicy:
    """A document as it was read: the name of its file, the digest of its bytes, what it says of itself (`title`,
    `edition`, `date`: guesses), its clauses, what was left out, remarks, and what is found about private persons."""

    file: str
    digest: str
    title: str
    edition: str
    date: str
    imported: Imported
    remarks: tuple[str, ...]
    private: tuple[PrivateFinding, ...]


@dataclass(frozen=True)
class LookedAt:
    """Who looked at what was found, in which role, and why the document may be used all the same."""

    by: str
    role: Role
    because: str


class HeldBackError(AskFirstError):
    """The document names private persons, and nobody has said yet why it may be used; `found` is what to look at."""

    def __init__(self, policy: ReadPolicy) -> None:
        self.found = policy.private
        roles = may_let_in(policy)
        super().__init__(
            f"{policy.file}: held back, and nothing was taken in: it may tell of private persons. Take them out of it. "
            f"If it is right that they stand there, {' or '.join(roles)} looks at each and says why: "
            '--may-be-used-because "..." --by NAME --role ROLE'
        )


def understood(document: ReadDocument, content: bytes, file: str, school: School) -> ReadPolicy:
    """What a reader found -> ReadPolicy. Raises NotKeptError where no rule is in it."""
    imported = clauses_of(document)
    if not imported.clauses:
        raise NotKeptError(f"{file}: no rule was found in it, only headings or lines about it. Is it the right file?")
    guessed = about(document, imported.left_out, file)
    texts = [(f"{each.lead} {each.text}", _where(each.page, each.number)) for each in imported.clauses]
    texts += [(each, "left out") for each in imported.left_out]
    found = private_persons(texts, (person.name for person in school.people.values()))
    return ReadPolicy(
        file, hashlib.sha256(content).hexdigest(), guessed.title, guessed.edition, guessed.date, imported,
        document.remarks, found,
    )  # fmt: skip


def _where(page: int | None, number: str) -> str:
    return ", ".join(filter(None, (number, f"page {page}" if page else "")))


@dataclass(frozen=True)
class NewEdition:
    """What became of each clause, the document as it is kept now, and the entries that rest on what changed or went."""

    compared: tuple[Compared, ...]
    document: OwnDocument
    to_read_again: tuple[Entry, ...]


class PolicyIntake:
    """Where documents come in: the folder of a base, with what is in it, and the log of its school. `told` is called
    with each document before it is written."""

    def __init__(
        self,
        folder: Path,
        knowledge: Knowledge,
        store: Callable[[], Store],
        told: Callable[[OwnDocument], object] = lambda _: None,
    ) -> None:
        self._folder, self._knowledge, self._store, self._told = folder, knowledge, store, told

    def add(self, policy: ReadPolicy, looked: LookedAt | None, now: dt.datetime, name: str = "") -> OwnDocument:
        """Take in a document for the first time, under an id made of its title or `name`. Raises HeldBackError and
        NotKeptError."""
        document, knowledge = name or slug_of(policy.title), self._knowledge
        if document in knowledge.documents:
            raise NotKeptError(
                f"There is a document '{document}' already. Is this its new edition: --edition-of {document}? "
                "If not, give it another name: --id"
            )
        if same := next((each for each in knowledge.own.values() if each.digest == policy.digest), None):
            raise NotKeptError(f"This very file was taken in already, as '{same.id}': askfirst policy look {same.id}")
        let_in, today = self._let_in(policy, looked, now), local_day(knowledge.school, now)
        made = OwnDocument(
            document, policy.title, policy.edition, policy.date, knowledge.school.nation, policy.file, policy.digest,
            today, first_edition(document, policy.imported.clauses), let_in,
        )  # fmt: skip

        def new(there: OwnDocument | None) -> OwnDocument:
            if there is not None:
                raise NotKeptError(f"There is a file for '{document}' already: give the document another --id")
            return made

        return change_own(self._folder, document, new, self._told)

    def add_edition(
        self, policy: ReadPolicy, of: str, looked: LookedAt | None, now: dt.datetime, seen: str = ""
    ) -> NewEdition:
        """Take in a new edition of a document that is there. Ids and what people marked stay, the file as it was is
        kept. `seen` is a digest of the document as it was compared before: it must still stand so. Raises
        HeldBackError and NotKeptError."""
        old, today = own_document(self._knowledge, of), local_day(self._knowledge.school, now)
        if old.digest == policy.digest:
            raise NotKeptError(f"This very file is the edition that is there: askfirst policy look {of}")
        let_in = self._let_in(policy, looked, now)
        compared: list[Compared] = []

        def changed(there: OwnDocument | None) -> OwnDocument:
            before = there or old
            if seen and seen != state_of(before):
                raise NotKeptError("Somebody changed the document since it was compared. Look at the differences anew")
            found, clauses = compare(before, policy.imported.clauses, today)
            compared.extend(found)
            former = (*before.former, keep_former(self._folder, before))
            return replace(
                before, title=policy.title, edition=policy.edition, date=policy.date, file=policy.file,
                digest=policy.digest, added=today, clauses=clauses, let_in=let_in, former=former,
            )  # fmt: skip

        made = change_own(self._folder, of, changed, self._told)
        touched = {each.old.id for each in compared if each.old and each.kind in ("changed", "gone")}
        resting = resting_on(self._knowledge.entries.values(), (old, made), touched)
        return NewEdition(tuple(compared), made, resting)

    def _let_in(self, policy: ReadPolicy, looked: LookedAt | None, now: dt.datetime) -> LetIn | None:
        """Who let it in, once that stands in the log; None where nothing was found."""
        if not policy.private:
            return None
        if looked is None:
            raise HeldBackError(policy)
        school = self._knowledge.school
        person = _checked(school, policy, looked)
        because = " ".join(looked.because.split())
        detail = Detail(reason=because, who=looked.role, reference=policy.digest[:12], text=_counted(policy.private))
        self._store().audit(school.id).note("policy-let-in", Actor(person, looked.by), detail, now)
        return LetIn(looked.by, looked.role, because, local_day(school, now))


def state_of(document: OwnDocument) -> str:
    """What changes with anything in the file of a document."""
    return short_digest(own_text(document))


def own_document(knowledge: Knowledge, name: str) -> OwnDocument:
    """The school's own document of this id. Raises NotKeptError."""
    if name not in knowledge.own:
        known = ", ".join(sorted(knowledge.own)) or "none was taken in yet: askfirst policy add FILE"
        raise NotKeptError(f"There is no document '{name}' of your own. There is: {known}")
    return knowledge.own[name]


def _checked(school: School, policy: ReadPolicy, looked: LookedAt) -> str:
    """The id of whoever looked at it, where they may let it in. Raises NotKeptError."""
    allowed = may_let_in(policy)
    if looked.role not in allowed:
        raise NotKeptError(f"It is let in by one of: {', '.join(allowed)}")
    holders = {each.name: each.id for each in school.holders(looked.role)}
    if looked.by not in holders:
        there = f"It is held by {' and '.join(holders)}" if holders else "Nobody holds it: name somebody under roles"
        raise NotKeptError(f"{looked.by} does not hold the role '{looked.role}' in school.yaml. {there}")
    if len(looked.because.strip()) < SHORTEST_REASON:
        raise NotKeptError('Say in a sentence why it may be used: --may-be-used-because "..."')
    return holders[looked.by]


def may_let_in(policy: ReadPolicy) -> tuple[Role, ...]:
    """The roles that may say why a document that tells of private persons may be used."""
    return MAY_LET_IN_RECORDS if any(each.kind == "record" for each in policy.private) else MAY_LET_IN


def _counted(found: Sequence[PrivateFinding]) -> str:
    kinds = Counter(each.kind for each in found)
    return ", ".join(f"{number} {kind}" for kind, number in kinds.items())
