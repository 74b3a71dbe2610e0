"""Teams as a channel: what arrives, and who deals with it. Every rule is the core's.

A message goes from here through arriving, messages, asking, the core, replies and posts to the gateway; an invoke
through invokes to buttons or dialogs. Nothing comes back here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from adapters.chat.tips import TipTalk
from adapters.teams.accounts import TeamsAccounts
from adapters.teams.activities import Arrival
from adapters.teams.arriving import TeamsArrivals
from adapters.teams.asking import TeamsQuestions
from adapters.teams.buttons import TeamsButtons
from adapters.teams.casework import TeamsCasework
from adapters.teams.coming import TeamsComings
from adapters.teams.dialogs import TeamsDialogs
from adapters.teams.gateway import Gateway, InvokeReply
from adapters.teams.invokes import TeamsInvokes
from adapters.teams.kinds import TeamsKinds
from adapters.teams.menu import TeamsMenu
from adapters.teams.messages import TeamsMessages
from adapters.teams.outsiders import TeamsOutsiders
from adapters.teams.people import CHANNEL, TeamsDirectory
from adapters.teams.posts import TeamsPosts
from adapters.teams.reporting import TeamsReporting
from adapters.teams.required import TeamsRequired
from bot.service.core import Core


class TeamsChannel:
    """What the school's people do in Teams, around one core."""

    def __init__(
        self, core: Core, gateway: Gateway, directory: TeamsDirectory, clock: Callable[[], dt.datetime]
    ) -> None:
        posts, tips = TeamsPosts(gateway, directory), TipTalk(core, CHANNEL, clock)
        outsiders, kinds = TeamsOutsiders(core.school, directory), TeamsKinds(gateway, directory)
        questions, menu = TeamsQuestions(core, directory, posts, clock), TeamsMenu(core, directory, tips, clock)
        self._casework = TeamsCasework(core, gateway, directory, clock)
        self._reporting = TeamsReporting(core, posts, directory, clock)
        required = TeamsRequired(core, directory, clock)
        buttons = TeamsButtons(questions, self._casework, tips, required)
        self._accounts = TeamsAccounts(core, directory, clock)
        dialogs = TeamsDialogs(self._reporting, self._casework, self._accounts)
        messages = TeamsMessages(directory, outsiders, menu, questions, buttons, posts, kinds)
        self._arrivals = TeamsArrivals(core, messages, clock)
        self._invokes = TeamsInvokes(outsiders, buttons, dialogs, self._reporting, posts, kinds)
        self._comings = TeamsComings(core, gateway, directory, clock)

    async def arrived(self, arrival: Arrival) -> InvokeReply | None:
        """An activity that was let in. The answer to a button or a dialog; None to everything else. Raises StoreError
        or TimeoutError where it could not be written down: then it was not received."""
        if (arrival.type == "message" or arrival.changed) and arrival.id:
            await self._arrivals.take(arrival)
        elif arrival.type == "invoke":
            return await self._invokes.answer(arrival)
        elif arrival.type in ("conversationUpdate", "installationUpdate"):
            await self._comings.note(arrival)
        return None

    async def tidy_up(self) -> None:
        """Answer what a dead process left behind, and take the buttons from alerts that somebody has acknowledged.
        Raises StoreError."""
        await self._arrivals.work_off()
        await self._casework.clear_alerts()

    async def tidy_drafts(self) -> None:
        """Throw away what was filled in for concerns and accounts, and never sent. Raises StoreError."""
        await self._reporting.drafts.tidy()
        await self._accounts.answers.tidy()

    async def finish(self) -> None:
        """Wait for every answer that is under way."""
        await self._arrivals.finish()
        await self._reporting.finish()
