"""How the approvals of a base stand on a day: what waits for one, and what is to be read again soon. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bot.knowledge.approvals.model import FILE, Approval
from bot.knowledge.files.faults import Fault
from bot.knowledge.model import Entry, Knowledge

# How long before its day a review is spoken of; after it, once a week.
_BEFORE = (dt.timedelta(days=30), dt.timedelta(days=7), dt.timedelta(days=1))
_AFTER = dt.timedelta(days=7)
_A_MOMENT = dt.timedelta(days=1)  # somebody's clock may be a little behind
_BEGIN = "askfirst approve"


@dataclass(frozen=True)
class Review:
    """An answer that somebody is to read again by its day, or should have; `told` is the day on which whoever approved
    it is reminded, the latest that has come."""

    entry: Entry
    by: dt.date
    told: dt.date
    overdue: bool


def reviews(knowledge: Knowledge, today: dt.date) -> tuple[Review, ...]:
    """Those that are overdue or due within a month, the first due first."""
    found = (review for entry in knowledge.entries.values() if (review := _review(entry, today)))
    return tuple(sorted(found, key=lambda each: (each.by, each.entry.id)))


def nothing_approved(knowledge: Knowledge) -> str:
    """That no answer is served because none is approved, and what to do; empty where one is. A sentence without a full
    stop."""
    approvals = knowledge.approvals
    if approvals is None or not all(entry.withheld for entry in knowledge.entries.values()):
        return ""
    if approvals.missing:
        return f"{FILE} is missing: nothing is approved, and no answer is served. Put it back, or begin with: {_BEGIN}"
    if approvals.unsealed:
        return f"{FILE} has no seals: nothing counts as approved, and no answer is served. Approve them anew: {_BEGIN}"
    return f"nothing is approved yet, and no answer is served. Begin with: {_BEGIN}"


def dated_ahead(knowledge: Knowledge, today: dt.date) -> tuple[Approval, ...]:
    """Approvals that are dated later than this day, of entries that are there; in the order of the ids of those."""
    given = knowledge.approvals.given if knowledge.approvals else {}
    ahead = (name for name, each in given.items() if name in knowledge.entries and each.on > today + _A_MOMENT)
    return tuple(given[name] for name in sorted(ahead))


def approval_notices(knowledge: Knowledge) -> Iterator[Fault]:
    """What nobody has approved as it stands now; nothing where the entries are as their files stand."""
    if knowledge.approvals is None:
        return
    for entry in knowledge.entries.values():
        remedy = f"Read it and approve it: askfirst approve {entry.id}"
        if entry.id in knowledge.approvals.unsealed:
            yield Fault(
                FILE,
                entry.id,
                "approval",
                "it has no seal, so that it does not count, and the answer is not served",
                remedy,
            )
        elif entry.withheld and not entry.hold:
            yield Fault(entry.file, entry.id, "approval", "nobody here has approved it, and it is not served", remedy)
        elif entry.id in knowledge.waiting:
            problem = "it was changed since it was approved, and waits for approval; the approved words are served"
            yield Fault(entry.file, entry.id, "approval", problem, remedy)
    for name in sorted({*knowledge.approvals.given, *knowledge.approvals.unsealed} - set(knowledge.entries)):
        remedy = f"Take it away: askfirst approve --withdraw {name}"
        yield Fault(FILE, name, "approval", "it is for an answer that is not there any more", remedy)


def _review(entry: Entry, today: dt.date) -> Review | None:
    by = entry.review_by
    told = told_on(by, today) if by else None
    return Review(entry, by, told, entry.is_due(today)) if by and told else None


def told_on(by: dt.date, today: dt.date) -> dt.date | None:
    """The latest day that has come on which somebody is reminded of what is to be read again by a day; None before the
    first."""
    if by - today > _BEFORE[0]:
        return None
    if today > by:
        weeks = (today - by) // _AFTER
        return by + weeks * _AFTER if weeks else by - _BEFORE[-1]
    return max(by - before for before in _BEFORE if by - before <= today)
