"""The tips of a school -> what is drawn: what stops them, what comes, what is left out, what staff say. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge import Knowledge, School, Tip
from bot.service.tip_desk import Seen
from bot.store import Opinion, Post
from bot.tips import PlannedTip, TipChoice

_LONGEST = 90  # characters of a tip in a list to pick from


@dataclass(frozen=True)
class Stop:
    """No tips from `first` until `last` (None: until somebody lets them start again). `by` is whoever decided so,
    empty where it stands in school.yaml: then it cannot be ended here."""

    first: dt.date
    last: dt.date | None
    by: str


@dataclass(frozen=True)
class Ahead:
    """The coming days of one channel; `known` is False where the school's dates end before there are enough."""

    channel: str
    days: tuple[PlannedTip, ...]
    known: bool


@dataclass(frozen=True)
class Held:
    """A tip that is not posted, with the reason; `choice` is the decision where somebody put it on hold."""

    tip: Tip
    reason: str
    choice: TipChoice | None


@dataclass(frozen=True)
class Had:
    """A tip that was posted, newest first, and what staff made of it. `text` is empty where it is no longer there."""

    tip: str
    text: str
    posts: tuple[Post, ...]
    asked: int
    not_useful: int


def stops_of(school: School, choices: Iterable[TipChoice], today: dt.date) -> tuple[Stop, ...]:
    """Every pause that holds or is to come, the first one first."""
    decided = (Stop(each.first, each.last, each.by) for each in choices if each.kind == "pause")
    written = (Stop(each.first, each.last, "") for each in school.tips.pauses)
    return tuple(
        sorted(
            (stop for stop in (*decided, *written) if stop.last is None or stop.last >= today),
            key=lambda stop: (stop.first, stop.last is None, str(stop.last)),
        )
    )


def held_of(seen: Seen, today: dt.date) -> tuple[Held, ...]:
    """What is not posted today whatever the theme: what somebody put on hold first."""
    skips = {each.tip: each for each in seen.choices if each.kind == "skip" and each.holds(today)}
    held = (Held(tip, reason, skips.get(tip.id)) for tip, reason in seen.left_out)
    return tuple(sorted(held, key=lambda each: each.choice is None))


def had_of(seen: Seen, knowledge: Knowledge) -> tuple[Had, ...]:
    """Each tip that was posted or left out, the newest first."""
    posts: dict[str, list[Post]] = defaultdict(list)
    for post in reversed(seen.posts):
        posts[post.tip].append(post)
    texts = {tip.id: tip.text for tip in knowledge.tips}
    opinions: Mapping[str, Opinion] = {opinion.tip: opinion for opinion in seen.opinions}
    return tuple(_had(tip, texts.get(tip, ""), found, opinions.get(tip)) for tip, found in posts.items())


def tips_to_pick(knowledge: Knowledge, held: Iterable[Held]) -> list[tuple[str, str]]:
    """The tips that may be posted, each by how it begins."""
    never = {each.tip.id for each in held}
    return [("", "Pick a tip"), *((tip.id, shortened(tip.text)) for tip in knowledge.tips if tip.id not in never)]


def shortened(text: str) -> str:
    """The beginning of a tip, cut between two words."""
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0].rstrip(".,;:!?") + "…"


def _had(tip: str, text: str, posts: Sequence[Post], opinion: Opinion | None) -> Had:
    return Had(tip, text, tuple(posts), opinion.asked if opinion else 0, opinion.not_useful if opinion else 0)
