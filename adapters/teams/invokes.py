"""A button of a card is pressed, a dialog opens or goes on. Teams waits for the answer, and tries nothing again."""

from __future__ import annotations

import asyncio
import logging

from adapters.chat.arriving import SORRY
from adapters.chat.buttons import NOT_OURS
from adapters.chat.tasks import NOT_DONE
from adapters.teams.activities import Arrival
from adapters.teams.alerts import REFRESH
from adapters.teams.buttons import TeamsButtons
from adapters.teams.cards import Card
from adapters.teams.dialogs import TeamsDialogs
from adapters.teams.faults import FAULTS
from adapters.teams.form import refused_dialog
from adapters.teams.gateway import InvokeReply
from adapters.teams.invoke_bodies import is_dialog, is_filled_in, is_form, shown, spoken, value_of
from adapters.teams.kinds import TeamsKinds
from adapters.teams.outsiders import TeamsOutsiders
from adapters.teams.posts import TeamsPosts
from adapters.teams.reporting import TeamsReporting, for_strangers

log = logging.getLogger("askfirst.teams")
# Teams waits five seconds, and tries nothing again.
_ANSWERED_WITHIN = 2.8  # seconds for what a button of a card does: the card has to be changed for good as well
_ALTOGETHER, _AT_LAST = (
    4.0,
    4.6,
)  # for all but a form that is sent, which has a time of its own; with what is said after


class TeamsInvokes:
    """Answers an invoke, after a look at who it is from."""

    def __init__(
        self,
        outsiders: TeamsOutsiders,
        buttons: TeamsButtons,
        dialogs: TeamsDialogs,
        reporting: TeamsReporting,
        posts: TeamsPosts,
        kinds: TeamsKinds,
    ) -> None:
        self._outsiders, self._buttons, self._dialogs = outsiders, buttons, dialogs
        self._reporting, self._posts, self._kinds = reporting, posts, kinds

    async def answer(self, arrival: Arrival) -> InvokeReply:
        """The answer, always: what goes wrong is told to whoever pressed."""
        refused, last = refused_dialog if is_dialog(arrival) else spoken, asyncio.get_running_loop().time() + _AT_LAST
        try:
            # A form that was cut off in the middle would be lost to whoever wrote it: it comes back by itself in time.
            written = is_filled_in(arrival)
            async with asyncio.timeout(None if written else _ALTOGETHER):
                arrival = await self._kinds.seen(arrival, at_once=written)
                if await self._is_refused(arrival):
                    return refused(
                        for_strangers(arrival.place) if is_form(arrival) else self._outsiders.refusal(arrival.place)
                    )
                if is_dialog(arrival):
                    return await self._dialogs.show(arrival)
                done = await self._on_card(arrival)
            return await self._drawn(arrival, done, last)
        except ValueError:  # what no button of ours carries
            return refused(NOT_OURS)
        except FAULTS.kinds as fault:
            log.error("a button was not answered: %s", FAULTS.plainly(fault))
            return refused(await self._trouble(arrival, last))

    async def _is_refused(self, arrival: Arrival) -> bool:
        if is_filled_in(arrival):  # who sent it is asked when it is stored, where it can come back as it was filled in
            return self._outsiders.are_of_another_tenant(arrival)
        return await (self._outsiders.seem(arrival) if is_form(arrival) else self._outsiders.are(arrival))

    async def _trouble(self, arrival: Arrival, last: float) -> str:
        if is_form(arrival):
            return await self._reporting.not_opened(arrival, last)
        return NOT_DONE if is_dialog(arrival) else SORRY

    async def _on_card(self, arrival: Arrival) -> Card | str | None:
        if arrival.name != "adaptiveCard/action":
            return None
        async with asyncio.timeout(_ANSWERED_WITHIN):
            return await self._buttons.press(arrival, value_of(arrival))

    async def _drawn(self, arrival: Arrival, done: Card | str | None, last: float) -> InvokeReply:
        if done is None:
            return {}
        if isinstance(done, str):
            return spoken(done)
        # A refresh is for the eyes of whoever looks; others keep their buttons.
        if not value_of(arrival).startswith(f"{REFRESH} "):
            await self._posts.in_place(arrival, done, last)
        return shown(done)
