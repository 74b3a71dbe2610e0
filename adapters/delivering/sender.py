"""Takes what is due out of the outbox and hands it to the channels, until told to stop. Several may run at once.

The core decides what is due, to whom, and what follows from a failure (bot.service.delivery);
a Way only carries a letter.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every, take_turns
from bot.errors import AskFirstError, without_content
from bot.knowledge import Person, School
from bot.service.delivery import Delivery, Reach
from bot.service.letters import Letter, letter_for
from bot.store import Health, Notice

log = logging.getLogger("askfirst.sender")
LOOK_EVERY = 1.0  # seconds between two looks where nothing is known to be due sooner
WATCH_EVERY = 60.0
_PATIENCE = 20.0  # seconds for one letter
_RENEW_EVERY = 1.0  # seconds, well within a lease
_AT_ONCE = 16  # letters on their way at the same time
_AFTER_A_FAULT = 2.0


class UndeliveredError(AskFirstError):
    """A letter could not be handed over. Its text says why, without any of the letter's content; `permanent` says
    that trying the same way again is useless, `wait` how many seconds the channel asked for, `uncertain` that it may
    have arrived all the same: then the next try says that it is a repeat."""

    def __init__(
        self, reason: str, *, permanent: bool = False, wait: float | None = None, uncertain: bool = False
    ) -> None:
        super().__init__(reason)
        self.permanent, self.wait, self.uncertain = permanent, wait, uncertain


class Way(Protocol):
    """One way to reach people. `name` is what stands in the chronology, `channel` in an Account."""

    @property
    def name(self) -> str: ...

    @property
    def channel(self) -> str: ...

    def address_of(self, person: Person) -> str | None:
        """Where this person is reached on this way; None if they are not. It may look into the store, and so it is
        called in a thread. Raises StoreError."""

    async def send(self, letter: Letter, to: str) -> None:
        """Hand the letter over. Raises UndeliveredError."""

    async def look(self, to: str) -> str | None:
        """Find out, without sending anything, whether `to` can be reached; a remark where there is something to know
        about it. Raises UndeliveredError."""


class Sender:
    """The sending of one process: its loops, or `send_due` for one turn."""

    def __init__(self, delivery: Delivery, ways: Sequence[Way], clock: Callable[[], dt.datetime], address: str) -> None:
        self._delivery, self._ways, self._clock, self._address = delivery, tuple(ways), clock, address
        self._on_their_way: set[asyncio.Task[None]] = set()
        self._claimed_last = asyncio.Event()
        self._claimed_last.set()  # nothing is claimed until the sending begins

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does. They stand apart, so that a fault in one stops none of the
        others: a ladder that cannot be looked at must not keep a letter from being sent."""
        return (
            Loop("alerts", self._send, vital=True),
            Loop("ladders", self._watch, vital=True),
            Loop("leases", self._hold, vital=True),
        )

    async def _send(self, pulse: Pulse) -> None:
        self._claimed_last.clear()
        try:
            await take_turns(pulse, self._turn, lambda fault: _tell("alerts cannot be sent", fault), _AFTER_A_FAULT)
        finally:
            self._claimed_last.set()
        await self.finish()  # for as long as the loops of a process are given to end

    async def _turn(self) -> float:
        return 0.0 if await self.send_due() else await self._until_next()

    async def _watch(self, pulse: Pulse) -> None:
        await every(WATCH_EVERY, pulse, self.watch, lambda fault: _tell("ladders cannot be looked at", fault))

    async def _hold(self, pulse: Pulse) -> None:
        """Tell the others again and again that this process is alive, for as long as letters are on their way."""
        await every(_RENEW_EVERY, pulse, self._renew, lambda fault: _tell("leases could not be renewed", fault))
        # The last turn of the sending may still claim.
        while not self._claimed_last.is_set():
            await self._renew()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._claimed_last.wait(), _RENEW_EVERY)
        while self._on_their_way:
            await self._renew()
            await asyncio.wait(self._on_their_way, timeout=_RENEW_EVERY)

    async def send_due(self) -> bool:
        """Claim what is due and start sending it; whether there was anything."""
        free = _AT_ONCE - len(self._on_their_way)
        # Not claimed ahead: what waits here while its lease runs would be sent twice.
        if free <= 0:
            await asyncio.wait(self._on_their_way, return_when=asyncio.FIRST_COMPLETED)
            return True
        now = await asyncio.to_thread(self._clock)
        notices = await asyncio.to_thread(self._delivery.claim, now, free)
        for notice in notices:
            task = asyncio.create_task(self._deliver(notice))
            self._on_their_way.add(task)
            task.add_done_callback(self._on_their_way.discard)
        return bool(notices)

    async def finish(self) -> None:
        """Wait for every letter that is on its way."""
        while self._on_their_way:
            await asyncio.wait(self._on_their_way)

    async def watch(self) -> None:
        """One look at every ladder; what is late is said in the log, by count only."""
        health = await asyncio.to_thread(lambda: self._delivery.watch(self._clock()))
        if not health.well:
            log.error("safeguarding alerts: %s", "; ".join(_amiss(health)))

    async def _renew(self) -> None:
        if self._on_their_way:
            await asyncio.to_thread(lambda: self._delivery.renew(self._clock()))

    async def _deliver(self, notice: Notice) -> None:
        try:
            await self._try(notice)
        except Exception as fault:  # a letter's own boundary: its lease runs out and it is tried again
            log.error("a letter of kind %s could not be marked: %s", notice.kind, without_content(fault))

    async def _try(self, notice: Notice) -> None:
        ways = await asyncio.to_thread(lambda: ways_of(notice, self._delivery.person(notice), self._ways))
        names = [way.name for way, _ in ways]
        if not ways:
            await self._failed(notice, "no way", (), UndeliveredError("no way to reach them is set up", permanent=True))
            return
        now = await asyncio.to_thread(self._clock)
        number = self._delivery.way(notice, names, now)
        if number is None:
            await asyncio.to_thread(self._delivery.leave_alone, notice, names, now)
            return
        way, to = ways[number]
        head = await asyncio.to_thread(self._delivery.head, notice)
        letter = letter_for(self._delivery.school(notice), notice, self._address, now, head)
        try:
            async with asyncio.timeout(_PATIENCE):
                await way.send(letter, to)
        except TimeoutError:
            await self._failed(
                notice, way.name, names, UndeliveredError(f"no answer within {_PATIENCE:g} seconds", uncertain=True)
            )
        except UndeliveredError as fault:
            await self._failed(notice, way.name, names, fault)
        else:
            await asyncio.to_thread(lambda: self._delivery.sent(notice, way.name, self._clock()))

    async def _failed(self, notice: Notice, way: str, ways: Sequence[str], fault: UndeliveredError) -> None:
        log.warning("a letter of kind %s was not delivered by %s: %s", notice.kind, way, fault)
        await asyncio.to_thread(
            lambda: self._delivery.failed(
                notice,
                way,
                ways,
                str(fault),
                self._clock(),
                permanent=fault.permanent,
                wait=fault.wait,
                uncertain=fault.uncertain,
            )
        )

    async def _until_next(self) -> float:
        due = await asyncio.to_thread(self._delivery.next_due)
        if due is None:
            return LOOK_EVERY
        now = await asyncio.to_thread(self._clock)
        return min(max((due - now).total_seconds(), 0.02), LOOK_EVERY)


def ways_of(notice: Notice, person: Person | None, ways: Sequence[Way]) -> list[tuple[Way, str]]:
    """In which order a recipient is reached: the reporter by the account they gave, others on every way there is."""
    account = notice.recipient.account
    if account:
        return [(way, account.id) for way in ways if way.channel == account.channel]
    found = [(way, way.address_of(person)) for way in ways] if person else []
    return [(way, to) for way, to in found if to]


async def reach_of(school: School, ways: Sequence[Way]) -> Mapping[str, Reach]:
    """Everybody on a ladder -> whether they can be reached, and on which ways they cannot. Nothing is sent."""
    called = {rung.role for rungs in school.ladders.rungs.values() for rung in rungs}
    people = {person.id: person for role in sorted(called) for person in school.holders(role)}
    found = await asyncio.gather(*(_reach_of(person, ways) for person in people.values()))
    return dict(zip(people, found, strict=True))


async def unreachable(school: School, ways: Sequence[Way]) -> Mapping[str, str]:
    """Those of them who cannot be reached on any way -> why."""
    return {person: reach.troubles for person, reach in (await reach_of(school, ways)).items() if not reach.reached}


async def _reach_of(person: Person, ways: Sequence[Way]) -> Reach:
    found = await asyncio.to_thread(lambda: [(way, way.address_of(person)) for way in ways])
    tried = [(way, to) for way, to in found if to is not None]
    looked = [await _look(way, to) for way, to in tried]
    said = "; ".join(trouble for trouble, _ in looked if trouble)
    remarks = "; ".join(remark for _, remark in looked if remark)
    return Reach(
        not all(trouble for trouble, _ in looked), said or ("" if tried else "no way to reach them is set up"), remarks
    )


async def _look(way: Way, to: str) -> tuple[str, str]:
    """Why this way does not lead there, empty where it does; and what else is to be known about it."""
    try:
        async with asyncio.timeout(_PATIENCE):
            remark = await way.look(to)
    except TimeoutError:
        return f"{way.name}: no answer", ""
    except UndeliveredError as fault:
        return f"{way.name}: {fault}", ""
    return "", f"{way.name}: {remark}" if remark else ""


def _amiss(health: Health) -> Iterator[str]:
    if health.undelivered or health.late or health.missing:
        yield (
            f"{health.undelivered} could not be delivered so far, {health.late} later than a minute, "
            f"{len(health.missing)} concerns had no next step and got one"
        )
    if health.restored:
        yield "the log was restored from a backup, and somebody is to look (askfirst restored)"


def _tell(what: str, fault: Exception) -> None:
    log.error("%s, and it is tried again: %s", what, without_content(fault))
