"""The tip of the day in a chat: its words, what its buttons carry, what becomes of a press, and "no tips this week"."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from bot.errors import AskFirstError
from bot.presses import PickEntry
from bot.service.core import Core
from bot.service.tip_desk import TipError, kind_of
from bot.tips import TipCard, local_day, order_in

HEADING = "Tip of the day"
ASK, NOT_USEFUL = "Ask about this", "Not useful"
THANKS = "Thank you. Whoever looks after the tips sees how often each was not useful, and never who said so."

_ID = r"[a-z0-9][a-z0-9-]{0,79}"
_VALUE = re.compile(rf"tip ({_ID}) ({_ID})")


@dataclass(frozen=True)
class TipButton:
    """What both buttons of a tip carry: the tip, and the entry that answers it."""

    tip: str
    entry: str


def to_value(tip: TipCard) -> str:
    """A tip -> the value of its buttons."""
    return f"tip {tip.tip} {tip.entry}"


def to_button(value: str) -> TipButton | None:
    """The value of a button -> TipButton; None for what is no button of a tip."""
    found = _VALUE.fullmatch(value)
    return TipButton(found[1], found[2]) if found else None


def rule_of(tip: TipCard) -> str:
    """The rule behind a tip, with its place."""
    return f"The rule: {tip.rule} ({tip.source})" if tip.source else f"The rule: {tip.rule}"


class TipTalk:
    """What people of one chat say to the tips. `channel` is the chat's name in school.yaml: "slack", "teams"."""

    def __init__(self, core: Core, channel: str, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._channel, self._clock = core, channel, clock
        self._log = logging.getLogger(f"askfirst.{channel}")

    async def asked(self, value: str) -> PickEntry | None:
        """ "Ask about this" was pressed: it is counted. The action to hand to the core; None for no button of ours."""
        button = to_button(value)
        if button is None:
            return None
        await self._count(button, "asked")
        return PickEntry(button.entry)

    async def not_useful(self, value: str) -> str | None:
        """ "Not useful" was pressed: it is counted. What its presser alone is told; None for no button of ours."""
        button = to_button(value)
        if button is None:
            return None
        await self._count(button, "not_useful")
        return THANKS

    async def is_first_to_ask(self, tip: str) -> bool:
        """Whether nobody has asked about the tip that was posted under this name yet. Raises StoreError."""
        asked = self._core.store.received(self._core.school().id, f"{self._channel}-tips")
        taken = await asyncio.to_thread(asked.take, tip, "", self._clock())
        if taken is not None:
            await asyncio.to_thread(asked.done, taken, self._clock())
        return taken is not None

    async def today(self) -> TipCard | None:
        """Today's tip, once it is posted: that of a channel of this chat, or else of any other. Raises StoreError."""
        school, now = self._core.school(), self._clock()
        for channel in sorted(school.tips.channels, key=lambda name: kind_of(name) != self._channel):
            if card := await asyncio.to_thread(self._core.tips.today, school.id, channel, now):
                return card
        return None

    async def obey(self, text: str, who: Callable[[], Awaitable[str]]) -> str | None:
        """Do what "no tips this week" or "resume tips" asks. The reply once it is done; None for every other message,
        and from anybody who may not. `who` gives the sender's id in school.yaml, empty where they have none; it is
        asked only where the message is about the tips. Raises StoreError, and what `who` raises."""
        school, now = self._core.school(), self._clock()
        if order_in(text, local_day(school, now)) is None:
            return None
        try:
            return await asyncio.to_thread(self._core.tips.obey, school.id, await who(), text, now)
        except TipError as fault:
            return f"{str(fault)[:1].upper()}{str(fault)[1:]}."

    async def _count(self, button: TipButton, what: Literal["asked", "not_useful"]) -> None:
        """Count a tip that there is. Counting keeps nobody from their answer."""
        school = self._core.school()
        knowledge = self._core.base().knowledge
        pressed = (button.tip, knowledge.current(button.entry))
        if not any((tip.id, tip.entry) == pressed for tip in knowledge.tips):
            return
        posts, day = self._core.store.tips(school.id), local_day(school, self._clock())
        try:
            await asyncio.to_thread(posts.count, button.tip, day, what)
        except AskFirstError as fault:
            self._log.warning("what somebody made of a tip could not be counted: %s", fault)
