"""The frozen shapes of the knowledge base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.knowledge.handover_model import Handovers
from bot.knowledge.school_model import School
from bot.messages import HandoverKind, Verdict


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
    """One rule of a source document, in our own words; `force` says how strongly the source puts it."""

    id: str
    document: Document
    force: str
    where: str
    text: str
    asked: bool  # whether staff would ask about it, so that an entry has to cover it


@dataclass(frozen=True)
class FactCase:
    """The answer where the fact has one value; what it does not override is the entry's."""

    value: str
    verdict: Verdict
    answer: str
    why: str
    instead: str


@dataclass(frozen=True)
class FactCases:
    """An answer that turns on a fact. `ask` is None where the fact counts only if the message gives it."""

    fact: str
    ask: str | None
    cases: tuple[FactCase, ...]

    def case(self, value: str | None) -> FactCase | None:
        return next((case for case in self.cases if case.value == value), None)


@dataclass(frozen=True)
class Entry:
    """One approved answer with the ways in which staff ask for it."""

    id: str
    file: str
    title: str
    verdict: Verdict
    answer: str
    why: str
    instead: str
    note: str | None
    cites: tuple[str, ...]
    related: tuple[str, ...]
    facts: FactCases | None
    approved_by: str
    reviewed: dt.date
    review_by: dt.date
    nation: str
    phrasings: tuple[str, ...]

    @property
    def first_cites(self) -> frozenset[str]:
        """The clauses that say which rule this is: entries that share one of them speak with one voice."""
        return frozenset(self.cites[:3])


@dataclass(frozen=True)
class FactKind:
    """A fact that an answer may turn on: its values with the words on their buttons, and what gives them away in a
    message: patterns (`cues`), and for a fact about age the ages that each value spans (both ends count)."""

    id: str
    labels: Mapping[str, str]
    cues: Mapping[str, tuple[str, ...]]
    ages: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Lexicon:
    """The words of school staff: what a spelling means, and which words count as one."""

    spellings: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    ordinary: frozenset[str]
    facts: Mapping[str, FactKind]


@dataclass(frozen=True)
class Rule:
    """A plain rule of triage: a pattern that no score can override."""

    id: str
    pattern: str
    kind: HandoverKind
    unless: str | None


@dataclass(frozen=True)
class Turn:
    """Words that tell kinds apart which sound alike: a message taken for one of `of` is of kind `to` where it holds the
    pattern (none: always), unless it holds the other."""

    of: tuple[HandoverKind, ...]
    to: HandoverKind
    pattern: str
    unless: str | None


@dataclass(frozen=True)
class Example:
    """A made-up message of a kind (a HandoverKind, or "none"), in the voice of a writer."""

    text: str
    kind: str
    writer: str


@dataclass(frozen=True)
class TriageData:
    """What the triage learns from, sentences that are beside the point, words of harm that make weaker evidence count,
    plain rules, and turns."""

    examples: tuple[Example, ...]
    asides: tuple[str, ...]
    watch: tuple[str, ...]
    rules: tuple[Rule, ...]
    turns: tuple[Turn, ...]


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
    """Everything that the bot answers from; `fingerprint` changes when any file of the base does, `learned_from` only
    with those that matching and triage learn from."""

    fingerprint: str
    learned_from: str
    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]
    entries: Mapping[str, Entry]
    lexicon: Lexicon
    triage: TriageData
    outside: tuple[str, ...]
    smalltalk: Mapping[str, SmallTalk]
    tips: tuple[Tip, ...]
    themes: Mapping[str, Theme]
    school: School
    handovers: Handovers
