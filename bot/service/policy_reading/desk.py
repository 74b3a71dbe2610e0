"""The school's own documents as channels see them: one call for each thing that somebody does with them.

Every call takes the school (its id), `who` (an id of people in school.yaml whom a channel has signed in) and, where
time matters, `now`. Raises NotAllowedError for whoever does not see the workbench, PolicyDeskError and the errors of
what it calls (ClauseEditError, NotKeptError) with a sentence for what cannot be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bot.answering.turns import Base
from bot.concerns import Detail
from bot.knowledge import Entry, Knowledge
from bot.knowledge.approvals.rules import APPROVERS
from bot.knowledge.policies.editing import find, join, leave_out, mark, split, tick
from bot.knowledge.policies.editions import compare
from bot.knowledge.policies.importing.about import slug_of
from bot.knowledge.policies.own import OwnDocument
from bot.knowledge.policies.packs import NationalPack
from bot.knowledge.policies.resting import resting_on
from bot.knowledge.schools.model import Role
from bot.service.authoring.shelf import Shelf, Workshop
from bot.service.policy_reading.adding import LookedAt, PolicyIntake, ReadPolicy, may_let_in, state_of
from bot.service.policy_reading.files import change_own, read_kept
from bot.service.policy_reading.model import (
    ClauseSince,
    DocumentLine,
    LookedOver,
    NoDocumentError,
    PolicyDeskError,
    RuleUnder,
    SaidOfAnswer,
)
from bot.service.policy_reading.near import (
    ClauseAndNear,
    NearScores,
    near,
    on_nothing_of_ours,
    standing_tick,
    tick_of,
)
from bot.service.policy_reading.packs import NationalShelf
from bot.service.policy_reading.since import since
from bot.service.policy_reading.under import changed_under, said_of
from bot.store import Store

Change = Callable[[OwnDocument], OwnDocument]
LEAVE_OUT = "leave-out"  # in the place of a force: the clause is no rule


class PolicyDesk:
    """The own documents of the schools of one process. `bases` gives the live base of each, `workshops` the folder of
    its files."""

    def __init__(
        self, bases: Callable[[], Mapping[str, Base]], store: Store, workshops: Callable[[str], Workshop]
    ) -> None:
        self._bases, self._store, self._workshops = bases, store, workshops
        self._scores: dict[str, NearScores] = {}

    def _shelf(self, school: str, who: str) -> Shelf:
        shelf = Shelf(school, self._bases()[school], self._store, self._workshops(school))
        shelf.check_editor(who)
        return shelf

    # --- looked at

    def documents(self, school: str, who: str) -> tuple[DocumentLine, ...]:
        """Every document of the school's own, by title."""
        knowledge = self._shelf(school, who).knowledge
        return tuple(sorted(_lines(knowledge), key=lambda each: each.document.title.casefold()))

    def document(self, school: str, who: str, name: str) -> DocumentLine:
        """One of them. Raises NoDocumentError."""
        found = next((each for each in self.documents(school, who) if each.document.id == name), None)
        if found is None:
            raise NoDocumentError("There is no such document any more")
        return found

    def near(self, school: str, who: str, document: OwnDocument) -> tuple[ClauseAndNear, ...]:
        """Its clauses with the answers near each; seconds the first time."""
        return near(self._shelf(school, who).base, document, self._scores_of(school))

    def on_nothing(self, school: str, who: str) -> tuple[Entry, ...]:
        """The answers that rest on nothing of the school's own; none where it has put nothing in."""
        knowledge = self._shelf(school, who).knowledge
        return on_nothing_of_ours(knowledge) if knowledge.own else ()

    def cited_by(self, school: str, who: str, clause: str) -> tuple[Entry, ...]:
        """The answers that cite a clause, as they are served or as their files stand."""
        knowledge = self._shelf(school, who).knowledge
        every = {**knowledge.entries, **knowledge.waiting}
        names = {each.id for each in (*knowledge.entries.values(), *knowledge.waiting.values()) if clause in each.cites}
        return tuple(each for name, each in every.items() if name in names)

    def ticks_as(self, school: str, who: str) -> Role | None:
        """The role in which somebody may say whether a clause and an answer agree; None where they may not."""
        held = self._shelf(school, who).roles(who)
        return next((role for role in APPROVERS if role in held), None)

    def since_last(self, school: str, who: str, name: str) -> tuple[ClauseSince, ...]:
        """What the last edition changed, clause by clause; nothing where there was none before it."""
        shelf, document = self._shelf(school, who), self.document(school, who, name).document
        if not document.former:
            return ()
        return since(read_kept(shelf.folder, document.former[-1]), document)

    def changed_under(self, school: str, who: str, entry: str) -> tuple[RuleUnder, ...]:
        """The clauses under an answer that changed since it was approved, each with the words that it had then."""
        return changed_under(self._shelf(school, who), entry)

    def said_of(self, school: str, who: str, entry: str) -> tuple[SaidOfAnswer, ...]:
        """What people said of an answer and the clauses of the school's own, and whether that still stands."""
        return said_of(self._shelf(school, who), entry)

    # --- national documents

    def national(self, school: str, who: str) -> tuple[NationalPack, ...]:
        """The national documents of which the AskFirst that is installed brings other clauses."""
        return self._national(self._shelf(school, who)).packs()

    def national_state(self, school: str, who: str, name: str) -> str:
        """A digest of what `take_over` of this document would begin with."""
        return self._national(self._shelf(school, who)).state(name)

    def take_over(self, school: str, who: str, name: str, seen: str, now: dt.datetime) -> NationalPack:
        """Take over what there is newer of a national document, as it was `seen`."""
        shelf = self._shelf(school, who)

        def told() -> None:
            self._store.audit(school).note("policy-taken-in", shelf.actor(who), Detail(reference=name, text=seen), now)

        pack = self._national(shelf).take_over(name, seen, shelf.day(now), told)
        shelf.workshop.refresh()
        return pack

    def _national(self, shelf: Shelf) -> NationalShelf:
        folder = shelf.workshop.folder
        return NationalShelf(folder or Path(), shelf.workshop.shipped if folder else None, shelf.knowledge)

    # --- put in

    def look(self, school: str, who: str, policy: ReadPolicy, of: str) -> LookedOver:
        """A document that was read, before anything is kept: against the one whose next edition it is, or by itself."""
        shelf = self._shelf(school, who)
        roles = may_let_in(policy) if policy.private else ()
        persons = tuple(dict.fromkeys(each for role in roles for each in shelf.knowledge.school.holders(role)))
        own = shelf.knowledge.own
        old = self.document(school, who, of).document if of else None
        compared = compare(old, policy.imported.clauses, dt.date.max)[0] if old else ()
        touched = {each.old.id for each in compared if each.old and each.kind in ("changed", "gone")}
        return LookedOver(
            policy,
            old,
            state_of(old) if old else "",
            compared,
            resting_on(shelf.knowledge.entries.values(), (old,), touched) if old else (),
            already=next((each for each in own.values() if each.digest == policy.digest), None),
            namesake=None if old else own.get(slug_of(policy.title)),
            may_let_in=persons,
            allowed=any(role in shelf.roles(who) for role in roles),
        )

    def take_in(
        self, school: str, who: str, policy: ReadPolicy, of: str, seen: str, because: str, now: dt.datetime
    ) -> OwnDocument:
        """Keep it: as a document, or as the next edition of `of` as it was `seen`. `because` says why one that tells of
        private persons may be used. Raises NotKeptError."""
        shelf = self._shelf(school, who)

        def told(made: OwnDocument) -> None:
            detail = Detail(reference=made.id, text=policy.digest[:12])
            self._store.audit(school).note("policy-taken-in", shelf.actor(who), detail, now)

        intake = PolicyIntake(shelf.folder, shelf.knowledge, lambda: self._store, told)
        looked = self._looked(shelf, who, policy, because)
        if of:
            made = intake.add_edition(policy, of, looked, now, seen).document
        else:
            made = intake.add(policy, looked, now, _free_name(shelf.knowledge, policy.title))
        shelf.workshop.refresh()
        return made

    def _looked(self, shelf: Shelf, who: str, policy: ReadPolicy, because: str) -> LookedAt | None:
        if not policy.private:
            return None
        held = shelf.roles(who)
        role = next((each for each in may_let_in(policy) if each in held), None)
        if role is None:
            raise PolicyDeskError("Somebody else says why this document may be used. Give them the file")
        return LookedAt(shelf.person(who).name, role, because)

    # --- looked over

    def mark(self, school: str, who: str, name: str, edition: str, forces: Mapping[str, str]) -> OwnDocument:
        """Say of clauses how strongly each puts its rule, or that it is none (LEAVE_OUT). `edition` is the digest of
        the file that they were read in."""
        shelf = self._shelf(school, who)
        cited = _cited(shelf.knowledge)

        def marked(document: OwnDocument) -> OwnDocument:
            if document.digest != edition:
                raise PolicyDeskError("A new edition was put in meanwhile. Look at its clauses")
            for clause, force in forces.items():
                if force == LEAVE_OUT:
                    document = leave_out(document, (clause,), cited)
                else:
                    document = mark(document, (clause,), force)
            return document

        return self._change(shelf, name, marked)

    def split(self, school: str, who: str, name: str, clause: str, begins: str) -> OwnDocument:
        """Two clauses of one."""
        shelf = self._shelf(school, who)
        return self._change(shelf, name, lambda document: split(document, clause, begins, _cited(shelf.knowledge)))

    def join(self, school: str, who: str, name: str, clause: str) -> OwnDocument:
        """One clause of this one and the one behind it."""
        shelf = self._shelf(school, who)
        return self._change(shelf, name, lambda document: join(document, clause, _cited(shelf.knowledge)))

    def tick(
        self, school: str, who: str, name: str, clause: str, words: str, entry: str, agrees: bool, now: dt.datetime, *,
        unrelated: bool = False,
    ) -> OwnDocument:  # fmt: skip
        """Say whether a clause, with these `words` (their digest), and an answer agree, or are `unrelated`."""
        shelf, role = self._shelf(school, who), self.ticks_as(school, who)
        found = shelf.knowledge.find(entry)
        if role is None:
            raise PolicyDeskError("Whether the two agree is said by somebody who may approve answers")
        if found is None:
            raise NoDocumentError("There is no such answer any more")

        def ticked(document: OwnDocument) -> OwnDocument:
            there = find(document, clause)
            if there.words != words:
                raise PolicyDeskError("The words of this clause were changed since you read them. Read it once more")
            person = shelf.person(who).name
            given = tick_of(shelf.knowledge.school, there, found, agrees, person, role, shelf.day(now), unrelated)
            return tick(document, clause, given)

        return self._change(shelf, name, ticked)

    def _change(self, shelf: Shelf, name: str, change: Change) -> OwnDocument:
        def changed(there: OwnDocument | None) -> OwnDocument:
            if there is None:
                raise NoDocumentError("There is no such document any more")
            return change(there)

        if name not in shelf.knowledge.own:
            raise NoDocumentError("There is no such document any more")
        made = change_own(shelf.folder, name, changed)
        shelf.workshop.refresh()
        return made

    def _scores_of(self, school: str) -> NearScores:
        return self._scores.setdefault(school, NearScores())


def _lines(knowledge: Knowledge) -> Iterator[DocumentLine]:
    for document in knowledge.own.values():
        there = [each for each in document.clauses if not each.gone and not each.left_out]
        differing = tuple(
            (clause, entry)
            for clause in there
            for entry in (knowledge.entries.get(each.entry) for each in clause.ticks)
            if entry and (said := standing_tick(clause, entry)) and said.differs
        )
        touched = {each.id for each in document.clauses if each.changed}
        resting = resting_on(knowledge.entries.values(), (document,), touched)
        again = tuple(each for each in resting if each.policy_changed)
        yield DocumentLine(document, len(there), sum(not each.force for each in there), differing, again)


def _cited(knowledge: Knowledge) -> frozenset[str]:
    every = (*knowledge.entries.values(), *knowledge.waiting.values())
    return frozenset(clause for entry in every for clause in entry.cites)


def _free_name(knowledge: Knowledge, title: str) -> str:
    """An id made of the title that no document has."""
    begun = slug_of(title)
    names = (begun, *(f"{begun}-{number}" for number in range(2, len(knowledge.documents) + 3)))
    return next(each for each in names if each not in knowledge.documents)
