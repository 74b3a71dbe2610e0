"""One school's answers in the hands of the workbench: the live base, the store, and the files as they lie there now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.answering.dialogue import Base
from bot.concerns import Actor
from bot.concerns.words import day
from bot.knowledge import BaseFiles, Entry, Knowledge, KnowledgeError, Person, load, read_files
from bot.knowledge.approvals.rules import APPROVERS, GRAVE_BY, may_approve
from bot.knowledge.authoring.draft import OWN_WRITER, EntryText
from bot.knowledge.authoring.writing import Fill, as_it_is, read_entries
from bot.knowledge.files.faults import Fault
from bot.knowledge.files.whole import UnwrittenError, write_whole
from bot.knowledge.school_policy.filling import filled
from bot.knowledge.schools.model import ROLES, Role
from bot.service.authoring.model import AuthoringError, NotAllowedError, NotThereError
from bot.store import AnswerDrafts, Draft, Store
from bot.understanding.encoder import Encoder

_ROLES = {"dsl": "the DSL", "head": "the headteacher"}
EDITORS: frozenset[Role] = frozenset({"author", *APPROVERS})


def _nothing() -> None:
    """Nobody is to be told that files have changed: they are looked at anyway."""


def _not_learned(_: BaseFiles) -> None:
    """It is learned once it is approved."""


def _not_here(_: str) -> None:
    """No server of this process has anything to take out of use."""


@dataclass(frozen=True)
class Workshop:
    """What the workbench of a school works with beside the store: the `folder` of its files (None: here they are not
    edited), what makes a server take them up before it gives back (False: that takes longer), where learned things are
    kept, the sentence model, and the `shipped` folder that comes with AskFirst. `between` is called before each step of
    publishing, with its name. `withhold` takes an entry out of use in this process, before any file is looked at;
    `learn_ahead` is given the files as they will be once what was sent is approved."""

    folder: Path | None = None
    refresh: Callable[[], object] = _nothing
    withhold: Callable[[str], object] = _not_here
    learn_ahead: Callable[[BaseFiles], object] = _not_learned
    cache: Path | None = None
    learned: Path | None = None
    encoder: Encoder | None = None
    model: Path | None = None
    shipped: Path | None = None
    between: Callable[[str], object] = field(default=lambda _: None, compare=False)


@dataclass(frozen=True)
class Shelf:
    """The answers of one school at one moment."""

    school: str
    base: Base
    store: Store
    workshop: Workshop

    @property
    def knowledge(self) -> Knowledge:
        return self.base.knowledge

    @property
    def drafts(self) -> AnswerDrafts:
        """The rows of this school."""
        return self.store.drafts(self.school)

    @property
    def folder(self) -> Path:
        """Where its files lie. Raises AuthoringError."""
        if self.workshop.folder is None:
            raise AuthoringError("Answers are not edited here. Use the page of the server, or askfirst answers")
        return self.workshop.folder

    # --- people

    def person(self, who: str) -> Person:
        """Somebody of school.yaml. Raises NotAllowedError."""
        found = self.knowledge.school.people.get(who)
        if found is None:
            raise NotAllowedError("You are not in school.yaml any more. Ask whoever looks after AskFirst")
        return found

    def actor(self, who: str) -> Actor:
        """Who does it, as it stands in the log."""
        return Actor(who, self.person(who).name)

    def roles(self, who: str) -> frozenset[str]:
        """The parts that somebody holds themselves: whoever stands in for a day approves nothing in another's place."""
        return self.knowledge.school.roles_of(who)

    def edits(self, who: str) -> bool:
        """Whether they may begin drafts."""
        return not EDITORS.isdisjoint(self.roles(who))

    def check_editor(self, who: str) -> None:
        """Raises NotAllowedError unless they may begin drafts."""
        if not self.edits(who):
            raise NotAllowedError("Answers are edited by those who have the role 'author' in school.yaml, or approve")

    def role_for(self, who: str, entry: Entry) -> Role | None:
        """The role in which they may approve an entry; None where they may not."""
        held = self.roles(who)
        return next((role for role in self.approvers_of(entry) if role in held), None)

    def who_approve(self, entry: Entry) -> str:
        """The roles that may approve it, in words."""
        return " or ".join(_ROLES.get(role, f"the {role}") for role in self.approvers_of(entry))

    def named(self, roles: Sequence[Role]) -> str:
        """Whoever holds one of these roles, each once, by name and role."""
        held = [(role, each) for role in roles for each in self.knowledge.school.holders(role)]
        first = {person.id: (role, person) for role, person in reversed(held)}
        found = [f"{person.name} ({_ROLES.get(role, f'the {role}')})" for role, person in reversed(first.values())]
        return " or ".join(found) or "the DSL or the headteacher"

    def approvers_of(self, entry: Entry) -> tuple[Role, ...]:
        """The roles that may approve it. One of the school's own stands in whichever file its author picked: where it
        rests first on a clause on which only answers about safeguarding and conduct rest so, these two approve it."""
        own = all(each.writer == OWN_WRITER for each in entry.phrasings)
        return GRAVE_BY if own and entry.cites[:1] and entry.cites[0] in self._grave_clauses() else may_approve(entry)

    def _grave_clauses(self) -> frozenset[str]:
        first: dict[bool, set[str]] = {True: set(), False: set()}
        for each in self.knowledge.entries.values():
            if any(phrasing.writer != OWN_WRITER for phrasing in each.phrasings):
                first[may_approve(each) == GRAVE_BY].update(each.cites[:1])
        return frozenset(first[True] - first[False])

    def day(self, now: dt.datetime) -> dt.date:
        """Today at the school."""
        return now.astimezone(self.knowledge.school.opening.zone).date()

    # --- entries

    def likeliest(self, text: str) -> list[tuple[str, float]]:
        """(entry, chance) of those that may answer a text, the likeliest first."""
        understanding = self.base.understanding
        reading = understanding.reader.read(text)
        if not reading.form.words:
            return []
        found = understanding.matcher.why(reading).candidates
        return [(each.entry, each.confidence) for each in found if each.entry in self.knowledge.entries]

    def approved_before(self, name: str) -> str:
        """Who has approved an entry, and when, for the log: another approval, or none, takes its place."""
        entry = self.knowledge.entries.get(name)
        return (
            f"{entry.approved_by}, on {day(entry.reviewed)}" if entry and entry.approved_by and entry.reviewed else ""
        )

    def written(self, name: str) -> Entry:
        """An entry as the live base has it from its file. Raises NotThereError."""
        entry = self.knowledge.find(name)
        if entry is None:
            raise NotThereError("There is no such answer any more")
        return self.knowledge.waiting.get(entry.id, entry)

    def files(self) -> tuple[str, ...]:
        """The files in which entries stand."""
        return tuple(sorted({entry.file for entry in self.knowledge.entries.values()}))

    def text_of(self, file: str) -> str:
        """A file as it lies there now. Raises NotThereError."""
        if file not in self.files():
            raise NotThereError(f"There is no file {file}")
        try:
            return (self.folder / file).read_bytes().decode("utf-8")
        except (OSError, UnicodeError):
            raise NotThereError(f"{file} cannot be read. Ask whoever looks after AskFirst") from None

    def fill(self, item: Any) -> Any:
        """A raw entry with what the school's policy answers in its places."""
        return filled(item, self.knowledge.policy, self.knowledge.lexicon.facts)[0]

    def now_in_file(self, file: str, entry: str) -> Entry | None:
        """An entry as its file has it at this moment; None where it is not in there. Raises AuthoringError."""
        return self._in_file(file, entry, self.fill)

    def _in_file(self, file: str, entry: str, fill: Fill) -> Entry | None:
        try:
            return read_entries(self.text_of(file), file, fill).get(entry)
        except Exception as fault:
            if isinstance(fault, AuthoringError):
                raise
            raise AuthoringError(f"{file} has a fault, so that nothing can be changed in it. Mend it first") from None

    def places_in_file(self, file: str, entry: str) -> EntryText | None:
        """An entry as it is typed in its file, with the places in braces that the school's policy fills. Raises
        AuthoringError."""
        return text_in(self._in_file(file, entry, as_it_is))

    def replace(self, file: str, old: str, new: str) -> None:
        """Write a file whole or not at all, where it still is as it was. Raises AuthoringError."""

        def unchanged() -> str:  # asked while nobody else writes it
            if self.text_of(file) != old:
                raise AuthoringError(f"Somebody changed {file} at this moment")
            return new

        try:
            write_whole(self.folder / file, unchanged)
        except UnwrittenError as fault:
            raise AuthoringError(str(fault)) from None

    def files_with(self, file: str, text: str) -> BaseFiles:
        """The files as they lie there now, with this text in place of the file's own."""
        files = read_files(self.folder)
        return BaseFiles(files.folder, {**files.contents, file: text.encode("utf-8")})

    def tried(self, file: str, text: str) -> tuple[Fault, ...]:
        """The faults that the base would have with this text in place of the file's own."""
        try:
            load(self.files_with(file, text))
        except KnowledgeError as error:
            return error.faults
        return ()

    def entry_of(self, draft: Draft) -> Entry:
        """What a draft would make of its entry, on what the live base has; of a new one an entry by itself."""
        found = self.knowledge.find(draft.entry) if draft.entry and not draft.new else None
        before = self.knowledge.waiting.get(found.id, found) if found else blank(draft)
        return draft.text.in_entry(before)

    def find(self, draft: str) -> Draft:
        """One draft. Raises NotThereError."""
        return there(self.drafts.find(draft))


def there(draft: Draft | None) -> Draft:
    """The draft. Raises NotThereError for none."""
    if draft is None:
        raise NotThereError("There is no such draft any more")
    return draft


def blank(draft: Draft) -> Entry:
    """An entry that nobody has written yet, where the draft wants it."""
    return Entry(draft.entry, draft.file, "", draft.text.ruling, "", "", "", "", None, ())


def text_in(entry: Entry | None) -> EntryText | None:
    """What is edited of an entry; None for none."""
    return EntryText.of_entry(entry) if entry else None


def holders(shelf: Shelf, roles: Collection[str], without: str) -> tuple[Person, ...]:
    """Whoever holds the first of these roles that somebody holds, save one."""
    for role in roles:
        if role in ROLES and (found := [each for each in shelf.knowledge.school.holders(role) if each.id != without]):
            return tuple(found)
    return ()
