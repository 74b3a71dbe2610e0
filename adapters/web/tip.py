"""The tip of the day on the page: the demo's channel. A post is a row of the store; once marked, the page shows it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Literal

from bot.messages import Message, Reply
from bot.presses import PickEntry
from bot.service.core import Core
from bot.tips import TipCard, local_day

CHANNEL = "web"
THANKS = "Thank you. Whoever looks after the tips sees how often each was not useful, and never who said so."


class WebTips:
    """The page as a channel of tips. Nothing is sent: a tip that is not marked as posted is not shown, so a crash in
    between never shows it twice."""

    name = CHANNEL

    async def post(self, channel: str, tip: TipCard, key: str) -> None:
        """The mark that follows is what shows it."""

    async def has(self, channel: str, key: str) -> bool | None:
        """Not marked, and so not shown."""
        return False


class TipOfTheDay:
    """What the page shows of today's tip, and what people say to it."""

    def __init__(self, core: Core, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._clock = core, clock

    async def card(self) -> TipCard | None:
        """Today's tip, where there is one."""
        school = self._core.school()
        if CHANNEL not in school.tips.channels:
            return None
        return await asyncio.to_thread(self._core.tips.today, school.id, CHANNEL, self._clock())

    async def asked(self, message: Message, tip: str) -> None:
        """Count a question that came from the tip's own button."""
        card = await self.card()
        if card and card.tip == tip and message.action == PickEntry(card.entry):
            await self._count(card, "asked")

    async def judged(self, fields: Mapping[str, str]) -> Reply | None:
        """The reply to "Not useful"; None where the form is another one."""
        if fields.get("action") != "tip-not-useful" or set(fields) != {"action", "tip"}:
            return None
        card = await self.card()
        if card and card.tip == fields["tip"]:
            await self._count(card, "not_useful")
        return Reply("smalltalk", THANKS)

    async def _count(self, card: TipCard, said: Literal["asked", "not_useful"]) -> None:
        school = self._core.school()
        posts, day = self._core.store.tips(school.id), local_day(school, self._clock())
        await asyncio.to_thread(posts.count, card.tip, day, said)
