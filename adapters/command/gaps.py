"""`askfirst gaps`: questions that nobody could answer, by whom to ask and by topic, like ones together."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
from collections.abc import Sequence

from adapters.command.gap_lines import gap_lines
from bot.answering.dialogue import Base
from bot.service.live.base import LiveBase
from bot.settings import Settings
from bot.store import Gap, open_for

NONE = "No gaps: every question so far was answered, and nobody said that an answer did not help."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to forget them."""
    parser.add_argument("--forget", action="store_true", help="delete them once they are dealt with")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the report, or how many were forgotten."""
    base, now = LiveBase(settings).current(), dt.datetime.now(dt.UTC)
    with contextlib.closing(open_for(settings)) as store:
        talk = store.talk(base.knowledge.school.id)
        print(f"{talk.forget_gaps()} gaps forgotten." if parsed.forget else gaps_report(base, talk.gaps(), now))
    return 0


def gaps_report(base: Base, gaps: Sequence[Gap], now: dt.datetime) -> str:
    """Gaps -> groups, the largest first."""
    return "\n".join(gap_lines(base, gaps, now)) if gaps else NONE
