"""Whose account has an e-mail address: among those that Teams has named, then among the chats of which nobody has asked
yet. Each is asked of once, and kept."""

from __future__ import annotations

import asyncio
import logging

from adapters.teams.activities import User, place_from
from adapters.teams.faults import UNANSWERED, TeamsError, plainly
from adapters.teams.people import CHANNEL, TeamsCaller, TeamsDirectory
from bot.store import Known, Place

log = logging.getLogger("askfirst.teams")


async def account_by_email(directory: TeamsDirectory, email: str) -> str | None:
    """The account with a chat whose owner has this address; None where nobody has. Raises StoreError."""
    strangers: list[Place] = []
    for place in await asyncio.to_thread(directory.places(CHANNEL).all):
        known = await asyncio.to_thread(directory.known, place.name)
        if known is None:
            strangers.append(place)
        elif _has(known, email):
            return place.name
    for place in strangers:
        if (asked := await _asked(directory, place)) and _has(asked, email):
            return place.name
    return None


async def _asked(directory: TeamsDirectory, place: Place) -> Known | None:
    chat = place_from(place.address)
    if not directory.is_ours(chat):
        return None
    try:
        return await directory.who(TeamsCaller(chat, User(chat.user, place.name.partition(":")[2], "")))
    except (TeamsError, *UNANSWERED) as fault:
        log.warning("Teams did not say who somebody is: %s", plainly(fault))
        return None


def _has(known: Known, email: str) -> bool:
    return not known.outside and email.casefold() in known.emails
