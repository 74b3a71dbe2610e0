"""Which tip, on which day, in which channel, and at what moment. Pure.

The order follows from the calendar: for each channel the tips are shuffled anew for each cycle, by a key of the school,
the channel and the day on which the cycle began, and nothing is stored in advance. A tip comes again once all that fit
have been used. What was posted already is given (`Posted`) and counts as it happened, so that a tip that is added,
changed or taken away in the middle of a cycle repeats none: a new one joins those that are still to come.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.hours import is_school_day
from bot.knowledge import Dates, Entry, Knowledge, Pause, School, Term, Theme, Tip

YEAR_BEGINS = 8  # August: Scottish schools come back in it, all others later
_DAY = dt.timedelta(days=1)
_SATURDAY = 5

Posted = Mapping[dt.date, str]  # what one channel has had: day -> tip


@dataclass(frozen=True)
class Choice:
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
class Planned:
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


class Timetable:
    """The days on which this school may have a tip, as its calendar says, with the themes of each."""

    def __init__(self, school: School, themes: Mapping[str, Theme], dates: Dates | None = None) -> None:
        self.school = with_dates(school, dates or school.tips.dates)
        self._residentials = school.tips.residentials | (dates.residentials if dates else frozenset())
        if school.tips.dates:
            self._residentials |= school.tips.dates.residentials
        self._themes = tuple(themes.values())
        self.days = tuple(_tip_days(self.school))
        self._ends = {day for day, following in zip(self.days, self.days[1:], strict=False) if self._breaks(following)}
        self._ends |= set(self.days[-1:])
        self._on = {day: tuple(theme.name for theme in self._themes if self._is_on(theme, day)) for day in self.days}

    def has(self, day: dt.date) -> bool:
        """Whether a tip may be posted on this day, pauses aside."""
        return day in self._on

    def themes(self, day: dt.date) -> tuple[str, ...]:
        """The themes that are on."""
        return self._on.get(day, ())

    def until(self, day: dt.date) -> tuple[dt.date, ...]:
        """Every day up to this one, which is the last."""
        return self.days[: bisect_left(self.days, day + _DAY)]

    def _is_on(self, theme: Theme, day: dt.date) -> bool:
        return (
            day in theme.dates
            or (theme.week_of is not None and _is_week_of(theme.week_of, day))
            or (theme.in_month is not None and _is_in_month(theme.in_month, day))
            or bool(theme.first_school_days and self._since_year_began(day) < theme.first_school_days)
            or bool(theme.last_school_days and self._left_of_term(day) < theme.last_school_days)
            or self._comes_before_a_trip(day, theme.days_before_residential)
        )

    def _breaks(self, day: dt.date) -> bool:
        """Whether a term begins on this day, or on a day without pupils before it."""
        index = bisect_left(self.days, day)
        since = self.days[index - 1]
        return any(since < term.first <= day for term in self.school.opening.terms)

    def _since_year_began(self, day: dt.date) -> int:
        year = day.year if day.month >= YEAR_BEGINS else day.year - 1
        begun = max(dt.date(year, YEAR_BEGINS, 1), self.days[0])
        return bisect_left(self.days, day) - bisect_left(self.days, begun)

    def _left_of_term(self, day: dt.date) -> int:
        index = bisect_left(self.days, day)
        return next((number for number, later in enumerate(self.days[index:]) if later in self._ends), 0)

    def _comes_before_a_trip(self, day: dt.date, days: int) -> bool:
        index = bisect_left(self.days, day)
        return any(0 < bisect_left(self.days, trip) - index <= days and day < trip for trip in self._residentials)


class Plan:
    """The tips of one school on its timetable."""

    def __init__(self, knowledge: Knowledge, timetable: Timetable, choices: Sequence[Choice] = ()) -> None:
        self._entries, self._tips = knowledge.entries, {tip.id: tip for tip in knowledge.tips}
        self._timetable, self._choices = timetable, tuple(choices)
        self._school = timetable.school

    def paused(self, day: dt.date) -> bool:
        """Whether the school, or somebody, wants no tips on this day."""
        pauses = self._school.tips.pauses
        return any(pause.first <= day <= pause.last for pause in pauses) or any(
            choice.kind == "pause" and choice.holds(day) for choice in self._choices
        )

    def has(self, day: dt.date) -> bool:
        """Whether there is to be a tip on this day."""
        return self._timetable.has(day) and not self.paused(day)

    def tip_on(self, channel: str, day: dt.date, posted: Posted) -> Tip | None:
        """The tip of this day; None where there is to be none, or none fits. `posted` is what the channel has had."""
        return next((planned.tip for planned in self._walk(channel, day, posted) if planned.day == day), None)

    def coming(self, channel: str, first: dt.date, count: int, posted: Posted) -> tuple[Planned, ...]:
        """The next so many days with a tip, `first` included."""
        days = [day for day in self._timetable.days if day >= first and self.has(day)][:count]
        if not days:
            return ()
        return tuple(planned for planned in self._walk(channel, days[-1], posted, first) if planned.day >= first)

    def left_out(self, day: dt.date) -> tuple[tuple[Tip, str], ...]:
        """Each tip that is not posted on this day whatever the theme, with the reason."""
        found = ((tip, self._why_not(tip, day)) for tip in self._tips.values())
        return tuple((tip, reason) for tip, reason in found if reason)

    def tip(self, tip: str) -> Tip | None:
        """The tip of this id."""
        return self._tips.get(tip)

    def _walk(
        self, channel: str, last: dt.date, posted: Posted, today: dt.date | None = None
    ) -> Iterator[Planned]:
        """Every day of the plan up to `last`, as it was posted where it was. A day that passed without a post uses its
        tip up too, unless the channel had it later; `today` and what follows are still to come."""
        cycle = _Cycle(self._school.id, channel, tuple(self._tips))
        past = {day: tip for day, tip in posted.items() if day < (today or last)}
        later = Counter(past.values())
        for day in sorted({*past, *(day for day in self._timetable.until(last) if self.has(day))}):
            pinned = self._pinned(channel, day)
            if day in past:
                later[past[day]] -= 1
                cycle.had(past[day], day, again=pinned is not None)
                continue
            themes = self._timetable.themes(day)
            fitting = {tip.id for tip in self._tips.values() if self._fits(tip, day, themes)}
            preferred = {tip for tip in fitting if self._tips[tip].theme}
            if pinned:
                chosen: str | None = pinned.id
                cycle.had(pinned.id, day, again=True)
            else:
                chosen = cycle.next(day, fitting, preferred, avoiding=+later)
            yield Planned(day, self._tips[chosen] if chosen else None, themes, pinned is not None)

    def _fits(self, tip: Tip, day: dt.date, themes: tuple[str, ...]) -> bool:
        return (tip.theme is None or tip.theme in themes) and not self._why_not(tip, day)

    def _why_not(self, tip: Tip, day: dt.date) -> str:
        entry = self._entries[tip.entry]
        if entry.review_by < day:
            return f"its answer '{entry.id}' was due for review on {entry.review_by}"
        if entry.nation not in ("UK", self._school.nation):
            return f"its answer '{entry.id}' is for {entry.nation}"
        if any(choice.kind == "skip" and choice.tip == tip.id and choice.holds(day) for choice in self._choices):
            return "it was put on hold"
        return ""

    def _pinned(self, channel: str, day: dt.date) -> Tip | None:
        """The tip that somebody wants on this day; the last word counts, and one for this channel before all."""
        pins = [choice for choice in self._choices if choice.kind == "pin" and choice.first == day]
        pins = [pin for pin in pins if pin.channel in ("", channel)]
        pin = max(pins, key=lambda each: bool(each.channel), default=None)
        tip = self._tips.get(pin.tip) if pin else None
        return tip if tip and not self._why_not(tip, day) else None


class _Cycle:
    """One run through the tips of a channel after the other."""

    def __init__(self, school: str, channel: str, tips: Sequence[str]) -> None:
        self._name, self._tips = f"{school}\0{channel}", tips
        self._used: set[str] = set()
        self._order: list[str] | None = None
        self._begun: dt.date | None = None
        self._last = ""

    def had(self, tip: str, day: dt.date, *, again: bool) -> None:
        """It was posted. One that was used already shows that a new cycle had begun, unless somebody wanted it again."""
        if tip in self._used and not again:
            self._begin(day)
        self._use(tip, day)

    def next(self, day: dt.date, fitting: set[str], preferred: set[str], avoiding: Mapping[str, int]) -> str | None:
        """The next of those that fit, those of a theme first; a new cycle begins where all have been used."""
        if not fitting - self._used:
            self._begin(day)
        free = fitting - self._used - set(avoiding)
        free = free & preferred or free
        free = free - {self._last} or free  # not the last one of the cycle before
        if not free:
            return None
        chosen = next(tip for tip in self._shuffled(day) if tip in free)
        self._use(chosen, day)
        return chosen

    def _begin(self, day: dt.date) -> None:
        self._used, self._order, self._begun = set(), None, day

    def _use(self, tip: str, day: dt.date) -> None:
        self._begun = self._begun or day
        self._used.add(tip)
        self._last = tip

    def _shuffled(self, day: dt.date) -> list[str]:
        if self._order is None:
            key = f"{self._name}\0{self._begun or day}\0"
            self._order = sorted(self._tips, key=lambda tip: hashlib.sha256((key + tip).encode()).digest())
        return self._order


def card(knowledge: Knowledge, tip: Tip, day: dt.date) -> TipCard:
    """What is posted of a tip."""
    entry = knowledge.entries[tip.entry]
    clause = next((knowledge.clauses[cite] for cite in entry.cites if cite in knowledge.clauses), None)
    where = [clause.document.title, clause.where] if clause else []
    source = ", ".join(part for part in where if part)
    return TipCard(tip.id, tip.text, clause.text if clause else entry.answer, source, entry.id, entry.title, day)


def key_of(school: str, channel: str, day: dt.date) -> str:
    """What marks the post of a channel and day in the channel's own history: the same in every process."""
    return hashlib.sha256(f"tip\0{school}\0{channel}\0{day}".encode()).hexdigest()[:32]


def window(school: School, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From when until when (UTC, the end excluded) the tip of this day may be posted."""
    opens = _moment(school, day, school.tips.time)
    closes = _moment(school, day, school.tips.until)
    if closes <= opens:  # the clocks go forward in between
        closes = opens + (_on_paper(school.tips.until) - _on_paper(school.tips.time))
    return opens, closes


def local_day(school: School, now: dt.datetime) -> dt.date:
    """Which day it is at the school."""
    return now.astimezone(school.opening.zone).date()


def _moment(school: School, day: dt.date, time: dt.time) -> dt.datetime:
    """A time on the wall -> exactly one moment: the first of two where the clocks go back, and where they go forward
    over it, as long after the change as it would have been after the hour that is left out began."""
    return dt.datetime.combine(day, time, school.opening.zone).astimezone(dt.UTC)


def _on_paper(time: dt.time) -> dt.timedelta:
    return dt.timedelta(hours=time.hour, minutes=time.minute)


def with_dates(school: School, dates: Dates | None) -> School:
    """The school with what its calendar says beside school.yaml: more terms, INSET days and closed days."""
    if dates is None:
        return school
    opening = school.opening
    terms = (*opening.terms, *(Term("calendar", first, last) for first, last in dates.terms))
    inset, closed = opening.inset_days | dates.inset_days, opening.closed | dates.closed
    return replace(school, opening=replace(opening, terms=terms, inset_days=inset, closed=closed))


def _tip_days(school: School) -> Iterator[dt.date]:
    """Every school day of Monday to Friday from the first term that is known to the last."""
    opening = school.opening
    known = [*opening.inset_days, *(day for term in opening.terms for day in (term.first, term.last))]
    day, last = min(known, default=dt.date.max), max(known, default=dt.date.min)
    while day <= last:
        if day.weekday() < _SATURDAY and is_school_day(school, day):
            yield day
        day += _DAY


def _is_week_of(week_of: tuple[int, int], day: dt.date) -> bool:
    """Whether this day is in the week, Monday to Sunday, that holds (month, day)."""
    month, number = week_of
    leap = (month, number) == (2, 29)
    held = dt.date(day.year, month, 28 if leap else number)
    return held - held.weekday() * _DAY == day - day.weekday() * _DAY


def _is_in_month(rule: tuple[int, int, int | None], day: dt.date) -> bool:
    month, week, weekday = rule
    first = dt.date(day.year, month, 1)
    first += max(0, 7 - first.weekday()) * _DAY if first.weekday() >= _SATURDAY else 0 * _DAY
    monday = first - first.weekday() * _DAY + (week - 1) * 7 * _DAY
    return monday <= day < monday + 7 * _DAY and (weekday is None or day.weekday() == weekday)


__all__ = [
    "Choice", "Entry", "Pause", "Plan", "Planned", "Posted", "Timetable", "TipCard", "card", "key_of", "local_day",
    "window", "with_dates",
]  # fmt: skip
