"""The frozen shapes of lexicon.yaml and triage.yaml: words and what they mean, and what tells of a concern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import HandoverKind


@dataclass(frozen=True)
class FactKind:
    """A fact that an answer may turn on: its values with the words on their buttons, and what gives them away in a
    message: patterns (`cues`), and for a fact about age the ages that each value spans (both ends count)."""

    id: str
    labels: Mapping[str, str]
    cues: Mapping[str, tuple[str, ...]]
    ages: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Subjectless:
    """The words of a question that does not say what it is about: `empty` ones name neither who nor what; of these
    `pointing` ones stand for something said before; `deeds` are done to so many things that they name none."""

    pointing: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    deeds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lexicon:
    """The words of school staff: what a spelling means, which words count as one, which mean something else than they
    sound like, those in which a fact is `added` to the last question, and those that name no subject."""

    spellings: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    ordinary: frozenset[str]
    facts: Mapping[str, FactKind]
    senses: tuple[Sense, ...] = ()
    added: frozenset[str] = frozenset()
    subjectless: Subjectless = Subjectless()


@dataclass(frozen=True)
class Sense:
    """Words that mean something else than the entries which sound like them: a message that holds the pattern, unless
    it holds the other, and would get one of the entries `of`, gets the entry `to`, or is told to ask the role `ask`."""

    id: str
    of: tuple[str, ...]
    pattern: str
    unless: str | None
    to: str | None = None
    ask: str | None = None


@dataclass(frozen=True)
class LetGo:
    """Words of everyday: what was only learned to be one of the kinds `of`, and by no rule, is answered with a note
    instead of being handed over, where it holds the pattern, unless it holds the other. Without `note` it is ordinary
    beyond doubt, and what would have had a note has none."""

    id: str
    of: tuple[HandoverKind, ...]
    pattern: str
    unless: str
    note: bool = True


@dataclass(frozen=True)
class Rule:
    """A plain rule of triage: a pattern that no score can override."""

    id: str
    pattern: str
    kind: HandoverKind
    unless: str | None


@dataclass(frozen=True)
class TriageTurn:
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
    plain rules, turns, and what is let go."""

    examples: tuple[Example, ...]
    asides: tuple[str, ...]
    watch: tuple[str, ...]
    rules: tuple[Rule, ...]
    turns: tuple[TriageTurn, ...]
    let_go: tuple[LetGo, ...] = ()
