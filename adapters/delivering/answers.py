"""Letters about answers: to whoever approved one that is to be read again, a month, a week and a day before and weekly
after; and to whoever wrote or approved one that staff call wrong or out of date, once, and by day."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every
from adapters.delivering.reminders import sent_by_any
from adapters.delivering.sender import Way
from bot.errors import AskFirstError, without_content
from bot.knowledge import Knowledge
from bot.service.approving.remarked import remark_letters
from bot.service.approving.reviewing import AnswerLetter, review_letters
from bot.store import Place, Store
from bot.store.desks.drafts import PUBLISHED

log = logging.getLogger("askfirst.answers")
_LOOK_EVERY = 3600.0
_LOOK_BACK = dt.timedelta(days=90)
NOT_BEFORE = 8  # o'clock at the school


class AnswerReminder:
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
        # Under each kind it is kept who was told what.
        self._kinds = {"review": self._reviews, "remark": self._remarks}

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop("answer reminder", self._run),)

    async def _run(self, pulse: Pulse) -> None:
        await every(_LOOK_EVERY, pulse, self.remind, _tell, (AskFirstError, OSError))

    async def remind(self) -> None:
        """Send what has fallen due and nobody was told of yet. Raises StoreError."""
        knowledge = self._knowledge()
        now = self._clock().astimezone(knowledge.school.opening.zone)
        if now.hour < NOT_BEFORE:
            return
        for kind in self._kinds:
            for each in await asyncio.to_thread(self._letters, kind, knowledge, now.date()):
                if await sent_by_any(self._ways, each.letter, each.person):
                    await asyncio.to_thread(self._keep, kind, knowledge.school.id, each.told)

    def _letters(self, kind: str, knowledge: Knowledge, today: dt.date) -> tuple[AnswerLetter, ...]:
        told = {each.name: each.address for each in self._store.places(knowledge.school.id, kind).all()}
        return self._kinds[kind](knowledge, told, today)

    def _reviews(self, knowledge: Knowledge, told: Mapping[str, str], today: dt.date) -> tuple[AnswerLetter, ...]:
        return review_letters(knowledge, told, today)

    def _remarks(self, knowledge: Knowledge, told: Mapping[str, str], today: dt.date) -> tuple[AnswerLetter, ...]:
        drafts = self._store.drafts(knowledge.school.id)
        authors = {each.entry: each.author for each in reversed(drafts.all(PUBLISHED))}  # the last one stays
        found = remark_letters(knowledge, drafts.remarked(today - _LOOK_BACK), authors, told, today)
        return tuple(replace(each, letter=replace(each.letter, link=self._page)) for each in found)

    def _keep(self, kind: str, school: str, told: Mapping[str, str]) -> None:
        kept = self._store.places(school, kind)
        for name, address in told.items():
            kept.keep(Place(name, address))


def _tell(fault: Exception) -> None:
    log.error("nobody could be reminded of an answer: %s", without_content(fault))
