"""Who is turned away: guests of the school's tenant, and people of another one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from adapters.teams.activities import Arrival
from adapters.teams.faults import FAULTS
from adapters.teams.people import TeamsCaller, TeamsDirectory
from bot.knowledge import School

# Teams waits five seconds for the answer to a dialog, and the form has to be stored within them.
_SEEN_WITHIN = 0.8


class TeamsOutsiders:
    """Tells them from the school's own people."""

    def __init__(self, school: Callable[[], School], directory: TeamsDirectory) -> None:
        self._school, self._directory = school, directory

    async def are(self, arrival: Arrival) -> bool:
        """Whether somebody from outside did this. Raises StoreError."""
        if not self._directory.is_ours(arrival.place):
            return True
        return (await self._directory.who_so_far(TeamsCaller(arrival.place, arrival.user))).outside

    async def seem(self, arrival: Arrival) -> bool:
        """Whether somebody from outside did this, as far as that shows at once: nobody is kept from the concern form
        because the store or Teams is slow. Whoever sends it is looked at again when it is logged."""
        try:
            async with asyncio.timeout(_SEEN_WITHIN):
                return await self.are(arrival)
        except FAULTS.kinds:
            return self.are_of_another_tenant(arrival)

    def are_of_another_tenant(self, arrival: Arrival) -> bool:
        """Whether this comes from another tenant, which shows without asking anybody."""
        return not self._directory.is_ours(arrival.place)

    def refusal(self) -> str:
        """What they are told."""
        return f"I am here for the staff of {self._school().name} alone. If a child or adult is in danger, call 999."
