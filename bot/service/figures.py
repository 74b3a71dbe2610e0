"""What happened in a stretch of weeks, in counts without names, for the DSL and the governors. Pure."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from bot.concerns import Count, Figures
from bot.store import Counted, Gap, Tally

WEEKS = 26
_WEEK = dt.timedelta(days=7)
_MOST = 10  # lines of a list
_TAKEN = ((5, "up to 5 minutes"), (15, "up to 15 minutes"), (60, "up to 1 hour"), (480, "up to 8 hours"))
_LONGER, _NOT_YET = "longer", "not yet"
_AGES = ((1, "up to 1 day"), (7, "up to 1 week"), (28, "up to 4 weeks"), (84, "up to 12 weeks"))


def first_week(today: dt.date) -> dt.date:
    """The Monday on which the figures begin."""
    return today - dt.timedelta(days=today.weekday()) - (WEEKS - 1) * _WEEK


def figures_of(
    concerns: Sequence[Counted],
    tallies: Sequence[Tally],
    gaps: Sequence[Gap],
    titles: Mapping[str, str],
    zone: ZoneInfo,
    now: dt.datetime,
) -> Figures:
    """What the store counted -> Figures of the last half-year. `titles` are those of the
    entries, by their ids and those that they had once.
    """
    since = first_week(now.astimezone(zone).date())
    recent = [each for each in concerns if each.logged_at.astimezone(zone).date() >= since]
    taken = [_minutes(each) for each in recent]
    known = [minutes for minutes in taken if minutes is not None]
    unanswered = Counter(gap.question for gap in gaps if gap.reason == "no-answer")
    asked: Counter[str] = Counter()
    for each in tallies:  # under one title: what was counted under ids that were merged since
        asked[titles.get(each.entry, "")] += each.answered
    del asked[""]
    return Figures(
        since=since,
        weeks=_weeks(recent, since, zone),
        categories=_ranked(Counter(category for each in recent for category in each.categories)),
        acknowledged=_buckets(taken, _TAKEN),
        median_minutes=statistics.median(known) if known else None,
        open_by_age=_ages(concerns, now),
        asked=_ranked(asked)[:_MOST],
        unanswered=_ranked(unanswered)[:_MOST],
        helped=sum(each.helped for each in tallies),
        not_helped=sum(each.not_helped for each in tallies),
    )


def _minutes(concern: Counted) -> float | None:
    if concern.acknowledged_at is None:
        return None
    return (concern.acknowledged_at - concern.logged_at).total_seconds() / 60


def _weeks(concerns: Sequence[Counted], since: dt.date, zone: ZoneInfo) -> list[Count]:
    weeks = Counter((each.logged_at.astimezone(zone).date() - since).days // 7 for each in concerns)
    starts = [since + number * _WEEK for number in range(WEEKS)]
    return [Count(f"{start.day} {start:%b}", weeks[number]) for number, start in enumerate(starts)]


def _buckets(taken: Sequence[float | None], limits: Sequence[tuple[int, str]]) -> list[Count]:
    names = [
        _NOT_YET if minutes is None else next((name for limit, name in limits if minutes <= limit), _LONGER)
        for minutes in taken
    ]
    counts = Counter(names)
    return [Count(name, counts[name]) for name in (*(name for _, name in limits), _LONGER, _NOT_YET)]


def _ages(concerns: Sequence[Counted], now: dt.datetime) -> list[Count]:
    days = [(now - each.logged_at) / dt.timedelta(days=1) for each in concerns if each.status != "closed"]
    return [count for count in _buckets(days, _AGES) if count.label != _NOT_YET]


def _ranked(counts: Counter[str]) -> list[Count]:
    return [Count(label, count) for label, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
