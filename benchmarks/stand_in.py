"""A knowledge base made of labelled texts, so that the bot's own matcher can be tried on any data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from bot.knowledge import (
    Clause,
    Document,
    Entry,
    Handovers,
    Knowledge,
    Ladders,
    Lexicon,
    Opening,
    Phrasing,
    School,
    TriageData,
)
from bot.knowledge.model import OutsideMessage

_NEVER = Opening(ZoneInfo("Europe/London"), {}, (), frozenset(), frozenset())
_NO_SCHOOL = School("", "", "", {}, {}, _NEVER, Ladders({}, 0, 0, 0, 0), (), {})

_NO_WORDS = Handovers({}, {}, {}, "", "", ())


def base_of(texts: Sequence[str], labels: Sequence[str], outside: Sequence[str] = ()) -> Knowledge:
    """Every label becomes an entry with a rule of its own; no lexicon, no triage, nothing but the texts."""
    return Knowledge(
        fingerprint="",
        documents={},
        clauses=clauses_of(labels),
        entries=entries_of(texts, labels),
        lexicon=Lexicon({}, {}, frozenset(), {}),
        triage=TriageData(examples=(), asides=(), watch=(), rules=(), turns=()),
        outside=tuple(OutsideMessage(text, "office", None) for text in outside),
        smalltalk={},
        tips=(),
        themes={},
        school=_NO_SCHOOL,
        handovers=_NO_WORDS,
    )


def entries_of(texts: Sequence[str], labels: Sequence[str]) -> Mapping[str, Entry]:
    """labels -> entries, with their texts as phrasings."""
    phrasings: dict[str, list[str]] = defaultdict(list)
    for text, label in zip(texts, labels, strict=True):
        phrasings[label].append(text)
    return {label: _entry(label, tuple(said)) for label, said in phrasings.items()}


def clauses_of(labels: Iterable[str]) -> Mapping[str, Clause]:
    """The rule that each of these entries rests on, named as the entry is."""
    document = Document("public", "", "", None, "")
    return {label: Clause(label, document, "informs", "", "", "UK", asked=False) for label in labels}


def _entry(label: str, phrasings: tuple[str, ...]) -> Entry:
    return Entry(
        id=label,
        file="",
        title="",
        ruling="info",
        badge="",
        answer="",
        why="",
        instead="",
        note=None,
        cites=(label,),
        phrasings=tuple(Phrasing(text, "z") for text in phrasings),
    )
