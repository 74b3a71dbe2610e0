"""A button of a card is pressed, a dialog opens or goes on. Teams waits for the answer, and tries nothing again."""

from __future__ import annotations

import asyncio
import logging

from adapters.chat.arriving import SORRY
from adapters.chat.tasks import NOT_DONE
from adapters.teams.activities import Arrival
from adapters.teams.alerts import REFRESH
from adapters.teams.buttons import NOT_OURS, TeamsButtons
from adapters.teams.dialogs import TeamsDialogs
from adapters.teams.faults import FAULTS
from adapters.teams.form import refused_dialog
from adapters.teams.gateway import InvokeReply
from adapters.teams.invoke_bodies import is_dialog, is_form, is_report, shown, spoken, value_of
from adapters.teams.kinds import TeamsKinds
from adapters.teams.outsiders import TeamsOutsiders
from adapters.teams.posts import TeamsPosts
from adapters.teams.reporting import TeamsReporting, for_strangers

log = logging.getLogger("askfirst.teams")
_ANSWERED_WITHIN = 2.8  # seconds: Teams waits five, and the card has to be changed for good as well


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
        refused = refused_dialog if is_dialog(arrival) else spoken
        arrival = await self._kinds.seen(arrival)
        try:
            if await self._is_refused(arrival):
                return refused(
                    for_strangers(arrival.place) if is_form(arrival) else self._outsiders.refusal(arrival.place)
                )
            return await (self._dialogs.show(arrival) if is_dialog(arrival) else self._on_card(arrival))
        except ValueError:  # what no button of ours carries
            return refused(NOT_OURS)
        except FAULTS.kinds as fault:
            log.error("a button was not answered: %s", FAULTS.plainly(fault))
            return refused(await self._trouble(arrival))

    async def _is_refused(self, arrival: Arrival) -> bool:
        if is_report(arrival):  # who sent it is asked when it is logged, where it can come back as it was filled in
            return self._outsiders.are_of_another_tenant(arrival)
        return await (self._outsiders.seem(arrival) if is_form(arrival) else self._outsiders.are(arrival))

    async def _trouble(self, arrival: Arrival) -> str:
        if is_form(arrival):
            return await self._reporting.not_opened(arrival)
        return NOT_DONE if is_dialog(arrival) else SORRY

    async def _on_card(self, arrival: Arrival) -> InvokeReply:
        if arrival.name != "adaptiveCard/action":
            return {}
        value = value_of(arrival)
        async with asyncio.timeout(_ANSWERED_WITHIN):
            done = await self._buttons.press(arrival, value)
        if isinstance(done, str):
            return spoken(done)
        if not value.startswith(f"{REFRESH} "):  # a refresh is for the eyes of whoever looks; others keep their buttons
            await self._posts.in_place(arrival, done)
        return shown(done)
