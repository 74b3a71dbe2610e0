"""A letter to whoever looks after the server, once a week while something there is about to end, or has ended."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every
from adapters.delivering.sender import UndeliveredError, Way
from bot.errors import AskFirstError, without_content
from bot.knowledge import Person, School
from bot.service.letters import Letter
from bot.store import Place, Store

log = logging.getLogger("askfirst.reminders")
_LOOK_EVERY = 3600.0
_LOOK_AFTER_IT = ("it-support", "office", "head")  # the first of these roles that somebody holds
_KIND = "reminder"
_SUBJECT = "AskFirst: its sign-in to Microsoft Teams"


class SignInReminder:
    """`said` is what there is to say of the app's sign-in at a moment, empty for nothing."""

    def __init__(
        self,
        school: Callable[[], School],
        store: Store,
        ways: Sequence[Way],
        said: Callable[[dt.datetime], str],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._school, self._store, self._ways, self._said, self._clock = school, store, tuple(ways), said, clock

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop("sign-in reminder", self._run),)

    async def _run(self, pulse: Pulse) -> None:
        await every(_LOOK_EVERY, pulse, self.remind, _tell, (AskFirstError, OSError))

    async def remind(self) -> None:
        """Send the letter, unless there is nothing to say or it was sent this week. Raises StoreError."""
        now, school = self._clock(), self._school()
        week, words = "{}-{}".format(*now.isocalendar()[:2]), await asyncio.to_thread(self._said, now)
        kept = self._store.places(school.id, _KIND)
        if not words or await asyncio.to_thread(kept.find, _SUBJECT) == week:
            return
        letter = Letter(f"sign-in-{week}", "news", "", False, _SUBJECT, (f"Teams: {words}.", "See docs/teams.md."), "")
        for person in _who(school):
            if await sent_by_any(self._ways, letter, person):
                await asyncio.to_thread(kept.keep, Place(_SUBJECT, week))


async def sent_by_any(ways: Sequence[Way], letter: Letter, person: Person) -> bool:
    """Send a letter on the first way that takes it; False where none does."""
    for way in ways:
        try:
            if (to := await asyncio.to_thread(way.address_of, person)) is not None:
                await way.send(letter, to)
                return True
        except UndeliveredError as fault:
            log.warning("somebody could not be reminded by %s: %s", way.name, fault)
    return False


def _who(school: School) -> tuple[Person, ...]:
    ids = next((school.roles[role] for role in _LOOK_AFTER_IT if school.roles.get(role)), ())
    return tuple(school.people[each] for each in ids)


def _tell(fault: Exception) -> None:
    log.error("whoever looks after AskFirst could not be reminded: %s", without_content(fault))
