"""The frozen shapes of a tip on its day: what was decided, what is planned, what is posted."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.knowledge import Knowledge, Tip

Posted = Mapping[dt.date, str]  # what one channel has had: day -> tip


@dataclass(frozen=True)
class TipChoice:
    """What somebody decided: a tip for one day ("pin"), a tip not to be posted ("skip"), no tips at all ("pause").
    `last` is None where it holds until further notice; a pin with an empty `channel` is for every channel."""

    kind: Literal["pin", "skip", "pause"]
    first: dt.date
    last: dt.date | None
    tip: str = ""
    channel: str = ""
    by: str = ""

    def holds(self, day: dt.date) -> bool:
        """Whether it counts on this day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class PlannedTip:
    """One day of the plan of a channel; `tip` is None where none fits."""

    day: dt.date
    tip: Tip | None
    themes: tuple[str, ...]
    pinned: bool


@dataclass(frozen=True)
class TipCard:
    """What a channel posts: the tip, the rule behind it with its place, and the entry that "Ask about this" answers."""

    tip: str
    text: str
    rule: str
    source: str
    entry: str
    title: str
    day: dt.date


def card(knowledge: Knowledge, tip: Tip, day: dt.date) -> TipCard:
    """What is posted of a tip."""
    entry = knowledge.entries[tip.entry]
    clause = next((knowledge.clauses[cite] for cite in entry.cites if cite in knowledge.clauses), None)
    where = (clause.document.title, clause.where) if clause else ()
    source = ", ".join(part for part in where if part)
    return TipCard(tip.id, tip.text, clause.text if clause else entry.answer, source, entry.id, entry.title, day)


def key_of(school: str, channel: str, day: dt.date) -> str:
    """What marks the post of a channel and day in the channel's own history: the same in every process."""
    return hashlib.sha256(f"tip\0{school}\0{channel}\0{day}".encode()).hexdigest()[:32]
