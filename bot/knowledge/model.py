"""The frozen shapes of the knowledge base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.knowledge.approvals.model import Approvals
from bot.knowledge.checks.model import CheckQuestion
from bot.knowledge.handover_model import Handovers
from bot.knowledge.language_model import Lexicon, TriageData
from bot.knowledge.policies.own import OwnDocument
from bot.knowledge.readiness import Readiness
from bot.knowledge.school_policy.model import SchoolPolicy
from bot.knowledge.schools.model import School
from bot.messages import Ruling


@dataclass(frozen=True)
class Document:
    """A source document: where clauses come from."""

    id: str
    title: str
    publisher: str
    date: str | None
    nation: str


@dataclass(frozen=True)
class Clause:
    """One rule of a source document, in our own words; `force` says how strongly the source puts it. `nation` is where
    it holds: that of the document where the clause names none."""

    id: str
    document: Document
    force: str
    where: str
    text: str
    nation: str
    asked: bool  # whether staff would ask about it, so that an entry has to cover it
    sure: str = ""  # how surely it was found: high, medium, low; for authors
    hold: bool = False  # until a named person has read it against the document
    same_as: tuple[str, ...] = ()  # clauses of other documents that say this rule
    look_up: str = ""  # what a person has still to find out
    changed: dt.date | None = None  # the day on which a newer edition of its document changed it, or left it out
    gone: bool = False  # it is not in the edition that counts any more

    def of(self, nation: str) -> bool:
        """Whether it is a rule of this nation, by itself or with others, or of the whole UK."""
        return self.nation == "UK" or nation in self.nation


@dataclass(frozen=True)
class FactCase:
    """The answer where the fact has one value; what it does not override is the entry's."""

    value: str
    ruling: Ruling
    badge: str
    answer: str
    why: str
    instead: str


OF_SCHOOL = "nation"  # the fact that is never asked: school.yaml says it


@dataclass(frozen=True)
class FactCases:
    """An answer that turns on a fact. `ask` is None where the fact counts only if the message gives it, or where it is
    the nation of the school; of that fact there may be cases for some values alone."""

    fact: str
    ask: str | None
    cases: tuple[FactCase, ...]

    def case(self, value: str | None) -> FactCase | None:
        return next((case for case in self.cases if case.value == value), None)


@dataclass(frozen=True)
class Phrasing:
    """One way of asking for an entry, in the voice of a writer."""

    text: str
    writer: str


@dataclass(frozen=True)
class OutsideMessage:
    """A message that no entry answers, the role of whoever does at a school, and its writer (None: nobody says)."""

    text: str
    ask: str
    writer: str | None


@dataclass(frozen=True)
class NotThis:
    """A message that looks like an entry's own and is not: `target` is the entry that answers it, or `outside`."""

    text: str
    target: str


@dataclass(frozen=True)
class Entry:
    """One approved answer about one act, with the ways in which staff ask for it.

    `ask` is a role of school.yaml, `line-manager` or `union`; None where the topic decides. `nations` are those in
    which it holds (none: all). `confirm` is what an adopting school must find true of itself. `was` are the ids of
    entries that were merged into this one. `rare` is what is hardly asked; `hold` is what is not to be served until
    somebody has checked it. `opposites` ask for the same rule from the other side.

    `approved_by` approved it in the role `approved_role` on the day `reviewed`; where it is empty nobody has, and the
    entry is `withheld`, unless entries are taken as their files stand. `made_up` is said of an approval of the demo
    school. `policy_changed` is the day, after that, on which a clause that it rests on changed, of the school's own
    documents or of a national one: it is due for review since.
    """

    id: str
    file: str
    title: str
    ruling: Ruling
    badge: str
    answer: str
    why: str
    instead: str
    note: str | None
    cites: tuple[str, ...]
    related: tuple[str, ...] = ()
    facts: FactCases | None = None
    ask: str | None = None
    nations: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    rare: bool = False
    hold: bool = False
    phrasings: tuple[Phrasing, ...] = ()
    opposites: tuple[Phrasing, ...] = ()
    not_this: tuple[NotThis, ...] = ()
    approved_by: str = ""
    approved_role: str = ""
    reviewed: dt.date | None = None
    review_by: dt.date | None = None
    made_up: bool = False
    withheld: bool = False
    policy_changed: dt.date | None = None

    @property
    def first_cites(self) -> frozenset[str]:
        """The clauses that say which rule this is: entries that share one of them speak with one voice."""
        return frozenset(self.cites[:3])

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that it is learned from: its phrasings, then those that ask from the other side."""
        return tuple(each.text for each in (*self.phrasings, *self.opposites))

    def holds_in(self, nation: str) -> bool:
        """Whether it is an answer for schools of this nation."""
        return not self.nations or nation in self.nations

    def served_in(self, nation: str) -> bool:
        """Whether a school of this nation may be answered with it."""
        return not self.hold and not self.withheld and self.holds_in(nation)

    def is_due(self, day: dt.date) -> bool:
        """Whether somebody should have read it again before this day."""
        return self.policy_changed is not None or (self.review_by is not None and self.review_by < day)


@dataclass(frozen=True)
class SmallTalk:
    """A kind of small talk: what it sounds like, and the fixed reply."""

    id: str
    reply: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Tip:
    """A daily policy tip, tied to the entry whose rule it passes on."""

    id: str
    entry: str
    text: str
    theme: str | None


@dataclass(frozen=True)
class Theme:
    """The days on which tips of a theme are preferred: where one of these rules holds.

    `week_of` is the working week that holds this (month, day); `in_month` is (month, week, weekday or None for the
    whole week), weeks counted from the one with the month's first working day. The others count school days: the
    first of a school year, the last of a term, those before a residential trip.
    """

    name: str
    dates: frozenset[dt.date] = frozenset()
    week_of: tuple[int, int] | None = None
    in_month: tuple[int, int, int | None] | None = None
    first_school_days: int = 0
    last_school_days: int = 0
    days_before_residential: int = 0


@dataclass(frozen=True)
class Knowledge:
    """Everything that the bot answers from; `fingerprint` changes when any file of the base does. `merged` are ids that
    entries had once, each with the id of the entry that took it: what the store, old buttons and tips still name.
    `entries` are as they are served; `waiting` are those of them whose files have other words now, as the files have
    them. `approvals` is None where entries are taken as those stand, whatever was approved. `policy` is the school's
    own policy; entries and tips are filled with what it says. `own` are the documents that the
    school put in, by id; what is marked in them stands among the clauses. `readiness` is what it reviews itself by,
    `checks` what staff are asked about entries."""

    fingerprint: str
    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]
    entries: Mapping[str, Entry]
    lexicon: Lexicon
    triage: TriageData
    outside: tuple[OutsideMessage, ...]
    smalltalk: Mapping[str, SmallTalk]
    tips: tuple[Tip, ...]
    themes: Mapping[str, Theme]
    school: School
    handovers: Handovers
    merged: Mapping[str, str] = field(default_factory=dict)
    waiting: Mapping[str, Entry] = field(default_factory=dict)
    approvals: Approvals | None = None
    policy: SchoolPolicy = field(default_factory=SchoolPolicy)
    own: Mapping[str, OwnDocument] = field(default_factory=dict)
    readiness: Readiness = field(default_factory=Readiness)
    checks: tuple[CheckQuestion, ...] = ()

    def as_written(self) -> Knowledge:
        """With every entry as its file stands: what is learned from, so that no approval changes what is understood."""
        return replace(self, entries={**self.entries, **self.waiting})

    def find(self, entry: str | None) -> Entry | None:
        """The entry of this id, which may be an old one; None where there is none."""
        return self.entries.get(self.current(entry)) if entry else None

    def current(self, entry: str) -> str:
        """The id under which this entry is known now."""
        return self.merged.get(entry, entry)
