"""The knowledge base: YAML files that people edit -> frozen data that the bot answers from.

`load(folder)` reads everything or raises KnowledgeError with every fault that the files alone show.
`bot.knowledge.check` adds the faults that only show when the whole base is tried (coverage, over-match, dates).
"""

from bot.knowledge.faults import Fault, KnowledgeError
from bot.knowledge.loading import fingerprint, load
from bot.knowledge.model import (
    Case,
    Clause,
    Document,
    Entry,
    FactCases,
    FactKind,
    Knowledge,
    Lexicon,
    Rule,
    SmallTalk,
    Tip,
    TriageData,
)
from bot.knowledge.school_model import Ladders, Opening, Person, Route, Rung, School, Term

__all__ = [
    "Case",
    "Clause",
    "Document",
    "Entry",
    "FactCases",
    "FactKind",
    "Fault",
    "Knowledge",
    "KnowledgeError",
    "Ladders",
    "Lexicon",
    "Opening",
    "Person",
    "Route",
    "Rule",
    "Rung",
    "School",
    "SmallTalk",
    "Term",
    "Tip",
    "TriageData",
    "fingerprint",
    "load",
]
