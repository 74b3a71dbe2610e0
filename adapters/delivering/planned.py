"""Letters to whoever is named in the plan of the review of readiness: a week before, on the day, and weekly after."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence

from adapters.delivering.answers import NOT_BEFORE
from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every
from adapters.delivering.reminders import sent_by_any
from adapters.delivering.sender import Way
from bot.errors import AskFirstError, without_content
from bot.knowledge import School
from bot.service.readiness.desk import ReadinessDesk
from bot.service.readiness.reminding import PlanLetter, plan_letters
from bot.store import Place, Store

log = logging.getLogger("askfirst.readiness")
_LOOK_EVERY = 3600.0
_KIND = "readiness"


class PlanReminder:
    """`school` is the school as it is now, `desk` its reviews."""

    def __init__(
        self,
        school: Callable[[], School],
        desk: ReadinessDesk,
        store: Store,
        ways: Sequence[Way],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._school, self._desk, self._store = school, desk, store
        self._ways, self._clock = tuple(ways), clock

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop("plan reminder", self._run),)

    async def _run(self, pulse: Pulse) -> None:
        await every(_LOOK_EVERY, pulse, self.remind, _tell, (AskFirstError, OSError))

    async def remind(self) -> None:
        """Send what has fallen due and was not sent yet. Raises StoreError."""
        school, now = self._school(), self._clock()
        local = now.astimezone(school.opening.zone)
        if local.hour < NOT_BEFORE:
            return
        kept = self._store.places(school.id, _KIND)
        for each in await asyncio.to_thread(self._letters, school, now, local.date()):
            if await sent_by_any(self._ways, each.letter, each.person):
                await asyncio.to_thread(kept.keep, Place(each.person.id, each.told.isoformat()))

    def _letters(self, school: School, now: dt.datetime, today: dt.date) -> list[PlanLetter]:
        told = {each.name: each.address for each in self._store.places(school.id, _KIND).all()}
        return plan_letters(school, self._desk.plan(school.id, now), told, today)


def _tell(fault: Exception) -> None:
    log.error("nobody could be reminded of the plan: %s", without_content(fault))
