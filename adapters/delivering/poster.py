"""Posts the tip of the day in the channels of the schools, until told to stop. Several processes may do so at once.

The core decides what is due and claims it (bot.service.tip_desk); a TipChannel only carries it. A post is claimed
before it is sent and marked after it: what somebody claimed and never marked is looked for in the channel's own
history, and where the channel cannot tell, it is left out and reported, because no tip is better than two.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, take_turns
from bot.errors import AskFirstError, without_content
from bot.service.tip_desk import Slot, TipDesk, kind_of, place_of
from bot.store import Post
from bot.tips import TipCard, key_of

log = logging.getLogger("askfirst.tips")
LOOK_EVERY = 5.0  # seconds between two looks
_PATIENCE = 12.0  # seconds for one post ...
_FRESH = 4.0  # ... begun within so many after its claim: both fit into the lease
_AT_ONCE = 16
_SLICE = 100  # slots before the next look: what another process left behind must not wait for a whole trust
_TRY_AGAIN = 60.0  # seconds, where the channel names no other wait
_AFTER_A_FAULT = 2.0
_LONGEST_TURN = 300.0  # seconds: a slice of slots in a channel that is slow at each


class NotPostedError(AskFirstError):
    """The channel has surely not posted it; the text says why. `wait` is how many seconds the channel asked for. Where
    a channel cannot be sure (no answer, a lost connection), it lets any other error through instead."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class TipChannel(Protocol):
    """A kind of channel that tips are posted to. `name` is the kind as in school.yaml: the "slack" of "slack:C01"."""

    @property
    def name(self) -> str: ...

    async def post(self, channel: str, tip: TipCard, key: str) -> None:
        """Post in this place ("C01") with a button "Ask about this" (PickEntry of tip.entry), marked with `key` where
        the channel keeps marks. Raises NotPostedError where it was surely not posted."""

    async def has(self, channel: str, key: str) -> bool | None:
        """Whether a post with this key is there; None where the channel cannot tell. Errors count as "ask later"."""


class TipPoster:
    """The posting of one process: its loop, or `post_due` for one turn."""

    def __init__(self, desk: TipDesk, channels: Sequence[TipChannel], clock: Callable[[], dt.datetime]) -> None:
        self._desk, self._clock = desk, clock
        self._channels = {channel.name: channel for channel in channels}
        self._few = asyncio.Semaphore(_AT_ONCE)
        self._more = False

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop("tips", self._run, _LONGEST_TURN),)

    async def _run(self, pulse: Pulse) -> None:
        await take_turns(pulse, self._turn, _tell, _AFTER_A_FAULT)

    async def _turn(self) -> float:
        await self.post_due()
        return 0.0 if self._more else await self._until_next()

    async def post_due(self) -> int:
        """Deal with what was left unfinished and with what is due, as much as takes a few seconds; how many tips this
        process posted."""
        now = await asyncio.to_thread(self._clock)
        left = await asyncio.to_thread(self._desk.unfinished, tuple(self._channels), now)
        due = await asyncio.to_thread(self._desk.due, tuple(self._channels), now)
        random.shuffle(due)  # so that processes that start together do not all claim in one order
        more, due = len(due) > _SLICE, due[:_SLICE]
        tasks = [
            *(self._guarded(self._finish(post)) for post in left),
            *(self._guarded(self._begin(slot)) for slot in due),
        ]
        posted = sum(await asyncio.gather(*tasks))
        self._more = more and posted > 0  # slots for which no tip fits come up again and again
        return posted

    async def _guarded(self, work: Awaitable[bool]) -> bool:
        async with self._few:
            try:
                return await work
            except Exception as fault:  # a post's own boundary: its lease runs out, and it is looked for
                log.error("a tip could not be dealt with: %s", without_content(fault))
                return False

    async def _begin(self, slot: Slot) -> bool:
        begun = asyncio.get_running_loop().time()
        post = await asyncio.to_thread(lambda: self._desk.claim(slot, self._clock()))
        return post is not None and await self._send(post, begun, fresh=True)

    async def _finish(self, post: Post) -> bool:
        """Somebody claimed it and never marked it: was it posted?"""
        begun = asyncio.get_running_loop().time()
        channel = self._channels[kind_of(post.channel)]
        try:
            async with asyncio.timeout(_FRESH):
                there = await channel.has(place_of(post.channel), _key(post))
        except Exception as fault:  # whatever a channel may raise: asked again while there is time
            log.warning("%s could not say whether its tip is there: %s", post.channel, without_content(fault))
            if await asyncio.to_thread(lambda: self._desk.card(post, self._clock())):
                return False
            there = None
        if there:
            return await self._mark(self._desk.posted, post)
        if there is None:
            log.error("nobody can say whether the tip of %s was posted in %s: it is left out", post.day, post.channel)
            await self._mark(self._desk.leave_out, post)
            return False
        return await self._send(post, begun, fresh=False)

    async def _send(self, post: Post, begun: float, *, fresh: bool) -> bool:
        """Send what this process has claimed. What took too long is put off where it is `fresh`: nobody can have posted
        it. A claim that runs out costs a channel that cannot say so its tip. Any other is looked for again."""
        tip = await asyncio.to_thread(lambda: self._desk.card(post, self._clock()))
        if tip is None:
            await self._mark(self._desk.leave_out, post)
            return False
        if asyncio.get_running_loop().time() - begun > _FRESH:
            log.warning("this machine is too slow to post the tip of %s in %s: put off", post.day, post.channel)
            if fresh:
                await self._mark(self._desk.put_off, post)
            return False
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._channels[kind_of(post.channel)].post(place_of(post.channel), tip, _key(post))
        except NotPostedError as fault:
            log.warning("the tip was not posted in %s and is tried again: %s", post.channel, fault)
            wait = dt.timedelta(seconds=_TRY_AGAIN if fault.wait is None else max(fault.wait, 0.1))
            await self._mark(lambda each, now: self._desk.put_off(each, now + wait), post)
            return False
        return await self._mark(self._desk.posted, post)

    async def _mark(self, mark: Callable[[Post, dt.datetime], bool], post: Post) -> bool:
        return await asyncio.to_thread(lambda: mark(post, self._clock()))

    async def _until_next(self) -> float:
        due = await asyncio.to_thread(lambda: self._desk.next_due(self._clock()))
        left = (due - await asyncio.to_thread(self._clock)).total_seconds() if due else LOOK_EVERY
        return min(max(left, 0.02), LOOK_EVERY)


def _key(post: Post) -> str:
    return key_of(post.school, post.channel, post.day)


def _tell(fault: Exception) -> None:
    log.error("tips cannot be posted, and it is tried again: %s", without_content(fault))
