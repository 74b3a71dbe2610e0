"""Every handover as it is drawn: what several tests look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from bot.answering.handover import hand_over, note
from bot.knowledge import Handovers, School, load
from bot.messages import HANDOVER_KINDS, About, Contact, Elsewhere, Handover, HandoverKind, Note, Urgency
from tests.conftest import KNOWLEDGE, NOW

NIGHT = dt.datetime(2026, 11, 28, 23, 0, tzinfo=dt.UTC)
PERILS = HANDOVER_KINDS[:7]
ELSEWHERE = Elsewhere(
    "CPOMS", "https://cpoms.school.example", (Contact("If it is down", "CPOMS", "020 7946 0199"),)
)  # fmt: skip
_ABOUT: Mapping[HandoverKind, About | None] = {
    "adult": "staff", "dsl": "staff", "own-conduct": "staff", "head": "head", "adult-at-risk": None,
}  # fmt: skip


@cache
def wording() -> Handovers:
    """The words that are shipped."""
    return load(KNOWLEDGE).handovers


def handed_over(school: School, kind: HandoverKind, now: dt.datetime = NOW, about: About | None = None) -> Handover:
    """A handover of this kind, about whom it usually is."""
    urgency: Urgency = "immediate" if kind in PERILS or kind == "not-english" else "concern"
    return hand_over(school, wording(), kind, urgency, about or _ABOUT.get(kind, "pupil"), now)


def noted(school: School, kind: HandoverKind | None = None, now: dt.datetime = NOW) -> Note:
    """The note of this kind."""
    return note(school, wording(), kind, None, now)


def every_handover(school: School) -> dict[str, Handover]:
    """All kinds by day, some at night, and one of a school that keeps its concerns elsewhere."""
    by_day = {f"handover-{kind}": handed_over(school, kind) for kind in HANDOVER_KINDS}
    at_night = {f"handover-{kind}-at-night": handed_over(school, kind, NIGHT) for kind in ("child", "adult")}
    away = handed_over(replace(school, elsewhere=ELSEWHERE), "child")
    return {**by_day, **at_night, "handover-elsewhere": away}
