"""What the desk of the school's own documents hands to a channel, and what it refuses with. Every sentence in here is
meant to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import AskFirstError
from bot.knowledge import Clause, Document, Entry, Person
from bot.knowledge.policies.difference import WordRun, difference
from bot.knowledge.policies.editions import Compared, Kind
from bot.knowledge.policies.own import OwnClause, OwnDocument, Tick
from bot.service.policy_reading.adding import ReadPolicy


@dataclass(frozen=True)
class DocumentLine:
    """A document of the school's own: how many clauses it has now, how many of them nobody has marked or left out yet,
    the pairs (clause, entry) of which somebody said that they differ, and the answers that are read again because of
    it."""

    document: OwnDocument
    clauses: int
    unmarked: int
    differing: tuple[tuple[OwnClause, Entry], ...]
    again: tuple[Entry, ...]


@dataclass(frozen=True)
class LookedOver:
    """A document that was read and is not kept yet. `of` is the one whose next edition it is, `seen` a digest of that
    as it was compared (`compared`, with the entries that rest on what changed or went: `again`); `already` has the same
    file, `namesake` the name that this one would get. `may_let_in` are those who may say why it may be used where it
    tells of private persons; `allowed` says whether whoever asks is one of them."""

    policy: ReadPolicy
    of: OwnDocument | None = None
    seen: str = ""
    compared: tuple[Compared, ...] = ()
    again: tuple[Entry, ...] = ()
    already: OwnDocument | None = None
    namesake: OwnDocument | None = None
    may_let_in: tuple[Person, ...] = ()
    allowed: bool = False


@dataclass(frozen=True)
class ClauseSince:
    """What became of a clause with the last edition, found by its id."""

    kind: Kind
    old: OwnClause | None
    new: OwnClause | None

    @property
    def clause(self) -> OwnClause:
        """As it is now, or as it was where it is gone."""
        found = self.old if self.kind == "gone" else self.new
        return found or self.new or self.old  # type: ignore[return-value]

    @property
    def words(self) -> tuple[WordRun, ...]:
        """The difference word by word."""
        return difference(self.old.text if self.old else "", self.new.text if self.new else "")


@dataclass(frozen=True)
class RuleUnder:
    """A clause under an answer that changed since that was approved: its `document`, whether it is `own` or national,
    as it is (`new`), and as it was when the answer was approved (`old`, None where that was not kept)."""

    document: Document
    own: bool
    new: Clause | OwnClause
    old: OwnClause | None

    @property
    def words(self) -> tuple[WordRun, ...]:
        """The difference word by word, of what there is to compare."""
        return difference(self.old.text if self.old else "", "" if self.new.gone else self.new.text)


@dataclass(frozen=True)
class SaidOfAnswer:
    """What somebody said of an answer and a clause; `standing` while both have the words that they had then."""

    document: OwnDocument
    clause: OwnClause
    tick: Tick
    standing: bool


class PolicyDeskError(AskFirstError):
    """Something was wanted of the desk that cannot be; the text says why, and what to do. Nothing was changed."""


class NoDocumentError(PolicyDeskError):
    """There is no such document or clause."""
