"""The tip of the day, but for the sending itself: what is due, claimed once, marked; and what somebody decides.

Synchronous and without a clock. adapters/delivering/poster.py calls `TipDesk.due` and what follows; a command, the
inbox or a chat calls `pause`, `resume`, `skip`, `pin` and `seen`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import AskFirstError
from bot.knowledge import Knowledge, School, Tip, TipRules
from bot.service.calendars import KeptCalendars
from bot.store import Opinion, Post, Store, TipPosts, TipQueue
from bot.tips import Plan, PlannedTip, Posted, Timetable, TipCard, TipChoice, card, local_day, order_in, window

HISTORY = dt.timedelta(days=730)  # how far back posts are looked at: no cycle is as long
_DAY = dt.timedelta(days=1)
_DECIDE = frozenset({"dsl", "deputy-dsl", "head"})
_RARELY = dt.timedelta(minutes=5)


class TipError(AskFirstError):
    """Something was wanted of the tips that cannot be."""


@dataclass(frozen=True)
class Slot:
    """A channel of a school that is to get its tip now."""

    school: str
    channel: str
    day: dt.date

    @property
    def kind(self) -> str:
        """The kind of the channel: "web", "slack", "teams"."""
        return kind_of(self.channel)


@dataclass(frozen=True)
class Seen:
    """What the DSL sees: what was posted or left out, what people made of it, what was decided, and the tips that are
    not posted with the reason."""

    posts: tuple[Post, ...]
    opinions: tuple[Opinion, ...]
    choices: tuple[TipChoice, ...]
    left_out: tuple[tuple[Tip, str], ...]


class TipDesk:
    """The tips of the schools that `bases` gives at the time: school id -> its knowledge."""

    def __init__(self, bases: Callable[[], Mapping[str, Knowledge]], store: Store, calendars: KeptCalendars) -> None:
        self._bases, self._store, self._calendars = bases, store, calendars
        self._tables: dict[str, tuple[object, object, Timetable]] = {}
        self._done: dict[str, tuple[dt.date, TipRules]] = {}
        self._looked: dt.datetime | None = None

    # --- posting

    def due(self, kinds: Collection[str], now: dt.datetime) -> list[Slot]:
        """The slots of these kinds of channels whose moment has come, and that nobody has dealt with yet."""
        open_: dict[str, dt.date] = {}
        for school, knowledge in self._bases().items():
            day = local_day(knowledge.school, now)
            if self._is_open(school, knowledge, day, now):
                open_[school] = day
        if not open_:
            return []
        kept = [post for post in self._queue().on(set(open_.values())) if open_.get(post.school) == post.day]
        dealt_with = {(post.school, post.channel) for post in kept if post.state in ("posted", "left-out")}
        taken = {(post.school, post.channel) for post in kept if post.state != "waiting" or post.at > now}
        found: list[Slot] = []
        for school, day in open_.items():
            rules = self._bases()[school].school.tips
            slots = [Slot(school, channel, day) for channel in rules.channels if kind_of(channel) in kinds]
            found += [slot for slot in slots if (school, slot.channel) not in taken]
            if all((school, slot.channel) in dealt_with for slot in slots):
                self._done[school] = (day, rules)
        return found

    def claim(self, slot: Slot, now: dt.datetime) -> Post | None:
        """Take a slot with the tip that is its turn; None where there is none, or somebody was quicker."""
        knowledge = self._bases()[slot.school]
        # Asked once more: a slot may have waited behind many others since it was found due.
        if not self._is_time(knowledge.school, slot.day, now):
            return None
        posts = self._store.tips(slot.school)
        kept = posts.since(slot.day - HISTORY, slot.channel)
        if any(post.day == slot.day and post.state != "waiting" for post in kept):
            return None
        tip = self._plan(knowledge, posts).tip_on(slot.channel, slot.day, _had(kept))
        return posts.claim(slot.channel, slot.day, tip.id, now) if tip else None

    def unfinished(self, kinds: Collection[str], now: dt.datetime) -> list[Post]:
        """Take over what somebody claimed and never marked, in channels of these kinds. While no tip is due anywhere,
        only every few minutes."""
        days = {school: local_day(knowledge.school, now) for school, knowledge in self._bases().items()}
        due = any(self._is_time(self._bases()[school].school, day, now) for school, day in days.items())
        if not due and self._looked and now - self._looked < _RARELY:
            return []
        self._looked = now
        return list(self._queue().unfinished(kinds, now))

    def card(self, post: Post, now: dt.datetime) -> TipCard | None:
        """What is to be posted; None where its time is over, or it is no longer wanted."""
        knowledge = self._bases()[post.school]
        plan = self._plan(knowledge, self._store.tips(post.school))
        # And once more just before it is sent: somebody may have paused the tips after an incident.
        tip = plan.tip(post.tip)
        if not tip or not self._is_time(knowledge.school, post.day, now):
            return None
        return card(knowledge, tip, post.day) if plan.has(post.day) and not plan.why_not(tip, post.day) else None

    def posted(self, post: Post, now: dt.datetime) -> bool:
        """It is in the channel."""
        return self._store.tips(post.school).posted(post, now)

    def leave_out(self, post: Post, now: dt.datetime) -> bool:
        """There is no tip in this channel on this day."""
        return self._store.tips(post.school).leave_out(post, now)

    def put_off(self, post: Post, until: dt.datetime) -> bool:
        """It was surely not posted; it is tried again from `until` on, if that is still in time."""
        return self._store.tips(post.school).put_off(post, until)

    def next_due(self, now: dt.datetime) -> dt.datetime | None:
        """When the next tip of any school is to be posted, if that is today or tomorrow."""
        moments = []
        for knowledge in self._bases().values():
            today = local_day(knowledge.school, now)
            moments += [window(knowledge.school, day)[0] for day in (today, today + _DAY)]
        return min((moment for moment in moments if moment > now), default=None)

    # --- seen and decided

    def today(self, school: str, channel: str, now: dt.datetime) -> TipCard | None:
        """The tip that was posted in this channel today; none once its answer is not served any more, or was
        changed and waits for approval."""
        knowledge = self._bases()[school]
        day = local_day(knowledge.school, now)
        posts = self._store.tips(school).since(day, channel)
        tips = {tip.id: tip for tip in knowledge.tips}
        shown = [post for post in posts if post.day == day and post.state == "posted" and post.tip in tips]
        plan = Plan(knowledge, self._timetable(knowledge))
        return card(knowledge, tips[shown[0].tip], day) if shown and plan.is_sound(tips[shown[0].tip]) else None

    def coming(self, school: str, channel: str, count: int, now: dt.datetime) -> tuple[PlannedTip, ...]:
        """The next so many days with a tip, today included while it has not been posted and still may be."""
        knowledge, posts = self._bases()[school], self._store.tips(school)
        first = self._next_day(knowledge, channel, now)
        kept = posts.since(first - HISTORY, channel)
        return self._plan(knowledge, posts).coming(channel, first, count, _had(kept))

    def seen(self, school: str, since: dt.date, now: dt.datetime) -> Seen:
        """Everything about the tips of a school from this day on."""
        knowledge, posts = self._bases()[school], self._store.tips(school)
        left_out = self._plan(knowledge, posts).left_out(local_day(knowledge.school, now))
        return Seen(posts.since(since), posts.opinions(since), posts.choices(), left_out)

    def calendar_remarks(self, school: str) -> tuple[str, ...]:
        """What whoever keeps the school's calendar should know."""
        return self._calendars.remarks(self._bases()[school].school)

    def pause(self, school: str, by: str, last: dt.date | None, now: dt.datetime) -> None:
        """No tips from today until this day, which is included, or until further notice."""
        today = local_day(self._bases()[school].school, now)
        if last is not None and last < today:
            raise TipError(f"{last} is over. Name today or a later day")
        self._store.tips(school).choose(TipChoice("pause", today, last, by=by), now)

    def resume(self, school: str, tip: str, now: dt.datetime) -> int:
        """Tips are posted again from today on; or this one is, where one is named. How many decisions that ended."""
        return self._store.tips(school).resume(local_day(self._bases()[school].school, now), tip)

    def obey(self, school: str, person: str, text: str, now: dt.datetime) -> str | None:
        """Do what "no tips this week" or "resume tips" asks in a chat. The reply once it is done; None for any other
        message, and from anybody who may not (`person` is their id in school.yaml, empty where they have none)."""
        there = self._bases()[school].school
        order = order_in(text, local_day(there, now))
        if order is None or not may_decide(there.roles_of(person)):
            return None
        if not order.pause:
            return "Tips are posted again." if self.resume(school, "", now) else "Tips were not paused."
        self.pause(school, there.people[person].name, order.last, now)
        until = f"until {order.last}, which is included" if order.last else "until somebody says: resume tips"
        return f"No tips {until}."

    def skip(self, school: str, tip: str, by: str, last: dt.date | None, now: dt.datetime) -> None:
        """This tip is not posted until after this day, or until further notice."""
        knowledge = self._bases()[school]
        today = local_day(knowledge.school, now)
        _known(knowledge, tip)
        if last is not None and last < today:
            raise TipError(f"{last} is over. Name today or a later day")
        self._store.tips(school).choose(TipChoice("skip", today, last, tip, by=by), now)

    def pin(self, school: str, tip: str, day: dt.date, channel: str, by: str, now: dt.datetime) -> None:
        """This tip is the one of that day, in one channel or (with "") in all."""
        knowledge, posts = self._bases()[school], self._store.tips(school)
        plan = self._plan(knowledge, posts)
        reason = plan.why_not(_known(knowledge, tip), day)
        channels = (channel,) if channel else knowledge.school.tips.channels
        if not plan.has(day) or all(day < self._next_day(knowledge, each, now) for each in channels):
            raise TipError(
                f"there is no tip to choose on {day}: it is over or has its tip, no school day, or in a pause"
            )
        if channel and channel not in knowledge.school.tips.channels:
            raise TipError(f"'{channel}' gets no tips. The channels are: {', '.join(knowledge.school.tips.channels)}")
        if reason:
            raise TipError(f"'{tip}' cannot be posted on {day}: {reason}")
        posts.choose(TipChoice("pin", day, day, tip, channel, by), now)

    def unpin(self, school: str, day: dt.date) -> int:
        """Take back what was pinned to this day; how many pins there were."""
        return self._store.tips(school).unpin(day)

    # --- inside

    def _queue(self) -> TipQueue:
        return self._store.tip_queue(tuple(self._bases()))

    def _is_open(self, school: str, knowledge: Knowledge, day: dt.date, now: dt.datetime) -> bool:
        """Whether a tip may be posted now. What still waits when its time is over is left out, once."""
        rules = knowledge.school.tips
        opens, closes = window(knowledge.school, day)
        if not rules.channels or now < opens or self._done.get(school) == (day, rules):
            return False
        if now < closes and self._timetable(knowledge).has(day):
            return True
        self._store.tips(school).expire(day + _DAY, now)
        # Not looked at again today: this is asked every few seconds, perhaps for hundreds of schools. Other rules (a
        # channel more) begin anew.
        self._done[school] = (day, rules)
        return False

    def _is_time(self, school: School, day: dt.date, now: dt.datetime) -> bool:
        opens, closes = window(school, day)
        return opens <= now < closes

    def _next_day(self, knowledge: Knowledge, channel: str, now: dt.datetime) -> dt.date:
        """The first day whose tip is still open in this channel: today while it was not posted and still may be."""
        today = local_day(knowledge.school, now)
        posts = self._store.tips(knowledge.school.id).since(today, channel)
        is_out = now >= window(knowledge.school, today)[1] or any(post.day == today for post in posts)
        return today + _DAY if is_out else today

    def _plan(self, knowledge: Knowledge, posts: TipPosts) -> Plan:
        return Plan(knowledge, self._timetable(knowledge), posts.choices())

    def _timetable(self, knowledge: Knowledge) -> Timetable:
        """Made anew where the files or the calendar have changed."""
        dates = self._calendars.dates(knowledge.school)
        # Compared by identity: a base is replaced as one, and to compare its contents would take longer than the table.
        kept = self._tables.get(knowledge.school.id)
        if kept is None or kept[0] is not knowledge or kept[1] is not dates:
            kept = (knowledge, dates, Timetable(knowledge.school, knowledge.themes, dates))
            self._tables[knowledge.school.id] = kept
        return kept[2]


def may_decide(roles: Collection[str]) -> bool:
    """Whether somebody with these parts sees how the tips are taken, and decides about them."""
    return not _DECIDE.isdisjoint(roles)


def kind_of(channel: str) -> str:
    """The kind of a channel: "slack" of "slack:C0123456"."""
    return channel.partition(":")[0]


def place_of(channel: str) -> str:
    """Where in a channel of its kind: "C0123456" of "slack:C0123456", empty where the kind has one place."""
    return channel.partition(":")[2]


def _had(kept: Sequence[Post]) -> Posted:
    """What a channel has had; a tip that was left out may have been seen, and counts."""
    return {post.day: post.tip for post in kept if post.state != "waiting"}


def _known(knowledge: Knowledge, tip: str) -> Tip:
    found = next((each for each in knowledge.tips if each.id == tip), None)
    if found is None:
        raise TipError(f"there is no tip '{tip}'. They are in tips.yaml; askfirst tips shows those that come next")
    return found
