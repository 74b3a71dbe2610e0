"""`askfirst gaps`: questions that nobody could answer, like ones together, with the nearest entries."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence

import numpy as np

from bot.answering.dialogue import Base
from bot.service.live.base import LiveBase
from bot.settings import Settings
from bot.store import Gap, open_for
from bot.understanding.features import Row

ALIKE = 0.5  # cosine of words and letters (or of sentences) from which two questions count as like ones
NONE = "No gaps: every question so far was answered, and nobody said that an answer did not help."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to forget them."""
    parser.add_argument("--forget", action="store_true", help="delete them once they are dealt with")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the report, or how many were forgotten."""
    base = LiveBase(settings).current()
    with contextlib.closing(open_for(settings)) as store:
        talk = store.talk(base.knowledge.school.id)
        print(f"{talk.forget_gaps()} gaps forgotten." if parsed.forget else gaps_report(base, talk.gaps()))
    return 0


def gaps_report(base: Base, gaps: Sequence[Gap]) -> str:
    """Gaps -> groups, the largest first, each with the entries that came nearest."""
    if not gaps:
        return NONE
    lines = []
    for group in sorted(_groups(base, gaps), key=len, reverse=True):
        first = gaps[group[0]]
        nearest = base.understanding.matcher.why(base.understanding.reader.read(first.question)).candidates
        lines.append(f"{len(group)} x  nearest: {', '.join(candidate.entry for candidate in nearest)}")
        for number in group:
            gap = gaps[number]
            reason = (
                f"'{base.knowledge.current(gap.entry)}' did not help"
                if gap.reason == "not-helpful" and gap.entry
                else gap.reason
            )
            lines.append(f"     {gap.asked_on.isoformat()}  {_printable(gap.question)}  ({reason})")
    return "\n".join(lines)


def _groups(base: Base, gaps: Sequence[Gap]) -> list[list[int]]:
    """Each question joins the first group whose first question is like it."""
    readings = [base.understanding.reader.read(gap.question) for gap in gaps]
    groups: list[list[int]] = []
    for number, reading in enumerate(readings):
        for group in groups:
            head = readings[group[0]]
            semantic = 0.0
            if reading.sentence is not None and head.sentence is not None:
                lengths = float(np.linalg.norm(reading.sentence) * np.linalg.norm(head.sentence)) or 1.0
                semantic = float(reading.sentence @ head.sentence) / lengths
            if max(_cosine(reading.row, head.row), semantic - 0.1) >= ALIKE:
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def _cosine(left: Row, right: Row) -> float:
    _, ours, theirs = np.intersect1d(left.columns, right.columns, assume_unique=True, return_indices=True)
    return float(left.weights[ours] @ right.weights[theirs])


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:300]
