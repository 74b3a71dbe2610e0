"""Coming and going: the app is installed for somebody, added to a team, or removed."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from adapters.teams.activities import Arrival
from adapters.teams.commands import how_to_ask
from adapters.teams.faults import FAULTS
from adapters.teams.gateway import Gateway
from adapters.teams.people import CHANNEL, TeamsCaller, TeamsDirectory
from bot.service.core import Core

log = logging.getLogger("askfirst.teams")
_WELCOMED_WITHIN = 5.0  # seconds; Teams waits fifteen, and repeats what it hears no answer to


class TeamsComings:
    """Keeps where people and channels are reached."""

    def __init__(
        self, core: Core, gateway: Gateway, directory: TeamsDirectory, clock: Callable[[], dt.datetime]
    ) -> None:
        self._core, self._gateway, self._directory, self._clock = core, gateway, directory, clock

    async def note(self, arrival: Arrival) -> None:
        """Remember a place where the app is now, forget one where it is no longer. Raises StoreError."""
        place, bot = arrival.place, arrival.place.bot
        if not self._directory.is_ours(place):
            return
        caller = TeamsCaller(place, arrival.user)
        if arrival.action.startswith("remove") or bot in arrival.removed:
            if not place.shared:  # how a channel is reached serves for the others of its tenant too
                await self._directory.forget(caller.account.id)
        elif place.shared:
            await self._directory.remember_channel(place)
        elif arrival.user.id != bot and not (await self._directory.who_or_as_given(caller)).outside:
            await self._directory.remember(caller)
            await self._welcome(arrival)

    async def _welcome(self, arrival: Arrival) -> None:
        """Say hello, once to everybody: Teams tells of an installation in two activities, and again after each one."""
        seen = self._core.store.received(self._core.school().id, f"{CHANNEL}-hello")
        first = await asyncio.to_thread(seen.take, arrival.place.conversation, "", self._clock())
        if first is not None:
            try:
                async with asyncio.timeout(_WELCOMED_WITHIN):
                    await self._gateway.post(arrival.place, how_to_ask(self._core.school()))
            except FAULTS.kinds as fault:
                log.warning("somebody could not be welcomed: %s", FAULTS.plainly(fault))
            await asyncio.to_thread(seen.done, first, self._clock())
