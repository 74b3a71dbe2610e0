"""Letters to whoever approved answers that are to be read again: a month, a week and a day before, and weekly after."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every
from adapters.delivering.reminders import sent_by_any
from adapters.delivering.sender import Way
from bot.errors import AskFirstError, without_content
from bot.knowledge import Knowledge
from bot.service.approving.reviewing import review_letters
from bot.store import Place, Store

log = logging.getLogger("askfirst.reviews")
_LOOK_EVERY = 3600.0
_KIND = "review"
NOT_BEFORE = 8  # o'clock at the school


class ReviewReminder:
    """`knowledge` is the live base of the school."""

    def __init__(
        self, knowledge: Callable[[], Knowledge], store: Store, ways: Sequence[Way], clock: Callable[[], dt.datetime]
    ) -> None:
        self._knowledge, self._store, self._ways, self._clock = knowledge, store, tuple(ways), clock

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop("review reminder", self._run),)

    async def _run(self, pulse: Pulse) -> None:
        await every(_LOOK_EVERY, pulse, self.remind, _tell, (AskFirstError, OSError))

    async def remind(self) -> None:
        """Send what has fallen due and was not sent yet. Raises StoreError."""
        knowledge = self._knowledge()
        now = self._clock().astimezone(knowledge.school.opening.zone)
        if now.hour < NOT_BEFORE:
            return
        kept = self._store.places(knowledge.school.id, _KIND)
        for each in review_letters(knowledge, now.date()):
            told = each.told.isoformat()
            before = await asyncio.to_thread(kept.find, each.person.id)
            if (before is None or before < told) and await sent_by_any(self._ways, each.letter, each.person):
                await asyncio.to_thread(kept.keep, Place(each.person.id, told))


def _tell(fault: Exception) -> None:
    log.error("nobody could be reminded of answers to read again: %s", without_content(fault))
