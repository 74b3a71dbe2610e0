"""What sort of channel something happened in: standard, private or shared. It decides whether an answer may stand there
for the others to read, and whether people of other organisations are among them.

Teams does not say it in every activity. It is then looked up, first here, then in the team's own list of channels;
where nobody says it, the channel is treated like a shared one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace

from adapters.teams.activities import Arrival, ChannelKind, TeamsChat
from adapters.teams.faults import FAULTS
from adapters.teams.gateway import Gateway
from adapters.teams.people import TeamsDirectory

log = logging.getLogger("askfirst.teams")
_KEPT_WITHIN = 0.4  # seconds that the store has to say it
_ASKED_WITHIN = 0.8  # seconds that Teams has to say it: whoever pressed a button is waiting
_SAID: dict[object, ChannelKind] = {"standard": "standard", "private": "private", "shared": "shared"}


class TeamsKinds:
    """Finds it out."""

    def __init__(self, gateway: Gateway, directory: TeamsDirectory) -> None:
        self._gateway, self._directory = gateway, directory

    async def seen(self, arrival: Arrival, at_once: bool = False) -> Arrival:
        """The arrival with the sort of its channel, where anybody says it; `at_once` Teams is not asked. It never
        fails."""
        place = arrival.place
        if place.scope != "channel" or place.kind or not self._directory.is_ours(place):
            return arrival
        if kept := await self._kept(place):
            return replace(arrival, place=replace(place, kind=kept))
        if at_once:
            return arrival
        found = replace(place, kind=await self._asked(place))
        if found.kind:
            with contextlib.suppress(*FAULTS.kinds):  # it is a help for the next time
                async with asyncio.timeout(_KEPT_WITHIN):
                    await self._directory.remember_channel(found)
        return replace(arrival, place=found)

    async def _kept(self, place: TeamsChat) -> ChannelKind:
        try:
            async with asyncio.timeout(_KEPT_WITHIN):
                return await asyncio.to_thread(self._directory.kind_of, place)
        except FAULTS.kinds:
            return ""

    async def _asked(self, place: TeamsChat) -> ChannelKind:
        """As the list that Teams gives says it: what it says nothing of may be a shared one."""
        if not place.team:
            return ""
        if place.team == place.channel:  # the one that every team begins with
            return "standard"
        try:
            async with asyncio.timeout(_ASKED_WITHIN):
                listed = (await self._gateway.channels(place)).get("conversations")
        except FAULTS.kinds as fault:
            log.warning("Teams did not say what sort of channel a message is from: %s", FAULTS.plainly(fault))
            return ""
        named = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        found = next((each for each in named if each.get("id") == place.channel), None)
        return _SAID.get(found.get("type"), "") if found else ""
