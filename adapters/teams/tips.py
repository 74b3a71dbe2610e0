"""The tip of the day in Teams' channels. A bot cannot read a channel's history, so that nobody can say afterwards
whether an uncertain tip stands there: it is left out rather than posted twice."""

from __future__ import annotations

import aiohttp

from adapters.delivering.poster import NotPostedError
from adapters.teams.commands import tip_card
from adapters.teams.faults import UNANSWERED, TeamsError, plainly
from adapters.teams.gateway import Gateway
from adapters.teams.people import CHANNEL, TeamsDirectory
from bot.errors import AskFirstError
from bot.tips import TipCard

NOT_THERE = "the app is not in this team, or there is no such channel. Add AskFirst to the team in Teams"
_TRY_AGAIN = 600.0  # seconds, where somebody has to do something first


class TeamsTips:
    """Channels of Teams: "teams:19:…@thread.tacv2" in school.yaml."""

    name = CHANNEL

    def __init__(self, gateway: Gateway, directory: TeamsDirectory) -> None:
        self._gateway, self._directory = gateway, directory

    async def post(self, channel: str, tip: TipCard, key: str) -> None:
        """Post it as a post of its own. Raises NotPostedError where it surely was not, or AskFirstError where nobody
        can say."""
        place = await self._directory.channel_at(channel)
        if place is None:
            raise NotPostedError(NOT_THERE, wait=_TRY_AGAIN)
        try:
            await self._gateway.post_anew(place, tip_card(tip))
        except TeamsError as fault:
            if fault.status >= 500:
                raise  # it may have been posted all the same
            if fault.status in (403, 404):
                raise NotPostedError(NOT_THERE, wait=_TRY_AGAIN) from None
            raise NotPostedError(plainly(fault), wait=fault.wait) from None
        except aiohttp.ClientConnectorError as fault:  # Teams never heard of it
            raise NotPostedError(plainly(fault)) from None
        except UNANSWERED as fault:
            raise AskFirstError(plainly(fault)) from None

    async def has(self, channel: str, key: str) -> bool | None:
        """Nobody can tell."""
        return None
