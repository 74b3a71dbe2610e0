"""Who is turned away: guests of the school's tenant, and people of another one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from adapters.teams.activities import Arrival, TeamsChat
from adapters.teams.commands import command_of
from adapters.teams.faults import FAULTS
from adapters.teams.people import TeamsCaller, TeamsDirectory
from bot.concerns.guidance import CALL_999, may_log
from bot.knowledge import School

# Teams waits five seconds for the answer to a dialog, and the form has to be stored within them.
_SEEN_WITHIN = 0.8


class TeamsOutsiders:
    """Tells them from the school's own people."""

    def __init__(self, school: Callable[[], School], directory: TeamsDirectory) -> None:
        self._school, self._directory = school, directory

    async def are(self, arrival: Arrival) -> bool:
        """Whether somebody from outside did this. Raises StoreError."""
        if self.are_of_another_tenant(arrival):
            return True
        return (await self._directory.who_so_far(TeamsCaller(arrival.place, arrival.user))).outside

    async def are_refused(self, arrival: Arrival) -> bool:
        """Whether somebody from outside wrote this, who may not: where the school lets them log concerns, they may ask
        for the form. Raises StoreError."""
        let_in = self._may_log(arrival) and command_of(arrival.text) == "log a concern"
        return not let_in and await self.are(arrival)

    async def seem(self, arrival: Arrival) -> bool:
        """Whether somebody from outside did this, as far as that shows at once: nobody is kept from the concern form
        because the store or Teams is slow, and nobody at all where the school lets people from outside log. Whoever
        sends it is looked at again when it is logged. Only a shared channel is closed to whoever Teams says nothing
        of: staff have a chat of their own."""
        if self._may_log(arrival):
            return False
        if self.are_of_another_tenant(arrival):
            return True
        caller, shared = TeamsCaller(arrival.place, arrival.user), arrival.place.kind == "shared"
        try:
            async with asyncio.timeout(_SEEN_WITHIN):
                if arrival.place.strangers and not shared:
                    return await self._directory.seems_outside(caller)
                return (await self._directory.who_so_far(caller)).outside
        except FAULTS.kinds:
            return shared

    def are_of_another_tenant(self, arrival: Arrival) -> bool:
        """Whether this comes from another tenant, which shows without asking anybody."""
        return not self._directory.is_ours(arrival.place, arrival.user)

    def _may_log(self, arrival: Arrival) -> bool:
        return self._directory.is_ours(arrival.place, arrival.user) and may_log(self._school(), outside=True)

    def refusal(self, place: TeamsChat) -> str:
        """What they are told. Where strangers may be, Teams may only have failed to say who somebody is."""
        staff = " If that is you, open a chat with AskFirst, and write to me there." if place.strangers else ""
        only = f"I am here for the staff of {self._school().name} alone."
        return f"{only}{staff} {CALL_999}"
