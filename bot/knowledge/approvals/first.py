"""What a school that begins approves first: a child's safety hangs on these answers. Pure."""

from __future__ import annotations

from bot.knowledge.model import Entry, Knowledge

FIRST = (
    "danger-999", "report-concern-how", "who-is-dsl", "dsl-away", "promise-secret", "images-of-children",
    "concern-about-adult", "concern-about-head", "unsure-report", "anyone-can-call",
)  # fmt: skip


def first_to_approve(knowledge: Knowledge) -> tuple[Entry, ...]:
    """Those of them that this base has and its nation may be answered with."""
    found = dict.fromkeys(entry for name in FIRST if (entry := knowledge.find(name)))
    return tuple(entry for entry in found if entry.holds_in(knowledge.school.nation))
