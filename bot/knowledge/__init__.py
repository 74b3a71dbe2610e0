"""The knowledge base: YAML files that people edit -> frozen data that the bot answers from.

`load(folder)` reads everything or raises KnowledgeError with every fault that the files alone show.
`bot.answering.checking` adds those that only show when the whole base is tried (coverage, over-match, dates).
"""

from bot.hours import Opening, Term
from bot.knowledge.approvals.model import Approval, Approvals
from bot.knowledge.calendars.dates import CalendarError, Dates, read_calendar
from bot.knowledge.files.faults import Fault, KnowledgeError
from bot.knowledge.files.folder import BaseFiles, read_files
from bot.knowledge.handover_model import Handovers, HandoverWording, NoteKind, NoteWording, RingWording, Translation
from bot.knowledge.language_model import (
    Example,
    FactKind,
    LetGo,
    Lexicon,
    Rule,
    Sense,
    Subjectless,
    TriageData,
    TriageTurn,
)
from bot.knowledge.loading import fingerprint, load
from bot.knowledge.model import (
    OF_SCHOOL,
    Clause,
    Document,
    Entry,
    FactCase,
    FactCases,
    Knowledge,
    NotThis,
    Phrasing,
    SmallTalk,
    Theme,
    Tip,
)
from bot.knowledge.schools.model import SERVICES, Cover, Ladders, Pause, Person, Role, Route, Rung, School, TipRules
from bot.knowledge.schools.webhooks import is_webhook

__all__ = [
    "OF_SCHOOL",
    "SERVICES",
    "Approval",
    "Approvals",
    "BaseFiles",
    "CalendarError",
    "Clause",
    "Cover",
    "Dates",
    "Document",
    "Entry",
    "Example",
    "FactCase",
    "FactCases",
    "FactKind",
    "Fault",
    "HandoverWording",
    "Handovers",
    "Knowledge",
    "KnowledgeError",
    "Ladders",
    "LetGo",
    "Lexicon",
    "NotThis",
    "NoteKind",
    "NoteWording",
    "Opening",
    "Pause",
    "Person",
    "Phrasing",
    "RingWording",
    "Role",
    "Route",
    "Rule",
    "Rung",
    "School",
    "Sense",
    "SmallTalk",
    "Subjectless",
    "Term",
    "Theme",
    "Tip",
    "TipRules",
    "Translation",
    "TriageData",
    "TriageTurn",
    "fingerprint",
    "is_webhook",
    "load",
    "read_calendar",
    "read_files",
]
