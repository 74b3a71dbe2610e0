"""A Reply as the line of JSON that other programs read (`askfirst ask --json -`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import About, Choice, Reply, ReplyKind, Ruling, Urgency


@dataclass(frozen=True)
class Outcome:
    """What was decided about one question."""

    kind: ReplyKind
    entry: str | None
    cites: tuple[str, ...]
    choices: tuple[Choice, ...]
    urgency: Urgency | None
    about: About | None
    confidence: float
    safeguarding_note: bool
    title: str | None = None
    ruling: Ruling | None = None
    badge: str | None = None
    answer: str | None = None
    ask: str | None = None


def outcome_of(reply: Reply) -> Outcome:
    """Reply -> Outcome."""
    answer, handover = reply.answer, reply.handover
    return Outcome(
        kind=reply.kind,
        entry=reply.entry,
        cites=tuple(source.clause for source in answer.sources) if answer else (),
        choices=reply.choices,
        urgency=handover.urgency if handover else None,
        about=handover.about if handover else None,
        confidence=round(min(max(reply.confidence, 0.0), 1.0), 4),
        safeguarding_note=reply.note is not None,
        title=answer.title if answer else None,
        ruling=answer.ruling if answer else None,
        badge=answer.badge if answer else None,
        answer=answer.answer if answer else None,
        ask=answer.ask if answer else reply.ask,
    )


def as_json(question: object, outcome: Outcome) -> Mapping[str, object]:
    """The promised fields, with the question's own id first."""
    return {
        "id": question,
        "kind": outcome.kind,
        "entry": outcome.entry,
        "title": outcome.title,
        "ruling": outcome.ruling,
        "badge": outcome.badge,
        "answer": outcome.answer,
        "cites": list(outcome.cites),
        "choices": [{"entry": each.entry, "title": each.title, "cites": list(each.cites)} for each in outcome.choices],
        "urgency": outcome.urgency,
        "about": outcome.about,
        "ask": outcome.ask,
        "confidence": outcome.confidence,
        "safeguarding_note": outcome.safeguarding_note,
    }
