"""The concerns that somebody in a chat logged, and those that wait for them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.concerns import Reader, Reporter, Summary
from bot.concerns.words import STATUS_WORDS
from bot.service.core import Core

MOST = 20  # of each kind: the rest is on the page
Logged = tuple[str, dt.datetime, str]  # number, when, status


@dataclass(frozen=True)
class OwnConcerns:
    """`logged` by the person themselves, the newest first; `waiting` what they may read and is not closed, the most
    urgent first."""

    logged: Sequence[Logged]
    waiting: Sequence[Summary]


async def own_concerns(core: Core, reporter: Reporter, reader: Reader | None) -> OwnConcerns:
    """Look them up. `reader` is what the person may read, None for nothing. Raises StoreError."""
    inbox = core.store.inbox(core.school().id)
    waiting = await asyncio.to_thread(inbox.summaries, reader, ("open", "acknowledged")) if reader else ()
    logged = await asyncio.to_thread(inbox.logged_by, reporter)
    return OwnConcerns(sorted(logged, key=lambda each: each[1], reverse=True), sorted(waiting, key=_by_urgency))


def waiting_line(each: Summary, zone: ZoneInfo) -> str:
    """One concern that waits: what it is about stays in the record."""
    urgency = "IMMEDIATE" if each.state.urgent else "not marked as immediate"
    return f"{each.number}: {urgency}, logged {_day(each.logged_at, zone)}. {STATUS_WORDS[each.state.status]}."


def logged_line(logged: Logged, zone: ZoneInfo) -> str:
    """One concern that the person logged."""
    number, at, status = logged
    return f"{number}: logged {_day(at, zone)}. {STATUS_WORDS[status]}."  # type: ignore[index]


def more_line(waiting: Sequence[Summary]) -> str:
    """How many are not shown; empty where all are."""
    more = len(waiting) - MOST
    return f"{more} more {'is' if more == 1 else 'are'} in the inbox on the page." if more > 0 else ""


def _by_urgency(each: Summary) -> tuple[bool, bool, float]:
    """What is immediate, then what nobody has taken on, then the newest: a chat shows the first few."""
    return not each.state.urgent, each.state.status != "open", -each.logged_at.timestamp()


def _day(at: dt.datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b, %H:%M}"
