"""A Reply as the line of JSON that other programs read (`askfirst ask --json -`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import About, ActionName, Reply, ReplyKind, Urgency, Verdict


@dataclass(frozen=True)
class Outcome:
    """What was decided about one question, without the wording."""

    kind: ReplyKind
    entry: str | None
    verdict: Verdict | None
    cites: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...]
    urgency: Urgency | None
    about: About | None
    confidence: float
    safeguarding_note: bool
    action: ActionName | None = None


def outcome_of(reply: Reply) -> Outcome:
    """Reply -> Outcome."""
    answer, handover = reply.answer, reply.handover
    return Outcome(
        kind=reply.kind,
        entry=reply.entry,
        verdict=answer.verdict if answer else None,
        cites=tuple(source.clause for source in answer.sources) if answer else (),
        choices=tuple((choice.entry, choice.cites) for choice in reply.choices),
        urgency=handover.urgency if handover else None,
        about=handover.about if handover else None,
        confidence=round(min(max(reply.confidence, 0.0), 1.0), 4),
        safeguarding_note=reply.note is not None,
        action=reply.action,
    )


def as_json(question: object, outcome: Outcome) -> Mapping[str, object]:
    """The promised fields, with the question's own id first; of an action its name too."""
    return {
        "id": question,
        "kind": outcome.kind,
        "entry": outcome.entry,
        "verdict": outcome.verdict,
        "cites": list(outcome.cites),
        "choices": [{"entry": entry, "cites": list(cites)} for entry, cites in outcome.choices],
        "urgency": outcome.urgency,
        "about": outcome.about,
        "confidence": outcome.confidence,
        "safeguarding_note": outcome.safeguarding_note,
        **({"action": outcome.action} if outcome.action else {}),
    }
