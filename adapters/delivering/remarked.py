"""Letters to whoever wrote or approved an answer that staff call wrong or out of date: once, and by day."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every
from adapters.delivering.reminders import sent_by_any
from adapters.delivering.reviews import NOT_BEFORE
from adapters.delivering.sender import Way
from bot.errors import AskFirstError, without_content
from bot.knowledge import Knowledge
from bot.service.approving.remarked import RemarkLetter, remark_letters
from bot.store import Place, Store
from bot.store.drafts import PUBLISHED

log = logging.getLogger("askfirst.remarks")
_LOOK_EVERY = 3600.0
_KIND = "remark"
_LOOK_BACK = dt.timedelta(days=90)


class RemarkReminder:
    """`knowledge` is the live base of the school, `address` that of the page."""

    def __init__(
        self,
        knowledge: Callable[[], Knowledge],
        store: Store,
        ways: Sequence[Way],
        clock: Callable[[], dt.datetime],
        address: str,
    ) -> None:
        self._knowledge, self._store, self._ways, self._clock = knowledge, store, tuple(ways), clock
        self._page = f"{address}/inbox/answers"

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop("remark reminder", self._run),)

    async def _run(self, pulse: Pulse) -> None:
        await every(_LOOK_EVERY, pulse, self.remind, _tell, (AskFirstError, OSError))

    async def remind(self) -> None:
        """Send what nobody was told of yet. Raises StoreError."""
        knowledge = self._knowledge()
        now = self._clock().astimezone(knowledge.school.opening.zone)
        if now.hour < NOT_BEFORE:
            return
        for each in await asyncio.to_thread(self._letters, knowledge, now.date()):
            letter = replace(each.letter, link=self._page)
            if await sent_by_any(self._ways, letter, each.person):
                await asyncio.to_thread(self._keep, knowledge.school.id, each.told)

    def _letters(self, knowledge: Knowledge, today: dt.date) -> tuple[RemarkLetter, ...]:
        school = knowledge.school.id
        drafts = self._store.drafts(school)
        authors = {each.entry: each.author for each in reversed(drafts.all(PUBLISHED))}  # the last one stays
        told = {each.name: each.address for each in self._store.places(school, _KIND).all()}
        return remark_letters(knowledge, drafts.remarked(today - _LOOK_BACK), authors, told, today)

    def _keep(self, school: str, told: Mapping[str, str]) -> None:
        kept = self._store.places(school, _KIND)
        for name, address in told.items():
            kept.keep(Place(name, address))


def _tell(fault: Exception) -> None:
    log.error("nobody could be told what staff say of answers: %s", without_content(fault))
