"""Reminders of what staff must read: each colleague on the first way that takes it, in their own chat where they have
one, and nobody once it is done."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

from adapters.delivering.answers import NOT_BEFORE
from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every
from adapters.delivering.sender import UndeliveredError, Way
from bot.errors import AskFirstError, without_content
from bot.knowledge import Knowledge
from bot.required.model import Colleague
from bot.service.calendars import KeptCalendars
from bot.service.required.reminding import RequiredLetter, RequiredReminders, as_person
from bot.store import Store

log = logging.getLogger("askfirst.required")
_LOOK_EVERY = 3600.0
_NOT_AFTER = 18  # o'clock at the school: nobody is written to in the evening
_WAYS = ("slack", "teams", "email")  # no text messages: they are for alerts
Accounts = Mapping[tuple[str, str], str]  # channel and address -> the id of an account


class RequiredReminder:
    """`knowledge` is the live base of the school, `address` that of the page."""

    def __init__(
        self,
        knowledge: Callable[[], Knowledge],
        store: Store,
        calendars: KeptCalendars,
        ways: Sequence[Way],
        clock: Callable[[], dt.datetime],
        address: str,
    ) -> None:
        self._knowledge, self._store, self._clock = knowledge, store, clock
        self._ways = tuple(way for way in ways if way.channel in _WAYS)
        self._reminders = RequiredReminders(knowledge, store, calendars, address)

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop("required reminder", self._run, patience=_LOOK_EVERY),)

    async def _run(self, pulse: Pulse) -> None:
        await every(_LOOK_EVERY, pulse, self.remind, _tell, (AskFirstError, OSError))

    async def remind(self) -> int:
        """Send what has fallen due, and delete what is kept no longer; how many letters went. Raises StoreError."""
        now = self._clock()
        await asyncio.to_thread(self._reminders.forget_old, now)
        at_school = now.astimezone(self._knowledge().school.opening.zone)
        if not NOT_BEFORE <= at_school.hour < _NOT_AFTER:
            return 0
        due = await asyncio.to_thread(self._reminders.due, now)
        accounts = await asyncio.to_thread(self._accounts) if due else {}
        sent = [each for each in due if await self._sent(each, accounts, now)]
        if sent:
            await asyncio.to_thread(self._reminders.sent, sent, now)
        return len(sent)

    async def _sent(self, letter: RequiredLetter, accounts: Accounts, now: dt.datetime) -> bool:
        """Whether it went. It is marked before it is sent: twice the same reminder is worse than one a day later."""
        if not await asyncio.to_thread(self._reminders.claim, letter, now):
            return False
        for way, to in await asyncio.to_thread(lambda: list(self._addresses(letter.colleague, accounts))):
            try:
                await way.send(letter.letter, to)
                return True
            except UndeliveredError as fault:
                log.warning("somebody could not be reminded by %s: %s", way.name, fault)
        await asyncio.to_thread(self._reminders.not_sent, letter, now)
        return False

    def _addresses(self, colleague: Colleague, accounts: Accounts) -> Iterator[tuple[Way, str]]:
        """Where they are reached, on each way: by the account that the chat knows for their address, or as the way
        finds people."""
        person = as_person(self._knowledge(), colleague)
        for way in self._ways:
            own = accounts.get((way.channel, colleague.email.casefold()))
            if to := own or way.address_of(person):
                yield way, to

    def _accounts(self) -> Accounts:
        """The accounts of staff that the chats have named so far, by channel and address."""
        known = self._store.accounts(self._knowledge().school.id).all()
        return {
            (each.account.channel, email): each.account.id
            for each in known
            if not each.outside
            for email in each.emails
        }


def _tell(fault: Exception) -> None:
    log.error("staff could not be reminded of what they must read: %s", without_content(fault))
