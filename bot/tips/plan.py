"""Which tip on which day in which channel.

The order follows from the calendar: nothing is stored in advance. What was posted already is given (`Posted`) and
counts as it happened, so that a tip that is added, changed or taken away in the middle of a cycle repeats none: a new
one joins those that are still to come. A day that passed without a post uses its tip up too, as if it had been posted.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Sequence

from bot.knowledge import Knowledge, Tip
from bot.tips.cycle import Cycle
from bot.tips.model import PlannedTip, Posted, TipChoice
from bot.tips.timetable import Timetable


class Plan:
    """The tips of one school on its timetable, with what somebody decided about them."""

    def __init__(self, knowledge: Knowledge, timetable: Timetable, choices: Sequence[TipChoice] = ()) -> None:
        self._entries, self._tips = knowledge.entries, {tip.id: tip for tip in knowledge.tips}
        self._waiting = knowledge.waiting
        self._timetable, self._choices = timetable, tuple(choices)
        self._school = timetable.school

    def paused(self, day: dt.date) -> bool:
        """Whether the school, or somebody, wants no tips on this day."""
        return any(pause.first <= day <= pause.last for pause in self._school.tips.pauses) or any(
            choice.kind == "pause" and choice.holds(day) for choice in self._choices
        )

    def has(self, day: dt.date) -> bool:
        """Whether there is to be a tip on this day."""
        return self._timetable.has(day) and not self.paused(day)

    def tip_on(self, channel: str, day: dt.date, posted: Posted) -> Tip | None:
        """The tip of this day; None where there is to be none, or none fits. `posted` is what the channel has had."""
        if not self.has(day):
            return None
        return next((planned.tip for planned in self._walk(channel, day, day, posted)), None)

    def coming(self, channel: str, first: dt.date, count: int, posted: Posted) -> tuple[PlannedTip, ...]:
        """The next so many days with a tip, `first` included."""
        days = [day for day in self._timetable.days if day >= first and self.has(day)][:count]
        return tuple(self._walk(channel, first, days[-1], posted)) if days else ()

    def left_out(self, day: dt.date) -> tuple[tuple[Tip, str], ...]:
        """Each tip that is not posted on this day whatever the theme, with the reason."""
        found = ((tip, self.why_not(tip, day)) for tip in self._tips.values())
        return tuple((tip, reason) for tip, reason in found if reason)

    def why_not(self, tip: Tip, day: dt.date) -> str:
        """Why this tip is not posted on this day, whatever the theme; empty where nothing is against it."""
        entry = self._entries[tip.entry]
        if entry.is_due(day):
            return f"its answer '{entry.id}' was due for review on {entry.review_by}"
        if entry.hold:
            return f"its answer '{entry.id}' is on hold"
        if not entry.holds_in(self._school.nation):
            return f"its answer '{entry.id}' is for {' and '.join(entry.nations)}"
        if entry.withheld:
            return f"nobody has approved its answer '{entry.id}' yet"
        if entry.id in self._waiting:  # the tip may go with the new words or with the old ones: nobody can say
            return f"its answer '{entry.id}' was changed, and waits for approval"
        if any(choice.kind == "skip" and choice.tip == tip.id and choice.holds(day) for choice in self._choices):
            return "it was put on hold"
        return ""

    def is_sound(self, tip: Tip) -> bool:
        """Whether the answer behind this tip is served, in the words that stand in its file."""
        entry = self._entries[tip.entry]
        return entry.served_in(self._school.nation) and entry.id not in self._waiting

    def tip(self, tip: str) -> Tip | None:
        """The tip of this id."""
        return self._tips.get(tip)

    def _walk(self, channel: str, today: dt.date, last: dt.date, posted: Posted) -> Iterator[PlannedTip]:
        """The days from `today` to `last`, after going through all that were before."""
        cycle = Cycle(self._school.id, channel, tuple(self._tips))
        past = {day: tip for day, tip in posted.items() if day < today}
        for day in sorted({*past, *filter(self.has, self._timetable.until(last))}):
            pinned = self._pinned(channel, day)
            if day in past:
                fits = functools.partial(self._fitting_alone, channel, day)
                cycle.was_posted(past[day], day, fits, pinned=pinned is not None)
                continue
            fitting, groups = self._fitting(channel, day)
            if day < today:
                cycle.pass_over(day, fitting, groups)
            elif pinned:
                cycle.pin(pinned.id, day)
                yield PlannedTip(day, pinned, self._timetable.themes(day), True)
            else:
                chosen = cycle.next(day, fitting, groups)
                yield PlannedTip(day, self._tips[chosen] if chosen else None, self._timetable.themes(day), False)

    def _fitting(self, channel: str, day: dt.date) -> tuple[set[str], list[set[str]]]:
        """The tips that fit on this day, and those of each theme that is on. One that is pinned to a later day waits
        for it, so that it does not come twice."""
        themes = self._timetable.themes(day)
        kept = {pin.tip for pin in self._choices if pin.kind == "pin" and pin.first > day and _is_for(pin, channel)}
        fitting = [
            tip
            for tip in self._tips.values()
            if (not tip.theme or tip.theme in themes) and tip.id not in kept and not self.why_not(tip, day)
        ]
        return {tip.id for tip in fitting}, [{tip.id for tip in fitting if tip.theme == theme} for theme in themes]

    def _fitting_alone(self, channel: str, day: dt.date) -> set[str]:
        return self._fitting(channel, day)[0]

    def _pinned(self, channel: str, day: dt.date) -> Tip | None:
        """The tip that somebody wants on this day in this channel, or else in every channel."""
        pins = [pin for pin in self._choices if pin.kind == "pin" and pin.first == day and _is_for(pin, channel)]
        pin = max(pins, key=lambda each: bool(each.channel), default=None)
        tip = self._tips.get(pin.tip) if pin else None
        return tip if tip and not self.why_not(tip, day) else None


def _is_for(pin: TipChoice, channel: str) -> bool:
    return pin.channel in ("", channel)
