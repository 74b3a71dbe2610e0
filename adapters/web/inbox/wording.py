"""The inbox's own words, beside those of bot.concerns.words: British dates, short sentences. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.concerns import ConcernState, Record, acted_on
from bot.concerns.words import day, moment, standing
from bot.knowledge import Route, School

KIND_WORDS: Mapping[Route, str] = {
    "pupil": "About a pupil",
    "staff": "About an adult at the school",
    "head": "About the headteacher",
    "dsl": "About the Designated Safeguarding Lead",
}
# What is said once something was decided about the tips. The address of the page carries the key, never a text.
TIPS_DONE: Mapping[str, str] = {
    "paused": "The tips are paused. Staff are not told.",
    "resumed": "Tips are posted again.",
    "running": "The tips were not paused here.",
    "held": "The tip is on hold.",
    "let-go": "The tip may be posted again.",
    "pinned": "The tip has its day.",
    "unpinned": "The day has its own tip again.",
}
_PLACES = {"slack": "Slack", "teams": "Teams"}


@dataclass(frozen=True)
class Clock:
    """Times as the school's clocks show them, seen from `now`."""

    zone: ZoneInfo
    now: dt.datetime

    def moment(self, at: dt.datetime) -> str:
        """23 Nov 2026, 10:04"""
        return moment(at, self.zone)

    def machine(self, at: dt.datetime) -> str:
        """2026-11-23T10:04+00:00, for a program: the attribute of <time>."""
        return at.astimezone(self.zone).isoformat(timespec="minutes")

    def day(self, date: dt.date) -> str:
        """1 September 2033"""
        return day(date)

    def day_of(self, at: dt.datetime) -> str:
        """The day on which something was, on the school's calendar."""
        return day(at.astimezone(self.zone).date())

    def soon(self, at: dt.datetime) -> str:
        """at 10:30; at 8:00 on 24 November where that is another day."""
        local = at.astimezone(self.zone)
        today = local.date() == self.now.astimezone(self.zone).date()
        return f"at {local:%H:%M}" + ("" if today else f" on {local.day} {local:%B}")

    def weekday(self, date: dt.date) -> str:
        """Tuesday 24 November"""
        return f"{date:%A} {date.day} {date:%B}"

    def is_past(self, date: dt.date) -> bool:
        """Whether a day is over."""
        return date < self.now.astimezone(self.zone).date()


def how_it_stands(school: School, state: ConcernState) -> str:
    """Status in words, with who has it or for whom it waits."""
    waits_for = school.people.get(state.passed_to)
    if state.status == "open" and waits_for:
        return f"Passed on to {waits_for.name}, who has not acknowledged it yet"
    return standing(state, school.opening.zone)


def next_alert(clock: Clock, state: ConcernState, due: dt.datetime | None) -> str:
    """When somebody is called next, empty where nobody is."""
    if due is None or state.status != "open":
        return ""
    return f"Next alert {clock.soon(due)}" if due > clock.now else "The next alert is on its way"


def next_step(clock: Clock, record: Record) -> str:
    """What AskFirst does next by itself with a concern that is read whole, empty where nothing."""
    due = record.next_due
    if record.state.status != "acknowledged" or acted_on(record.events):
        return next_alert(clock, record.state, due)
    return f"If nothing is written down, a reminder goes out {clock.soon(due)}" if due and due > clock.now else ""


def channel_words(channel: str) -> str:
    """A channel of school.yaml as people call it: "slack:C0123" is "Slack, channel C0123"."""
    kind, _, place = channel.partition(":")
    return f"{_PLACES[kind]}, channel {place}" if kind in _PLACES else "The web page"
