"""The frozen shapes of knowledge/policy/: questions, what was answered, paragraphs, documents, who approved what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from bot.knowledge.files.faults import Fault
from bot.knowledge.school_policy.editions import Edition
from bot.knowledge.schools.model import Role

FOLDER = "policy"
QUESTIONS = f"{FOLDER}/questions.yaml"
ANSWERS = f"{FOLDER}/answers.yaml"
PARAGRAPHS = f"{FOLDER}/paragraphs.yaml"
APPROVED = f"{FOLDER}/approved.yaml"
EDITIONS = f"{FOLDER}/editions.yaml"

# choice: one of the options. several: some of them. role: a role of school.yaml. number: between two others.
# text: a few words. rows: lines of a table.
QuestionKind = Literal["choice", "several", "role", "number", "text", "rows"]
QUESTION_KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
SectionPart = Literal["clauses", "people", "sites", "worry", "signing", "sources"]
PARTS: tuple[SectionPart, ...] = get_args(SectionPart)

_SMALL = dict(
    zip("1 2 3 4 5 6 7 8 9 10".split(), "one two three four five six seven eight nine ten".split(), strict=True)
)


@dataclass(frozen=True)
class Option:
    """What may be chosen: the words on the questionnaire, and those that stand in a sentence."""

    label: str
    words: str


@dataclass(frozen=True)
class Column:
    """One column of a question that is answered by rows; with options its cell is one of these."""

    id: str
    heading: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """What was answered: a `value` (an option, a role, a number, words), or several options, or rows of cells."""

    value: str = ""
    several: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class PolicyQuestion:
    """One question of the questionnaire. `default` counts until somebody answers. `fact` is the fact of lexicon.yaml
    whose line a number draws; `entries` are the answers to staff that must turn on it."""

    id: str
    ask: str
    kind: QuestionKind
    default: Given
    help: str = ""
    topic: str = ""
    options: Mapping[str, Option] = field(default_factory=dict, hash=False)
    low: int = 0
    high: int = 0
    columns: tuple[Column, ...] = ()
    fact: str = ""
    entries: tuple[str, ...] = ()

    def words(self, given: Given) -> str:
        """An answer as it stands in a sentence; a role stays in braces, for whoever holds it."""
        if self.kind == "role":
            return f"{{{given.value}}}"
        if self.kind == "choice":
            return self.options[given.value].words if given.value in self.options else ""
        if self.kind == "several":
            return listed([self.options[each].words for each in given.several if each in self.options])
        if self.kind == "number":
            return _SMALL.get(given.value, given.value)
        return given.value


@dataclass(frozen=True)
class PolicyParagraph:
    """One clause of the school's documents, with places for answers and people. It stands in a document where each
    question of `when` was answered with one of these. `points` is a question whose chosen options stand under it.
    `elsewhere` are the clauses that it rests on in other nations than England; with `instead_of` it says in some nation
    what that paragraph says where it holds."""

    id: str
    text: str
    cites: tuple[str, ...]
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    nations: tuple[str, ...] = ()
    points: str = ""
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    instead_of: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it: paragraphs by id, or a part that is drawn from the school's data;
    of people, those who hold these roles."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    part: SectionPart = "clauses"
    lead: str = ""
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Outline:
    """One document: what it is called, whom it is for, and its sections. `pages` is how many it may have; 0: any."""

    id: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    pages: int = 0
    letter: bool = False


@dataclass(frozen=True)
class ParagraphApproval:
    """Somebody approved a paragraph in these words, `digest` is theirs, until it is to be read again."""

    paragraph: str
    digest: str
    by: str
    role: str
    on: dt.date
    review_by: dt.date
    made_up: bool = False


@dataclass(frozen=True)
class SchoolPolicy:
    """Everything in knowledge/policy/; empty where a base has none. `followed` says by entry which
    questions its words were filled from, `damaged` what is wrong with the file of the editions: none is known then."""

    questions: Mapping[str, PolicyQuestion] = field(default_factory=dict)
    answers: Mapping[str, Given] = field(default_factory=dict)
    paragraphs: Mapping[str, PolicyParagraph] = field(default_factory=dict)
    outlines: tuple[Outline, ...] = ()
    approved: Mapping[str, ParagraphApproval] = field(default_factory=dict)
    editions: Mapping[str, Edition] = field(default_factory=dict)
    damaged: tuple[Fault, ...] = ()
    followed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def given(self, question: str) -> Given:
        """What was answered, or what counts until then."""
        return self.answers.get(question, self.questions[question].default)

    def words(self, question: str) -> str:
        """The same as it stands in a sentence."""
        return self.questions[question].words(self.given(question))


def listed(words: list[str]) -> str:
    """one, two and three"""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
