"""What is filled in for a concern before its form is shown: the words after the command, or of the message that it is
about. It waits, sealed, in the store: a chat's own place for such things is not for what somebody wrote."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from bot.errors import AskFirstError, without_content
from bot.service.core import Core
from bot.store import Received

_LASTS = dt.timedelta(hours=1)
_WITHIN = 0.8  # seconds that the store has; without it the form is shown all the same


class Drafts:
    """The drafts of one channel. Where the store fails or is slow, keeping, giving and forgetting go on without it: a
    draft is a help, no more."""

    def __init__(self, core: Core, channel: str, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._channel, self._clock = core, channel, clock
        self._log = logging.getLogger(f"askfirst.{channel}")

    async def keep(self, submission: str, words: str, link: str) -> None:
        """Keep what is to be filled in, under the form's own key."""
        draft = f"{len(words)}:{words}{link}"
        try:
            async with asyncio.timeout(_WITHIN):
                await asyncio.to_thread(self._kept.take, submission, draft, self._clock())
        except (AskFirstError, TimeoutError) as fault:
            self._log.warning("what was to be filled in could not be kept: %s", without_content(fault))

    async def given(self, submission: str) -> dict[str, str]:
        """What is filled in already, by field id."""
        try:
            async with asyncio.timeout(_WITHIN):
                draft = await asyncio.to_thread(self._kept.kept, submission)
        except (AskFirstError, TimeoutError):
            return {}
        length, _, rest = (draft or "").partition(":")
        words, link = rest[: int(length or 0)], rest[int(length or 0) :]
        return {name: text for name, text in (("seen", words), ("link", link)) if text}

    async def forget(self, submission: str) -> None:
        """Its concern is logged: what was filled in is needed no longer."""
        try:
            async with asyncio.timeout(_WITHIN):
                await asyncio.to_thread(self._kept.forget, submission)
        except (AskFirstError, TimeoutError) as fault:
            self._log.warning("what was filled in stays for an hour at most: %s", without_content(fault))

    async def tidy(self) -> None:
        """Throw away the drafts of forms that were never sent on. Raises StoreError."""
        await asyncio.to_thread(self._kept.forget_older, self._clock() - _LASTS)

    @property
    def _kept(self) -> Received:
        return self._core.store.received(self._core.school().id, f"{self._channel}-draft")
